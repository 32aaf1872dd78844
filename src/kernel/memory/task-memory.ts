/**
 * A task's memory: pages, and which cgroup pays for them. A page is paid for by the cgroup that the task was in when it
 * touched it, and stays so when the task moves on. Linux: mm/memory.c; Documentation/admin-guide/cgroup-v2.rst, "Memory
 * Ownership".
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { Kernel, Task } from '../kernel.ts';
import { charge, chargeSwap } from './cgroup-memory.ts';
import { forkedBytes, taskKernelBytes, type Footprint } from './footprint.ts';

export interface TaskMemory {
  /** Private pages in memory and in swap, by who pays. */
  readonly charges: Map<Cgroup, { anonBytes: number; swapBytes: number }>;
  /** The cgroup that pays for its stack and tables; null for a task that has none any more. */
  kernelCgroup: Cgroup | null;
  /** Pages that it shares with its parent since fork(2), and the parent pays for. */
  sharedBytes: number;
  fileBytes: number;
  virtualBytes: number;
  /** VmHWM, VmPeak. */
  peakResidentBytes: number;
  peakVirtualBytes: number;
  /** What mmap(2) gave, by address. */
  readonly mappings: Map<number, number>;
  /** What it gives next: no address is given twice. */
  nextAddress: number;
}

/** Where mmap(2) begins to give addresses. */
const firstAddress = 0x7f00_0000_0000;

export function emptyMemory(): TaskMemory {
  return {
    charges: new Map(),
    kernelCgroup: null,
    sharedBytes: 0,
    fileBytes: 0,
    virtualBytes: 0,
    peakResidentBytes: 0,
    peakVirtualBytes: 0,
    mappings: new Map(),
    nextAddress: firstAddress,
  };
}

export function anonBytes({ charges }: TaskMemory): number {
  let sum = 0;
  for (const paid of charges.values()) sum += paid.anonBytes;
  return sum;
}

export function swapBytes({ charges }: TaskMemory): number {
  let sum = 0;
  for (const paid of charges.values()) sum += paid.swapBytes;
  return sum;
}

/** VmRSS. */
export function residentBytes(memory: TaskMemory): number {
  return anonBytes(memory) + memory.sharedBytes + memory.fileBytes;
}

/** fork(2): the child has its parent's pages until it writes to them; with CLONE_VM it has them for good. */
export function forkMemory(kernel: Kernel, parent: Task, child: Task, sharesAll: boolean): void {
  const { memory } = child;
  const from = parent.memory;
  memory.fileBytes = from.fileBytes;
  memory.virtualBytes = from.virtualBytes;
  const own = sharesAll ? 0 : Math.min(forkedBytes, anonBytes(from) + from.sharedBytes);
  memory.sharedBytes = anonBytes(from) + from.sharedBytes - own;
  memory.nextAddress = from.nextAddress;
  for (const [address, bytes] of from.mappings) memory.mappings.set(address, bytes);
  payForTask(kernel, child);
  takeAnon(kernel, child, own);
}

/** execve(2): the old image is given back, the new one's pages are touched. */
export function execMemory(kernel: Kernel, task: Task, { anonBytes: anon, fileBytes, virtualBytes }: Footprint): void {
  const { memory } = task;
  giveBackPages(kernel, memory);
  memory.fileBytes = fileBytes;
  memory.virtualBytes = virtualBytes;
  memory.peakResidentBytes = 0;
  memory.peakVirtualBytes = 0;
  if (memory.kernelCgroup === null) payForTask(kernel, task);
  takeAnon(kernel, task, anon);
}

/** exit(2): all is given back. Linux: exit_mm(). */
export function releaseMemory(kernel: Kernel, task: Task): void {
  const { memory } = task;
  giveBackPages(kernel, memory);
  memory.fileBytes = 0;
  memory.virtualBytes = 0;
  if (memory.kernelCgroup) charge(kernel, memory.kernelCgroup, 'kernel', -taskKernelBytes);
  memory.kernelCgroup = null;
}

function payForTask(kernel: Kernel, task: Task): void {
  task.memory.kernelCgroup = task.cgroup;
  charge(kernel, task.cgroup, 'kernel', taskKernelBytes);
}

/** Touches so many new pages; the task's cgroup pays. */
export function takeAnon(kernel: Kernel, { memory, cgroup }: Task, bytes: number): void {
  if (bytes > 0) {
    const paid = memory.charges.get(cgroup) ?? { anonBytes: 0, swapBytes: 0 };
    paid.anonBytes += bytes;
    memory.charges.set(cgroup, paid);
    charge(kernel, cgroup, 'anon', bytes);
  }
  memory.peakResidentBytes = Math.max(memory.peakResidentBytes, residentBytes(memory));
  memory.peakVirtualBytes = Math.max(memory.peakVirtualBytes, memory.virtualBytes);
}

/**
 * Gives back so many private pages, what was charged to the latest cgroup first: from memory, then from swap. What was
 * shared costs nobody anything.
 */
export function giveBackAnon(kernel: Kernel, memory: TaskMemory, bytes: number): void {
  let left = bytes;
  for (const [cgroup, paid] of [...memory.charges].toReversed()) {
    const resident = Math.min(left, paid.anonBytes);
    paid.anonBytes -= resident;
    charge(kernel, cgroup, 'anon', -resident);
    left -= resident;
    const swapped = Math.min(left, paid.swapBytes);
    paid.swapBytes -= swapped;
    if (swapped > 0) chargeSwap(kernel, cgroup, -swapped);
    left -= swapped;
    if (paid.anonBytes + paid.swapBytes === 0) memory.charges.delete(cgroup);
    if (left === 0) return;
  }
  memory.sharedBytes = Math.max(0, memory.sharedBytes - left);
}

function giveBackPages(kernel: Kernel, memory: TaskMemory): void {
  giveBackAnon(kernel, memory, Number.POSITIVE_INFINITY);
  memory.sharedBytes = 0;
  memory.mappings.clear();
}

/** Moves up to `bytes` of what the cgroup pays for to swap; returns how much went. Linux: mm/vmscan.c. */
export function swapOut(kernel: Kernel, task: Task, pays: (cgroup: Cgroup) => boolean, bytes: number): number {
  let moved = 0;
  for (const [cgroup, paid] of task.memory.charges) {
    if (!pays(cgroup)) continue;
    const amount = Math.min(bytes - moved, paid.anonBytes, swapRoom(kernel, cgroup));
    if (amount <= 0) continue;
    paid.anonBytes -= amount;
    paid.swapBytes += amount;
    charge(kernel, cgroup, 'anon', -amount);
    chargeSwap(kernel, cgroup, amount);
    moved += amount;
  }
  return moved;
}

function swapRoom(kernel: Kernel, cgroup: Cgroup): number {
  let room = kernel.memory.swapTotalBytes - kernel.memory.swapUsedBytes;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    room = Math.min(room, level.memory.swapMaxBytes - level.memory.swapBytes);
  }
  return room;
}
