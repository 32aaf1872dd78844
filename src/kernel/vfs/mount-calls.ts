/**
 * mount, mount_setattr, umount2, pivot_root, chroot. Man pages: mount(2), mount_setattr(2), umount2(2), pivot_root(2),
 * chroot(2); Linux: fs/namespace.c.
 */
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { recordOutcome } from '../record-call.ts';
import type { FileSystemContext } from './context.ts';
import { directoryOf, type Dentry } from './dentry.ts';
import { createFileSystem } from './filesystems.ts';
import type { FileSystem } from './inode.ts';
import {
  cloneMount,
  cloneTree,
  followMounts,
  isReadOnly,
  leaveGroups,
  mountsBelow,
  newMount,
  place,
  unplace,
  type Location,
  type Mount,
} from './mount.ts';
import { attach, detach, enslaveTo, recordMount, recordMoved, shareMount } from './mount-tree.ts';
import { isBelowRoot } from './mount-view.ts';
import { requirePermission } from './permission.ts';
import { resolve } from './vfs.ts';
import type { OwnedNamespace } from '../namespace/namespace.ts';
import { isCapable, isCapableOfMachine } from '../task/powers.ts';

export const mountCalls: CallTable = {
  mount: (kernel, thread, source: string, target: string, fstype: string, flags: readonly string[], data: string) => {
    const args = [quoted(source), quoted(target), quoted(fstype), flags.join('|') || '0', quoted(data)].join(', ');
    recorded(kernel, thread, 'mount', args, () => mount(kernel, thread, { source, target, fstype, flags, data }));
  },
  mount_setattr: (kernel, thread, target: string, flags: readonly string[], set: string) => {
    const args = `-1, ${quoted(target)}, ${flags.join('|') || '0'}, {attr_set=${set}, attr_clr=0, propagation=0}, 32`;
    recorded(kernel, thread, 'mount_setattr', args, () => {
      const top = mountAtRoot(followMounts(resolve(kernel, thread, target)));
      for (const each of flags.includes('AT_RECURSIVE') ? mountsBelow(top) : [top]) {
        each.options = each.options.map((option) => (option === 'rw' ? 'ro' : option));
        recordMount(kernel, thread.task.pid, each);
      }
    });
  },
  umount2: (kernel, thread, target: string, flags: readonly string[]) => {
    const args = `${quoted(target)}, ${flags.join('|') || '0'}`;
    recorded(kernel, thread, 'umount2', args, () => unmount(kernel, thread, target, flags));
  },
  pivot_root: (kernel, thread, newRoot: string, putOld: string) => {
    const args = `${quoted(newRoot)}, ${quoted(putOld)}`;
    recorded(kernel, thread, 'pivot_root', args, () => pivotRoot(kernel, thread, newRoot, putOld));
  },
  chroot: (kernel, thread, path: string) => {
    recordOutcome(kernel, thread, 'chroot', quoted(path), () => {
      if (!isCapable(thread.task, 'SYS_CHROOT', thread.namespaces.user)) throw new Errno('EPERM');
      const location = resolve(kernel, thread, path);
      directoryOf(location.dentry.inode);
      requirePermission(thread, location.dentry.inode, 'x');
      thread.fs.root = location;
    });
  },
};

interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly fstype: string;
  readonly flags: readonly string[];
  readonly data: string;
}

const propagations = ['MS_SHARED', 'MS_SLAVE', 'MS_PRIVATE', 'MS_UNBINDABLE'] as const;

function mount(kernel: Kernel, thread: Thread, request: MountRequest): void {
  const { flags, fstype, data } = request;
  const target = followMounts(resolve(kernel, thread, request.target));
  const propagation = propagations.find((flag) => flags.includes(flag));
  if (flags.includes('MS_REMOUNT')) {
    remount(kernel, thread, target, request);
  } else if (flags.includes('MS_BIND')) {
    const source = resolve(kernel, thread, request.source);
    const { dentry } = source;
    requireSameType(dentry, target.dentry);
    const tree = flags.includes('MS_REC')
      ? cloneTree(kernel, source.mount, dentry)
      : cloneMount(kernel, source.mount, dentry);
    attach(kernel, thread.task.pid, tree, target);
  } else if (propagation !== undefined) {
    const top = mountAtRoot(target);
    for (const each of flags.includes('MS_REC') ? mountsBelow(top) : [top]) propagate(kernel, each, propagation);
  } else if (flags.includes('MS_MOVE')) {
    move(kernel, thread, mountAtRoot(resolve(kernel, thread, request.source)), target);
  } else {
    requireMountable(thread, fstype);
    const root = createFileSystem(kernel, thread, { fstype, data, source: request.source });
    requireSameType(root, target.dentry);
    if (flags.includes('MS_RDONLY')) setReadOnly(root, true);
    const made = newMount(kernel, root, request.source === '' ? 'none' : request.source, optionsOf(flags));
    attach(kernel, thread.task.pid, made, target);
  }
}

