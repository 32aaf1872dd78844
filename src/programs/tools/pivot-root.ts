/** pivot_root(8) of util-linux. */
import type { Program } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { parseOptions, refuseOptions } from './options.ts';

const help = `
Usage:
 pivot_root [options] new_root put_old

Change the root filesystem.

Options:
 -h, --help     display this help
 -V, --version  display version

For more details see pivot_root(8).
`;

/** The program: of those who stand in the old root, the kernel moves everybody. */
export const pivotRoot: Program = function* pivotRootMain(argv) {
  const options = parseOptions(argv.slice(1), 'h', { help: 'h' });
  if (typeof options === 'string') return yield* refuseOptions('pivot_root', options, 'gnu');
  if (options.has('h')) {
    yield* print(help);
    return 0;
  }
  const [newRoot, putOld, ...more] = options.operands;
  if (newRoot === undefined || putOld === undefined || more.length > 0)
    return yield* refuseOptions('pivot_root', 'bad usage', 'gnu');
  try {
    yield* sys.pivotRoot(newRoot, putOld);
    return 0;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('pivot_root', `failed to change root from \`${newRoot}' to \`${putOld}': ${errnoWords(error)}`);
    return 1;
  }
};
