/** Making, leaving and removing cgroups. Man page: cgroups(7); Linux: kernel/cgroup/cgroup.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Task } from '../kernel.ts';
import { cgroupMemory } from '../memory/cgroup-memory.ts';
import { resumeThreads } from '../scheduler.ts';
import type { Cgroup } from './cgroup.ts';

export const controllers = ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc'] as const;

export function rootCgroup(inode: number): Cgroup {
  return {
    name: '',
    parent: null,
    children: new Map(),
    tasks: new Set(),
    subtreeControl: new Set(controllers),
    settings: new Map(),
    memory: cgroupMemory(),
    controlInodes: new Map(),
    inode,
    frozen: false,
    removed: false,
  };
}

/** `/` for the root, else `/system.slice/docker.service`. */
export function cgroupPath(cgroup: Cgroup): string {
  if (!cgroup.parent) return '/';
  const above = cgroupPath(cgroup.parent);
  return `${above === '/' ? '' : above}/${cgroup.name}`;
}

/** The cgroup at a path below the root; undefined when there is none. */
export function findCgroup(kernel: Kernel, path: string): Cgroup | undefined {
  let cgroup: Cgroup | undefined = kernel.rootCgroup;
  for (const name of path.split('/')) if (name !== '') cgroup = cgroup?.children.get(name);
  return cgroup;
}

/** mkdir in cgroupfs. EEXIST. `by` is null for the boot. */
export function createCgroup(kernel: Kernel, parent: Cgroup, name: string, by: Task | null): Cgroup {
  if (parent.children.has(name)) throw new Errno('EEXIST');
  const cgroup: Cgroup = {
    name,
    parent,
    children: new Map(),
    tasks: new Set(),
    subtreeControl: new Set(),
    settings: new Map(),
    memory: cgroupMemory(),
    controlInodes: new Map(),
    inode: kernel.nextInode++,
    frozen: parent.frozen,
    removed: false,
  };
  parent.children.set(name, cgroup);
  kernel.record({ type: 'cgroup.create', pid: by?.pid ?? 0, path: cgroupPath(cgroup) });
  return cgroup;
}

/** rmdir in cgroupfs: EBUSY while it has children or living members; zombies do not count. */
export function removeCgroup(kernel: Kernel, cgroup: Cgroup, by: Task | null): void {
  if (!cgroup.parent || cgroup.children.size > 0 || cgroup.tasks.size > 0) throw new Errno('EBUSY');
  const path = cgroupPath(cgroup);
  cgroup.parent.children.delete(cgroup.name);
  cgroup.removed = true;
  kernel.record({ type: 'cgroup.remove', pid: by?.pid ?? 0, path });
}

/**
 * A write to cgroup.procs: the task moves here. EBUSY when the cgroup has controllers enabled for children (no internal
 * processes).
 */
export function moveToCgroup(kernel: Kernel, cgroup: Cgroup, task: Task, by: Task | null): void {
  if (cgroup.parent && cgroup.subtreeControl.size > 0) throw new Errno('EBUSY');
  if (task.cgroup === cgroup) return;
  const wasFrozen = task.cgroup.frozen;
  task.cgroup.tasks.delete(task);
  task.cgroup = cgroup;
  cgroup.tasks.add(task);
  kernel.record({ type: 'cgroup.move', pid: task.pid, path: cgroupPath(cgroup), by: by?.pid ?? 0 });
  if (cgroup.frozen) task.heldSinceNs ??= kernel.nowNs;
  if (wasFrozen && !cgroup.frozen) resumeThreads(kernel, task);
}

/** A child is born where its parent's caller is. */
export function joinCgroup(cgroup: Cgroup, task: Task): void {
  cgroup.tasks.add(task);
}

/** A task that ends leaves; /proc still tells where it was. */
export function leaveCgroup(_kernel: Kernel, task: Task): void {
  task.cgroup.tasks.delete(task);
}
