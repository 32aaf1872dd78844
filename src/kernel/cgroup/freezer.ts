/**
 * The freezer: what is frozen does not run, until it is thawed or killed. Linux: kernel/cgroup/freezer.c; recorded:
 * k20.
 */
import type { Kernel } from '../kernel.ts';
import { holdThreads, resumeThreads } from '../scheduler.ts';
import { controlChanged } from '../vfs/inotify.ts';
import type { Cgroup } from './cgroup.ts';

/**
 * A write to cgroup.freeze: this cgroup and all below it freeze at once, or thaw, unless one of them is frozen by
 * itself.
 */
export function setFrozen(kernel: Kernel, cgroup: Cgroup, value: '0' | '1'): void {
  cgroup.settings.set('cgroup.freeze', value);
  settle(kernel, cgroup);
}

function settle(kernel: Kernel, cgroup: Cgroup): void {
  const frozen = cgroup.settings.get('cgroup.freeze') === '1' || (cgroup.parent?.frozen ?? false);
  const thaws = cgroup.frozen && !frozen;
  if (cgroup.frozen !== frozen) {
    cgroup.frozen = frozen;
    controlChanged(kernel, cgroup, 'cgroup.events');
  }
  if (frozen) for (const task of cgroup.tasks) holdThreads(kernel, task);
  if (thaws) for (const task of cgroup.tasks) resumeThreads(kernel, task);
  for (const child of cgroup.children.values()) settle(kernel, child);
}
