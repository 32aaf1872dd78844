/**
 * What part of a processor each of some threads gets: by cpu.weight on each level of the cgroup tree, at most one whole
 * processor each, and no more together than the processors that they may run on. Linux does it by turns:
 * kernel/sched/fair.c; Documentation/admin-guide/cgroup-v2.rst, "Weights".
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { effectiveCpus } from './cpuset.ts';
import { weightOfTask } from './nice-weight.ts';

/** Rates between 0 and 1. */
export function ratesOf(kernel: Kernel, threads: readonly Thread[]): ReadonlyMap<Thread, number> {
  const weights = weightsOf(kernel, threads);
  const allowed = new Map(threads.map((thread) => [thread, effectiveCpus(kernel, thread.task.cgroup)] as const));
  const groups = limitsOf(allowed);
  const rates = new Map<Thread, number>(threads.map((thread) => [thread, 0]));
  let growing = [...threads];
  // All rates grow in proportion to their weights, until some reach a limit and stay there; so round after round.
  while (growing.length > 0) {
    const step = Math.min(
      ...growing.map((thread) => (1 - (rates.get(thread) ?? 0)) / (weights.get(thread) ?? 1)),
      ...groups.map(({ members, capacity }) => {
        const speed = members.reduce((sum, each) => sum + (growing.includes(each) ? (weights.get(each) ?? 0) : 0), 0);
        const used = members.reduce((sum, each) => sum + (rates.get(each) ?? 0), 0);
        return speed > 0 ? Math.max(0, capacity - used) / speed : Number.POSITIVE_INFINITY;
      }),
    );
    for (const thread of growing) rates.set(thread, (rates.get(thread) ?? 0) + step * (weights.get(thread) ?? 0));
    const isFull = (thread: Thread): boolean =>
      (rates.get(thread) ?? 0) > 1 - 1e-9 ||
      groups.some(
        ({ members, capacity }) =>
          members.includes(thread) && members.reduce((sum, each) => sum + (rates.get(each) ?? 0), 0) > capacity - 1e-9,
      );
    growing = growing.filter((thread) => !isFull(thread));
  }
  return rates;
}

/** For each set of processors that somebody is held to: those who are held to it or to less of it. */
function limitsOf(
  allowed: ReadonlyMap<Thread, readonly number[]>,
): readonly { readonly members: readonly Thread[]; readonly capacity: number }[] {
  const sets = new Map([...allowed.values()].map((cpus) => [cpus.join(','), cpus] as const));
  const all = [...new Set([...sets.values()].flat())];
  sets.set(all.join(','), all);
  return [...sets.values()].map((set) => ({
    capacity: set.length,
    members: [...allowed].filter(([, cpus]) => cpus.every((cpu) => set.includes(cpu))).map(([thread]) => thread),
  }));
}

/** A thread's part of all: on each level its branch's weight among the branches that compute. */
function weightsOf(kernel: Kernel, threads: readonly Thread[]): ReadonlyMap<Thread, number> {
  const weights = new Map<Thread, number>();
  const divide = (level: Cgroup, members: readonly Thread[], part: number): void => {
    const here = members.filter(({ task }) => task.cgroup === level);
    const branches = [...level.children.values()]
      .map((child) => ({ child, below: members.filter(({ task }) => isBelow(task.cgroup, child)) }))
      .filter(({ below }) => below.length > 0);
    const ofThreads = here.reduce((sum, { task }) => sum + weightOfTask(task.nice), 0);
    const total = branches.reduce((sum, { child }) => sum + child.cpu.weight, ofThreads);
    for (const thread of here) weights.set(thread, (part * weightOfTask(thread.task.nice)) / total);
    for (const { child, below } of branches) divide(child, below, (part * child.cpu.weight) / total);
  };
  divide(kernel.rootCgroup, threads, 1);
  return weights;
}

function isBelow(cgroup: Cgroup, top: Cgroup): boolean {
  for (let level: Cgroup | null = cgroup; level; level = level.parent) if (level === top) return true;
  return false;
}
