/**
 * exit_group(2) and what follows from it. Linux: kernel/exit.c, do_exit(), exit_notify(); kernel/pid_namespace.c,
 * zap_pid_ns_processes().
 */
import type { ExitStatus } from '../../journal/event.ts';
import { assert } from '../assert.ts';
import { leaveCgroup } from '../cgroup/tree.ts';
import type { Kernel, Task } from '../kernel.ts';
import { settleCpu } from '../cpu/cgroup-cpu.ts';
import { releaseMemory } from '../memory/task-memory.ts';
import { release } from '../namespace/holders.ts';
import { namespaceKinds } from '../../journal/event.ts';
import { endThreads } from './execve.ts';
import { endThread, wake } from '../scheduler.ts';
import { hangUpSession } from '../tty/terminal.ts';
import { closeAllFiles, closeDescriptors } from '../vfs/file-table.ts';
import { unmapExecutable } from './executable.ts';
import { findNewReaper, whyReaper } from './find-new-reaper.ts';
import { hangUpOrphanedGroup } from './orphaned-group.ts';
import { reap } from './reap.ts';
import { sendSignal } from './signal.ts';

/**
 * The task ends: its files are closed, its children get a new parent, and it stays a zombie until its parent waits for
 * it. The init of a pid namespace takes the whole namespace with it, and its own end is not seen before all members are
 * reaped.
 */
export function exit(kernel: Kernel, task: Task, status: ExitStatus): void {
  assert(task.state === 'alive' || task.state === 'stopped', `task ${task.pid} exits twice`);
  // An init that waits for its namespace to empty is killed by an outer init's end: it has its status already.
  if (task.exitStatus !== null) return;
  for (const thread of task.threads) endThread(kernel, thread);
  task.exitStatus = status;
  releaseMemory(kernel, task);
  unmapExecutable(task);
  const { pidNamespace } = task;
  if (pidNamespace.init === task) {
    pidNamespace.dead = true;
    killMembers(kernel, task);
    const rest = [...pidNamespace.tasks.values()].some((member) => member !== task);
    if (rest) {
      // Members whose parent lives outside (docker exec) must be reaped by it first. Linux waits here too, its files
      // closed already.
      closeDescriptors(kernel, task);
      pidNamespace.whenEmpty = () => finish(kernel, task, status);
      return;
    }
  }
  finish(kernel, task, status);
}

function finish(kernel: Kernel, task: Task, status: ExitStatus): void {
  closeAllFiles(kernel, task);
  if (task.sid === task.pid && task.controllingTerminal) hangUpSession(kernel, task);
  settleCpu(kernel, task);
  leaveCgroup(kernel, task);
  task.state = 'zombie';
  endThreads(task);
  kernel.record({ type: 'task.exit', pid: task.pid, status });
  wake(kernel, task.vforkDone);
  // Its number keeps the pid namespace until it is reaped.
  for (const kind of namespaceKinds) if (kind !== 'pid') release(kernel, task.namespaces[kind]);
  release(kernel, task.pidNamespaceForChildren);
  for (const child of task.children) giveAway(kernel, task, child);
  hangUpOrphanedGroup(kernel, task, task.parent, task);
  notifyParent(kernel, task);
}

/** Newest first, as a namespace is torn down from its leaves. */
function killMembers(kernel: Kernel, init: Task): void {
  const members = [...init.pidNamespace.tasks.values()].filter((member) => member !== init).reverse();
  for (const member of members) {
    if (member.state === 'alive' || member.state === 'stopped') exit(kernel, member, { signal: 'SIGKILL' });
  }
  // Those that were zombies before; whoever dies from now on is reaped at once, in notifyParent().
  for (const child of [...init.children]) if (child.state === 'zombie') reap(kernel, child, init);
}

function giveAway(kernel: Kernel, task: Task, child: Task): void {
  const reaper = findNewReaper(kernel, task);
  task.children.delete(child);
  child.parent = reaper;
  reaper.children.add(child);
  kernel.record({
    type: 'task.reparent',
    pid: child.pid,
    from: task.pid,
    to: reaper.pid,
    because: whyReaper(kernel, task, reaper),
  });
  if (child.parentDeathSignal) sendSignal(kernel, task, child, child.parentDeathSignal);
  // A child that is already a zombie must be announced again: its new parent never heard of it.
  if (child.state === 'zombie') notifyParent(kernel, child);
  hangUpOrphanedGroup(kernel, child, task, null);
}

/** SIGCHLD to the parent, and whoever sleeps in wait4. A parent that ignores SIGCHLD never sees a zombie. */
export function notifyParent(kernel: Kernel, task: Task): void {
  const { parent } = task;
  if (!parent) return;
  // An init on its way out waits for all its children itself: zap_pid_ns_processes().
  const reapsUnseen = parent.exitStatus !== null || parent.actions.get('SIGCHLD')?.action === 'ignore';
  if (reapsUnseen && task.state === 'zombie') {
    reap(kernel, task, parent);
    wake(kernel, parent.childChanges);
    return;
  }
  wake(kernel, parent.childChanges);
  if (parent.state !== 'zombie') sendSignal(kernel, task, parent, 'SIGCHLD');
}
