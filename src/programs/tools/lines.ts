/** The lines of a filter's input as they come: a block of it is held, or a line that is longer. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { grow, growingText, readSome, takeWhole } from '../io.ts';
import { openInput } from './inputs.ts';

export interface Lines {
  /** The lines that the next block ends, without their newlines; null after the last. */
  readonly next: () => Running<readonly string[] | null>;
  /** The last line that was given had no newline. */
  readonly isUnterminated: () => boolean;
}

/** The lines of an open file; `separator` ends each. */
export function linesFrom(fd: number, separator = '\n'): Lines {
  // What the last block ended amid.
  const rest = growingText();
  let state: 'reading' | 'at the end' | 'unterminated' = 'reading';
  return {
    isUnterminated: () => state === 'unterminated',
    *next(): Running<readonly string[] | null> {
      while (state === 'reading') {
        const block = yield* readSome(fd);
        const end = block.lastIndexOf(separator);
        if (block === '' && rest.bytes === 0) state = 'at the end';
        else if (block === '') {
          state = 'unterminated';
          return [yield* takeWhole(rest)];
        } else if (end === -1) yield* grow(rest, block);
        else {
          const lines = ((yield* takeWhole(rest)) + block.slice(0, end)).split(separator);
          if (end + 1 < block.length) yield* grow(rest, block.slice(end + 1));
          return lines;
        }
      }
      return null;
    },
  };
}

/** The lines of all operands, as of one file; standard input when there is none. */
export interface InputLines extends Lines {
  /** An operand could not be opened, which was said. */
  readonly hasFailed: () => boolean;
  /** Opens the next operand, or the only one before it is read; false if there is none that can be. */
  readonly open: () => Running<boolean>;
}

export function linesOfInputs(
  name: string,
  operands: readonly string[],
  say: (path: string, words: string) => string,
  separator = '\n',
): InputLines {
  const paths = operands.length === 0 ? ['-'] : [...operands];
  let failed = false;
  let fd: number | null = null;
  let lines: Lines | null = null;
  function* open(): Running<boolean> {
    for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
      fd = yield* openInput(name, path, say);
      if (fd !== null) {
        lines = linesFrom(fd, separator);
        return true;
      }
      failed = true;
    }
    return false;
  }
  return {
    open,
    hasFailed: () => failed,
    isUnterminated: () => lines?.isUnterminated() === true,
    *next(): Running<readonly string[] | null> {
      for (;;) {
        const found = lines === null ? null : yield* lines.next();
        if (found !== null) return found;
        if (fd !== null && fd !== 0) yield* sys.close(fd);
        fd = null;
        if (!(yield* open())) return null;
      }
    },
  };
}
