/**
 * Sessions and process groups. Man pages: setsid(2), setpgid(2), credentials(7). Ids are the host's numbers inside, the
 * caller's outside.
 */
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import type { PidNamespace } from '../namespace/namespace.ts';
import { pidSeenFrom } from './clone.ts';
import { groupOf, regroup } from './groups.ts';

/**
 * A new session and group, led by the caller; no controlling terminal. EPERM while there is a group of the caller's
 * number.
 */
export function setsid(kernel: Kernel, { task }: Thread): number {
  if (kernel.groups.has(task.pid)) throw new Errno('EPERM');
  regroup(kernel, task, task.pid, task.pid);
  task.controllingTerminal = null;
  kernel.record({ type: 'task.session', pid: task.pid, sid: task.sid, pgid: task.pgid });
  return pidSeenFrom(task, task);
}

/**
 * Moves a process (0: the caller) into a group of its session (0: its own). EACCES for a child that has exec'd, EPERM
 * for a session leader or a group of another session.
 */
export function setpgid(kernel: Kernel, { task: caller }: Thread, pid: number, pgid: number): void {
  const task = find(caller, pid);
  if (task !== caller && task.parent !== caller) throw new Errno('ESRCH');
  if (task !== caller && task.sid !== caller.sid) throw new Errno('EPERM');
  if (task !== caller && task.hasExeced) throw new Errno('EACCES');
  if (task.sid === task.pid) throw new Errno('EPERM');
  const group = pgid === 0 ? task.pid : hostNumber(caller.pidNamespace, pgid);
  const exists = (number: number): boolean => groupOf(kernel, number).some(({ sid }) => sid === task.sid);
  if (group === undefined || (group !== task.pid && !exists(group))) throw new Errno('EPERM');
  regroup(kernel, task, task.sid, group);
  kernel.record({ type: 'task.session', pid: task.pid, sid: task.sid, pgid: task.pgid });
}

export function getpgid(kernel: Kernel, { task }: Thread, pid: number): number {
  return numberOf(kernel, task, find(task, pid).pgid);
}

export function getsid(kernel: Kernel, { task }: Thread, pid: number): number {
  return numberOf(kernel, task, find(task, pid).sid);
}

function find(caller: Task, pid: number): Task {
  const task = pid === 0 ? caller : caller.pidNamespace.tasks.get(pid);
  if (!task) throw new Errno('ESRCH');
  return task;
}

/** A group's or session's number as the viewer sees it, be its leader gone; 0 when that lives outside. */
export function numberOf(kernel: Kernel, viewer: Task, host: number): number {
  const leader = kernel.tasks.get(host);
  if (leader) return pidSeenFrom(leader, viewer);
  for (const [number, pid] of viewer.pidNamespace.formerLeaders) if (pid === host) return number;
  return 0;
}

/** The host's number of the group or session that has this one in the namespace. */
export function hostNumber(namespace: PidNamespace, number: number): number | undefined {
  return namespace.tasks.get(number)?.pid ?? namespace.formerLeaders.get(number);
}
