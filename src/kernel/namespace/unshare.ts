/** unshare(2) and setns(2). Linux: kernel/nsproxy.c. */
import type { NamespaceKind } from '../../journal/event.ts';
import { namespaceKinds } from '../../journal/event.ts';
import type { CloneFlag } from '../abi.ts';
import { cloneFlagOf } from '../abi.ts';
import { cgroupPath } from '../cgroup/tree.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { createNetNamespace, recordLink } from '../net/network-layer.ts';
import { recordCall } from '../record-call.ts';
import { namespaceOfFile } from '../vfs/namespace-file.ts';
import { moveToCopy, moveToRoot, type FileSystemContext } from '../vfs/context.ts';
import { openFileOf } from '../vfs/file-table.ts';
import { copyMountNamespace, rootLocation, type MountNamespace } from '../vfs/mount.ts';
import { enslaveTo } from '../vfs/mount-tree.ts';
import { hold, release } from './holders.ts';
import type { Namespace, NamespaceSet, OwnedNamespace, PidNamespace } from './namespace.ts';
import type { Settings } from './sysctl.ts';
import { createPidNamespace } from './pid-namespace.ts';
import { isCapable, isForbidden, setEffective } from '../task/powers.ts';
import { createUserNamespace, requireUserNamespace, type UserNamespace } from './user-namespace.ts';

/** The caller gets namespaces of its own; a pid namespace is for its children only, and a second one is EINVAL. */
export function unshare(kernel: Kernel, thread: Thread, flags: readonly CloneFlag[]): void {
  const { task } = thread;
  try {
    requireRights(task, flags);
    // Its clock would change under the caller.
    if (flags.includes('CLONE_NEWTIME')) throw new Errno('EINVAL');
    if (flags.includes('CLONE_NEWUSER')) requireOwn(thread);
    if (flags.includes('CLONE_NEWPID') && task.pidNamespaceForChildren !== task.pidNamespace) throw new Errno('EINVAL');
  } catch (error) {
    if (error instanceof Errno) recordCall(kernel, thread, 'unshare', flags.join('|') || '0', error.errno);
    throw error;
  }
  recordCall(kernel, thread, 'unshare', flags.join('|') || '0', '0');
  const old = thread.namespaces;
  // CLONE_NEWNS implies CLONE_FS: another coroutine than the leader has from now on a root directory of its own.
  if (flags.includes('CLONE_NEWNS') && !thread.isLeader) standElsewhere(thread, thread.fs.copy());
  const first = furnish(kernel, task, thread.fs, old, flags, madeBeforePid);
  if (flags.includes('CLONE_NEWPID')) {
    const made = createPidNamespace(kernel, task.pidNamespace, first.user);
    kernel.record({ type: 'namespace.create', pid: task.pid, kind: 'pid', inode: made.inode });
    bearChildrenIn(kernel, task, made);
  }
  wear(kernel, thread, furnish(kernel, task, thread.fs, first, flags, madeAfterPid));
}

/** The order in which a kernel makes them, as their numbers show. Linux: kernel/nsproxy.c, create_new_namespaces(). */
const madeBeforePid = ['user', 'mnt', 'uts', 'ipc'] as const;
const madeAfterPid = ['cgroup', 'net'] as const;

/**
 * New namespaces for the flags given, the others as they were. The mount namespace moves the root and working directory
 * along.
 */
export function furnish(
  kernel: Kernel,
  task: Task,
  fs: FileSystemContext,
  from: NamespaceSet,
  flags: readonly CloneFlag[],
  kinds: readonly Exclude<NamespaceKind, 'pid'>[] = [...madeBeforePid, ...madeAfterPid],
): NamespaceSet {
  const set = { ...from };
  for (const kind of kinds) {
    if (!flags.includes(cloneFlagOf[kind])) continue;
    const inode = kernel.nextInode++;
    const made = create(kernel, task, set, kind, inode);
    Object.assign(set, { [kind]: made });
    kernel.record({
      type: 'namespace.create',
      pid: task.pid,
      kind,
      inode,
      ...(kind === 'mnt' ? { copyOf: from.mnt.inode } : {}),
    });
    if (kind === 'net') for (const link of set.net.links.values()) recordLink(kernel, task.pid, 'add', link, link.kind);
    if (kind === 'mnt') moveToCopy(fs, from.mnt, set.mnt);
  }
  return set;
}

function create(
  kernel: Kernel,
  task: Task,
  from: NamespaceSet,
  kind: Exclude<NamespaceKind, 'pid'>,
  inode: number,
): NamespaceSet[typeof kind] {
  const { user: owner } = from;
  switch (kind) {
    case 'mnt':
      return copyMounts(from.mnt, inode, owner);
    case 'net':
      return createNetNamespace(inode, owner, inheritedSettings(kernel));
    case 'uts':
      return { ...from.uts, inode, holders: 0, owner };
    case 'cgroup':
      return { ...from.cgroup, inode, holders: 0, owner, rootPath: cgroupPath(task.cgroup) };
    case 'ipc':
      return { kind, inode, holders: 0, owner, settings: new Map() };
    case 'time':
      return { kind, inode, holders: 0, owner };
    case 'user':
      return createUserNamespace(inode, owner, task.uid);
  }
}

/**
 * What is mounted by more powerful owners is heard of, is not told of what happens here, and cannot be taken away.
 * Linux: copy_mnt_ns().
 */
