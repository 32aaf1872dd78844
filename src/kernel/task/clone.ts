/** clone(2): a new task. Linux: kernel/fork.c, copy_process(); kernel/pid.c, alloc_pid(). */
import type { NamespaceKind } from '../../journal/event.ts';
import { namespaceKinds } from '../../journal/event.ts';
import type { CloneFlag, Running, SignalHandler } from '../abi.ts';
import { assert } from '../assert.ts';
import { countPids, requirePids } from '../cgroup/pids.ts';
import { joinCgroup } from '../cgroup/tree.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { hold } from '../namespace/holders.ts';
import { enforceLimits } from '../memory/memory-calls.ts';
import { emptyMemory, forkMemory } from '../memory/task-memory.ts';
import type { NamespaceSet } from '../namespace/namespace.ts';
import { allocatePids, createPidNamespace } from '../namespace/pid-namespace.ts';
import { requireUserNamespace } from '../namespace/user-namespace.ts';
import { furnish, requireRights } from '../namespace/unshare.ts';
import { mapExecutable } from './executable.ts';
import { enrol } from './groups.ts';
import { requireProcesses } from './limits.ts';
import { startThread } from '../scheduler.ts';
import { copyFiles } from '../vfs/file-table.ts';
import { Sleep, notYet, waitQueue } from '../wait.ts';
import { setEffective } from './powers.ts';

/** A new task wakes up on another processor while its parent goes on. */
const wakeUpNs = 90_000;

/**
 * Makes a child that runs `child`. EAGAIN when a pids limit is reached, ENOMEM when the pid namespace's init is dead.
 * Returns its pid as the caller sees it; with CLONE_VFORK the caller sleeps until the child has exec'd or ended.
 */
export function clone(
  kernel: Kernel,
  thread: Thread,
  child: () => Running,
  flags: readonly CloneFlag[],
  handler?: SignalHandler,
): number | Sleep<number> {
  const caller = thread.task;
  const isNewPidNamespace = flags.includes('CLONE_NEWPID');
  if (flags.some((flag) => flag.startsWith('CLONE_NEW'))) requireRights(caller, flags);
  if (flags.includes('CLONE_NEWUSER')) requireUserNamespace(caller);
  if (isNewPidNamespace && caller.pidNamespaceForChildren !== caller.pidNamespace) throw new Errno('EINVAL');
  const parent = flags.includes('CLONE_PARENT') ? caller.parent : caller;
  // No init has a sibling: who would reap it?
  if (parent === null || (parent !== caller && caller.pidNamespace.init === caller)) throw new Errno('EINVAL');
  if (caller.pidNamespaceForChildren.dead) throw new Errno('ENOMEM');
  requireProcesses(kernel, caller, 1);
  requirePids(kernel, caller.cgroup, 1);
  const pidNamespace = isNewPidNamespace
    ? createPidNamespace(kernel, caller.pidNamespaceForChildren, caller.namespaces.user)
    : caller.pidNamespaceForChildren;
  const nsPids = allocatePids(pidNamespace);
  const pid = nsPids[0];
  assert(pid !== undefined, 'every task has a number on the host');
  const task = copyTask(kernel, thread, parent, pidNamespace, nsPids, pid);
  if (handler !== undefined) rebindHandlers(task, handler);
  pidNamespace.init ??= task;
  enrol(kernel, task);
  for (let level = pidNamespace, at = nsPids.length - 1; ; at--) {
    level.tasks.set(nsPids[at] ?? 0, task);
    if (!level.parent) break;
    level = level.parent;
  }
  parent.children.add(task);
  mapExecutable(task, caller.executable);
  countPids(caller.cgroup, 1);
  joinCgroup(kernel, caller.cgroup, task);
  forkMemory(kernel, caller, task, flags.includes('CLONE_VM') || flags.includes('CLONE_VFORK'));
  if (isNewPidNamespace) kernel.record({ type: 'namespace.create', pid, kind: 'pid', inode: pidNamespace.inode });
  if (flags.some((flag) => flag.startsWith('CLONE_NEW') && flag !== 'CLONE_NEWPID'))
    task.namespaces = furnish(kernel, task, task.fs, task.namespaces, flags);
  if (flags.includes('CLONE_NEWUSER')) setEffective(task, true);
  for (const kind of namespaceKinds) hold(task.namespaces[kind]);
  hold(task.pidNamespaceForChildren);
  const differing = differences(task.namespaces, caller.namespaces);
  kernel.record({
    type: 'task.fork',
    pid,
    by: caller.pid,
    parent: parent.pid,
    nsPids,
    flags,
    ...(differing ? { namespaces: differing } : {}),
  });
  enforceLimits(kernel, thread);
  startThread(kernel, task, child(), thread, true, flags.includes('CLONE_VFORK') ? 0 : wakeUpNs);
  const seen = pidSeenFrom(task, caller);
  if (!flags.includes('CLONE_VFORK')) return seen;
  return new Sleep(
    [task.vforkDone],
    () => (task.hasExeced || task.state === 'zombie' || task.state === 'reaped' ? seen : notYet),
    {
      interrupted: 'never',
    },
  );
}