/** The other file systems read what no stranger may give the kernel to read. Linux: FS_USERNS_MOUNT. */
const mountableByAll = new Set(['cgroup2', 'devpts', 'mqueue', 'overlay', 'proc', 'ramfs', 'sysfs', 'tmpfs']);

/** EPERM. A file system belongs to the mounter's user namespace, or to that of what it shows: mount_capable(). */
function requireMountable({ task, namespaces }: Thread, fstype: string): void {
  const shown: Readonly<Record<string, OwnedNamespace>> = {
    proc: task.pidNamespace,
    sysfs: namespaces.net,
    mqueue: namespaces.ipc,
    cgroup2: namespaces.cgroup,
  };
  const owner = shown[fstype]?.owner ?? namespaces.user;
  const may = mountableByAll.has(fstype) ? isCapable(task, 'SYS_ADMIN', owner) : isCapableOfMachine(task, 'SYS_ADMIN');
  if (!may) throw new Errno('EPERM');
}

/** MS_REMOUNT: other options for the mount, and without MS_BIND for the file system too. */
function remount(kernel: Kernel, thread: Thread, target: Location, { flags }: MountRequest): void {
  const changed = mountAtRoot(target);
  if (changed.isLocked && isReadOnly(changed) && !flags.includes('MS_RDONLY')) throw new Errno('EPERM');
  changed.options = optionsOf(flags);
  const { filesystem } = changed;
  const before = filesystem.options;
  if (!flags.includes('MS_BIND')) setReadOnly(changed.root, flags.includes('MS_RDONLY'));
  recordMount(kernel, thread.task.pid, changed);
  if (filesystem.options === before) return;
  for (const other of mountsOf(kernel, filesystem)) if (other !== changed) recordMount(kernel, thread.task.pid, other);
}

/** Every mount of a file system, in whichever namespace somebody lives. */
function mountsOf(kernel: Kernel, filesystem: FileSystem): readonly Mount[] {
  const namespaces = new Set(
    [...kernel.tasks.values()].flatMap(({ threads }) => threads.map((thread) => thread.namespaces.mnt)),
  );
  return [...namespaces]
    .flatMap((namespace) => [...namespace.mounts])
    .filter((mounted) => mounted.filesystem === filesystem);
}

/**
 * Not for those that the whole machine has but one of: a container's read-only mount of cgroup2 must not stop the host
 * from writing, so there MS_RDONLY counts for the mount alone.
 */
function setReadOnly(root: Dentry, readOnly: boolean): void {
  const { filesystem } = root.inode;
  if (['sysfs', 'cgroup2', 'devpts', 'nsfs'].includes(filesystem.fstype)) return;
  filesystem.options = filesystem.options.replace(/^r[ow]/, readOnly ? 'ro' : 'rw');
}

function propagate(kernel: Kernel, changed: Mount, how: (typeof propagations)[number]): void {
  if (how === 'MS_SHARED') shareMount(kernel, changed);
  else if (how === 'MS_SLAVE') enslaveTo(changed);
  else leaveGroups(changed);
}

function move(kernel: Kernel, thread: Thread, moved: Mount, target: Location): void {
  const { namespace } = moved;
  if (moved.parent === null || namespace === null || moved.isLocked) throw new Errno('EINVAL');
  requireSameType(moved.root, target.dentry);
  if (mountsBelow(moved).includes(target.mount)) throw new Errno('ELOOP');
  unplace(moved);
  place(moved, target);
  recordMoved(kernel, thread.task.pid, namespace, mountsBelow(moved));
}

