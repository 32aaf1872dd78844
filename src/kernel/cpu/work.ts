/**
 * A thread at work: how long it takes for what it has to compute, be it slowed by others, throttled, stopped or
 * interrupted. All of a computation is planned at once as far as nothing can intervene.
 */
import type { Due } from '../event-queue.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { planExpiry, runThread } from '../scheduler.ts';
import { sendSignal } from '../task/signal.ts';
import type { Sleep } from '../wait.ts';
import { quotaLeft, runsFrom, useQuota } from './bandwidth.ts';
import { beginSharing, endSharing, longNs } from './processors.ts';

/** What is planned of a computation: from when on, how much of it, and how fast. */
export interface Work {
  readonly sinceNs: number;
  readonly sliceNs: number;
  readonly rate: number;
}

/** Plans the next piece of the computation that the thread is asleep in. */
export function planWork(kernel: Kernel, thread: Thread): void {
  const { sleep, task } = thread;
  if (!sleep?.isWork) return;
  const { cgroup } = task;
  const sinceNs = cgroup.cpu.isLimited ? runsFrom(kernel, cgroup) : kernel.nowNs;
  if (sinceNs > kernel.nowNs) {
    // Throttled: the processor is the others' until then.
    endSharing(kernel, thread);
    thread.work = { sinceNs, sliceNs: 0, rate: 1 };
    planExpiry(kernel, thread, sinceNs, (due) => workDue(kernel, thread, due));
    return;
  }
  beginSharing(kernel, thread);
  let slice = sleep.leftNs;
  if (cgroup.cpu.isLimited) slice = Math.min(slice, quotaLeft(cgroup));
  if (thread.busyNs < longNs) slice = Math.min(slice, longNs - thread.busyNs);
  if (slice > 0) slice = Math.max(1, Math.min(slice, Math.ceil(task.cpuAlarmNs - task.cpuNs)));
  thread.work = { sinceNs, sliceNs: slice, rate: thread.rate };
  planExpiry(kernel, thread, sinceNs + Math.ceil(slice / thread.rate), (due) => workDue(kernel, thread, due));
}

function workDue(kernel: Kernel, thread: Thread, due: Due): void {
  const { sleep, work } = thread;
  // Another plan has taken its place.
  if (thread.expiry !== due || !sleep || !work) return;
  const { sliceNs } = work;
  thread.work = null;
  account(kernel, thread, sleep, sliceNs);
  if (sleep.leftNs > 0) planWork(kernel, thread);
  else runThread(kernel, thread);
}

/**
 * Does a whole computation now, where nothing can intervene: nobody else is due before its end, and nothing limits or
 * ends it. False, and nothing done, where it has to be planned.
 */
export function computesAtOnce(kernel: Kernel, thread: Thread, ns: number): boolean {
  const { task } = thread;
  const endNs = kernel.nowNs + ns;
  if (kernel.queue.nextNs() <= endNs || endNs > kernel.limitNs) return false;
  if (task.cgroup.cpu.isLimited || thread.busyNs + ns >= longNs || task.cpuNs + ns >= task.cpuAlarmNs) return false;
  task.cpuNs += ns;
  thread.busyNs += ns;
  kernel.nowNs = endNs;
  return true;
}

/** What of the planned piece has been done up to now is done; the rest waits for `planWork`. */
export function pauseWork(kernel: Kernel, thread: Thread): void {
  const { sleep, work } = thread;
  if (!work) return;
  const done = runningNs(kernel, thread);
  thread.work = null;
  if (sleep) account(kernel, thread, sleep, done);
  if (thread.expiry) kernel.queue.disregard(thread.expiry);
  thread.expiry = null;
}

/** Goes on under other conditions. */
export function replanWork(kernel: Kernel, thread: Thread, change: () => void): void {
  const isWorking = thread.work !== null;
  pauseWork(kernel, thread);
  change();
  if (isWorking) planWork(kernel, thread);
}

/** Computed of the piece that is planned, and not yet accounted, ns. */
export function runningNs(kernel: Kernel, { work }: Thread): number {
  if (!work || work.sliceNs === 0) return 0;
  return Math.max(0, Math.min(work.sliceNs, Math.floor((kernel.nowNs - work.sinceNs) * work.rate)));
}

function account(kernel: Kernel, thread: Thread, sleep: Sleep, ns: number): void {
  sleep.leftNs -= ns;
  use(kernel, thread, ns);
}

/** The thread has used a processor for so long. */
export function use(kernel: Kernel, thread: Thread, ns: number): void {
  const { task } = thread;
  task.cpuNs += ns;
  thread.busyNs += ns;
  if (task.cgroup.cpu.isLimited) useQuota(task.cgroup, ns, kernel.nowNs);
  if (task.cpuNs >= task.cpuAlarmNs) raiseCpuAlarm(kernel, thread);
}

/** When a system call is over that the thread began now and that takes a processor for so long. */
export function callEndsAt(kernel: Kernel, thread: Thread, costNs: number): number {
  const { task } = thread;
  const { cgroup } = task;
  // Most calls: nothing limits it, and it has not computed for long.
  if (!cgroup.cpu.isLimited && thread.busyNs < longNs && task.cpuNs + costNs < task.cpuAlarmNs) {
    task.cpuNs += costNs;
    thread.busyNs += costNs;
    return kernel.nowNs + costNs;
  }
  use(kernel, thread, costNs);
  if (thread.busyNs >= longNs) beginSharing(kernel, thread);
  const endNs = kernel.nowNs + Math.ceil(costNs / thread.rate);
  return cgroup.cpu.isLimited ? Math.max(endNs, runsFrom(kernel, cgroup)) : endNs;
}

/** RLIMIT_CPU: SIGXCPU each second from the soft limit on, SIGKILL at the hard one. Linux: check_process_timers(). */
function raiseCpuAlarm(kernel: Kernel, { task }: Thread): void {
  const { soft, hard } = task.limits.RLIMIT_CPU;
  const seconds = task.cpuNs / 1e9;
  if (seconds >= hard) {
    task.cpuAlarmNs = Number.POSITIVE_INFINITY;
    sendSignal(kernel, null, task, 'SIGKILL');
    return;
  }
  task.cpuAlarmNs = Math.min(hard, Math.max(soft, Math.floor(seconds)) + 1) * 1e9;
  sendSignal(kernel, null, task, 'SIGXCPU');
}
