/** Files of /proc that are about the whole machine: two processors and 3.83 GiB, as the recorded host. */
import { Errno } from '../../errno.ts';
import type { Kernel } from '../../kernel.ts';
import { currentBytes } from '../../memory/cgroup-memory.ts';
import type { Inode, Reader } from '../inode.ts';
import { usageNs } from '../../cpu/cgroup-cpu.ts';
import { kernelRelease } from '../../release.ts';
import { virtualDirectory, virtualFile } from '../virtual-inode.ts';
import type { Proc } from './proc.ts';
import { lastPid, sysctlDirectory } from './sysctl.ts';
import { isRunning } from './task-text.ts';

const processors = 2;

/** Entries of /proc beside the tasks and links. */
export function systemFiles(proc: Proc): Readonly<Record<string, () => Inode>> {
  const { filesystem } = proc;
  const file =
    (text: (reader: Reader) => string, mode = 0o444) =>
    (): Inode =>
      virtualFile(filesystem, text, undefined, mode);
  const folder = (makers: Readonly<Record<string, () => Inode>>) => (): Inode => virtualDirectory(filesystem, makers);
  const empty = folder({});
  return {
    acpi: empty,
    bus: empty,
    cgroups: file(() => controllerTable),
    cmdline: file(() => `BOOT_IMAGE=/boot/vmlinuz-${kernelRelease} root=/dev/vda1 ro quiet\n`),
    cpuinfo: file(() => cpuInfo()),
    devices: file(() => 'Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n254 virtblk\n'),
    driver: empty,
    filesystems: file(() => fileSystemTable),
    fs: empty,
    interrupts: file(() => '           CPU0       CPU1\n'),
    irq: empty,
    kcore: file(() => '', 0o400),
    key_users: file(() => ''),
    keys: file(() => ''),
    kmsg: file(() => '', 0o400),
    loadavg: file(({ kernel }) => `0.00 0.00 0.00 1/${kernel.tasks.size} ${lastPid(proc)}\n`),
    meminfo: file(({ kernel }) => memoryInfo(kernel)),
    modules: file(() => ''),
    partitions: file(
      () => 'major minor  #blocks  name\n\n 254        0   20971520 vda\n 254        1   20970496 vda1\n',
    ),
    stat: file(({ kernel }) => machineStat(kernel)),
    swaps: file(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
    sys: () => sysctlDirectory(proc),
    'sysrq-trigger': () => virtualFile(filesystem, refuseToRead, () => {}, 0o200),
    timer_list: file(() => '', 0o400),
    tty: empty,
    uptime: file(
      ({ kernel }) => `${(kernel.nowNs / 1e9).toFixed(2)} ${((kernel.nowNs * processors) / 1e9).toFixed(2)}\n`,
    ),
    version: file(
      () => `Linux version ${kernelRelease} (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian\n`,
    ),
    vmstat: file(() => ''),
  };
}

function refuseToRead(): never {
  throw new Errno('EIO');
}

function cpuInfo(): string {
  return Array.from(
    { length: processors },
    (_, index) =>
      `processor\t: ${index}\nvendor_id\t: GenuineIntel\nmodel name\t: Glassdock virtual processor\n` +
      `cpu MHz\t\t: 2000.000\ncpu cores\t: ${processors}\n\n`,
  ).join('');
}

/** What the tasks and tmpfs take is counted; what the kernel keeps for itself, and its page cache, is as recorded. */
function memoryInfo({ memory, rootCgroup }: Kernel): string {
  const kb = (bytes: number): number => Math.floor(bytes / 1024);
  const { anon, shmem } = rootCgroup.memory.bytes;
  const cachedKb = 501_236;
  const available = kb(memory.usableBytes - currentBytes(rootCgroup));
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', kb(memory.totalBytes)],
    ['MemFree', Math.max(0, available - cachedKb)],
    ['MemAvailable', available],
    ['Buffers', 41_200],
    ['Cached', cachedKb + kb(shmem)],
    ['SwapCached', 0],
    ['Active', 202_116 + kb(anon)],
    ['Inactive', 521_004 + kb(shmem)],
    ['SwapTotal', kb(memory.swapTotalBytes)],
    ['SwapFree', kb(memory.swapTotalBytes - memory.swapUsedBytes)],
    ['Dirty', 0],
    ['AnonPages', kb(anon)],
    ['Shmem', kb(shmem)],
    ['Slab', 84_300],
  ];
  return rows.map(([name, amount]) => `${`${name}:`.padEnd(15)}${String(amount).padStart(9)} kB\n`).join('');
}

function machineStat(kernel: Kernel): string {
  const ticks = Math.floor(kernel.nowNs / 1e7);
  const busyNs = usageNs(kernel, kernel.rootCgroup);
  const busy = Math.min(ticks, Math.floor(busyNs / 1e7));
  const line = (name: string, share: number): string =>
    `${name} ${Math.floor(busy * share)} 0 0 ${Math.floor((ticks * processors - busy) * share)} 0 0 0 0 0 0\n`;
  const each = Array.from({ length: processors }, (_, index) => line(`cpu${index}`, 1 / processors)).join('');
  const running = [...kernel.tasks.values()].filter(isRunning).length;
  return (
    `${line('cpu ', 1)}${each}intr 0\nctxt 0\nbtime ${kernel.bootUnixSeconds}\n` +
    `processes ${Math.max(...kernel.tasks.keys())}\n` +
    `procs_running ${Math.max(1, running)}\nprocs_blocked 0\n`
  );
}

const controllerTable =
  '#subsys_name\thierarchy\tnum_cgroups\tenabled\n' +
  [
    'cpuset',
    'cpu',
    'cpuacct',
    'blkio',
    'memory',
    'devices',
    'freezer',
    'net_cls',
    'perf_event',
    'net_prio',
    'hugetlb',
    'pids',
    'rdma',
    'misc',
  ]
    .map((name) => `${name}\t0\t80\t1\n`)
    .join('');

const fileSystemTable = [
  ...['sysfs', 'tmpfs', 'bdev', 'proc', 'cgroup', 'cgroup2', 'devtmpfs', 'pipefs', 'devpts', 'mqueue', 'overlay'].map(
    (name) => `nodev\t${name}\n`,
  ),
  '\text4\n',
].join('');
