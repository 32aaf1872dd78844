/** What a program of Go's does about its standard descriptors: those that are closed, full, or that nobody reads. */
import { O, type Running } from '../kernel/abi.ts';
import { isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';
import { OutputError, print } from '../programs/io.ts';

/**
 * Runs a program's body. A broken pipe at standard output or error that it does not handle is its end by SIGPIPE (Go:
 * os/signal, SIGPIPE); what else is wrong with standard output is told as `docker --version >/dev/full` tells it.
 */
export function* asGoProgram(body: () => Running): Running {
  yield* openStandardDescriptors();
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

/** Those that are closed are /dev/null, lest a socket take their place. Go: runtime/fds_unix.go, checkfds(). */
function* openStandardDescriptors(): Running<void> {
  for (const fd of [0, 1, 2]) {
    try {
      yield* sys.fstat(fd);
    } catch (error) {
      if (!isErrno(error, 'EBADF')) throw error;
      yield* sys.open('/dev/null', O.RDWR);
    }
  }
}

/** systemd's tools do not look at what becomes of their words. */
export function* whateverIsHeard(body: () => Running): Running {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof OutputError) return 0;
    throw error;
  }
}
