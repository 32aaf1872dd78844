/**
 * The freezer: what is frozen does not run, until it is thawed or killed. Linux: kernel/cgroup/freezer.c; recorded:
 * k20.
 */
import type { Kernel } from '../kernel.ts';
import { holdThreads, resumeThreads } from '../scheduler.ts';
import { controlChanged } from '../vfs/inotify.ts';
import type { Cgroup } from './cgroup.ts';

/** After a write to cgroup.freeze: this cgroup and all below freeze at once, or thaw, unless frozen by themselves. */
export function settleFrozen(kernel: Kernel, cgroup: Cgroup): void {
  const frozen = cgroup.settings.get('cgroup.freeze') === '1' || (cgroup.parent?.frozen ?? false);
  const thaws = cgroup.frozen && !frozen;
  if (cgroup.frozen !== frozen) {
    cgroup.frozen = frozen;
    controlChanged(kernel, cgroup, 'cgroup.events');
  }
  if (frozen) for (const task of cgroup.tasks) holdThreads(kernel, task);
  if (thaws) for (const task of cgroup.tasks) resumeThreads(kernel, task);
  for (const child of cgroup.children.values()) settleFrozen(kernel, child);
}
