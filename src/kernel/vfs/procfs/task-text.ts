/** The texts of /proc/PID. Man page: proc(5); formats checked against a running Linux 6.x. */
import { effectiveCpus } from '../../cpu/cpuset.ts';
import type { SignalName } from '../../abi.ts';
import { signalNumbers } from '../../abi.ts';
import { cgroupPath, relativePath } from '../../cgroup/tree.ts';
import { cpuTimeNs } from '../../cpu/cgroup-cpu.ts';
import { Errno } from '../../errno.ts';
import type { Kernel, Task } from '../../kernel.ts';
import { pageBytes } from '../../memory/footprint.ts';
import { anonBytes, residentBytes, swapBytes, type TaskMemory } from '../../memory/task-memory.ts';
import { shownIn } from '../../namespace/user-namespace.ts';
import { limitsText } from '../../task/limits.ts';
import { pidIn } from '../../task/clone.ts';
import { tracerPid } from '../../trace/trace.ts';
import type { Reader } from '../inode.ts';
import type { Proc } from './proc.ts';

const clockTicks = 100;

/** A thread of it is not asleep in a call, or computes: the one that reads is running. */
export function isRunning({ threads }: Task): boolean {
  return threads.some(({ state, sleep }) => state === 'ready' || sleep?.isWork === true);
}

/** R, S, T, Z. */
function stateOf(task: Task): 'R' | 'S' | 'T' | 'Z' {
  if (task.state === 'zombie' || task.state === 'reaped') return 'Z';
  if (task.state === 'stopped') return 'T';
  if (task.cgroup.frozen) return 'S';
  return isRunning(task) ? 'R' : 'S';
}

const stateWords = { R: 'running', S: 'sleeping', T: 'stopped', Z: 'zombie' } as const;

/** /proc/PID/status. */
export function statusText({ kernel, thread }: Reader, proc: Proc, task: Task, tid: readonly number[] | null): string {
  const { level } = proc.namespace;
  const inner = (numbers: readonly number[]): string => numbers.slice(level).join('\t');
  const state = stateOf(task);
  const dead = state === 'Z';
  const group = (pid: number): string => inner(kernel.tasks.get(pid)?.nsPids ?? [pid]);
  const { powers } = task;
  const { uidMap, gidMap } = (thread?.task ?? task).namespaces.user;
  const [uid, gid] = [shownIn(uidMap, task.uid), shownIn(gidMap, task.gid)];
  const set = (bits: bigint): string => bits.toString(16).padStart(16, '0');
  const lines: (readonly [string, string])[] = [
    ['Name', task.comm],
    ...(dead ? [] : ([['Umask', task.fs.umask.toString(8).padStart(4, '0')]] as const)),
    ['State', `${state} (${stateWords[state]})`],
    ['Tgid', String(task.nsPids[level] ?? 0)],
    ['Ngid', '0'],
    ['Pid', String((tid ?? task.nsPids)[level] ?? 0)],
    ['PPid', String(parentNumber(proc, task))],
    ['TracerPid', String(tracerPid(kernel, task, proc.namespace))],
    ['Uid', [uid, uid, uid, uid].join('\t')],
    ['Gid', [gid, gid, gid, gid].join('\t')],
    ['FDSize', dead ? '0' : String(Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, ...task.files.keys()) + 1))))],
    ['Groups', `${task.groups.map((group) => shownIn(gidMap, group)).join(' ')} `],
    ['NStgid', inner(task.nsPids)],
    ['NSpid', inner(tid ?? task.nsPids)],
    ['NSpgid', group(task.pgid)],
    ['NSsid', group(task.sid)],
    ['Kthread', '0'],
    ...(dead ? [] : memoryLines(task.memory)),
    ['Threads', String(1 + task.extraTids.length)],
    ['SigQ', `${task.pending.length}/${task.limits.RLIMIT_SIGPENDING.soft}`],
    ['SigPnd', mask([])],
    ['ShdPnd', mask(task.pending)],
    ['SigBlk', mask([...task.blocked])],
    ['SigIgn', mask(withAction(task, (action) => action === 'ignore'))],
    ['SigCgt', mask(withAction(task, (action) => typeof action === 'function'))],
    ['CapInh', '0000000000000000'],
    ['CapPrm', set(powers.permitted)],
    ['CapEff', set(powers.effective)],
    ['CapBnd', set(powers.bounding)],
    ['CapAmb', '0000000000000000'],
    ['NoNewPrivs', powers.hasNoNewPrivileges ? '1' : '0'],
    ['Seccomp', powers.isFiltered ? '2' : '0'],
    ['Seccomp_filters', powers.isFiltered ? '1' : '0'],
    ['Cpus_allowed', '3'],
    ['Cpus_allowed_list', '0-1'],
    ['Mems_allowed_list', '0'],
    ['voluntary_ctxt_switches', '1'],
    ['nonvoluntary_ctxt_switches', '0'],
  ];
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

function memoryLines(memory: TaskMemory): readonly (readonly [string, string])[] {
  const kb = (bytes: number): string => `${String(Math.floor(bytes / 1024)).padStart(8)} kB`;
  return [
    ['VmPeak', kb(memory.peakVirtualBytes)],
    ['VmSize', kb(memory.virtualBytes)],
    ['VmLck', kb(0)],
    ['VmPin', kb(0)],
    ['VmHWM', kb(memory.peakResidentBytes)],
    ['VmRSS', kb(residentBytes(memory))],
    ['RssAnon', kb(anonBytes(memory) + memory.sharedBytes)],
    ['RssFile', kb(memory.fileBytes)],
    ['RssShmem', kb(0)],
    ['VmSwap', kb(swapBytes(memory))],
  ];
}

