/**
 * Pipes: bytes between processes, at most 64 KiB at a time. Man page: pipe(7); the capacity is recorded (kernel
 * semantics, k18).
 */
import { ownCopy } from '../bytes.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { recordCall } from '../record-call.ts';
import { wake } from '../scheduler.ts';
import { isCapableOfMachine } from '../task/powers.ts';
import { sendSignal } from '../task/signal.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from '../wait.ts';

export const pipeCapacityBytes = 65536;
/** PIPE_BUF: a write of at most so many bytes goes in whole. */
const atomicBytes = 4096;
/** So much of a write stands in the journal: who pumps gigabytes through a pipe does not fill it with them. */
const toldBytes = 1024;

export interface Pipe {
  readonly inode: number;
  /** Device of the file system that holds a fifo's name. */
  readonly device: number;
  buffer: string;
  /** F_SETPIPE_SZ changes it. */
  capacityBytes: number;
  /** Open files that read, that write. */
  readers: number;
  writers: number;
  /** How often it was opened to read and to write: a waiting opener must notice a partner that was quick to leave. */
  readerOpenings: number;
  writerOpenings: number;
  readonly readable: WaitQueue;
  readonly writable: WaitQueue;
  readonly openingReaders: WaitQueue;
  readonly openingWriters: WaitQueue;
  /** Openers whose partner has come but who have not run since: they count as readers and writers already. */
  readonly arrivingReaders: Set<Thread>;
  readonly arrivingWriters: Set<Thread>;
}

export function createPipe(inode: number, device: number): Pipe {
  return {
    inode,
    device,
    buffer: '',
    capacityBytes: pipeCapacityBytes,
    readers: 0,
    writers: 0,
    readerOpenings: 0,
    writerOpenings: 0,
    readable: waitQueue(),
    writable: waitQueue(),
    openingReaders: waitQueue(),
    openingWriters: waitQueue(),
    arrivingReaders: new Set(),
    arrivingWriters: new Set(),
  };
}

/** fs.pipe-max-size: who has no CAP_SYS_RESOURCE may not have more. */
const largestPipeBytes = 1_048_576;

/**
 * F_SETPIPE_SZ: a power of two of pages, at least one; returns what it is now. EBUSY when more waits in it, EPERM above
 * fs.pipe-max-size without CAP_SYS_RESOURCE. Linux: pipe_set_size().
 */
export function setPipeSize(kernel: Kernel, thread: Thread, pipe: Pipe, bytes: number): number {
  const size = 2 ** Math.ceil(Math.log2(Math.max(4096, bytes)));
  if (size > 2 ** 31) throw new Errno('EINVAL');
  if (size > pipe.capacityBytes && size > largestPipeBytes && !isCapableOfMachine(thread.task, 'SYS_RESOURCE'))
    throw new Errno('EPERM');
  if (pipe.buffer.length > size) throw new Errno('EBUSY');
  pipe.capacityBytes = size;
  wake(kernel, pipe.writable);
  return size;
}

/** An open file begins to read, to write or both. */
export function enterPipe(kernel: Kernel, pipe: Pipe, access: 'r' | 'w' | 'rw'): void {
  if (access !== 'w') {
    pipe.readers += 1;
    pipe.readerOpenings += 1;
    for (const thread of pipe.openingWriters.sleepers) pipe.arrivingWriters.add(thread);
    wake(kernel, pipe.openingWriters);
  }
  if (access !== 'r') {
    pipe.writers += 1;
    pipe.writerOpenings += 1;
    for (const thread of pipe.openingReaders.sleepers) pipe.arrivingReaders.add(thread);
    wake(kernel, pipe.openingReaders);
  }
}

/** An open file is gone. Writers learn that nobody reads, readers that the end is reached. */
export function leavePipe(kernel: Kernel, pipe: Pipe, access: 'r' | 'w' | 'rw'): void {
  if (access !== 'w') {
    pipe.readers -= 1;
    if (pipe.readers === 0) wake(kernel, pipe.writable);
  }
  if (access !== 'r') {
    pipe.writers -= 1;
    if (pipe.writers === 0) wake(kernel, pipe.readable);
  }
  // What was not read is lost with the last end of it.
  if (pipe.readers > 0 || pipe.writers > 0 || pipe.buffer === '') return;
  const text = `${pipe.buffer.length} bytes that nobody read go with pipe ${pipe.inode}`;
  kernel.record({ type: 'note', pid: 0, topic: 'pipe', text });
  pipe.buffer = '';
}

export function hasReaders(pipe: Pipe): boolean {
  return pipe.readers > 0 || anyAsleep(pipe.arrivingReaders, pipe.openingReaders);
}

export function hasWriters(pipe: Pipe): boolean {
  return pipe.writers > 0 || anyAsleep(pipe.arrivingWriters, pipe.openingWriters);
}

/** An opener that a signal has called away, or killed, does not come any more. */
function anyAsleep(threads: ReadonlySet<Thread>, queue: WaitQueue): boolean {
  for (const thread of threads) if (queue.sleepers.has(thread)) return true;
  return false;
}

/** read(2) on a pipe: '' when nobody writes any more. */
export function readPipe(
  kernel: Kernel,
  thread: Thread,
  pipe: Pipe,
  count: number,
  nonBlocking: boolean,
): string | Sleep<string> {
  return sleepUntil([pipe.readable], () => {
    if (pipe.buffer === '') {
      if (count === 0 || !hasWriters(pipe)) return '';
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const data = pipe.buffer.slice(0, count);
    pipe.buffer = pipe.buffer.slice(count);
    kernel.record({ type: 'stream.read', pid: thread.task.pid, inode: pipe.inode, bytes: data.length });
    wake(kernel, pipe.writable);
    return data;
  });
}

/** write(2) on a pipe: takes what fits, and sleeps while nothing does. EPIPE with SIGPIPE when nobody reads. */
export function writePipe(
  kernel: Kernel,
  thread: Thread,
  pipe: Pipe,
  data: string,
  nonBlocking: boolean,
): number | Sleep<number> {
  let isAsleep = false;
  const args = `"pipe:[${pipe.inode}]", …, ${data.length}`;
  return sleepUntil([pipe.writable], () => {
    if (!hasReaders(pipe)) {
      sendSignal(kernel, thread.task, thread.task, 'SIGPIPE');
      throw new Errno('EPIPE');
    }
    const room = pipe.capacityBytes - pipe.buffer.length;
    if (data !== '' && (room === 0 || (data.length <= atomicBytes && room < data.length))) {
      if (nonBlocking) throw new Errno('EAGAIN');
      // That a writer waits for its reader is worth a line: it is what stands still while a daemon is away.
      if (!isAsleep) recordCall(kernel, thread, 'write', args, undefined, 'enter');
      isAsleep = true;
      return notYet;
    }
    if (isAsleep) recordCall(kernel, thread, 'write', args, String(Math.min(room, data.length)), 'return');
    const taken = data.slice(0, room);
    if (taken === '') return 0;
    pipe.buffer += taken;
    const { length } = taken;
    const told = length > toldBytes ? { data: ownCopy(taken.slice(0, toldBytes)), bytes: length } : { data: taken };
    kernel.record({ type: 'stream.write', pid: thread.task.pid, inode: pipe.inode, ...told });
    wake(kernel, pipe.readable);
    return taken.length;
  });
}
