/**
 * Who is in a cgroup and below it, zombies not counted: cgroup.events says whether anybody is, and whether they are
 * frozen. Linux: cgroup_update_populated().
 */
import type { Kernel } from '../kernel.ts';
import { controlChanged } from '../vfs/inotify.ts';
import type { Cgroup } from './cgroup.ts';

/** One more living member here, or one less; at the first and the last whoever watches cgroup.events is told. */
export function populate(kernel: Kernel, cgroup: Cgroup, more: 1 | -1): void {
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const before = level.population;
    level.population += more;
    if ((before === 0) !== (level.population === 0)) controlChanged(kernel, level, 'cgroup.events');
  }
}

export function isPopulated(cgroup: Cgroup): boolean {
  return cgroup.population > 0;
}
