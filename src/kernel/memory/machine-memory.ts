/** The machine's memory as a whole. */
import { waitQueue, type WaitQueue } from '../wait.ts';

export interface MachineMemory {
  /** MemTotal. */
  readonly totalBytes: number;
  /** What tasks and tmpfs can take: the kernel itself and its tables keep the rest. */
  readonly usableBytes: number;
  swapTotalBytes: number;
  swapUsedBytes: number;
  /** Who waits until memory is given back sleeps here. */
  readonly freed: WaitQueue;
}

/** The recorded host's: 3.83 GiB and no swap. */
const totalKib = 4_016_046;
const keptByKernelKib = 585_838;

export function machineMemory(): MachineMemory {
  return {
    totalBytes: totalKib * 1024,
    usableBytes: (totalKib - keptByKernelKib) * 1024,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    freed: waitQueue(),
  };
}
