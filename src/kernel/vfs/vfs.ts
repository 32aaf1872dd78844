/** The virtual file system: what all mount namespaces have in common, and the way from a path to a file. */
import { Errno } from '../errno.ts';
import type { Executable, Kernel, Thread } from '../kernel.ts';
import type { Namespace } from '../namespace/namespace.ts';
import type { UserNamespace } from '../namespace/user-namespace.ts';
import type { Dentry } from './dentry.ts';
import { createDevpts, type Devpts } from './devpts.ts';
import { placeAtRoot, type Place } from './context.ts';
import type { FileSystem, Reader } from './inode.ts';
import { createMemoryFileSystem } from './memory-filesystem.ts';
import { newMount, type Location, type Mount, type MountNamespace } from './mount.ts';
import { absolutePath } from './path-name.ts';
import { walkPath, type Walked } from './path-walk.ts';
import { newSpace } from './space.ts';
import { requirePermission } from './permission.ts';
import { joinGroup } from './mount.ts';
import { requireNotWritten } from './write-count.ts';

export interface VirtualFileSystem {
  nextMountId: number;
  nextPeerGroup: number;
  nextDevice: number;
  /** What all files together take in the simulator. */
  heldBytes: number;
  readonly rootNamespace: MountNamespace;
  /** Where pipes, sockets and memfds are: a mount in no namespace. */
  readonly anonymous: Mount;
  /** The machine's own terminals: what is mounted on the host's /dev/pts. */
  readonly devpts: Devpts;
  /** Files of /proc/PID/ns: one for each namespace. */
  readonly namespaceDentries: WeakMap<Namespace, Dentry>;
  /** The one sysfs, cgroup2 and so on that every mount of them shows, by kind and whose view it is. */
  readonly singletons: WeakMap<object, Map<string, Dentry>>;
  readonly namespaceFiles: FileSystem;
}

/** What is needed before there is a kernel: the inode of the first mount namespace, whose it is, the time. */
interface VfsOptions {
  readonly mountNamespaceInode: number;
  readonly owner: UserNamespace;
  readonly nowNs: number;
}

/** The disk that `lsblk` shows less ext4's own tables, and what a Debian without its documentation takes of it. */
const diskBytes = 20_466_253_824;
const installedBytes = 1_912_602_624;

/**
 * A tree with nothing but an empty root directory, on a disk as the recorded host's: ext4 on /dev/vda1, shared as
 * systemd leaves it.
 */
export function createVfs({ mountNamespaceInode, owner, nowNs }: VfsOptions): VirtualFileSystem {
  const space = newSpace(diskBytes, false, installedBytes);
  const counters = { nextMountId: 1, nextPeerGroup: 1, nextDevice: 30, heldBytes: 0 };
  const disk: FileSystem = { fstype: 'ext4', major: 254, device: 1, options: 'rw', nextInode: 2, space };
  const pipes: FileSystem = { fstype: 'pipefs', major: 0, device: 14, options: 'rw', nextInode: 1 };
  const early = { vfs: counters as VirtualFileSystem };
  const anonymous = newMount(early, createMemoryFileSystem(pipes, 0o600, nowNs), 'pipefs', ['rw']);
  const root = newMount(early, createMemoryFileSystem(disk, 0o755, nowNs), '/dev/vda1', ['rw', 'relatime']);
  joinGroup(root, { id: counters.nextPeerGroup, members: [], slaves: [] });
  counters.nextPeerGroup += 1;
  const rootNamespace: MountNamespace = {
    kind: 'mnt',
    inode: mountNamespaceInode,
    holders: 1,
    owner,
    root,
    mounts: [root],
  };
  root.namespace = rootNamespace;
  return Object.assign(counters, {
    rootNamespace,
    anonymous,
    devpts: createDevpts(
      { fstype: 'devpts', major: 0, device: 22, options: 'rw,gid=5,mode=620,ptmxmode=000', nextInode: 1 },
      nowNs,
    ),
    namespaceDentries: new WeakMap<Namespace, Dentry>(),
    singletons: new WeakMap<object, Map<string, Dentry>>(),
    namespaceFiles: { fstype: 'nsfs', major: 0, device: 4, options: 'rw', nextInode: 1 },
  });
}

interface ResolveOptions {
  /** Whether a symbolic link at the end is followed; it is, when nothing is said. */
  readonly followLast?: boolean;
}

/** The place that a path names. Throws ENOENT, ENOTDIR, ELOOP, EACCES. */
export function resolve(kernel: Kernel, thread: Thread | null, path: string, options: ResolveOptions = {}): Location {
  const { location } = walk(kernel, thread, path, options.followLast ?? true);
  if (location === null) throw new Errno('ENOENT');
  return location;
}

/** Likewise, and the directory of the last name, which may be free. */
export function walk(kernel: Kernel, thread: Thread | null, path: string, followLast: boolean): Walked {
  return walkPath({ kernel, thread }, placeOf(kernel, thread), path, followLast);
}

function placeOf(kernel: Kernel, thread: Thread | null): Place {
  return thread === null ? placeAtRoot(kernel.vfs.rootNamespace) : thread.fs;
}

/**
 * execve(2)'s half of the work: finds the file, and asks whether it may be executed. EACCES for what is no file,
 * and without an x bit.
 */
export function readExecutable(
  kernel: Kernel,
  thread: Thread,
  path: string,
): { readonly executable: Executable; readonly content: string } {
  const location = resolve(kernel, thread, path);
  const { inode } = location.dentry;
  if (inode.body.type !== 'file') throw new Errno('EACCES');
  requirePermission(thread, inode, 'x');
  if (location.mount.options.includes('noexec')) throw new Errno('EACCES');
  requireNotWritten(inode);
  const reader: Reader = { kernel, thread };
  const found = absolutePath(location, thread.fs.root);
  return { executable: { path: found, location }, content: inode.body.slice(reader, 0, 1 << 20) };
}
