/** Mistakes in a simulated program of ours: they must not take the machine down. The journal says why. */
import { Errno } from './errno.ts';
import type { Kernel, Thread } from './kernel.ts';

/** Whoever leaves it unhandled gets what a wild pointer gets, or abort(3) for a failed call. */
export function reportFault(kernel: Kernel, thread: Thread, error: unknown): void {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
  kernel.record({ type: 'note', pid: thread.task.pid, topic: 'fault', text });
}

/**
 * What a call that threw fails with: EFAULT where the program gave it nothing and something has to be. Else it is the
 * kernel's own mistake, and thrown again.
 */
export function errnoOf(kernel: Kernel, thread: Thread, error: unknown, args: readonly unknown[]): Errno {
  if (error instanceof Errno) return error;
  if (!(error instanceof TypeError || error instanceof RangeError) || !args.some(isNothing)) throw error;
  reportFault(kernel, thread, error);
  return new Errno('EFAULT');
}

/** A pointer to nowhere, as far as JavaScript has one. */
const isNothing = (argument: unknown): boolean => argument === undefined || argument === null || Number.isNaN(argument);
