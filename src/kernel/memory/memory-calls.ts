/** mmap(2) and munmap(2): how a program takes memory and gives it back. */
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Task, Thread } from '../kernel.ts';
import { notYet, Sleep } from '../wait.ts';
import { raise, tightest } from './cgroup-memory.ts';
import { pageBytes, wholePages } from './footprint.ts';
import { tellHigh, throttleNs } from './high.ts';
import { outOfMemory, tasksBelow } from './oom.ts';
import { load } from './page-fault.ts';
import { anonBytes, giveBackAnon, swapOut, takeAnon } from './task-memory.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';

/** A page fault: the trap, and the zeroing of the page. */
const faultNs = 500;
/** Recorded (vm-09b): so often memory.events counts `max` before a kill, once for each attempt to reclaim. */
const reclaimAttempts = 20;

export const memoryCalls: CallTable = { mmap, munmap, load };

/**
 * mmap(2) with MAP_PRIVATE, MAP_ANONYMOUS and MAP_POPULATE: every page is touched at once. At a limit it swaps, then
 * the OOM killer decides; the caller sleeps until there is room, unless it is the one that dies. Above memory.high it
 * is slowed down. ENOMEM for more than the machine has, and when nobody may be killed.
 */
function mmap(kernel: Kernel, thread: Thread, length: number): Sleep<number> {
  const bytes = wholePages(length);
  if (!(bytes > 0)) throw new Errno('EINVAL');
  if (bytes > kernel.memory.totalBytes + kernel.memory.swapTotalBytes) throw new Errno('ENOMEM');
  const { memory, limits } = thread.task;
  if (memory.virtualBytes + bytes > limits.RLIMIT_AS.soft) throw new Errno('ENOMEM');
  if (anonBytes(memory) + memory.sharedBytes + bytes > limits.RLIMIT_DATA.soft) throw new Errno('ENOMEM');
  const address = memory.nextAddress;
  memory.nextAddress += bytes;
  memory.virtualBytes += bytes;
  memory.mappings.set(address, bytes);
  let left = bytes;
  const attempt = (): number | typeof notYet => {
    left = touch(kernel, thread, left);
    return left === 0 ? address : notYet;
  };
  if (attempt() === notYet) return new Sleep([kernel.memory.freed], attempt, { interrupted: 'never' });
  const workNs = (bytes / pageBytes) * faultNs;
  tellHigh(kernel, thread.task.cgroup);
  const expired = (): number => address;
  const delayNs = throttleNs(thread.task.cgroup, bytes);
  if (delayNs === 0) return new Sleep<number>([], () => notYet, { workNs, expired, interrupted: 'never' });
  return new Sleep<number>([], () => notYet, {
    untilNs: kernel.nowNs + workNs + delayNs,
    expired,
    interrupted: 'never',
  });
}

/** Touches pages until all are there or a limit is reached; returns how many bytes are left to touch. */
function touch(kernel: Kernel, thread: Thread, wanted: number): number {
  const { task } = thread;
  let left = wanted;
  while (left > 0) {
    const { level, roomBytes } = tightest(kernel, task.cgroup);
    const fits = Math.min(left, Math.floor(Math.max(0, roomBytes) / pageBytes) * pageBytes);
    takeAnon(kernel, task, fits);
    left -= fits;
    if (left === 0 || reclaim(kernel, level, left) > 0) continue;
    callKiller(kernel, level, task);
    return left;
  }
  return 0;
}

/**
 * Whether the task's cgroup may be charged with so much more at this moment: reclaims, and else calls the killer.
 * ENOMEM when that finds nobody.
 */
export function hasMemoryFor(kernel: Kernel, { task }: Thread, bytes: number): boolean {
  for (;;) {
    const { level, roomBytes } = tightest(kernel, task.cgroup);
    if (roomBytes >= bytes) return true;
    if (reclaim(kernel, level, bytes - roomBytes) > 0) continue;
    callKiller(kernel, level, task);
    return false;
  }
}

function callKiller(kernel: Kernel, level: Cgroup, task: Task): void {
  if (level.parent) raise(kernel, level, 'max', reclaimAttempts);
  if (outOfMemory(kernel, level, task, 'for the dying') === 'nobody') throw new Errno('ENOMEM');
}

/** Makes room below a limit; returns how many bytes were freed. Only swap can take anonymous pages. */
export function reclaim(kernel: Kernel, limited: Cgroup, bytes: number): number {
  if (kernel.memory.swapUsedBytes >= kernel.memory.swapTotalBytes) return 0;
  const pays = (cgroup: Cgroup): boolean => {
    for (let level: Cgroup | null = cgroup; level; level = level.parent) if (level === limited) return true;
    return false;
  };
  let freed = 0;
  for (const task of tasksBelow(kernel, limited)) freed += swapOut(kernel, task, pays, bytes - freed);
  return freed;
}

/** What is pushed over a limit by the kernel itself (a new process's stack, a program's first pages) is killed for. */
export function enforceLimits(kernel: Kernel, thread: Thread): void {
  const { level, roomBytes } = tightest(kernel, thread.task.cgroup);
  if (roomBytes >= 0 || reclaim(kernel, level, -roomBytes) >= -roomBytes) return;
  if (level.parent) raise(kernel, level, 'max', reclaimAttempts);
  outOfMemory(kernel, level, thread.task, 'for the dying');
}

/** munmap(2) of a whole mapping, or of its last `length` bytes. EINVAL for what is none. */
function munmap(kernel: Kernel, { task }: Thread, address: number, length: number): void {
  const mapped = task.memory.mappings.get(address);
  const bytes = wholePages(length);
  if (mapped === undefined || bytes <= 0 || bytes > mapped) throw new Errno('EINVAL');
  if (bytes === mapped) task.memory.mappings.delete(address);
  else task.memory.mappings.set(address, mapped - bytes);
  task.memory.virtualBytes -= bytes;
  giveBackAnon(kernel, task.memory, bytes);
}
