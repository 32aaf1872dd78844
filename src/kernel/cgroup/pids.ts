/** The pids controller. Linux: kernel/cgroup/pids.c; Documentation/admin-guide/cgroup-v2.rst. */
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Cgroup } from './cgroup.ts';
import { cgroupPath } from './tree.ts';

/** Tasks and their threads in this cgroup and below. */
export function currentPids(cgroup: Cgroup): number {
  let count = 0;
  for (const task of cgroup.tasks) count += 1 + task.extraTids.length;
  for (const child of cgroup.children.values()) count += currentPids(child);
  return count;
}

/** EAGAIN when `more` would exceed pids.max here or in any ancestor; the refusing one counts the event. */
export function chargePids(kernel: Kernel, cgroup: Cgroup, more: number): void {
  if (more <= 0) return;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const limit = level.settings.get('pids.max');
    if (limit === undefined || limit === 'max') continue;
    if (currentPids(level) + more <= Number(limit)) continue;
    const refused = Number(level.settings.get('pids.events') ?? 0) + 1;
    level.settings.set('pids.events', String(refused));
    kernel.record({
      type: 'cgroup.write',
      pid: 0,
      path: cgroupPath(level),
      file: 'pids.events',
      value: `max ${refused}`,
    });
    throw new Errno('EAGAIN');
  }
}
