/**
 * The table of all tasks, and who is in which process group and session. Linux: the lists of a struct pid, PIDTYPE_PGID
 * and PIDTYPE_SID.
 */
import type { Kernel, Task } from '../kernel.ts';

/** Members by the host's number of the leader that is or was, in the order in which they joined; zombies included. */
export type Membership = Map<number, Set<Task>>;

/** A new task is in the table of all, and in the group and session that it was born with. */
export function enrol(kernel: Kernel, task: Task): void {
  kernel.tasks.set(task.pid, task);
  joinBoth(kernel, task);
}

/** A reaped task is in none. */
export function withdraw(kernel: Kernel, task: Task): void {
  kernel.tasks.delete(task.pid);
  leaveBoth(kernel, task);
}

/** Moves a task into a group, of a session that may be new too. */
export function regroup(kernel: Kernel, task: Task, sid: number, pgid: number): void {
  leaveBoth(kernel, task);
  task.sid = sid;
  task.pgid = pgid;
  joinBoth(kernel, task);
}

/** Whether a number still names a group or a session. */
export function namesGroup(kernel: Kernel, number: number): boolean {
  return kernel.groups.has(number) || kernel.sessions.has(number);
}

/** The members of a group with its zombies: kill(2) finds a group until its last member is reaped. */
export function groupOf(kernel: Kernel, pgid: number): readonly Task[] {
  return [...(kernel.groups.get(pgid) ?? [])];
}

/** Every living member of a process group, by the host's number of its leader. */
export function groupMembers(kernel: Kernel, pgid: number): readonly Task[] {
  return groupOf(kernel, pgid).filter(({ state }) => state !== 'zombie');
}

function joinBoth({ groups, sessions }: Kernel, task: Task): void {
  join(groups, task.pgid, task);
  join(sessions, task.sid, task);
}

function leaveBoth({ groups, sessions }: Kernel, task: Task): void {
  leave(groups, task.pgid, task);
  leave(sessions, task.sid, task);
}

function join(membership: Membership, number: number, task: Task): void {
  const members = membership.get(number);
  if (members === undefined) membership.set(number, new Set([task]));
  else members.add(task);
}

function leave(membership: Membership, number: number, task: Task): void {
  const members = membership.get(number);
  members?.delete(task);
  if (members?.size === 0) membership.delete(number);
}