/** EBUSY while something is mounted, open or working in it, but for MNT_DETACH: then it goes at once from the tree. */
function unmount(kernel: Kernel, thread: Thread, path: string, flags: readonly string[]): void {
  const gone = mountAtRoot(followMounts(resolve(kernel, thread, path)));
  if (gone.namespace !== thread.namespaces.mnt) throw new Errno('EINVAL');
  if (gone.parent === null || gone.isLocked) throw new Errno('EINVAL');
  if (!flags.includes('MNT_DETACH') && (gone.children.size > 0 || gone.users > 0)) throw new Errno('EBUSY');
  detach(kernel, thread.task.pid, gone);
}

/**
 * The mount at `newRoot` becomes the root of the namespace; the old root goes to `putOld` below it. With `.` for
 * both, as runc does it,
 * the old root lands on top of the new one, from where umount2(".", MNT_DETACH) takes it.
 */
function pivotRoot(kernel: Kernel, thread: Thread, newRoot: string, putOld: string): void {
  const { task, fs } = thread;
  const next = resolve(kernel, thread, newRoot);
  const oldPlace = resolve(kernel, thread, putOld);
  const { root } = fs;
  const old = root.mount;
  const { namespace } = old;
  if (namespace === null || next.mount.namespace !== namespace) throw new Errno('EINVAL');
  if (next.mount === old || oldPlace.mount === old) throw new Errno('EBUSY');
  if (root.dentry !== old.root || next.dentry !== next.mount.root || next.mount.parent === null || next.mount.isLocked)
    throw new Errno('EINVAL');
  if (!isBelowRoot(oldPlace, next)) throw new Errno('EINVAL');
  const shared = [next.mount.parent, oldPlace.mount, old.parent].some((each) => (each?.shared ?? null) !== null);
  if (shared) throw new Errno('EINVAL');
  const above = old.parent !== null && old.mountpoint !== null ? { mount: old.parent, dentry: old.mountpoint } : null;
  // Where the old root lands on the new one, it and all below it have the paths that they had.
  const moved = isSame(oldPlace, next) ? mountsBelow(next.mount) : null;
  unplace(next.mount);
  unplace(old);
  place(old, oldPlace);
  if (above === null) namespace.root = next.mount;
  else place(next.mount, above);
  follow(fs, root, next);
  // Hardly ever somebody else: to ask all for nothing would cost each container more, the more there are.
  if (old.users > 0)
    for (const { threads } of kernel.tasks.values()) for (const other of threads) follow(other.fs, root, next);
  recordMoved(kernel, task.pid, namespace, moved ?? mountsBelow(next.mount));
}

function follow(fs: FileSystemContext, root: Location, next: Location): void {
  if (isSame(fs.root, root)) fs.root = next;
  if (isSame(fs.cwd, root)) fs.cwd = next;
}

function isSame(one: Location, other: Location): boolean {
  return one.mount === other.mount && one.dentry === other.dentry;
}

/** The mount that begins at a place; EINVAL in the middle of one. */
function mountAtRoot({ mount: at, dentry }: Location): Mount {
  if (dentry !== at.root) throw new Errno('EINVAL');
  return at;
}

function requireSameType(mounted: Dentry, target: Dentry): void {
  if ((mounted.inode.type === 'directory') !== (target.inode.type === 'directory')) throw new Errno('ENOTDIR');
}

const optionNames: Readonly<Record<string, string>> = {
  MS_NOSUID: 'nosuid',
  MS_NODEV: 'nodev',
  MS_NOEXEC: 'noexec',
  MS_NOATIME: 'noatime',
  MS_NODIRATIME: 'nodiratime',
};

/** As mountinfo shows them. */
function optionsOf(flags: readonly string[]): readonly string[] {
  const named = Object.keys(optionNames).flatMap((flag) => (flags.includes(flag) ? [optionNames[flag] ?? ''] : []));
  const atime = named.includes('noatime') || flags.includes('MS_STRICTATIME') ? [] : ['relatime'];
  return [flags.includes('MS_RDONLY') ? 'ro' : 'rw', ...named, ...atime];
}

/** Does it, and writes it into the journal with its result. Mounting needs CAP_SYS_ADMIN over the mount namespace. */
function recorded(kernel: Kernel, thread: Thread, call: string, args: string, act: () => void): void {
  recordOutcome(kernel, thread, call, args, () => {
    if (!isCapable(thread.task, 'SYS_ADMIN', thread.namespaces.mnt.owner)) throw new Errno('EPERM');
    act();
  });
}

function quoted(text: string): string {
  return text === '' ? 'NULL' : `"${text}"`;
}
