/** Writes a notable system call into the journal. */
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
