/**
 * Mounts: which file system stands where, in each mount namespace. Man page: mount_namespaces(7); Linux:
 * fs/namespace.c.
 */
import type { Kernel } from '../kernel.ts';
import { release } from '../namespace/holders.ts';
import type { Namespace } from '../namespace/namespace.ts';
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
  /** Mounts that cover something in this one. Most have none: these share one empty map. */
  children: Map<Dentry, Mount>;
  /** Files that are open in it, roots and working directories: it is busy. */
  users: number;
  /** The peer group it belongs to, the one it receives from. */
  shared: PeerGroup | null;
  master: PeerGroup | null;
  /** Its copy in the mount namespace that was copied from this one's last. */
  copy: Mount | null;
}

/** Mounts that tell each other what is mounted in them, and those that only listen. */
export interface PeerGroup {
  readonly id: number;
  readonly members: Set<Mount>;
  readonly slaves: Set<Mount>;
}

export interface MountNamespace extends Namespace {
  readonly kind: 'mnt';
  root: Mount;
  /** In order of mounting. */
  readonly mounts: Set<Mount>;
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
export function newMount(
  kernel: Pick<Kernel, 'vfs'>,
  root: Dentry,
  source: string,
  options: readonly string[],
  id: number = kernel.vfs.nextMountId++,
): Mount {
  const { space } = root.inode.filesystem;
  if (space) space.mounts += 1;
  return {
    id,
    namespace: null,
    parent: null,
    mountpoint: null,
    root,
    filesystem: root.inode.filesystem,
    source,
    options,
    children: childless,
    users: 0,
    shared: null,
    master: null,
    copy: null,
  };
}

/** A second mount of the same thing (a bind mount, or a copy for a new namespace), in the same peer group. */
export function cloneMount(kernel: Kernel, from: Mount, root: Dentry = from.root, id?: number): Mount {
  // A namespace file comes from nowhere in the tree: its mount is of nsfs.
  const { fstype } = root.inode.filesystem;
  const mount = newMount(kernel, root, fstype === from.filesystem.fstype ? from.source : fstype, from.options, id);
  joinGroup(mount, from.shared);
  enslave(mount, from.master);
  // A bind mount of a namespace file holds the namespace.
  if (root.inode.body.type === 'namespace') root.inode.body.namespace.holders += 1;
  return mount;
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
  for (const child of mount.children.values()) collect(child, found);
}

export function joinGroup(mount: Mount, group: PeerGroup | null): void {
  mount.shared = group;
  group?.members.add(mount);
}

export function enslave(mount: Mount, master: PeerGroup | null): void {
  mount.master = master;
  master?.slaves.add(mount);
}

/**
 * clone(2) and unshare(2) with CLONE_NEWNS: all mounts again, in the same order and the same peer groups. They keep
 * their ids, unlike Linux's, which are new.
 */
export function copyMountNamespace(kernel: Kernel, from: MountNamespace, inode: number): MountNamespace {
  const copies = [...from.mounts].map((original) => copyAlone(kernel, original));
  for (const original of from.mounts) rejoin(original);
  const root = from.root.copy ?? from.root;
  const namespace: MountNamespace = { kind: 'mnt', inode, holders: 0, root, mounts: new Set(copies) };
  for (const copy of copies) copy.namespace = namespace;
  return namespace;
}

function copyAlone(kernel: Kernel, original: Mount): Mount {
  const copy = cloneMount(kernel, original, original.root, original.id);
  original.copy = copy;
  return copy;
}

/** Sets a copy where its original stands: in and under the copies of the original's neighbours. */
function rejoin({ copy, parent, mountpoint, children }: Mount): void {
  if (copy === null) return;
  copy.parent = parent?.copy ?? null;
  copy.mountpoint = mountpoint;
  if (children.size === 0) return;
  copy.children = new Map();
  for (const [dentry, child] of children) if (child.copy !== null) copy.children.set(dentry, child.copy);
}

/** The last holder of the namespace is gone: its mounts go, and let go of what they hold. */
export function endMountNamespace(kernel: Kernel, namespace: MountNamespace): void {
  for (const mount of namespace.mounts) {
    leaveGroups(mount);
    mount.namespace = null;
    dropMount(kernel, mount);
  }
  namespace.mounts.clear();
}

/** The mount is gone: what it showed is held no more. */
export function dropMount(kernel: Kernel, mount: Mount): void {
  const { body } = mount.root.inode;
  if (body.type === 'namespace') release(kernel, body.namespace);
  if (mount.filesystem.space) mountGone(kernel, mount.filesystem.space);
}

export function leaveGroups(mount: Mount): void {
  mount.shared?.members.delete(mount);
  mount.master?.slaves.delete(mount);
  mount.shared = null;
  mount.master = null;
}
