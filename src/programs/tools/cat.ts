/** cat(1): coreutils' and busybox's. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, readSome, writeAll } from '../io.ts';

/** coreutils. */
export function* catMain(argv: readonly string[]): Running {
  return yield* cat(argv, (path, words) => `${path}: ${words}`);
}

/** busybox. */
export function* busyboxCatMain(argv: readonly string[]): Running {
  return yield* cat(argv, (path, words, opening) =>
    opening ? `can't open '${path}': ${words}` : `read error: ${words}`,
  );
}

function* cat(argv: readonly string[], say: (path: string, words: string, opening: boolean) => string): Running {
  const words = argv.slice(1);
  const numbered = words.some((word) => /^-[a-zA-Z]*n/.test(word));
  const files = words.filter((word) => word === '-' || !word.startsWith('-'));
  let status = 0;
  const count = { line: 0, atStart: true };
  for (const path of files.length === 0 ? ['-'] : files) {
    let fd = 0;
    try {
      if (path !== '-') fd = yield* sys.open(path, O.RDONLY);
    } catch (error) {
      yield* complain('cat', say(path, errnoWords(error), true));
      status = 1;
      continue;
    }
    try {
      yield* copy(fd, numbered ? count : null);
    } catch (error) {
      if (!isErrno(error) || error.errno === 'EPIPE') throw error;
      yield* complain('cat', say(path, errnoWords(error), false));
      status = 1;
    }
    if (fd !== 0) yield* sys.close(fd);
  }
  return status;
}

function* copy(fd: number, count: { line: number; atStart: boolean } | null): Running<void> {
  for (;;) {
    const part = yield* readSome(fd);
    if (part === '') return;
    yield* writeAll(1, count ? number(part, count) : part);
  }
}

function number(text: string, count: { line: number; atStart: boolean }): string {
  let result = '';
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    if (count.atStart) result += `${String((count.line += 1)).padStart(6)}\t`;
    result += line;
    count.atStart = line.endsWith('\n');
  }
  return result;
}
