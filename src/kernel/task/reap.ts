/** The end of a zombie: its parent has taken note. Linux: kernel/exit.c, release_task(). */
import type { Kernel, Task } from '../kernel.ts';

/** Takes the zombie out of every table. `by` is who waited for it. */
export function reap(kernel: Kernel, task: Task, by: Task): void {
  task.state = 'reaped';
  kernel.record({ type: 'task.reap', pid: task.pid, by: by.pid });
  task.parent?.children.delete(task);
  kernel.tasks.delete(task.pid);
  let namespace: Task['pidNamespace'] | null = task.pidNamespace;
  for (let level = task.nsPids.length - 1; namespace; level--) {
    namespace.tasks.delete(task.nsPids[level] ?? 0);
    namespace = namespace.parent;
  }
  const emptied = task.pidNamespace;
  if (emptied.whenEmpty && emptied.tasks.size === 1) {
    const finishInit = emptied.whenEmpty;
    emptied.whenEmpty = null;
    finishInit();
  }
}