/** A handler's address means, in the child, the same code on the child's own memory. */
function rebindHandlers({ actions }: Task, handler: SignalHandler): void {
  for (const [signal, { action, restart }] of actions)
    if (typeof action === 'function') actions.set(signal, { action: handler, restart });
}

function copyTask(
  kernel: Kernel,
  thread: Thread,
  parent: Task,
  pidNamespace: Task['pidNamespace'],
  nsPids: readonly number[],
  pid: number,
): Task {
  const caller = thread.task;
  const namespaces: NamespaceSet = { ...thread.namespaces, pid: pidNamespace };
  const fs = thread.fs.copy();
  return {
    pid,
    nsPids,
    parent,
    pidNamespace,
    namespaces,
    fs,
    extraTids: [],
    children: new Set(),
    comm: caller.comm,
    argv: caller.argv,
    env: caller.env,
    executable: caller.executable,
    state: 'alive',
    exitStatus: null,
    untold: null,
    pidNamespaceForChildren: pidNamespace,
    cgroup: caller.cgroup,
    sid: caller.sid,
    pgid: caller.pgid,
    controllingTerminal: caller.controllingTerminal,
    isSubreaper: false,
    parentDeathSignal: 0,
    actions: new Map(caller.actions),
    blocked: new Set(caller.blocked),
    pending: [],
    threads: [],
    childChanges: waitQueue(),
    vforkDone: waitQueue(),
    hasExeced: false,
    files: copyFiles(kernel, caller.files),
    uid: caller.uid,
    gid: caller.gid,
    groups: caller.groups,
    powers: caller.powers,
    oomScoreAdj: caller.oomScoreAdj,
    nice: caller.nice,
    memory: emptyMemory(),
    limits: caller.limits,
    startedNs: kernel.nowNs,
    cpuNs: 0,
    cpuBeforeNs: 0,
    cpuAlarmNs: caller.limits.RLIMIT_CPU.soft * 1e9,
  };
}

function differences(mine: NamespaceSet, theirs: NamespaceSet): Partial<Record<NamespaceKind, number>> | undefined {
  const differing = namespaceKinds
    .filter((kind) => mine[kind] !== theirs[kind])
    .map((kind) => [kind, mine[kind].inode] as const);
  return differing.length > 0 ? Object.fromEntries(differing) : undefined;
}

/** A task's number in the viewer's pid namespace; 0 when it is not to be seen from there. */
export function pidSeenFrom(task: Task, viewer: Task): number {
  return pidIn(task, viewer.pidNamespace);
}

export function pidIn(task: Task, namespace: Task['pidNamespace']): number {
  const seen = task.nsPids[namespace.level];
  return seen !== undefined && namespace.tasks.get(seen) === task ? seen : 0;
}