/** /proc/PID/stat: 52 fields. Of the processors that it may use the first is told: time is shared as a flow here. */
export function statLine(kernel: Kernel, proc: Proc, task: Task, tid: readonly number[] | null): string {
  const { namespace } = proc;
  const dead = stateOf(task) === 'Z';
  const number = (tid ?? task.nsPids)[namespace.level] ?? 0;
  const terminal = task.controllingTerminal;
  const ticks = Math.floor((cpuTimeNs(kernel, task) * clockTicks) / 1e9);
  const fields: readonly (string | number)[] = [
    number,
    `(${task.comm})`,
    stateOf(task),
    parentNumber(proc, task),
    groupNumber(proc, task, task.pgid),
    groupNumber(proc, task, task.sid),
    terminal === null ? 0 : 136 * 256 + terminal.number,
    terminal === null ? -1 : groupNumber(proc, task, terminal.foreground),
    4194304,
    100,
    0,
    0,
    0,
    ticks,
    0,
    0,
    0,
    20 + task.nice,
    task.nice,
    dead ? 0 : 1 + task.extraTids.length,
    0,
    Math.floor((task.startedNs * clockTicks) / 1e9),
    task.memory.virtualBytes,
    Math.floor(residentBytes(task.memory) / pageBytes),
    '18446744073709551615',
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    decimalMask(withAction(task, (action) => action === 'ignore')),
    decimalMask(withAction(task, (action) => typeof action === 'function')),
    0,
    0,
    0,
    17,
    effectiveCpus(kernel, task.cgroup)[0] ?? 0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    exitCode(task),
  ];
  return `${fields.join(' ')}\n`;
}

export function statmLine({ memory }: Task): string {
  const pages = (bytes: number): number => Math.floor(bytes / pageBytes);
  const data = pages(anonBytes(memory) + memory.sharedBytes);
  return `${pages(memory.virtualBytes)} ${pages(residentBytes(memory))} ${pages(memory.fileBytes)} 5 0 ${data} 0\n`;
}

/** Arguments, each with a zero byte behind it; nothing for a zombie. */
export function commandLine(task: Task): string {
  return stateOf(task) === 'Z' ? '' : task.argv.map((argument) => `${argument}\0`).join('');
}

export function environment(task: Task): string {
  if (stateOf(task) === 'Z') return '';
  return Object.entries(task.env)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');
}

/** `0::/path`, seen from the reader's cgroup namespace. */
export function cgroupLine(reader: Reader, task: Task): string {
  const path = cgroupPath(task.cgroup);
  const root = reader.thread?.namespaces.cgroup.rootPath ?? '/';
  const removed = task.cgroup.removed ? ' (deleted)' : '';
  return `0::${relativePath(path, root)}${removed}\n`;
}

/**
 * Where a thread sleeps in the kernel; `0` while it runs. Those of a Go program but the first wait for work (recorded:
 * vm-30).
 */
export function waitChannel(task: Task, tid: readonly number[] | null): string {
  if (task.cgroup.frozen && stateOf(task) === 'S') return 'get_signal';
  if (tid !== null && task.extraTids.includes(tid)) return 'futex_wait_queue';
  const call = task.threads.find((thread) => thread.state === 'asleep')?.call?.call;
  if (call === undefined || stateOf(task) !== 'S') return '0';
  return channels[call] ?? `do_sys_${call}`;
}

/** Names as /proc/PID/wchan shows them; that of a fifo's open is recorded (k17). */
const channels: Readonly<Record<string, string>> = {
  open: 'wait_for_partner',
  read: 'pipe_read',
  write: 'pipe_write',
  wait4: 'do_wait',
  nanosleep: 'hrtimer_nanosleep',
  poll: 'do_poll.constprop.0',
  accept4: 'unix_accept',
  futexWait: 'futex_wait_queue',
  pause: 'do_sigtimedwait',
  recvmsg: 'unix_stream_data_wait',
  connect: 'unix_wait_for_peer',
};

/** /proc/PID/limits. */
export function limits(task: Task): string {
  if (stateOf(task) === 'Z') throw new Errno('ESRCH');
  return limitsText(task.limits);
}

function parentNumber(proc: Proc, task: Task): number {
  return task.parent === null ? 0 : pidIn(task.parent, proc.namespace);
}

/** A group's or session's number, which stays when its leader is gone. */
function groupNumber(proc: Proc, member: Task, pid: number): number {
  if (pid === member.pid) return pidIn(member, proc.namespace);
  for (const [number, task] of proc.namespace.tasks) if (task.pid === pid) return number;
  for (const [number, former] of proc.namespace.formerLeaders) if (former === pid) return number;
  return 0;
}

function withAction(task: Task, fits: (action: unknown) => boolean): readonly SignalName[] {
  return [...task.actions].filter(([, { action }]) => fits(action)).map(([signal]) => signal);
}

function bitsOf(signals: readonly SignalName[]): bigint {
  return signals.reduce((bits, signal) => bits | (1n << BigInt(signalNumbers[signal] - 1)), 0n);
}

function mask(signals: readonly SignalName[]): string {
  return bitsOf(signals).toString(16).padStart(16, '0');
}

function decimalMask(signals: readonly SignalName[]): string {
  return bitsOf(signals).toString();
}

function exitCode({ exitStatus }: Task): number {
  if (exitStatus === null) return 0;
  if ('code' in exitStatus) return exitStatus.code << 8;
  const number = signalNumbers[exitStatus.signal as SignalName];
  return exitStatus.core === true ? number | 0x80 : number;
}
