/**
 * Orphaned process groups: nobody is left who could continue them. Linux: kernel/exit.c, will_become_orphaned_pgrp();
 * setpgid(2).
 */
import type { Kernel, Task } from '../kernel.ts';
import { groupMembers } from './groups.ts';
import { sendSignal } from './signal.ts';

/** No member has a parent in another group of the same session. `ignored` is a member on its way out. */
export function isOrphanedGroup(kernel: Kernel, pgid: number, ignored: Task | null = null): boolean {
  for (const member of groupMembers(kernel, pgid)) {
    const { parent } = member;
    if (member === ignored || parent === null || parent === kernel.rootPidNamespace.init) continue;
    if (parent.pgid !== pgid && parent.sid === member.sid) return false;
  }
  return true;
}

/**
 * A group that has just become orphaned while a member is stopped gets SIGHUP, then SIGCONT. `parent` is whose end may
 * have orphaned it: the dead parent of `task`, or the living one when it is `task` that ends. Linux:
 * kill_orphaned_pgrp().
 */
export function hangUpOrphanedGroup(kernel: Kernel, task: Task, parent: Task | null, ignored: Task | null): void {
  if (parent === null || parent.pgid === task.pgid || parent.sid !== task.sid) return;
  const members = groupMembers(kernel, task.pgid);
  if (!members.some(({ state }) => state === 'stopped') || !isOrphanedGroup(kernel, task.pgid, ignored)) return;
  for (const signal of ['SIGHUP', 'SIGCONT'] as const)
    for (const member of members) sendSignal(kernel, null, member, signal);
}
