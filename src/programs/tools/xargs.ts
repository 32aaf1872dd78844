/** xargs(1): builds command lines from standard input. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import { complain, readAll } from '../io.ts';
import { exitCode } from '../sh/job.ts';
import { lookPath, run } from '../spawn.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

export const xargs = (flavour: Flavour): Program =>
  function* xargsMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), '+0d:I:L:n:P:rtx', {
      null: '0',
      'max-args': 'n',
      'no-run-if-empty': 'r',
      'max-procs': 'P',
      replace: 'I',
    });
    if (typeof options === 'string') return yield* refuseOptions('xargs', options, flavour);
    const input = yield* readAll(0);
    const command = options.operands.length > 0 ? options.operands : ['echo'];
    const replace = options.values.get('I');
    const items = wordsOf(
      input,
      options.has('0') ? '\0' : options.values.get('d'),
      replace !== undefined || options.has('L'),
    );
    const groups =
      replace === undefined
        ? groupsOf(items, Number(options.values.get('n') ?? options.values.get('L') ?? items.length), bytesOf(command))
        : items.map((item) => [item]);
    // busybox runs nothing for an empty input; findutils once, unless told by -r.
    if (groups.length === 0 && !options.has('r') && flavour === 'gnu' && replace === undefined) groups.push([]);
    let status = 0;
    for (const group of groups) {
      const words =
        replace === undefined
          ? [...command, ...group]
          : command.map((word) => word.replaceAll(replace, group[0] ?? ''));
      const code = yield* runOne(words, environment, options.has('t'));
      if (code === 127 || code === 126) return code;
      if (code === 255) {
        yield* complain('xargs', `${words[0]}: exited with status 255; aborting`);
        return 124;
      }
      if (code !== 0) status = 123;
    }
    return status;
  };

/** Blank-separated words with quotes, or items cut at a given char or at newlines. */
function wordsOf(input: string, separator: string | undefined, byLine: boolean): string[] {
  if (separator !== undefined)
    return input
      .split(separator === '\\n' ? '\n' : separator)
      .filter((item, index, all) => item !== '' || index < all.length - 1);
  if (byLine)
    return input
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return Array.from(input.matchAll(/(?:'[^'\n]*'|"[^"\n]*"|\\[^]|[^\s'"\\])+/g), ([word]) =>
    word.replace(
      /'([^']*)'|"([^"]*)"|\\([^])/g,
      (_, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
        single ?? double ?? escaped ?? '',
    ),
  );
}

/** As long as findutils makes a command line, if nobody tells it. */
const longestLineBytes = 131_072;

function bytesOf(words: readonly string[]): number {
  return words.reduce((bytes, word) => bytes + word.length + 1, 0);
}

/** At most `size` in a group, and no more than make a command line with the `commandBytes` before them. */
function groupsOf(items: readonly string[], size: number, commandBytes: number): string[][] {
  const groups: string[][] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += item.length + 1;
    const last = groups.at(-1);
    if (last && last.length < size && bytes <= longestLineBytes) {
      last.push(item);
      continue;
    }
    groups.push([item]);
    bytes = commandBytes + item.length + 1;
  }
  return groups;
}

function* runOne(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  traces: boolean,
): Running<number> {
  const [name = ''] = words;
  if (traces) yield* complain('+', words.join(' '));
  try {
    return exitCode(yield* run({ path: yield* lookPath(name, environment), argv: words, env: environment }));
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('xargs', `${name}: ${strerror(error.errno)}`);
    return error.errno === 'ENOENT' ? 127 : 126;
  }
}
