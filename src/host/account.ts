/**
 * The same questions put to the kernel and to the world folded from its journal: the answers must be equal, whatever
 * happens.
 */
import { entriesOf } from '../journal/dictionary.ts';
import { namespaceKinds } from '../journal/event.ts';
import { tasksOf } from '../journal/look-up.ts';
import { lookUp, valuesOf } from '../journal/table.ts';
import type { SignalMasks, TaskState, World } from '../journal/world.ts';
import { accountOfSignals } from '../kernel/account.ts';
import type { Cgroup } from '../kernel/cgroup/cgroup.ts';
import type { Kernel, Task } from '../kernel/kernel.ts';

/** Where the two differ, told; undefined when they agree. */
export function differenceBetween(world: World, kernel: Kernel): string | undefined {
  const [told, account] = [JSON.stringify(toldBy(world)), JSON.stringify(accountOf(kernel))];
  return told === account ? undefined : `at ${world.place} the journal tells ${told}, the kernel ${account}`;
}

/** What both sides can be asked. */
function toldBy(world: World) {
  return {
    tasks: tasksOf(world).map(taskTold),
    cgroups: entriesOf(world.cgroups)
      .map(([path]) => path)
      .filter((path) => path !== '/'),
    mounts: tasksOf(world).map(({ pid, state, namespaces }) =>
      state === 'zombie'
        ? [pid]
        : [pid, ...(lookUp(world.mounts, namespaces.mnt) ?? []).map(({ id }) => id).toSorted(byNumber)],
    ),
  };
}

function taskTold(task: TaskState) {
  const isZombie = task.state === 'zombie';
  return {
    pid: task.pid,
    ppid: task.ppid,
    state: task.state,
    comm: task.comm,
    argv: task.argv,
    nsPids: task.nsPids,
    namespaces: namespaceKinds.map((kind) => task.namespaces[kind]),
    session: [task.sid, task.pgid],
    isSubreaper: task.isSubreaper,
    signals: sorted(task.signals),
    oomScoreAdj: task.oomScoreAdj,
    cgroup: isZombie ? '' : task.cgroup,
    threads: isZombie ? 1 : task.threads,
    files: isZombie ? [] : valuesOf(task.files).map(({ fd, file, closeOnExec }) => [fd, file.id, closeOnExec]),
  };
}

function accountOf(kernel: Kernel): ReturnType<typeof toldBy> {
  const tasks = [...kernel.tasks.values()].filter(({ state }) => state !== 'reaped').toSorted((a, b) => a.pid - b.pid);
  return {
    tasks: tasks.map(taskAccounted),
    cgroups: pathsBelow(kernel.rootCgroup, '').toSorted(),
    mounts: tasks.map(({ pid, state, namespaces }) =>
      state === 'zombie' ? [pid] : [pid, ...[...namespaces.mnt.mounts].map(({ id }) => id).toSorted(byNumber)],
    ),
  };
}

function taskAccounted(task: Task): ReturnType<typeof taskTold> {
  const isZombie = task.state === 'zombie';
  const files = [...task.files].toSorted(([a], [b]) => a - b);
  return {
    pid: task.pid,
    ppid: task.parent?.pid ?? 0,
    state: task.state === 'reaped' ? 'zombie' : task.state,
    comm: task.comm,
    argv: task.argv,
    nsPids: task.nsPids,
    namespaces: namespaceKinds.map((kind) => task.namespaces[kind].inode),
    session: [task.sid, task.pgid],
    isSubreaper: task.isSubreaper,
    signals: accountOfSignals(task),
    oomScoreAdj: task.oomScoreAdj,
    cgroup: isZombie ? '' : pathOf(task.cgroup),
    threads: isZombie ? 1 : 1 + task.extraTids.length,
    files: isZombie ? [] : files.map(([fd, { file, closeOnExec }]) => [fd, file.id, closeOnExec]),
  };
}

function sorted({ blocked, ignored, caught }: SignalMasks): SignalMasks {
  return { blocked: blocked.toSorted(), ignored: ignored.toSorted(), caught: caught.toSorted() };
}

function pathOf(cgroup: Cgroup): string {
  if (cgroup.parent === null) return '/';
  const above = pathOf(cgroup.parent);
  return `${above === '/' ? '' : above}/${cgroup.name}`;
}

function pathsBelow(cgroup: Cgroup, path: string): readonly string[] {
  return [...cgroup.children].flatMap(([name, child]) => [`${path}/${name}`, ...pathsBelow(child, `${path}/${name}`)]);
}

function byNumber(a: number, b: number): number {
  return a - b;
}
