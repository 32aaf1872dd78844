/**
 * memory.high: who goes above it is not killed but slowed down, the more the further. Linux: mm/memcontrol.c,
 * calculate_high_delay(), mem_cgroup_handle_over_high().
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { Kernel } from '../kernel.ts';
import { currentBytes, raise } from './cgroup-memory.ts';
import { pageBytes } from './footprint.ts';

const ticksPerSecond = 250;
const tickNs = 1e9 / ticksPerSecond;
const precisionBits = 20;
const scalingBits = 14;
/** Pages that are charged at a time. */
const batch = 64;
const longestTicks = 2 * ticksPerSecond;

/** How long a task sleeps that has just charged `bytes` to this cgroup, ns. */
export function throttleNs(cgroup: Cgroup, bytes: number): number {
  let overage = 0;
  for (let level: Cgroup | null = cgroup; level?.parent; level = level.parent) {
    const { highBytes } = level.memory;
    const excess = currentBytes(level) - highBytes;
    if (excess > 0)
      overage = Math.max(overage, Math.floor((excess * 2 ** precisionBits) / Math.max(pageBytes, highBytes)));
  }
  if (overage === 0) return 0;
  const penalty = (overage * overage * ticksPerSecond) / 2 ** (precisionBits + scalingBits);
  const ticks = Math.min(longestTicks, Math.floor((penalty * (bytes / pageBytes)) / batch));
  return ticks <= ticksPerSecond / 100 ? 0 : ticks * tickNs;
}

/** Counts it in the memory.events of each level that is above its memory.high. */
export function tellHigh(kernel: Kernel, cgroup: Cgroup): void {
  for (let level: Cgroup | null = cgroup; level?.parent; level = level.parent) {
    if (currentBytes(level) > level.memory.highBytes) raise(kernel, level, 'high');
  }
}
