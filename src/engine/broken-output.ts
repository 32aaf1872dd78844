/** How Go's runtime ends a program that nobody reads any more. Go: os/signal, SIGPIPE. */
import type { Running } from '../kernel/abi.ts';
import { isErrno } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';

/** Runs a program's body; a broken pipe at standard output or error that it does not handle is its end by SIGPIPE. */
export function* endingWithItsReader(body: () => Running): Running {
  try {
    return yield* body();
  } catch (error) {
    if (!isErrno(error, 'EPIPE')) throw error;
    yield* sys.sigaction('SIGPIPE', 'default');
    yield* sys.kill(yield* sys.getpid(), 'SIGPIPE');
    return 0;
  }
}
