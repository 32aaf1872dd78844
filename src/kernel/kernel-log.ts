/** The kernel's own log: what dmesg(1) shows and /dev/kmsg gives. Man page: syslog(2); Linux: kernel/printk. */
import { Errno } from './errno.ts';
import type { Kernel } from './kernel.ts';
import { wake } from './scheduler.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from './wait.ts';

const levels = { emerg: 0, alert: 1, crit: 2, err: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type LogLevel = keyof typeof levels;

export interface KernelLog {
  readonly records: { readonly level: LogLevel; readonly timeNs: number; readonly text: string }[];
  readonly grown: WaitQueue;
}

export function kernelLog(): KernelLog {
  return { records: [], grown: waitQueue() };
}

export function printk(kernel: Kernel, level: LogLevel, text: string): void {
  kernel.log.records.push({ level, timeNs: kernel.nowNs, text });
  wake(kernel, kernel.log.grown);
}

/**
 * read(2) on /dev/kmsg: one record a call, `PRIORITY,SEQUENCE,MICROSECONDS,-;TEXT`; the file's offset counts them.
 * EAGAIN at the end of a non-blocking one. Linux: Documentation/ABI/testing/dev-kmsg.
 */
export function readLog(
  { log }: Kernel,
  file: { offset: number; readonly nonBlocking: boolean },
): string | Sleep<string> {
  return sleepUntil([log.grown], () => {
    const record = log.records[file.offset];
    if (record === undefined) {
      if (file.nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const text = `${levels[record.level]},${file.offset},${Math.floor(record.timeNs / 1000)},-;${record.text}\n`;
    file.offset += 1;
    return text;
  });
}
