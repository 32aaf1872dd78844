/**
 * The pids controller: tasks and their threads, those below included; a zombie counts until it is reaped. Linux:
 * kernel/cgroup/pids.c; Documentation/admin-guide/cgroup-v2.rst, "PID".
 */
import { Errno } from '../errno.ts';
import { printk } from '../kernel-log.ts';
import type { Kernel } from '../kernel.ts';
import { controlChanged } from '../vfs/inotify.ts';
import type { Cgroup } from './cgroup.ts';
import { cgroupPath } from './tree.ts';

export interface CgroupPids {
  current: number;
  peak: number;
  /** Infinity for `max`. */
  max: number;
  /** How often the limit of this cgroup or of one below was hit; of this one. */
  refused: number;
  refusedHere: number;
}

export function cgroupPids(): CgroupPids {
  return { current: 0, peak: 0, max: Number.POSITIVE_INFINITY, refused: 0, refusedHere: 0 };
}

/** Counts `more` tasks or threads (fewer when negative) here and above, whatever the limits. */
export function countPids(cgroup: Cgroup, more: number): void {
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    level.pids.current += more;
    level.pids.peak = Math.max(level.pids.peak, level.pids.current);
  }
}

/** EAGAIN when `more` would exceed pids.max here or in any ancestor; the refusing one counts the event. */
export function requirePids(kernel: Kernel, cgroup: Cgroup, more: number): void {
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    if (level.pids.current + more <= level.pids.max) continue;
    refuse(kernel, level);
    throw new Errno('EAGAIN');
  }
}

function refuse(kernel: Kernel, limited: Cgroup): void {
  limited.pids.refusedHere += 1;
  controlChanged(kernel, limited, 'pids.events.local');
  if (limited.pids.refusedHere === 1) {
    printk(kernel, 'info', `cgroup: fork rejected by pids controller in ${cgroupPath(limited)}`);
  }
  for (let level: Cgroup | null = limited; level; level = level.parent) {
    level.pids.refused += 1;
    controlChanged(kernel, level, 'pids.events');
  }
  const value = `max ${limited.pids.refused}`;
  kernel.record({ type: 'cgroup.write', pid: 0, path: cgroupPath(limited), file: 'pids.events', value });
}

/** As many pids as a machine of 64 bits can have: PID_MAX_LIMIT. */
const mostPids = 4_194_304;

/** A value of pids.max. EINVAL. */
export function parsePidsMax(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(text) || Number(text) > mostPids) throw new Errno('EINVAL');
  return Number(text);
}
