/** Making, leaving and removing cgroups. Man page: cgroups(7); Linux: kernel/cgroup/cgroup.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Task } from '../kernel.ts';
import { cgroupMemory } from '../memory/cgroup-memory.ts';
import { cgroupIo } from './io.ts';
import { countPids, cgroupPids } from './pids.ts';
import { populate } from './population.ts';
import { typeOf } from './threaded.ts';
import { cgroupCpu, settleCpu, usageNs } from '../cpu/cgroup-cpu.ts';
import { share } from '../cpu/processors.ts';
import { pauseWork, planWork } from '../cpu/work.ts';
import { holdThreads, resumeThreads } from '../scheduler.ts';
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
    pids: cgroupPids(),
    io: cgroupIo(),
    cpu: cgroupCpu(false),
    population: 0,
    threaded: false,
    controlInodes: new Map(),
    deviceRules: null,
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

/**
 * As cgroup namespaces show a path: `/` for the root itself, `/../x` for what is beside it. Man page:
 * cgroup_namespaces(7).
 */
export function relativePath(path: string, root: string): string {
  const names = (text: string): readonly string[] => text.split('/').filter((name) => name !== '');
  const from = names(root);
  const to = names(path);
  let alike = 0;
  while (alike < from.length && from[alike] === to[alike]) alike += 1;
  const up = from.slice(alike).map(() => '..');
  return `/${[...up, ...to.slice(alike)].join('/')}`;
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
  requireNesting(parent);
  const cgroup: Cgroup = {
    name,
    parent,
    children: new Map(),
    tasks: new Set(),
    subtreeControl: new Set(),
    settings: new Map(),
    memory: cgroupMemory(),
    pids: cgroupPids(),
    io: cgroupIo(),
    cpu: cgroupCpu(parent.cpu.isLimited),
    population: 0,
    threaded: false,
    controlInodes: new Map(),
    deviceRules: null,
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
  cgroup.parent.cpu.formerNs += usageNs(kernel, cgroup);
  cgroup.parent.children.delete(cgroup.name);
  cgroup.removed = true;
  kernel.record({ type: 'cgroup.remove', pid: by?.pid ?? 0, path });
}

/**
 * A write to cgroup.procs: the task moves here. EBUSY when the cgroup has controllers enabled for children (no internal
 * processes).
 */
export function moveToCgroup(kernel: Kernel, cgroup: Cgroup, task: Task, by: Task | null): void {
  if (typeOf(cgroup) === 'domain invalid') throw new Errno('EOPNOTSUPP');
  if (cgroup.parent && cgroup.subtreeControl.size > 0) throw new Errno('EBUSY');
  if (task.cgroup === cgroup) return;
  const wasFrozen = task.cgroup.frozen;
  const pids = 1 + task.extraTids.length;
  for (const thread of task.threads) pauseWork(kernel, thread);
  settleCpu(kernel, task);
  leaveCgroup(kernel, task);
  countPids(task.cgroup, -pids);
  task.cgroup = cgroup;
  countPids(cgroup, pids);
  joinCgroup(kernel, cgroup, task);
  for (const thread of task.threads) if (!wasFrozen && task.state === 'alive') planWork(kernel, thread);
  share(kernel);
  kernel.record({ type: 'cgroup.move', pid: task.pid, path: cgroupPath(cgroup), by: by?.pid ?? 0 });
  if (cgroup.frozen) holdThreads(kernel, task);
  if (wasFrozen && !cgroup.frozen) resumeThreads(kernel, task);
}

/** A child is born where its parent's caller is. Its number is counted by `countPids`, until it is reaped. */
export function joinCgroup(kernel: Kernel, cgroup: Cgroup, task: Task): void {
  cgroup.tasks.add(task);
  populate(kernel, cgroup, 1);
}

/** A task that ends leaves; /proc still tells where it was. */
export function leaveCgroup(kernel: Kernel, task: Task): void {
  if (task.cgroup.tasks.delete(task)) populate(kernel, task.cgroup, -1);
}

/** cgroup.max.depth and cgroup.max.descendants of everybody above. EAGAIN. */
function requireNesting(parent: Cgroup): void {
  let depth = 1;
  for (let level: Cgroup | null = parent; level; level = level.parent, depth += 1) {
    const limit = (file: string): number => {
      const text = level?.settings.get(file) ?? 'max';
      return text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
    };
    if (depth > limit('cgroup.max.depth')) throw new Errno('EAGAIN');
    const most = limit('cgroup.max.descendants');
    if (Number.isFinite(most) && descendantsOf(level) >= most) throw new Errno('EAGAIN');
  }
}

/** How many cgroups are below. */
export function descendantsOf(cgroup: Cgroup): number {
  let count = 0;
  for (const child of cgroup.children.values()) count += 1 + descendantsOf(child);
  return count;
}
