/** Writes a notable system call into the journal. */
import { Errno } from './errno.ts';
import type { Kernel, Thread } from './kernel.ts';

/** `args` as strace prints them, shortened; `result` a number, short text or an errno's name. */
export function recordCall(
  kernel: Kernel,
  thread: Thread,
  call: string,
  args: string,
  result?: string,
  phase?: 'enter' | 'return',
): number {
  return kernel.record({
    type: 'call',
    pid: thread.task.pid,
    call,
    args,
    ...(result === undefined ? {} : { result }),
    ...(phase ? { phase } : {}),
  });
}

/** Does it, and writes the call down with what came of it: `0`, or the errno's name. */
export function recordOutcome(kernel: Kernel, thread: Thread, call: string, args: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof Errno) recordCall(kernel, thread, call, args, error.errno);
    throw error;
  }
  recordCall(kernel, thread, call, args, '0');
}
