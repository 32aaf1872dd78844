/**
 * The machine's processors and who computes on them for long. Linux: kernel/sched/fair.c.
 *
 * Whoever computes only now and then finds a processor at once, as it does under Linux, where a waker comes before
 * those who have run for long. Threads that have computed for `longNs` without a rest share the processors by weight.
 * Sharing is a flow, not a sequence of turns: each has a rate, which changes only when they become more or fewer. So
 * time may be cut up as one likes, and a second of computing costs one event.
 */
import type { Kernel, Thread } from '../kernel.ts';
import { replanWork } from './work.ts';
import { ratesOf } from './shares.ts';

export interface Processors {
  readonly count: number;
  /** Threads that have computed for long, in the order in which they began to. */
  readonly long: Set<Thread>;
  /** Some cgroup has cpuset.cpus: then even two threads may have to share. */
  hasCpusets: boolean;
}

/** From so much computing without a rest on a thread shares. Longer than any step of the engine. */
export const longNs = 200_000_000;

/** The recorded host's. */
export function processors(): Processors {
  return { count: 2, long: new Set(), hasCpusets: false };
}

/** The thread has computed for long enough to share from now on. */
export function beginSharing(kernel: Kernel, thread: Thread): void {
  if (thread.busyNs < longNs || kernel.cpu.long.has(thread)) return;
  kernel.cpu.long.add(thread);
  share(kernel);
}

/** It rests, ends, or may not run: the others have more. */
export function endSharing(kernel: Kernel, thread: Thread): void {
  if (!kernel.cpu.long.delete(thread)) return;
  thread.rate = 1;
  share(kernel);
}

/** Who shares, or by what weights, has changed: each goes on at its new rate. */
export function share(kernel: Kernel): void {
  const { long, count, hasCpusets } = kernel.cpu;
  const isFree = long.size <= count && !hasCpusets;
  const rates = isFree ? null : ratesOf(kernel, [...long]);
  for (const thread of long) {
    const rate = rates?.get(thread) ?? 1;
    if (rate === thread.rate) continue;
    replanWork(kernel, thread, () => {
      thread.rate = rate;
    });
  }
}
