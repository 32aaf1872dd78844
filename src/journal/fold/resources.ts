import type { CgroupFact, LinkFact, MountFact, NamespaceFact, Stamp } from '../event.ts';
import { find, withWord, withoutWord } from '../dictionary.ts';
import { lookUp, withEntry, withoutEntry } from '../table.ts';
import type { MountPoint, NetworkDevice } from '../world.ts';
import { changeTask, type Draft } from './draft.ts';

/** Namespaces come, are entered and end. */
export function foldNamespace(draft: Draft, event: NamespaceFact & Stamp): void {
  const { kind, inode } = event;
  switch (event.type) {
    case 'namespace.create': {
      const state = { kind, inode, createdBy: event.pid, born: event.seq };
      draft.namespaces = withEntry(draft.namespaces, inode, state);
      if (kind === 'mnt' && event.copyOf !== undefined) {
        draft.mounts = withEntry(draft.mounts, inode, lookUp(draft.mounts, event.copyOf) ?? []);
      }
      return;
    }
    case 'namespace.enter':
      return wear(draft, event.pid, event);
    case 'namespace.end':
      draft.namespaces = withoutEntry(draft.namespaces, inode);
      draft.mounts = withoutEntry(draft.mounts, inode);
      draft.links = withoutEntry(draft.links, inode);
      return;
  }
}

/**
 * Who creates one need not wear it: a pid namespace is for the children, whose birth says so; a coroutine wears its own
 * beside its process's.
 */
function wear(draft: Draft, pid: number, { kind, inode }: NamespaceFact): void {
  const task = lookUp(draft.tasks, pid);
  if (task === undefined) return;
  changeTask(draft, pid, { namespaces: { ...task.namespaces, [kind]: inode } });
}

/** The cgroup tree and its control files. */
export function foldCgroup(draft: Draft, event: CgroupFact & Stamp): void {
  switch (event.type) {
    case 'cgroup.create':
      draft.cgroups = withWord(draft.cgroups, event.path, { path: event.path, values: {}, born: event.seq });
      return;
    case 'cgroup.remove':
      draft.cgroups = withoutWord(draft.cgroups, event.path);
      return;
    case 'cgroup.move':
      return changeTask(draft, event.pid, { cgroup: event.path });
    case 'cgroup.write': {
      const group = find(draft.cgroups, event.path) ?? { path: event.path, values: {}, born: event.seq };
      const values = { ...group.values, [event.file]: event.value };
      draft.cgroups = withWord(draft.cgroups, event.path, { ...group, values });
      return;
    }
  }
}

/** The mounts of each mount namespace, in order. */
export function foldMount(draft: Draft, event: MountFact & Stamp): void {
  const mounts = lookUp(draft.mounts, event.namespace) ?? [];
  draft.mounts = withEntry(draft.mounts, event.namespace, mountsAfter(mounts, event));
}

function mountsAfter(mounts: readonly MountPoint[], event: MountFact): readonly MountPoint[] {
  switch (event.type) {
    case 'mount.add': {
      const { id, target, fstype, source, options } = event;
      return [...mounts, { id, target, fstype, source, options }];
    }
    case 'mount.remove': {
      const gone = new Set([event.id, ...(event.above ?? [])]);
      return mounts.filter(({ id }) => !gone.has(id));
    }
    case 'mount.table': {
      const told = new Map(event.mounts.map((mount) => [mount.id, mount]));
      const known = mounts.map((mount) => told.get(mount.id) ?? mount);
      const ids = new Set(mounts.map(({ id }) => id));
      return [...known, ...event.mounts.filter(({ id }) => !ids.has(id))];
    }
  }
}

/** Network devices; `move` takes one from its namespace to another. */
export function foldLink(draft: Draft, event: LinkFact & Stamp): void {
  const devices = lookUp(draft.links, event.namespace) ?? [];
  const known = devices.find(({ name }) => name === event.name);
  const others = devices.filter((device) => device !== known);
  if (event.op === 'remove' || event.op === 'move') {
    const left = others.map((each) => ofMaster(each, event.name, ''));
    draft.links =
      left.length > 0 ? withEntry(draft.links, event.namespace, left) : withoutEntry(draft.links, event.namespace);
    if (event.op === 'remove' || known === undefined) return;
    const target = Number(event.value);
    // A device comes into its new namespace down and without addresses: ip-link(8).
    const moved = { ...known, isUp: false, master: '', addresses: [], routes: [] };
    draft.links = withEntry(draft.links, target, [...(lookUp(draft.links, target) ?? []), moved]);
    return;
  }
  const device = known ?? { name: event.name, kind: '', isUp: false, master: '', addresses: [], routes: [] };
  const changed = changedDevice(device, event);
  const place = known === undefined ? devices.length : devices.indexOf(known);
  const named = event.op === 'rename' ? devices.map((each) => ofMaster(each, event.name, event.value)) : devices;
  draft.links = withEntry(draft.links, event.namespace, named.toSpliced(place, 1, changed));
}

/** A device's bridge has another name now, or none: it is gone. */
function ofMaster(device: NetworkDevice, from: string, to: string): NetworkDevice {
  return device.master === from ? { ...device, master: to } : device;
}

function changedDevice(device: NetworkDevice, { op, value }: LinkFact): NetworkDevice {
  switch (op) {
    case 'add':
      return { ...device, kind: value };
    case 'rename':
      return { ...device, name: value };
    case 'up':
      return { ...device, isUp: true };
    case 'master':
      return { ...device, master: value };
    case 'address':
      return { ...device, addresses: [...device.addresses, value] };
    case 'no address':
      return { ...device, addresses: device.addresses.filter((address) => address !== value) };
    case 'route':
      return { ...device, routes: [...device.routes, value] };
    case 'remove':
    case 'move':
      return device;
  }
}
