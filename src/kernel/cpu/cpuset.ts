/** cpuset.cpus: on which processors a cgroup's tasks may run. Man page: cpuset(7), "List format". */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';

/** `0-2,5` as numbers in order. EINVAL; ERANGE from the `count`th processor on. Linux: lib/bitmap-str.c. */
export function parseCpus(text: string, count: number): readonly number[] {
  const cpus = new Set<number>();
  for (const range of text.split(',').filter((word) => word !== '')) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(range.trim()) ?? [];
    if (first === '' || Number(last) < Number(first)) throw new Errno('EINVAL');
    if (Number(last) >= count) throw new Errno('ERANGE');
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.add(cpu);
  }
  return [...cpus].toSorted((a, b) => a - b);
}

/** The other way: neighbours as ranges. */
export function cpuList(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last?.[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** cpuset.cpus.effective: what was asked for of what the parent has; all of that when nothing is left. */
export function effectiveCpus(kernel: Kernel, cgroup: Cgroup): readonly number[] {
  if (!cgroup.parent) return Array.from({ length: kernel.cpu.count }, (_, cpu) => cpu);
  const above = effectiveCpus(kernel, cgroup.parent);
  const own = above.filter((cpu) => cgroup.cpu.cpus.includes(cpu));
  return own.length > 0 ? own : above;
}
