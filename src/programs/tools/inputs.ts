/** What filters share: their operands as texts, with the complaint of each family for one that cannot be opened. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, readAll } from '../io.ts';
import type { Flavour } from './options.ts';

export interface Input {
  /** `-` for standard input. */
  readonly path: string;
  readonly text: string;
}

/** How a family says that a file cannot be opened, from the path and perror's words. */
export function cannotOpen(flavour: Flavour, gnu: (path: string) => string, path: string, words: string): string {
  return flavour === 'busybox' ? `can't open '${path}': ${words}` : `${gnu(path)}: ${words}`;
}

/** Opens for reading; `-` is standard input. Complains and gives null when it cannot be. */
export function* openInput(
  name: string,
  path: string,
  say: (path: string, words: string) => string,
): Running<number | null> {
  if (path === '-') return 0;
  try {
    const fd = yield* sys.open(path, O.RDONLY);
    if ((yield* sys.fstat(fd)).type !== 'directory') return fd;
    yield* sys.close(fd);
    yield* complain(
      name,
      `${say(path, 'Is a directory').includes('open') && name !== 'grep' ? `error reading '${path}'` : path}: Is a directory`,
    );
    return null;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain(name, say(path, errnoWords(error)));
    return null;
  }
}

/** Reads every operand whole, standard input when there is none. `failed` says that one could not be read. */
export function* readInputs(
  name: string,
  operands: readonly string[],
  say: (path: string, words: string) => string,
): Running<{ readonly inputs: readonly Input[]; readonly failed: boolean }> {
  const inputs: Input[] = [];
  let failed = false;
  for (const path of operands.length === 0 ? ['-'] : operands) {
    const fd = yield* openInput(name, path, say);
    if (fd === null) {
      failed = true;
      continue;
    }
    inputs.push({ path, text: yield* readAll(fd) });
    if (fd !== 0) yield* sys.close(fd);
  }
  return { inputs, failed };
}
