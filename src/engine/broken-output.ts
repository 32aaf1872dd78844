/** How a program ends whose output nobody reads any more, or nobody has room for. Go: os/signal, SIGPIPE. */
import type { Running } from '../kernel/abi.ts';
import { isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';
import { OutputError, print } from '../programs/io.ts';

/**
 * Runs a program's body. A broken pipe at standard output or error that it does not handle is its end by SIGPIPE; what
 * else is wrong with standard output is told as a real `docker --version >/dev/full` tells it.
 */
export function* endingWithItsReader(body: () => Running): Running {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof OutputError && error.errno !== 'EPIPE') {
      yield* print(`write /dev/stdout: ${strerror(error.errno).toLowerCase()}\n`, 2);
      return 1;
    }
    if (!isErrno(error, 'EPIPE')) throw error;
    yield* sys.sigaction('SIGPIPE', 'default');
    yield* sys.kill(yield* sys.getpid(), 'SIGPIPE');
    return 0;
  }
}
