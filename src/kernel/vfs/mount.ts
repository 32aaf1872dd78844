/**
 * Mounts: which file system stands where, in each mount namespace. Man page: mount_namespaces(7); Linux:
 * fs/namespace.c.
 */
import type { Kernel } from '../kernel.ts';
import { release } from '../namespace/holders.ts';
import type { Namespace, OwnedNamespace } from '../namespace/namespace.ts';
import type { UserNamespace } from '../namespace/user-namespace.ts';
import { isWithin, type Dentry } from './dentry.ts';
import type { FileSystem } from './inode.ts';
import { mountGone } from './space.ts';

/** A place in the tree of a mount namespace. */
export interface Location {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

export interface Mount {
  readonly id: number;
  /** Null once it is unmounted: files that are open there stay so. */
  namespace: MountNamespace | null;
  parent: Mount | null;
  /** The directory or file of `parent` that it covers. */
  mountpoint: Dentry | null;
  /** What of the file system is shown: its root, or what a bind mount shows. */
  readonly root: Dentry;
  readonly filesystem: FileSystem;
  readonly source: string;
  /** Words of the mount's own options, as mountinfo shows them: `rw`, `nosuid`, `relatime`. */
  options: readonly string[];
  /** It came from a mount namespace of more powerful owners: who lives here may not take it away. Linux: MNT_LOCKED. */
  isLocked: boolean;
  /** Mounts that cover something in this one. Most have none: these share one empty map. */
  children: Map<Dentry, Mount>;
  /** Files that are open in it, roots and working directories: it is busy. */
  users: number;
  /** The peer group it belongs to, the one it receives from. */
  shared: PeerGroup | null;
  master: PeerGroup | null;
  /** Its place among the namespace's mounts, and so its copy's among the copies, while that is copied. */
  index: number;
}

/** Mounts that tell each other what is mounted in them, and those that only listen. */
export interface PeerGroup {
  readonly id: number;
  /** Each in order of coming; few, and what is copied last goes first. */
  readonly members: Mount[];
  readonly slaves: Mount[];
}

export interface MountNamespace extends OwnedNamespace {
  readonly kind: 'mnt';
  root: Mount;
  /** In order of mounting. */
  mounts: Mount[];
}

export function isReadOnly(mount: Mount): boolean {
  // Its first option says it, as that of a file system does.
  return mount.options[0] === 'ro' || /^ro\b/.test(mount.filesystem.options);
}

/** The root of a namespace, whatever is mounted over it included. */
export function rootLocation(namespace: MountNamespace): Location {
  return followMounts({ mount: namespace.root, dentry: namespace.root.root });
}

/** What stands at a place: the last mount over it. */
export function followMounts(location: Location): Location {
  let { mount, dentry } = location;
  for (let over = mount.children.get(dentry); over !== undefined; over = mount.children.get(dentry)) {
    mount = over;
    dentry = over.root;
  }
  return mount === location.mount ? location : { mount, dentry };
}

const childless: Map<Dentry, Mount> = new Map();

/** A mount that stands nowhere yet. */
export function newMount(kernel: Pick<Kernel, 'vfs'>, root: Dentry, source: string, options: readonly string[]): Mount {
  return mountOf(root.inode.filesystem, root, source, options, kernel.vfs.nextMountId++);
}

function mountOf(filesystem: FileSystem, root: Dentry, source: string, options: readonly string[], id: number): Mount {
  const { space } = filesystem;
  if (space) space.mounts += 1;
  return {
    id,
    namespace: null,
    parent: null,
    mountpoint: null,
    root,
    filesystem,
    source,
    options,
    isLocked: false,
    children: childless,
    users: 0,
    shared: null,
    master: null,
    index: 0,
  };
}

/** A second mount of the same thing (a bind mount), in the same peer group. */
export function cloneMount(kernel: Kernel, from: Mount, root: Dentry): Mount {
  const { filesystem } = root.inode;
  // A namespace file comes from nowhere in the tree: its mount is of nsfs.
  const source = filesystem.fstype === from.filesystem.fstype ? from.source : filesystem.fstype;
  return joined(mountOf(filesystem, root, source, from.options, kernel.vfs.nextMountId++), from);
}

/** A clone belongs where its original belongs, and holds what it shows. */
function joined(mount: Mount, { shared, master }: Mount): Mount {
  joinGroup(mount, shared);
  enslave(mount, master);
  const shown = namespaceShown(mount);
  // A bind mount of a namespace file holds the namespace.
  if (shown !== null) shown.holders += 1;
  return mount;
}

/** Asks the file system first: a host has hundreds of mounts that a new namespace copies, and few show a namespace. */
function namespaceShown({ filesystem, root }: Mount): Namespace | null {
  if (filesystem.fstype !== 'nsfs') return null;
  const { body } = root.inode;
  return body.type === 'namespace' ? body.namespace : null;
}

/** A clone with all mounts below the root. */
export function cloneTree(kernel: Kernel, from: Mount, root: Dentry): Mount {
  const top = cloneMount(kernel, from, root);
  for (const [mountpoint, child] of from.children) {
    if (root !== from.root && !isWithin(mountpoint, root)) continue;
    place(cloneTree(kernel, child, child.root), { mount: top, dentry: mountpoint });
  }
  return top;
}

/** Sets a tree of mounts onto a place, without any fact or propagation. What covered it goes on top. */
export function place(mount: Mount, target: Location): void {
  const before = target.mount.children.get(target.dentry);
  mount.parent = target.mount;
  mount.mountpoint = target.dentry;
  cover(target.mount, target.dentry, mount);
  if (before !== undefined) {
    before.parent = mount;
    before.mountpoint = mount.root;
    cover(mount, mount.root, before);
  }
}

function cover(mount: Mount, dentry: Dentry, by: Mount): void {
  if (mount.children === childless) mount.children = new Map();
  mount.children.set(dentry, by);
}

/** Takes a mount from its place; what was mounted in it stays in it. */
export function unplace(mount: Mount): void {
  if (mount.parent !== null && mount.mountpoint !== null) mount.parent.children.delete(mount.mountpoint);
  mount.parent = null;
  mount.mountpoint = null;
}

/** A mount and all below it, from above. */
export function mountsBelow(top: Mount): readonly Mount[] {
  const found: Mount[] = [];
  collect(top, found);
  return found;
}

function collect(mount: Mount, found: Mount[]): void {
  found.push(mount);
  if (mount.children !== childless) for (const child of mount.children.values()) collect(child, found);
}

export function joinGroup(mount: Mount, group: PeerGroup | null): void {
  mount.shared = group;
  group?.members.push(mount);
}

export function enslave(mount: Mount, master: PeerGroup | null): void {
  mount.master = master;
  master?.slaves.push(mount);
}

/**
 * clone(2) and unshare(2) with CLONE_NEWNS: all mounts again, in the same order and the same peer groups. They keep
 * their ids, unlike Linux's, which are new.
 */
export function copyMountNamespace(from: MountNamespace, inode: number, owner: UserNamespace): MountNamespace {
  const mounts = from.mounts.map(copyAlone);
  const copyOf = (original: Mount): Mount =>
    (from.mounts[original.index] === original ? mounts[original.index] : undefined) ?? original;
  for (const original of from.mounts) rejoin(original, copyOf);
  const namespace: MountNamespace = { kind: 'mnt', inode, holders: 0, owner, root: copyOf(from.root), mounts };
  for (const copy of mounts) copy.namespace = namespace;
  return namespace;
}

function copyAlone(original: Mount, index: number): Mount {
  const { filesystem, root, source, options, id } = original;
  original.index = index;
  return joined(mountOf(filesystem, root, source, options, id), original);
}

/** Sets a copy where its original stands: in and under the copies of the original's neighbours. */
function rejoin(original: Mount, copyOf: (original: Mount) => Mount): void {
  const copy = copyOf(original);
  copy.parent = original.parent && copyOf(original.parent);
  copy.mountpoint = original.mountpoint;
  if (original.children === childless) return;
  for (const [dentry, child] of original.children) cover(copy, dentry, copyOf(child));
}

/** The last holder of the namespace is gone: its mounts go, and let go of what they hold. */
export function endMountNamespace(kernel: Kernel, namespace: MountNamespace): void {
  for (const mount of namespace.mounts) {
    leaveGroups(mount);
    mount.namespace = null;
    dropMount(kernel, mount);
  }
  namespace.mounts = [];
}

/** The mount is gone: what it showed is held no more. */
export function dropMount(kernel: Kernel, mount: Mount): void {
  const shown = namespaceShown(mount);
  if (shown !== null) release(kernel, shown);
  if (mount.filesystem.space) mountGone(kernel, mount.filesystem.space);
}

export function leaveGroups(mount: Mount): void {
  leave(mount, mount.shared?.members);
  leave(mount, mount.master?.slaves);
  mount.shared = null;
  mount.master = null;
}

export function leave(mount: Mount, list: Mount[] | undefined): void {
  const at = list?.lastIndexOf(mount) ?? -1;
  if (at >= 0) list?.splice(at, 1);
}
