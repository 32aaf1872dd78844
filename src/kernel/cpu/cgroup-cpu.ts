/** What the cpu and cpuset controllers keep of one cgroup. */
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { Kernel, Task } from '../kernel.ts';
import type { Bandwidth } from './bandwidth.ts';
import { runningNs } from './work.ts';

export interface CgroupCpu {
  weight: number;
  /** Processors asked for; none for all. */
  cpus: readonly number[];
  /** cpu.max; null for `max`. */
  bandwidth: Bandwidth | null;
  /** It or a cgroup above it has a bandwidth. */
  isLimited: boolean;
  /** Processor time of tasks that ended or moved away, and of cgroups below that were removed, ns. */
  formerNs: number;
}

export function cgroupCpu(isLimited: boolean): CgroupCpu {
  return { weight: 100, cpus: [], bandwidth: null, isLimited, formerNs: 0 };
}

/** Processor time of a task, what it computes at this moment included, ns. */
export function cpuTimeNs(kernel: Kernel, task: Task): number {
  let sum = task.cpuNs;
  for (const thread of task.threads) sum += runningNs(kernel, thread);
  return sum;
}

/** The task leaves its cgroup: what it used there stays with it. */
export function settleCpu(kernel: Kernel, task: Task): void {
  const used = cpuTimeNs(kernel, task);
  task.cgroup.cpu.formerNs += used - task.cpuBeforeNs;
  task.cpuBeforeNs = used;
}

/** usage_usec's ns: all who are or were in it and below. */
export function usageNs(kernel: Kernel, cgroup: Cgroup): number {
  let sum = cgroup.cpu.formerNs;
  for (const task of cgroup.tasks) sum += cpuTimeNs(kernel, task) - task.cpuBeforeNs;
  for (const child of cgroup.children.values()) sum += usageNs(kernel, child);
  return sum;
}