function copyMounts(from: MountNamespace, inode: number, owner: UserNamespace): MountNamespace {
  const copy = copyMountNamespace(from, inode, owner);
  if (owner === from.owner) return copy;
  for (const mount of copy.mounts) {
    enslaveTo(mount);
    mount.isLocked = mount !== copy.root;
  }
  return copy;
}

/** Linux: net.core.devconf_inherit_init_net, 0: what IPv4's devices are set to is as in the first namespace. */
function inheritedSettings(kernel: Kernel): Settings {
  const first = kernel.tasks.get(1)?.namespaces.net.settings ?? new Map<string, string>();
  return new Map([...first].filter(([name]) => name === 'net.ipv4.ip_forward' || name.startsWith('net.ipv4.conf.')));
}

/** setns(2): this coroutine enters the namespace that the descriptor stands for. EINVAL when it is of another kind. */
export function setns(kernel: Kernel, thread: Thread, fd: number, kind: NamespaceKind): void {
  const { task } = thread;
  const file = openFileOf(task, fd);
  const namespace = namespaceOfFile(file);
  if (!namespace || namespace.kind !== kind) throw new Errno('EINVAL');
  requireRightsOver(task, namespace);
  // The coroutines of a process have one root directory, so one cannot go elsewhere alone. Linux: mntns_install(),
  // fs->users.
  if (kind === 'time' || (kind === 'mnt' && !thread.isLeader && thread.fs === task.fs)) throw new Errno('EINVAL');
  // Nobody gets back what it gave up there. Linux: kernel/user_namespace.c, userns_install().
  if (kind === 'user' && (namespace === thread.namespaces.user || task.threads.length > 1)) throw new Errno('EINVAL');
  if (kind === 'pid' && !isInOrBelow(namespace as PidNamespace, task.pidNamespace)) throw new Errno('EINVAL');
  recordCall(kernel, thread, 'setns', `${fd}, ${cloneFlagOf[kind]}`, '0');
  if (kind === 'pid') {
    bearChildrenIn(kernel, task, namespace as PidNamespace);
    return;
  }
  const set = { ...thread.namespaces, [kind]: namespace };
  if (kind === 'mnt') moveToRoot(thread.fs, set.mnt);
  wear(kernel, thread, set);
}

/** The leader's namespaces are the task's; another coroutine wears its own for as long as it likes. */
function wear(kernel: Kernel, thread: Thread, set: NamespaceSet): void {
  const { task } = thread;
  const old = thread.namespaces;
  thread.namespaces = set;
  if (thread.isLeader) task.namespaces = set;
  for (const kind of namespaceKinds) {
    if (set[kind] === old[kind]) continue;
    hold(set[kind]);
    if (thread.isLeader) kernel.record({ type: 'namespace.enter', pid: task.pid, kind, inode: set[kind].inode });
    release(kernel, old[kind]);
    // Whoever enters a user namespace holds all there.
    if (kind === 'user' && thread.isLeader) setEffective(task, true);
  }
}

/** execve(2) by another coroutine than the leader: what it wears is the process's from now on. */
export function wearAsTask(kernel: Kernel, thread: Thread): void {
  const leader = thread.task.threads[0];
  if (!leader?.isLeader || leader === thread) return;
  wear(kernel, leader, thread.namespaces);
  thread.task.fs = thread.fs;
  standElsewhere(leader, thread.fs);
}

function standElsewhere(thread: Thread, fs: FileSystemContext): void {
  fs.share();
  thread.fs.leave();
  thread.fs = fs;
}

/** CAP_SYS_ADMIN is root's; anybody may make a user namespace, but whom the engine's seccomp profile forbids it. */
export function requireRights(task: Task, flags: readonly CloneFlag[]): void {
  const isFree = flags.includes('CLONE_NEWUSER') && !isForbidden(task);
  if (!isFree && !isCapable(task, 'SYS_ADMIN', task.namespaces.user)) throw new Errno('EPERM');
}

/** The same over the namespace that is entered, and where the caller is. Linux: the kinds' install(). */
function requireRightsOver(task: Task, namespace: Namespace): void {
  const { user } = task.namespaces;
  const owner = namespace.kind === 'user' ? (namespace as UserNamespace) : (namespace as OwnedNamespace).owner;
  if (!isCapable(task, 'SYS_ADMIN', owner)) throw new Errno('EPERM');
  if (namespace.kind !== 'user' && !isCapable(task, 'SYS_ADMIN', user)) throw new Errno('EPERM');
}

/** EINVAL with other threads, EPERM in a root directory that is not the mount namespace's. Linux: unshare_userns(). */
function requireOwn({ task, fs, namespaces: { mnt } }: Thread): void {
  if (task.threads.length > 1) throw new Errno('EINVAL');
  const top = rootLocation(mnt);
  if (fs.root.mount !== top.mount || fs.root.dentry !== top.dentry) throw new Errno('EPERM');
  requireUserNamespace(task);
}

function bearChildrenIn(kernel: Kernel, task: Task, namespace: PidNamespace): void {
  const old = task.pidNamespaceForChildren;
  hold(namespace);
  task.pidNamespaceForChildren = namespace;
  release(kernel, old);
}

function isInOrBelow(namespace: PidNamespace, top: PidNamespace): boolean {
  for (let level: PidNamespace | null = namespace; level; level = level.parent) if (level === top) return true;
  return false;
}
