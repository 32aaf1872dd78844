/** The CLI's own terminal: raw while a container's is shown in it, put back afterwards. moby/term. */
import type { Running, TerminalModes } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';

/**
 * Makes terminal 0 hand on every byte as it is typed; returns how to put it back. Nothing happens when it is no
 * terminal.
 */
export function* makeRaw(): Running<() => Running<void>> {
  if (!(yield* sys.isatty(0))) return noRestore;
  const before: TerminalModes = yield* sys.tcgetattr(0);
  yield* sys.tcsetattr(0, { canonical: false, echo: false, signals: false, outputCrLf: false, inputCrToNl: false });
  return function* restore() {
    try {
      yield* sys.tcsetattr(0, before);
    } catch (error) {
      // Its window is closed.
      if (!isErrno(error, 'EIO')) throw error;
    }
  };
}

// oxlint-disable-next-line require-yield -- nothing to put back.
function* noRestore(): Running<void> {}

/** The window's size on standard output; [0, 0] when that is no terminal. */
export function* windowSize(): Running<readonly [height: number, width: number]> {
  try {
    const { rows, columns } = yield* sys.getWindowSize(1);
    return [rows, columns];
  } catch (error) {
    if (isErrno(error)) return [0, 0];
    throw error;
  }
}
