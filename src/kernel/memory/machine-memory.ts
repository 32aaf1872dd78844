/** The machine's memory as a whole. */
import { waitQueue, type WaitQueue } from '../wait.ts';

export interface MachineMemory {
  /** MemTotal. */
  readonly totalBytes: number;
  /** What tasks and tmpfs can take: the kernel itself and its tables keep the rest. */
  readonly usableBytes: number;
  /** /proc/sys/kernel/threads-max. Linux: kernel/fork.c, set_max_threads(). */
  readonly threadsMax: number;
  swapTotalBytes: number;
  swapUsedBytes: number;
  /** Who waits until memory is given back sleeps here. */
  readonly freed: WaitQueue;
}

/** The recorded host's: 3.83 GiB and no swap. */
const totalKib = 4_016_046;
const keptByKernelKib = 585_838;
/** What the kernel frees of itself when it has booted is in MemTotal, and came too late for threads-max. */
const freedAfterBootKib = 25_500;
/** The stacks of all threads take an eighth of the memory at most: 16 KiB each. */
const kibOfThread = 16 * 8;

export function machineMemory(): MachineMemory {
  return {
    totalBytes: totalKib * 1024,
    usableBytes: (totalKib - keptByKernelKib) * 1024,
    threadsMax: Math.floor((totalKib - freedAfterBootKib) / kibOfThread),
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    freed: waitQueue(),
  };
}
