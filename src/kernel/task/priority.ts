/** Nice values. Man pages: getpriority(2), sched(7); Linux: kernel/sys.c, set_one_prio(). */
import { share } from '../cpu/processors.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { isCapable, isCapableOfMachine } from './powers.ts';

const [first, last] = [-20, 19];

function find(caller: Task, pid: number): Task {
  const task = pid === 0 ? caller : caller.pidNamespace.tasks.get(pid);
  if (!task) throw new Errno('ESRCH');
  return task;
}

export function getPriority({ task }: Thread, pid: number): number {
  return find(task, pid).nice;
}

/** EPERM for another's process, EACCES for less than it has: both but for who has CAP_SYS_NICE. */
export function setPriority(kernel: Kernel, { task: caller }: Thread, pid: number, nice: number): void {
  const task = find(caller, pid);
  const wanted = Math.max(first, Math.min(last, nice));
  if (caller.uid !== task.uid && !isCapable(caller, 'SYS_NICE', task.namespaces.user)) throw new Errno('EPERM');
  const isMore = wanted < task.nice && 20 - wanted > task.limits.RLIMIT_NICE.soft;
  if (isMore && !isCapableOfMachine(caller, 'SYS_NICE')) throw new Errno('EACCES');
  task.nice = wanted;
  share(kernel);
}
