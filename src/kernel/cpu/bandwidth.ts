/**
 * cpu.max: so much processor time in each period. Who has used it up waits for the next period. Linux:
 * kernel/sched/fair.c, "CFS bandwidth control machinery"; Documentation/scheduler/sched-bwc.rst.
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { cgroupPath } from '../cgroup/tree.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';

export interface Bandwidth {
  /** Infinite for `max`. */
  readonly quotaNs: number;
  readonly periodNs: number;
  /** When the present period began. */
  periodStartNs: number;
  /** Used in it; what was used beyond the quota is taken from the next. */
  usedNs: number;
  /** When it was used up; null while it is not. */
  throttledSinceNs: number | null;
  periods: number;
  throttledPeriods: number;
  throttledNs: number;
  /** How many throttled periods the journal was last told of. */
  toldPeriods: number;
}

/** A group takes its quota in pieces of so much. */
export const sliceNs = 5_000_000;
const usec = 1000;
/** Linux: kernel/sched/core.c, max_cfs_runtime: a quota must not overflow when it is made a share. */
const mostQuotaUs = 2 ** 44 - 1;

/** `max 100000`, `50000 100000`, `50000`. EINVAL for less than 1 ms, and for a period of more than 1 s. */
export function parseCpuMax(text: string, old: Bandwidth | null, nowNs: number): Bandwidth {
  const [, quota = '', period = ''] = /^(max|\d+)(?:\s+(\d+))?$/.exec(text) ?? [];
  const periodNs = period === '' ? (old?.periodNs ?? 100_000 * usec) : Number(period) * usec;
  if (quota === '' || periodNs < 1000 * usec || periodNs > 1_000_000 * usec) throw new Errno('EINVAL');
  const quotaNs = quota === 'max' ? Number.POSITIVE_INFINITY : Number(quota) * usec;
  if (quotaNs < 1000 * usec || (quota !== 'max' && Number(quota) > mostQuotaUs)) throw new Errno('EINVAL');
  const { periods = 0, throttledPeriods = 0, throttledNs = 0, toldPeriods = 0 } = old ?? {};
  return {
    quotaNs,
    periodNs,
    periodStartNs: nowNs,
    usedNs: 0,
    throttledSinceNs: null,
    periods,
    throttledPeriods,
    throttledNs,
    toldPeriods,
  };
}

/** The cgroup's own limit, as far as there is one. */
export function limitOf({ cpu }: Cgroup): Bandwidth | null {
  return cpu.bandwidth !== null && Number.isFinite(cpu.bandwidth.quotaNs) ? cpu.bandwidth : null;
}

/** The time from which on a member of the cgroup may run: now, or when the period of a throttled one above ends. */
export function runsFrom(kernel: Kernel, cgroup: Cgroup): number {
  const { nowNs } = kernel;
  let fromNs = nowNs;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const bandwidth = limitOf(level);
    if (!bandwidth) continue;
    advance(bandwidth, nowNs);
    if (bandwidth.usedNs < bandwidth.quotaNs) continue;
    throttle(bandwidth, nowNs);
    tell(kernel, level, bandwidth);
    const debt = Math.floor(bandwidth.usedNs / bandwidth.quotaNs);
    fromNs = Math.max(fromNs, bandwidth.periodStartNs + debt * bandwidth.periodNs);
  }
  return fromNs;
}

/** How much a member may use before it must ask again. */
export function quotaLeft(cgroup: Cgroup): number {
  let left = sliceNs;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const bandwidth = limitOf(level);
    if (bandwidth) left = Math.min(left, Math.max(usec, bandwidth.quotaNs - bandwidth.usedNs));
  }
  return left;
}

/** A member has computed. */
export function useQuota(cgroup: Cgroup, ns: number, nowNs: number): void {
  if (ns === 0) return;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const bandwidth = limitOf(level);
    if (!bandwidth) continue;
    advance(bandwidth, nowNs);
    if (bandwidth.usedNs === 0) bandwidth.periods += 1;
    bandwidth.usedNs += ns;
  }
}

function throttle(bandwidth: Bandwidth, nowNs: number): void {
  if (bandwidth.throttledSinceNs !== null) return;
  bandwidth.throttledSinceNs = nowNs;
  bandwidth.throttledPeriods += 1;
}

/** The first throttled period is worth a line in the journal, then each doubling: as many as a reader can take in. */
function tell(kernel: Kernel, cgroup: Cgroup, bandwidth: Bandwidth): void {
  const { periods, throttledPeriods, toldPeriods } = bandwidth;
  if (throttledPeriods < Math.max(1, 2 * toldPeriods)) return;
  bandwidth.toldPeriods = throttledPeriods;
  const value = `nr_periods ${periods}, nr_throttled ${throttledPeriods}`;
  kernel.record({ type: 'cgroup.write', pid: 0, path: cgroupPath(cgroup), file: 'cpu.stat', value });
}

/** Periods that have ended give their quota. */
function advance(bandwidth: Bandwidth, nowNs: number): void {
  const ended = Math.floor((nowNs - bandwidth.periodStartNs) / bandwidth.periodNs);
  if (ended <= 0) return;
  const { usedNs, quotaNs, throttledSinceNs } = bandwidth;
  const startNs = bandwidth.periodStartNs + ended * bandwidth.periodNs;
  const indebted = Math.min(ended, Math.floor(usedNs / quotaNs));
  if (throttledSinceNs !== null) {
    const untilNs = Math.min(startNs, bandwidth.periodStartNs + Math.max(1, indebted) * bandwidth.periodNs);
    bandwidth.throttledNs += Math.max(0, untilNs - throttledSinceNs);
    // The debt of a long computation throttled each of the periods that paid it off.
    bandwidth.periods += Math.max(0, indebted - 1);
    bandwidth.throttledPeriods += Math.max(0, indebted - 1);
  }
  bandwidth.usedNs = Math.max(0, usedNs - ended * quotaNs);
  bandwidth.periodStartNs = startNs;
  bandwidth.throttledSinceNs = null;
  if (bandwidth.usedNs > 0) bandwidth.periods += 1;
}
