/** The kernel threads of a program of Go's. */
import type { Running } from '../kernel/abi.ts';
import { isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';
import { writeError } from '../programs/io.ts';

/**
 * As many as its runtime has, the leader included. Where there can be no more the program aborts, with these words and
 * a dump that is not modelled. Recorded: 10-pids-limit. Go: runtime/cgo/gcc_libinit.c, _cgo_try_pthread_create().
 */
export function* startThreads(count: number): Running<void> {
  try {
    yield* sys.setThreads(count);
  } catch (error) {
    if (!isErrno(error, 'EAGAIN')) throw error;
    yield* writeError(`runtime/cgo: pthread_create failed: ${strerror(error.errno)}\nSIGABRT: abort\n`);
    yield* sys.exit(2);
  }
}
