/**
 * The files in a cgroup's directory. Linux: Documentation/admin-guide/cgroup-v2.rst; values as the recorded host shows
 * them.
 */
import type { SignalName } from '../abi.ts';
import { cpuFiles, isCpuFile, readCpuFile, writeCpuFile } from '../cpu/cpu-files.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { pidIn } from '../task/clone.ts';
import {
  enforceMemoryMax,
  isMemoryFile,
  memoryFiles,
  readMemoryFile,
  writeMemoryFile,
} from '../memory/memory-files.ts';
import { sendSignal } from '../task/signal.ts';
import type { Cgroup } from './cgroup.ts';
import { settleFrozen } from './freezer.ts';
import { ioStat } from './io.ts';
import { parsePidsMax } from './pids.ts';
import { isPopulated } from './population.ts';
import { makeThreaded, typeOf } from './threaded.ts';
import { cgroupPath, controllers, descendantsOf, moveToCgroup } from './tree.ts';

/** Files that keep what was written to them, with the value that a new cgroup has. */
const settings: Readonly<Record<string, string>> = {
  'cgroup.max.depth': 'max',
  'cgroup.max.descendants': 'max',
  'cgroup.pressure': '1',
  'cpu.idle': '0',
  'cpu.max.burst': '0',
  'cpuset.cpus.exclusive': '',
  'cpuset.cpus.partition': 'member',
  'cpuset.mems': '',
  'io.max': '',
  'io.prio.class': 'no-change',
  'io.weight': 'default 100',
  'memory.zswap.max': 'max',
  'memory.zswap.writeback': '1',
};
/** What is measured of nothing here: nobody waits for memory or a disk, and waiting for a processor is not counted. */
const noPressure = 'avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';
const constant: Readonly<Record<string, string>> = {
  'cpu.pressure': `some ${noPressure}full ${noPressure}`,
  'cpuset.cpus.exclusive.effective': '\n',
  'io.pressure': `some ${noPressure}full ${noPressure}`,
  'irq.pressure': `full ${noPressure}`,
  'memory.pressure': `some ${noPressure}full ${noPressure}`,
  'memory.zswap.current': '0\n',
};
const computed = [
  'cgroup.controllers',
  'cgroup.events',
  'cgroup.freeze',
  'cgroup.kill',
  'cgroup.procs',
  'cgroup.stat',
  'cgroup.subtree_control',
  'cgroup.threads',
  'cgroup.type',
  'io.stat',
  'pids.current',
  'pids.events',
  'pids.events.local',
  'pids.max',
  'pids.peak',
] as const;
const rootOnly = [
  'cgroup.controllers',
  'cgroup.max.depth',
  'cgroup.max.descendants',
  'cgroup.pressure',
  'cgroup.procs',
  'cgroup.stat',
  'cgroup.subtree_control',
  'cgroup.threads',
  'cpu.pressure',
  'cpu.stat',
  'cpu.stat.local',
  'cpuset.cpus.effective',
  'cpuset.mems.effective',
  'io.pressure',
  'irq.pressure',
  'memory.pressure',
];

/** What a cgroup has whatever controllers are enabled above it. */
const alwaysThere = /^(cgroup\.|cpu\.stat(?:\.local)?$|\w+\.pressure$)/;
const allFiles = [
  ...computed,
  ...memoryFiles,
  ...cpuFiles,
  ...Object.keys(settings),
  ...Object.keys(constant),
].toSorted();

const known: ReadonlySet<string> = new Set(allFiles);

/** Names of the control files, in order: those of the controllers that its parent has enabled. */
export function controlFiles(cgroup: Cgroup): readonly string[] {
  return cgroup.parent ? allFiles.filter((file) => hasControlFile(cgroup, file)) : rootOnly;
}

export function hasControlFile({ parent }: Cgroup, file: string): boolean {
  if (!parent) return rootOnly.includes(file);
  if (!known.has(file)) return false;
  return alwaysThere.test(file) || parent.subtreeControl.has(file.slice(0, file.indexOf('.')));
}

/** A control file's content. `viewer` decides in whose numbers pids are told. ENOENT for no such file. */
export function readControl(kernel: Kernel, cgroup: Cgroup, file: string, viewer?: Task): string {
  if (!hasControlFile(cgroup, file)) throw new Errno('ENOENT');
  if (isMemoryFile(file)) return readMemoryFile(cgroup, file);
  if (isCpuFile(file)) return readCpuFile(kernel, cgroup, file);
  const fixed = constant[file];
  if (fixed !== undefined) return fixed;
  const kept = settings[file];
  // A line for each device that has a limit (recorded: vm-01).
  if (file === 'io.max' && !cgroup.settings.get(file)) return '';
  if (kept !== undefined) return `${cgroup.settings.get(file) ?? kept}\n`;
  switch (file as (typeof computed)[number]) {
    case 'cgroup.controllers':
      return `${controllers.filter((name) => !cgroup.parent || cgroup.parent.subtreeControl.has(name)).join(' ')}\n`;
    case 'cgroup.subtree_control':
      return `${controllers.filter((name) => cgroup.subtreeControl.has(name)).join(' ')}\n`;
    case 'cgroup.events':
      return `populated ${isPopulated(cgroup) ? 1 : 0}\nfrozen ${cgroup.frozen ? 1 : 0}\n`;
    case 'cgroup.freeze':
      return `${cgroup.settings.get('cgroup.freeze') ?? '0'}\n`;
    case 'cgroup.procs':
      return pidLines([...cgroup.tasks], kernel, viewer);
    case 'cgroup.threads':
      return pidLines([...cgroup.tasks], kernel, viewer);
    case 'cgroup.stat':
      return `nr_descendants ${descendantsOf(cgroup)}\nnr_dying_descendants 0\n`;
    case 'cgroup.type':
      return `${typeOf(cgroup)}\n`;
    case 'io.stat':
      return ioStat(cgroup);
    case 'cgroup.kill':
      throw new Errno('EINVAL');
    case 'pids.current':
      return `${cgroup.pids.current}\n`;
    case 'pids.events':
      return `max ${cgroup.pids.refused}\n`;
    case 'pids.events.local':
      return `max ${cgroup.pids.refusedHere}\n`;
    case 'pids.max':
      return `${Number.isFinite(cgroup.pids.max) ? cgroup.pids.max : 'max'}\n`;
    case 'pids.peak':
      return `${cgroup.pids.peak}\n`;
  }
}

