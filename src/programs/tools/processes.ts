/** What /proc says of the processes that the reader can see. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../io.ts';

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly comm: string;
  /** Empty for a zombie. */
  readonly argv: readonly string[];
  readonly state: string;
  /** Device number of the controlling terminal, 0 for none. */
  readonly tty: number;
  /** Foreground process group of that terminal, -1 for none. */
  readonly tpgid: number;
  readonly threads: number;
  /** Processor time in ticks of 10 ms. */
  readonly ticks: number;
  /** Ticks since boot at which it began. */
  readonly startTicks: number;
  readonly nice: number;
  /** That it ran on last. */
  readonly processor: number;
  readonly virtualBytes: number;
  readonly residentPages: number;
  readonly uid: number;
  readonly gid: number;
}

/** Reads every process, in order of pid. One that ends meanwhile is left out. */
export function* readProcesses(): Running<Process[]> {
  const processes: Process[] = [];
  for (const { name } of yield* sys.readdir('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const process = yield* readProcess(Number(name));
    if (process) processes.push(process);
  }
  return processes.sort((a, b) => a.pid - b.pid);
}

export function* readProcess(pid: number): Running<Process | null> {
  const stat = yield* readFileIfAny(`/proc/${pid}/stat`);
  const [, comm, rest] = /^[0-9]+ \(([^]*)\) ([^)]*)$/.exec(stat ?? '') ?? [];
  if (comm === undefined || rest === undefined) return null;
  const fields = rest.trim().split(' ');
  const number = (index: number): number => Number(fields[index - 3] ?? '0');
  const cmdline = (yield* readFileIfAny(`/proc/${pid}/cmdline`)) ?? '';
  const owner = yield* ownerOf(pid);
  return {
    pid,
    comm,
    ...owner,
    state: fields[0] ?? '?',
    ppid: number(4),
    pgid: number(5),
    sid: number(6),
    tty: number(7),
    tpgid: number(8),
    ticks: number(14) + number(15),
    nice: number(19),
    processor: number(39),
    threads: number(20),
    startTicks: number(22),
    virtualBytes: number(23),
    residentPages: number(24),
    argv: cmdline === '' ? [] : cmdline.replace(/\0$/, '').split('\0'),
  };
}

function* ownerOf(pid: number): Running<{ readonly uid: number; readonly gid: number }> {
  const status = (yield* readFileIfAny(`/proc/${pid}/status`)) ?? '';
  const id = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '0');
  return { uid: id('Uid'), gid: id('Gid') };
}

/** Names of a process's threads but the first, in order of tid. */
export function* readThreads(pid: number): Running<{ readonly tid: number; readonly comm: string }[]> {
  const threads: { tid: number; comm: string }[] = [];
  try {
    for (const { name } of yield* sys.readdir(`/proc/${pid}/task`)) {
      const tid = Number(name);
      if (tid === pid) continue;
      threads.push({ tid, comm: ((yield* readFileIfAny(`/proc/${pid}/task/${tid}/comm`)) ?? '').trim() });
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
  return threads.sort((a, b) => a.tid - b.tid);
}

/** `pts/0`, `tty1`, `?` */
export function terminalName(device: number): string {
  if (device === 0) return '?';
  const major = Math.floor(device / 256);
  if (major === 136) return `pts/${device % 256}`;
  return major === 4 ? `tty${device % 256}` : `${major},${device % 256}`;
}

/** The command line for a person; a process without one has its name in brackets. */
export function commandLine({ argv, comm, state }: Process): string {
  const line = argv.join(' ').replace(/[\n\t]/g, ' ');
  if (line !== '') return line;
  return state === 'Z' ? `[${comm}] <defunct>` : `[${comm}]`;
}

/** procps' STAT: `Ss`, `Sl`, `R+`, `SN`. */
export function stateFlags(process: Process): string {
  return [
    process.state,
    process.nice < 0 ? '<' : process.nice > 0 ? 'N' : '',
    process.sid === process.pid ? 's' : '',
    process.threads > 1 ? 'l' : '',
    process.tpgid > 0 && process.pgid === process.tpgid ? '+' : '',
  ].join('');
}
