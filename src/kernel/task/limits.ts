/** Resource limits. Man page: getrlimit(2), prlimit(2); Linux: kernel/sys.c, do_prlimit(); fs/proc/base.c. */
import type { ResourceLimit, ResourceName } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { isCapable, isCapableOfMachine } from './powers.ts';

export type ResourceLimits = Readonly<Record<ResourceName, ResourceLimit>>;

const unlimited = Number.POSITIVE_INFINITY;
const both = (value: number): ResourceLimit => ({ soft: value, hard: value });

/**
 * What the engine's services run with and a container has of them. Recorded (vm-24): `ulimit -n` in a container says
 * 1073741816, which is systemd's `infinity` for it.
 */
export const firstLimits: ResourceLimits = {
  RLIMIT_CPU: both(unlimited),
  RLIMIT_FSIZE: both(unlimited),
  RLIMIT_DATA: both(unlimited),
  RLIMIT_STACK: { soft: 8_388_608, hard: unlimited },
  RLIMIT_CORE: both(unlimited),
  RLIMIT_RSS: both(unlimited),
  RLIMIT_NPROC: both(unlimited),
  RLIMIT_NOFILE: both(1_073_741_816),
  RLIMIT_MEMLOCK: both(8_388_608),
  RLIMIT_AS: both(unlimited),
  RLIMIT_LOCKS: both(unlimited),
  RLIMIT_SIGPENDING: both(31_502),
  RLIMIT_MSGQUEUE: both(819_200),
  RLIMIT_NICE: both(0),
  RLIMIT_RTPRIO: both(0),
  RLIMIT_RTTIME: both(unlimited),
};

const rows: Readonly<Record<ResourceName, readonly [title: string, unit: string]>> = {
  RLIMIT_CPU: ['Max cpu time', 'seconds'],
  RLIMIT_FSIZE: ['Max file size', 'bytes'],
  RLIMIT_DATA: ['Max data size', 'bytes'],
  RLIMIT_STACK: ['Max stack size', 'bytes'],
  RLIMIT_CORE: ['Max core file size', 'bytes'],
  RLIMIT_RSS: ['Max resident set', 'bytes'],
  RLIMIT_NPROC: ['Max processes', 'processes'],
  RLIMIT_NOFILE: ['Max open files', 'files'],
  RLIMIT_MEMLOCK: ['Max locked memory', 'bytes'],
  RLIMIT_AS: ['Max address space', 'bytes'],
  RLIMIT_LOCKS: ['Max file locks', 'locks'],
  RLIMIT_SIGPENDING: ['Max pending signals', 'signals'],
  RLIMIT_MSGQUEUE: ['Max msgqueue size', 'bytes'],
  RLIMIT_NICE: ['Max nice priority', ''],
  RLIMIT_RTPRIO: ['Max realtime priority', ''],
  RLIMIT_RTTIME: ['Max realtime timeout', 'us'],
};

/** /proc/PID/limits. */
export function limitsText(limits: ResourceLimits): string {
  const word = (value: number): string => (Number.isFinite(value) ? String(value) : 'unlimited');
  const line = (title: string, soft: string, hard: string, unit: string): string =>
    `${title.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${unit === '' ? '' : unit.padEnd(10)}\n`;
  const names = Object.keys(rows) as ResourceName[];
  return (
    line('Limit', 'Soft Limit', 'Hard Limit', 'Units') +
    names.map((name) => line(rows[name][0], word(limits[name].soft), word(limits[name].hard), rows[name][1])).join('')
  );
}

/** fs.nr_open: no limit on descriptors may be set above it. */
const mostFiles = 1_073_741_816;

/**
 * prlimit64(2): the limit of a process (0: the caller), and a new one for it. ESRCH, EINVAL for a soft limit above the
 * hard one, EPERM for who is not user 0 and raises the hard one or means another's process.
 */
export function prlimit(
  { task: caller }: Thread,
  pid: number,
  resource: ResourceName,
  wanted: ResourceLimit | null,
): ResourceLimit {
  const task = pid === 0 ? caller : caller.pidNamespace.tasks.get(pid);
  if (!task || task.state === 'zombie') throw new Errno('ESRCH');
  if (caller.uid !== task.uid && !isCapable(caller, 'SYS_RESOURCE', task.namespaces.user)) throw new Errno('EPERM');
  const old = task.limits[resource];
  if (old === undefined) throw new Errno('EINVAL');
  if (wanted === null) return old;
  if (wanted.soft > wanted.hard) throw new Errno('EINVAL');
  if (resource === 'RLIMIT_NOFILE' && wanted.hard > mostFiles) throw new Errno('EPERM');
  if (wanted.hard > old.hard && !isCapableOfMachine(caller, 'SYS_RESOURCE')) throw new Errno('EPERM');
  task.limits = { ...task.limits, [resource]: wanted };
  if (resource === 'RLIMIT_CPU') task.cpuAlarmNs = wanted.soft * 1e9;
  return old;
}

/** RLIMIT_NPROC counts the user's processes and threads; user 0 is above it. EAGAIN. */
export function requireProcesses(kernel: Kernel, task: Task, more: number): void {
  const { soft } = task.limits.RLIMIT_NPROC;
  if (task.uid === 0 || soft === unlimited) return;
  let count = 0;
  for (const other of kernel.tasks.values()) if (other.uid === task.uid) count += 1 + other.extraTids.length;
  if (count + more > soft) throw new Errno('EAGAIN');
}
