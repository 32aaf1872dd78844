/** less(1) and more(1), which show nothing page by page where no terminal is: they pass it on. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, print, writeError } from '../io.ts';
import { catMain } from './cat.ts';
import { unmodelled } from './unmodelled.ts';

/** On a terminal each says what to take instead. */
export const pager = (name: 'less' | 'more'): Program =>
  function* pagerMain(argv, environment): Running {
    if (yield* sys.isatty(1)) return yield* unmodelled(name)(argv, environment);
    const paths = argv.slice(1).filter((word) => !/^[-+]./.test(word));
    if (paths.length === 0) return yield* catMain([name]);
    for (const path of paths) {
      try {
        yield* sys.close(yield* sys.open(path, O.RDONLY));
      } catch (error) {
        // Asked of less 590 and of util-linux 2.38: less tells it where the text goes, and neither calls it a failure.
        if (name === 'less') yield* print(`${path}: ${errnoWords(error)}\n`);
        else yield* writeError(`more: cannot open ${path}: ${errnoWords(error)}\n`);
        continue;
      }
      const line = ':'.repeat(14);
      if (name === 'more') yield* print(`${line}\n${path}\n${line}\n`);
      yield* catMain([name, path]);
    }
    return 0;
  };
