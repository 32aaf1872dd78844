/** The end of a zombie: its parent has taken note. Linux: kernel/exit.c, release_task(). */
import { countPids } from '../cgroup/pids.ts';
import type { Kernel, Task } from '../kernel.ts';
import { release } from '../namespace/holders.ts';
import type { PidNamespace } from '../namespace/namespace.ts';
import { namesGroup, withdraw } from './groups.ts';

/** Takes the zombie out of every table. `by` is who waited for it. */
export function reap(kernel: Kernel, task: Task, by: Task): void {
  task.state = 'reaped';
  kernel.record({ type: 'task.reap', pid: task.pid, by: by.pid });
  task.parent?.children.delete(task);
  countPids(task.cgroup, -1);
  withdraw(kernel, task);
  const leads = namesGroup(kernel, task.pid);
  let namespace: Task['pidNamespace'] | null = task.pidNamespace;
  for (let level = task.nsPids.length - 1; namespace; level--) {
    const number = task.nsPids[level] ?? 0;
    namespace.tasks.delete(number);
    if (leads) namespace.formerLeaders.set(number, task.pid);
    namespace = namespace.parent;
  }
  finishWaitingInits(task.pidNamespace);
  release(kernel, task.pidNamespace);
}

/** A dying init was waiting for its namespace, or one below it, to be empty but for itself. */
function finishWaitingInits(innermost: PidNamespace): void {
  for (let namespace: PidNamespace | null = innermost; namespace; namespace = namespace.parent) {
    const finishInit = namespace.whenEmpty;
    if (finishInit === null || namespace.tasks.size > 1) continue;
    namespace.whenEmpty = null;
    finishInit();
  }
}
