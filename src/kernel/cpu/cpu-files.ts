/** The files cpu.* and cpuset.* of a cgroup. Linux: Documentation/admin-guide/cgroup-v2.rst, "CPU", "Cpuset". */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { tasksBelow } from '../memory/oom.ts';
import { limitOf, parseCpuMax, type Bandwidth } from './bandwidth.ts';
import { usageNs } from './cgroup-cpu.ts';
import { niceOfWeight, weightOfNice } from './nice-weight.ts';
import { cpuList, effectiveCpus, parseCpus } from './cpuset.ts';
import { share } from './processors.ts';
import { pauseWork, planWork } from './work.ts';

export const cpuFiles = [
  'cpu.max',
  'cpu.stat',
  'cpu.stat.local',
  'cpu.weight',
  'cpu.weight.nice',
  'cpuset.cpus',
  'cpuset.cpus.effective',
  'cpuset.mems.effective',
] as const;
export type CpuFile = (typeof cpuFiles)[number];

export function isCpuFile(file: string): file is CpuFile {
  return (cpuFiles as readonly string[]).includes(file);
}

export function readCpuFile(kernel: Kernel, cgroup: Cgroup, file: CpuFile): string {
  const { bandwidth, weight, cpus } = cgroup.cpu;
  switch (file) {
    case 'cpu.max':
      return cpuMaxText(bandwidth);
    case 'cpu.weight':
      return `${weight}\n`;
    case 'cpu.weight.nice':
      return `${niceOfWeight(weight)}\n`;
    case 'cpu.stat.local':
      return `throttled_usec ${Math.floor((bandwidth?.throttledNs ?? 0) / 1000)}\n`;
    case 'cpuset.mems.effective':
      return '0\n';
    case 'cpu.stat':
      return statText(kernel, cgroup);
    case 'cpuset.cpus':
      return `${cpuList(cpus)}\n`;
    case 'cpuset.cpus.effective':
      return `${cpuList(effectiveCpus(kernel, cgroup))}\n`;
  }
}

function cpuMaxText(bandwidth: Bandwidth | null): string {
  const { quotaNs = Number.POSITIVE_INFINITY, periodNs = 100e6 } = bandwidth ?? {};
  return `${Number.isFinite(quotaNs) ? quotaNs / 1000 : 'max'} ${periodNs / 1000}\n`;
}

/** A write acts at once on who computes. EINVAL, ERANGE for a weight outside 1 to 10000 or a
 * processor that the machine does not have, EACCES. */
export function writeCpuFile(kernel: Kernel, cgroup: Cgroup, file: CpuFile, value: string): void {
  const { cpu } = cgroup;
  switch (file) {
    case 'cpu.max': {
      const bandwidth = parseCpuMax(value, cpu.bandwidth, kernel.nowNs);
      changed(kernel, cgroup, () => {
        cpu.bandwidth = bandwidth;
        settleLimited(cgroup);
      });
      return;
    }
    case 'cpu.weight':
      if (!/^\d+$/.test(value)) throw new Errno('EINVAL');
      if (Number(value) < 1 || Number(value) > 10_000) throw new Errno('ERANGE');
      cpu.weight = Number(value);
      share(kernel);
      return;
    case 'cpu.weight.nice': {
      if (!/^-?\d+$/.test(value)) throw new Errno('EINVAL');
      const weight = weightOfNice(Number(value));
      if (weight === undefined) throw new Errno('ERANGE');
      cpu.weight = weight;
      share(kernel);
      return;
    }
    case 'cpuset.cpus':
      cpu.cpus = parseCpus(value, kernel.cpu.count);
      if (cpu.cpus.length > 0) kernel.cpu.hasCpusets = true;
      share(kernel);
      return;
    default:
      throw new Errno('EACCES');
  }
}

/** Whoever computes there goes on under the new rule. */
function changed(kernel: Kernel, cgroup: Cgroup, change: () => void): void {
  const threads = tasksBelow(kernel, cgroup).flatMap((task) => task.threads);
  const working = threads.filter(({ work }) => work !== null);
  for (const thread of working) pauseWork(kernel, thread);
  change();
  for (const thread of working) planWork(kernel, thread);
}

function settleLimited(cgroup: Cgroup): void {
  cgroup.cpu.isLimited = limitOf(cgroup) !== null || (cgroup.parent?.cpu.isLimited ?? false);
  for (const child of cgroup.children.values()) settleLimited(child);
}

/** The kernel's part of processor time: what a program of the simulator computes is not told from it. */
const userShare = 0.4;

function statText(kernel: Kernel, cgroup: Cgroup): string {
  const usage = Math.floor(usageNs(kernel, cgroup) / 1000);
  const user = Math.floor(usage * userShare);
  const { bandwidth } = cgroup.cpu;
  const rows: readonly (readonly [string, number])[] = [
    ['usage_usec', usage],
    ['user_usec', user],
    ['system_usec', usage - user],
    ['nice_usec', 0],
    ['nr_periods', bandwidth?.periods ?? 0],
    ['nr_throttled', bandwidth?.throttledPeriods ?? 0],
    ['throttled_usec', Math.floor((bandwidth?.throttledNs ?? 0) / 1000)],
    ['nr_bursts', 0],
    ['burst_usec', 0],
  ];
  return rows.map(([name, amount]) => `${name} ${amount}\n`).join('');
}
