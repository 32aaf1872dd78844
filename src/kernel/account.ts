/**
 * The kernel's own account of itself, in plain data: what the world folded from its journal must equal. Written from
 * the kernel's tables alone; it reads no journal.
 */
import type { ExitStatus, Namespaces, OpenFileFact } from '../journal/event.ts';
import type { Cgroup } from './cgroup/cgroup.ts';
import { cgroupPath } from './cgroup/tree.ts';
import type { Kernel, Task } from './kernel.ts';
import { inodesOf, type Namespace } from './namespace/namespace.ts';
import type { Link, NetNamespace } from './net/network-layer.ts';
import type { MountNamespace } from './vfs/mount.ts';
import { describeMount } from './vfs/mount-tree.ts';
import { describeFile } from './vfs/open-file.ts';

export interface Account {
  /** By ascending host pid. */
  readonly tasks: readonly TaskAccount[];
  /** By path; the root, which nobody created, is left out. */
  readonly cgroups: readonly { readonly path: string; readonly members: readonly number[] }[];
  /** Mounts of each mount namespace that a task is in, by its inode. */
  readonly mounts: readonly { readonly namespace: number; readonly mounts: readonly MountAccount[] }[];
  /** Devices of each network namespace that a task is in, by its inode, and by name. */
  readonly links: readonly { readonly namespace: number; readonly links: readonly LinkAccount[] }[];
}

export interface TaskAccount {
  readonly pid: number;
  readonly ppid: number;
  readonly state: 'alive' | 'stopped' | 'zombie';
  readonly comm: string;
  readonly argv: readonly string[];
  readonly nsPids: readonly number[];
  readonly namespaces: Namespaces;
  readonly cgroup: string;
  readonly sid: number;
  readonly pgid: number;
  readonly isSubreaper: boolean;
  readonly threads: number;
  readonly signals: Readonly<Record<'blocked' | 'ignored' | 'caught', readonly string[]>>;
  readonly oomScoreAdj: number;
  readonly exitStatus: ExitStatus | null;
  readonly files: readonly { readonly fd: number; readonly file: OpenFileFact; readonly closeOnExec: boolean }[];
}

export interface MountAccount {
  readonly id: number;
  readonly target: string;
  readonly fstype: string;
  readonly source: string;
  readonly options: string;
}

export interface LinkAccount {
  readonly name: string;
  readonly kind: string;
  readonly isUp: boolean;
  readonly master: string;
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
}

/** What there is at this moment. */
export function accountOf(kernel: Kernel): Account {
  const tasks = [...kernel.tasks.values()].toSorted((a, b) => a.pid - b.pid);
  const living = tasks.filter(({ state }) => state !== 'zombie');
  return {
    tasks: tasks.map(accountOfTask),
    cgroups: below(kernel.rootCgroup).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    mounts: distinct(living, ({ namespaces }) => namespaces.mnt).map((namespace) => ({
      namespace: namespace.inode,
      mounts: accountOfMounts(namespace),
    })),
    links: distinct(living, ({ namespaces }) => namespaces.net).map((namespace) => ({
      namespace: namespace.inode,
      links: accountOfLinks(namespace),
    })),
  };
}

function accountOfTask(task: Task): TaskAccount {
  const { pid, comm, argv, nsPids, sid, pgid, isSubreaper } = task;
  return {
    pid,
    comm,
    argv,
    nsPids,
    sid,
    pgid,
    isSubreaper,
    ppid: task.parent?.pid ?? 0,
    state: task.state === 'reaped' ? 'zombie' : task.state,
    namespaces: inodesOf(task.namespaces),
    cgroup: cgroupPath(task.cgroup),
    threads: 1 + task.extraTids.length,
    signals: accountOfSignals(task),
    oomScoreAdj: task.oomScoreAdj,
    exitStatus: task.state === 'zombie' ? task.exitStatus : null,
    files: [...task.files]
      .map(([fd, { file, closeOnExec }]) => ({ fd, file: describeFile(file), closeOnExec }))
      .toSorted((a, b) => a.fd - b.fd),
  };
}

/** What it blocks, ignores and handles, by name. */
export function accountOfSignals({ blocked, actions }: Task): TaskAccount['signals'] {
  const of = (isIgnored: boolean): readonly string[] =>
    [...actions].flatMap(([signal, { action }]) => ((action === 'ignore') === isIgnored ? [signal] : [])).toSorted();
  return { blocked: [...blocked].toSorted(), ignored: of(true), caught: of(false) };
}

function below(cgroup: Cgroup): readonly { readonly path: string; readonly members: readonly number[] }[] {
  return [...cgroup.children.values()].flatMap((child) => [
    { path: cgroupPath(child), members: [...child.tasks].map(({ pid }) => pid).toSorted((a, b) => a - b) },
    ...below(child),
  ]);
}

function accountOfMounts(namespace: MountNamespace): readonly MountAccount[] {
  // Where it was made: that the place has been removed since is told by nobody, and is no fact about the mount.
  const accounts = [...namespace.mounts].map((mount) => {
    const described = describeMount(mount);
    return { ...described, target: described.target.replace(/ \(deleted\)$/, '') };
  });
  return accounts.toSorted((a, b) => a.id - b.id);
}

function accountOfLinks(namespace: NetNamespace): readonly LinkAccount[] {
  return [...namespace.links.values()].map(accountOfLink).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function accountOfLink({ name, kind, up, master, addresses, routes }: Link): LinkAccount {
  return {
    name,
    kind,
    isUp: up,
    master: master?.name ?? '',
    addresses: [...addresses],
    routes: routes.map(({ to, via }) => (via === '' ? to : `${to} via ${via}`)),
  };
}

function distinct<N extends Namespace>(tasks: readonly Task[], of: (task: Task) => N): readonly N[] {
  return [...new Set(tasks.map(of))].toSorted((a, b) => a.inode - b.inode);
}