/** A write from a task. EINVAL for a value the file does not take, EACCES for a read-only one. */
export function writeControl(kernel: Kernel, thread: Thread, cgroup: Cgroup, file: string, data: string): void {
  const value = data.trim();
  const by = thread.task;
  if (!hasControlFile(cgroup, file)) throw new Errno('ENOENT');
  if (file === 'cgroup.procs' || file === 'cgroup.threads') {
    moveToCgroup(kernel, cgroup, taskByNumber(by, value), by);
    return;
  }
  accept(kernel, cgroup, file, value);
  // A cause is told before what it does.
  kernel.record({ type: 'cgroup.write', pid: by.pid, path: cgroupPath(cgroup), file, value });
  if (file === 'memory.max') enforceMemoryMax(kernel, by, cgroup);
  else if (file === 'cgroup.freeze') settleFrozen(kernel, cgroup);
  else if (file === 'cgroup.kill') killAll(kernel, by, cgroup, 'SIGKILL');
}

/** Takes the value, or refuses it. */
function accept(kernel: Kernel, cgroup: Cgroup, file: string, value: string): void {
  if (file === 'cgroup.subtree_control') setSubtreeControl(cgroup, value);
  else if (file === 'cgroup.freeze') {
    if (value !== '0' && value !== '1') throw new Errno('EINVAL');
    cgroup.settings.set('cgroup.freeze', value);
  } else if (file === 'cgroup.kill') {
    if (value !== '1') throw new Errno('EINVAL');
  } else if (file === 'cgroup.type') makeThreaded(cgroup, value);
  else if (file === 'pids.max') cgroup.pids.max = parsePidsMax(value);
  else if (isMemoryFile(file)) writeMemoryFile(kernel, cgroup, file, value);
  else if (isCpuFile(file)) writeCpuFile(kernel, cgroup, file, value);
  // A trigger, of which nobody would be told.
  else if (file.endsWith('.pressure') && file !== 'cgroup.pressure') throw new Errno('EOPNOTSUPP');
  else if (file === 'cpuset.cpus.partition' && value !== 'member') throw new Errno('EINVAL');
  else if (settings[file] !== undefined) cgroup.settings.set(file, normalise(file, value));
  else throw new Errno('EACCES');
}

function normalise(file: string, value: string): string {
  if (file.startsWith('cgroup.max.') && !/^(max|\d+)$/.test(value)) throw new Errno('EINVAL');
  return file === 'io.weight' ? ioWeight(value) : value;
}

/** `N` or `default N`; not of one device. Linux: block/blk-iocost.c, ioc_weight_write(). */
function ioWeight(value: string): string {
  const [, weight = '0'] = /^(?:default )?(\d+)$/.exec(value) ?? [];
  if (Number(weight) < 1 || Number(weight) > 10_000) throw new Errno('EINVAL');
  return `default ${weight}`;
}

function setSubtreeControl(cgroup: Cgroup, value: string): void {
  for (const word of value.split(/\s+/).filter(Boolean)) {
    const name = controllers.find((controller) => controller === word.slice(1));
    if (!name) throw new Errno('EINVAL');
    if (word.startsWith('+')) {
      if (cgroup.parent && !cgroup.parent.subtreeControl.has(name)) throw new Errno('ENOENT');
      if (cgroup.parent && cgroup.tasks.size > 0) throw new Errno('EBUSY');
      cgroup.subtreeControl.add(name);
    } else if (word.startsWith('-')) {
      if ([...cgroup.children.values()].some((child) => child.subtreeControl.has(name))) throw new Errno('EBUSY');
      cgroup.subtreeControl.delete(name);
    } else throw new Errno('EINVAL');
  }
}

function taskByNumber(by: Task, value: string): Task {
  if (!/^\d+$/.test(value)) throw new Errno('EINVAL');
  const task = value === '0' ? by : by.pidNamespace.tasks.get(Number(value));
  if (!task || task.state === 'zombie') throw new Errno('ESRCH');
  return task;
}

function pidLines(tasks: readonly Task[], kernel: Kernel, viewer: Task | undefined): string {
  const namespace = viewer?.pidNamespace ?? kernel.rootPidNamespace;
  return tasks.map((task) => `${pidIn(task, namespace)}\n`).join('');
}

function killAll(kernel: Kernel, by: Task, cgroup: Cgroup, signal: SignalName): void {
  for (const task of cgroup.tasks) sendSignal(kernel, by, task, signal, true);
  for (const child of cgroup.children.values()) killAll(kernel, by, child, signal);
}
