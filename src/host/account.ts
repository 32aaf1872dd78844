/** The kernel's account of itself beside the world's that is folded from its journal: they are equal, always. */
import { entriesOf } from '../journal/dictionary.ts';
import { tasksInCgroup, tasksOf } from '../journal/look-up.ts';
import { lookUp, valuesOf } from '../journal/table.ts';
import type { TaskState, World } from '../journal/world.ts';
import { accountOf, type Account, type TaskAccount } from '../kernel/account.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Where the two differ, told; undefined when they agree. */
export function differenceBetween(world: World, kernel: Kernel): string | undefined {
  const [told, account] = [JSON.stringify(accountIn(world)), JSON.stringify(accountOf(kernel))];
  return told === account ? undefined : `at ${world.place} the journal tells ${told}, the kernel ${account}`;
}

/** The world brought to the kernel's shape, key by key in the same order. */
export function accountIn(world: World): Account {
  const living = tasksOf(world).filter(({ state }) => state !== 'zombie');
  const inodes = (kind: 'mnt' | 'net'): readonly number[] =>
    [...new Set(living.map(({ namespaces }) => namespaces[kind]))].toSorted((a, b) => a - b);
  return {
    tasks: tasksOf(world).map(accountOfTask),
    cgroups: entriesOf(world.cgroups)
      .filter(([path]) => path !== '/')
      .map(([path]) => ({ path, members: tasksInCgroup(world, path).map(({ pid }) => pid) })),
    mounts: inodes('mnt').map((namespace) => ({
      namespace,
      mounts: (lookUp(world.mounts, namespace) ?? []).toSorted((a, b) => a.id - b.id),
    })),
    links: inodes('net').map((namespace) => ({
      namespace,
      links: (lookUp(world.links, namespace) ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
  };
}

function accountOfTask(task: TaskState): TaskAccount {
  const { pid, comm, argv, nsPids, sid, pgid, isSubreaper, ppid, state, namespaces, cgroup, threads } = task;
  const { blocked, ignored, caught } = task.signals;
  return {
    pid,
    comm,
    argv,
    nsPids,
    sid,
    pgid,
    isSubreaper,
    ppid,
    state,
    namespaces,
    cgroup,
    threads,
    signals: { blocked: blocked.toSorted(), ignored: ignored.toSorted(), caught: caught.toSorted() },
    oomScoreAdj: task.oomScoreAdj,
    exitStatus: task.exitStatus,
    files: valuesOf(task.files),
  };
}
