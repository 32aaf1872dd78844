/** Opening a fifo: each end waits for the other. Man page: fifo(7); recorded as kernel semantics, k17. */
import { O } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { notYet, sleepUntil, type Sleep } from '../wait.ts';
import { enterPipe, type Pipe } from './pipe.ts';

/**
 * Enters the pipe, sleeping until there is a partner; then `opened` gives open's result.
 *
 * Linux: fs/pipe.c, fifo_open(). O_RDWR never sleeps; O_NONBLOCK reads at once, and writes only when there is a
 * reader (ENXIO).
 */
export function openFifo<R>(kernel: Kernel, thread: Thread, pipe: Pipe, flags: number, opened: () => R): R | Sleep<R> {
  const access = (flags & 3) === O.RDONLY ? 'r' : (flags & 3) === O.WRONLY ? 'w' : 'rw';
  const nonBlocking = (flags & O.NONBLOCK) !== 0;
  const enter = (): R => {
    pipe.arrivingReaders.delete(thread);
    pipe.arrivingWriters.delete(thread);
    enterPipe(kernel, pipe, access);
    return opened();
  };
  if (access === 'rw' || (access === 'r' && nonBlocking)) return enter();
  if (access === 'w' && nonBlocking) {
    if (pipe.readers === 0) throw new Errno('ENXIO');
    return enter();
  }
  if (access === 'r') {
    const before = pipe.writerOpenings;
    return sleepUntil([pipe.openingReaders], () => {
      const partner = pipe.writers > 0 || pipe.writerOpenings > before || pipe.openingWriters.sleepers.size > 0;
      return partner ? enter() : notYet;
    });
  }
  const before = pipe.readerOpenings;
  return sleepUntil([pipe.openingWriters], () => {
    const partner = pipe.readers > 0 || pipe.readerOpenings > before || pipe.openingReaders.sleepers.size > 0;
    return partner ? enter() : notYet;
  });
}
