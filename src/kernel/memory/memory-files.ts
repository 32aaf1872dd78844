/** The files memory.* of a cgroup. Linux: Documentation/admin-guide/cgroup-v2.rst, "Memory Interface Files". */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task } from '../kernel.ts';
import { currentBytes, eventsText, tellFill } from './cgroup-memory.ts';
import { anonBytes } from './task-memory.ts';
import { pageBytes } from './footprint.ts';
import { reclaim } from './memory-calls.ts';
import { isDying, outOfMemory, tasksBelow } from './oom.ts';

export const memoryFiles = [
  'memory.current',
  'memory.events',
  'memory.events.local',
  'memory.high',
  'memory.low',
  'memory.max',
  'memory.min',
  'memory.oom.group',
  'memory.peak',
  'memory.reclaim',
  'memory.stat',
  'memory.swap.current',
  'memory.swap.events',
  'memory.swap.high',
  'memory.swap.max',
  'memory.swap.peak',
] as const;
export type MemoryFile = (typeof memoryFiles)[number];

/** Kept as written and acting on nothing: nothing of a cgroup is ever reclaimed for another's sake. */
const kept: Readonly<Record<string, string>> = { 'memory.low': '0', 'memory.min': '0', 'memory.swap.high': 'max' };

export function isMemoryFile(file: string): file is MemoryFile {
  return (memoryFiles as readonly string[]).includes(file);
}

/** A file's content. EINVAL for one that is only written. */
export function readMemoryFile(cgroup: Cgroup, file: MemoryFile): string {
  const { memory } = cgroup;
  switch (file) {
    case 'memory.current':
      return `${currentBytes(cgroup)}\n`;
    case 'memory.peak':
      return `${memory.peakBytes}\n`;
    case 'memory.events':
      return eventsText(memory.events);
    case 'memory.events.local':
      return eventsText(memory.localEvents);
    case 'memory.max':
      return limitText(memory.maxBytes);
    case 'memory.high':
      return limitText(memory.highBytes);
    case 'memory.swap.max':
      return limitText(memory.swapMaxBytes);
    case 'memory.swap.current':
      return `${memory.swapBytes}\n`;
    case 'memory.swap.peak':
      return `${memory.swapPeakBytes}\n`;
    case 'memory.swap.events':
      return 'high 0\nmax 0\nfail 0\n';
    case 'memory.oom.group':
      return `${memory.oomGroup ? 1 : 0}\n`;
    case 'memory.stat':
      return statText(cgroup);
    case 'memory.reclaim':
      throw new Errno('EINVAL');
    case 'memory.low':
    case 'memory.min':
    case 'memory.swap.high':
      return `${cgroup.settings.get(file) ?? kept[file]}\n`;
  }
}

/** A write. EINVAL for a value that the file does not take, EACCES for one that is only read. */
export function writeMemoryFile(kernel: Kernel, cgroup: Cgroup, file: MemoryFile, value: string): void {
  const { memory } = cgroup;
  switch (file) {
    case 'memory.max':
      memory.maxBytes = parseLimit(value);
      return;
    case 'memory.high':
      memory.highBytes = parseLimit(value);
      return;
    case 'memory.swap.max':
      memory.swapMaxBytes = parseLimit(value);
      return;
    case 'memory.oom.group':
      if (value !== '0' && value !== '1') throw new Errno('EINVAL');
      memory.oomGroup = value === '1';
      return;
    case 'memory.reclaim':
      if (reclaim(kernel, cgroup, parseLimit(value)) < parseLimit(value)) throw new Errno('EAGAIN');
      return;
    case 'memory.peak':
      memory.peakBytes = currentBytes(cgroup);
      return;
    case 'memory.low':
    case 'memory.min':
    case 'memory.swap.high':
      cgroup.settings.set(file, String(value === 'max' ? value : parseLimit(value)));
      return;
    default:
      throw new Errno('EACCES');
  }
}

/** `max`, or bytes with K, M, G, in whole pages. */
function parseLimit(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const [, digits = '', suffix = ''] = /^(\d+)([KMGkmg]?)$/.exec(text) ?? [];
  if (digits === '') throw new Errno('EINVAL');
  const scale = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[suffix.toLowerCase()] ?? 1;
  return Math.floor((Number(digits) * scale) / pageBytes) * pageBytes;
}

function limitText(bytes: number): string {
  return `${Number.isFinite(bytes) ? bytes : 'max'}\n`;
}

/**
 * What follows from a memory.max that has been written: below what is used it reclaims, then kills until the rest fits.
 * Linux: memory_max_write().
 */
export function enforceMemoryMax(kernel: Kernel, by: Task, cgroup: Cgroup): void {
  const excess = (): number => {
    const doomed = tasksBelow(kernel, cgroup).filter(isDying);
    return (
      currentBytes(cgroup) - doomed.reduce((sum, task) => sum + anonBytes(task.memory), 0) - cgroup.memory.maxBytes
    );
  };
  for (let over = excess(); over > 0; over = excess()) {
    if (reclaim(kernel, cgroup, over) > 0) continue;
    if (outOfMemory(kernel, cgroup, by, 'for nobody') === 'nobody') break;
  }
  tellFill(kernel, cgroup);
}

/** memory.stat: the lines that programs look at. */
function statText({ memory: { bytes } }: Cgroup): string {
  const rows: readonly (readonly [string, number])[] = [
    ['anon', bytes.anon],
    ['file', bytes.shmem],
    ['kernel', bytes.kernel],
    ['kernel_stack', Math.floor(bytes.kernel * 0.07)],
    ['pagetables', Math.floor(bytes.kernel * 0.2)],
    ['sec_pagetables', 0],
    ['percpu', 0],
    ['sock', 0],
    ['vmalloc', 0],
    ['shmem', bytes.shmem],
    ['zswap', 0],
    ['zswapped', 0],
    ['file_mapped', 0],
    ['file_dirty', 0],
    ['file_writeback', 0],
    ['swapcached', 0],
    ['anon_thp', 0],
    ['inactive_anon', bytes.anon + bytes.shmem],
    ['active_anon', 0],
    ['inactive_file', 0],
    ['active_file', 0],
    ['unevictable', 0],
    ['slab_reclaimable', 0],
    ['slab_unreclaimable', Math.floor(bytes.kernel * 0.5)],
    ['slab', Math.floor(bytes.kernel * 0.5)],
    ['pgfault', Math.ceil((bytes.anon + bytes.shmem) / pageBytes)],
    ['pgmajfault', 0],
  ];
  return rows.map(([name, value]) => `${name} ${value}\n`).join('');
}
