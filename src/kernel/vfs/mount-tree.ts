/** Changes of a mount namespace: mounts come and go, and their peers hear of it. Linux: fs/pnode.c, fs/namespace.c. */
import type { Kernel } from '../kernel.ts';
import { isWithin } from './dentry.ts';
import {
  cloneTree,
  dropMount,
  enslave,
  joinGroup,
  leave,
  leaveGroups,
  mountsBelow,
  place,
  rootLocation,
  unplace,
  type Location,
  type Mount,
  type MountNamespace,
  type PeerGroup,
} from './mount.ts';
import { absolutePath } from './path-name.ts';

/** Mounts a tree onto a place, and onto the same place of each peer and slave of the mount there. */
export function attach(kernel: Kernel, pid: number, tree: Mount, target: Location): void {
  // The tree itself may be a peer of where it goes, as a bind mount of the root is: it is not mounted in itself.
  const heirs = heirsOf(target.mount, new Set([target.mount])).filter(({ mount }) => mount.namespace !== null);
  if (target.mount.shared !== null)
    for (const mount of mountsBelow(tree)) if (mount.shared === null) shareMount(kernel, mount);
  settle(kernel, pid, tree, target);
  for (const { mount, slave } of heirs) {
    if (!isWithin(target.dentry, mount.root)) continue;
    const copy = cloneTree(kernel, tree, tree.root);
    if (slave) for (const each of mountsBelow(copy)) enslaveTo(each);
    settle(kernel, pid, copy, { mount, dentry: target.dentry });
  }
}

/** Unmounts a mount with all below it, and the same in its parent's peers. */
export function detach(kernel: Kernel, pid: number, mount: Mount): void {
  const { parent, mountpoint } = mount;
  if (parent !== null && mountpoint !== null) {
    for (const heir of heirsOf(parent, new Set([parent]))) {
      const copy = heir.mount.children.get(mountpoint);
      // A copy in which something else is mounted by now is busy: it stays.
      if (copy !== undefined && copy.root === mount.root && copy.children.size === 0) remove(kernel, pid, copy);
    }
  }
  remove(kernel, pid, mount);
}

/** MS_SHARED: the mount becomes a peer group of its own, unless it has one. */
export function shareMount(kernel: Kernel, mount: Mount): void {
  if (mount.shared !== null) return;
  joinGroup(mount, { id: kernel.vfs.nextPeerGroup, members: [], slaves: [] });
  kernel.vfs.nextPeerGroup += 1;
}

/** MS_SLAVE: it hears of its peers, who hear no more of it. */
export function enslaveTo(mount: Mount): void {
  const group = mount.shared;
  if (group === null) return;
  mount.shared = null;
  leave(mount, group.members);
  // A group without other members has nobody to hear of: its slaves go to its own master, if any.
  if (group.members.length > 0) {
    leave(mount, mount.master?.slaves);
    enslave(mount, group);
  }
}

/** The options of a mount in mountinfo: its own only. */
function ownOptions(mount: Mount): string {
  return mount.options.join(',');
}

/** Where it is mounted, seen from the root of its namespace. */
function targetOf(mount: Mount): string {
  if (mount.parent === null || mount.mountpoint === null || mount.namespace === null) return '/';
  return absolutePath({ mount, dentry: mount.root }, rootLocation(mount.namespace));
}

/** Tells of mounts that have moved where they are now. */
export function recordMoved(kernel: Kernel, pid: number, namespace: MountNamespace, moved: readonly Mount[]): void {
  kernel.record({ type: 'mount.table', pid, namespace: namespace.inode, mounts: moved.map(describeMount) });
}

/** Says a mount again, with its new options: the old line goes. */
export function recordMount(kernel: Kernel, pid: number, mount: Mount): void {
  if (mount.namespace === null) return;
  const namespace = mount.namespace.inode;
  kernel.record({ type: 'mount.remove', pid, namespace, id: mount.id });
  kernel.record({ type: 'mount.add', pid, namespace, ...describeMount(mount) });
}

export function describeMount(mount: Mount): {
  id: number;
  target: string;
  fstype: string;
  source: string;
  options: string;
} {
  return {
    id: mount.id,
    target: targetOf(mount),
    fstype: mount.filesystem.fstype,
    source: mount.source,
    options: [ownOptions(mount), mount.filesystem.options].join(','),
  };
}

function settle(kernel: Kernel, pid: number, tree: Mount, target: Location): void {
  const { namespace } = target.mount;
  place(tree, target);
  if (namespace === null) return;
  for (const mount of mountsBelow(tree)) {
    if (mount.namespace !== null) continue;
    mount.namespace = namespace;
    namespace.mounts.push(mount);
    kernel.record({ type: 'mount.add', pid, namespace: namespace.inode, ...describeMount(mount) });
  }
}

function remove(kernel: Kernel, pid: number, top: Mount): void {
  unplace(top);
  const { namespace } = top;
  const [, ...above] = mountsBelow(top);
  above.reverse();
  if (namespace !== null) {
    const whole = above.length > 0 ? { above: above.map(({ id }) => id) } : {};
    kernel.record({ type: 'mount.remove', pid, namespace: namespace.inode, id: top.id, ...whole });
    if (above.length === 0) leave(top, namespace.mounts);
  }
  for (const mount of [...above, top]) {
    mount.namespace = null;
    leaveGroups(mount);
    dropMount(kernel, mount);
  }
  // Of a whole tree not one by one: the old root of a container has all mounts of the host.
  if (namespace !== null && above.length > 0)
    namespace.mounts = namespace.mounts.filter((mount) => mount.namespace === namespace);
}

/** The other members of the mount's group, and slaves of all of these, slaves' own peers included. */
function heirsOf(mount: Mount, seen: Set<Mount>): readonly { readonly mount: Mount; readonly slave: boolean }[] {
  const heirs: { mount: Mount; slave: boolean }[] = [];
  const visit = (group: PeerGroup | null, slave: boolean): void => {
    if (group === null) return;
    for (const member of group.members) {
      if (seen.has(member)) continue;
      seen.add(member);
      heirs.push({ mount: member, slave });
    }
    for (const listener of group.slaves) {
      if (seen.has(listener)) continue;
      seen.add(listener);
      heirs.push({ mount: listener, slave: true });
      visit(listener.shared, true);
    }
  };
  visit(mount.shared, false);
  return heirs;
}
