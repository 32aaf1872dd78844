/** A read of memory that may not be there. Linux: arch/x86/mm/fault.c, bad_area_nosemaphore(), show_signal_msg(). */
import { printk } from '../kernel-log.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { endBy } from '../task/deliver.ts';
import { exit } from '../task/exit.ts';

/** Where the text of a program lies, and its stack: the simulator has no real ones. */
const textBase = 0x401000;
const instruction = 0x401106;
const stackPointer = 0x7ffd1c0a8d50;
/** A read, by user space, of a page that is not there. */
const errorCode = 4;

/**
 * Reads at an address. What belongs to no mapping is a fault: SIGSEGV, forced on a process that does not handle it, be
 * it pid 1 of its namespace (force_sig(), which takes SIGNAL_UNKILLABLE away). The kernel’s log tells of it.
 */
export function load(kernel: Kernel, { task }: Thread, address: number): void {
  for (const [start, bytes] of task.memory.mappings) if (address >= start && address < start + bytes) return;
  const { action } = task.actions.get('SIGSEGV') ?? { action: 'default' };
  if (typeof action === 'function' && !task.blocked.has('SIGSEGV')) {
    task.pending.push('SIGSEGV');
    return;
  }
  const hex = (value: number): string => value.toString(16).padStart(16, '0');
  printk(
    kernel,
    'info',
    `${task.comm}[${task.pid}]: segfault at ${address.toString(16)} ip ${hex(instruction)} sp ${hex(stackPointer)} ` +
      `error ${errorCode} in ${task.comm}[${(instruction - textBase).toString(16)},${textBase.toString(16)}+1000] ` +
      'likely on CPU 0 (core 0, socket 0)',
  );
  kernel.record({ type: 'signal.deliver', pid: task.pid, signal: 'SIGSEGV', action: 'terminate' });
  exit(kernel, task, endBy(task, 'SIGSEGV'));
}
