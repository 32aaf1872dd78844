/** A job: a pipeline or background list that the shell started, and what it knows of its processes. */
import type { ExitStatus } from '../../journal/event.ts';
import { signalNumbers, type SignalName } from '../../kernel/abi.ts';

export interface JobProcess {
  readonly pid: number;
  readonly text: string;
  /** Null while it runs. */
  status: ExitStatus | { readonly stopped: SignalName } | null;
}

export interface Job {
  /** %n */
  readonly number: number;
  readonly processes: JobProcess[];
  /** Its process group, 0 without job control. */
  readonly pgid: number;
  /** The command as typed. */
  readonly text: string;
  /** Started with & or continued with bg: its end is told of. */
  background: boolean;
  /** Its present state was shown to the user. */
  told: boolean;
  /** `wait` has told its end: it is forgotten when the next job is made. */
  waited: boolean;
  /** Grows with use: the highest is %+. */
  recency: number;
}

export type JobState = 'running' | 'stopped' | 'done';

export function stateOf(job: Job): JobState {
  if (job.processes.some(({ status }) => status === null)) return 'running';
  return job.processes.some(({ status }) => status !== null && 'stopped' in status) ? 'stopped' : 'done';
}

/** $? of a finished or stopped job: that of its last process; with pipefail, of the last that failed. */
export function exitCodeOf(job: Job, hasPipefail = false): number {
  const codes = job.processes.map(({ status }) => (status ? exitCode(status) : 0));
  const failed = hasPipefail ? codes.findLast((code) => code !== 0) : undefined;
  return failed ?? codes.at(-1) ?? 0;
}

/** A status as $? has it: 128 + the signal's number for an end or stop by signal. */
export function exitCode(status: ExitStatus | { readonly stopped: SignalName }): number {
  if ('code' in status) return status.code & 0xff;
  const signal = 'stopped' in status ? status.stopped : (status.signal as SignalName);
  return 128 + signalNumbers[signal];
}

/** strsignal(3)'s words. */
const signalWords: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGSTKFLT: 'Stack fault',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
  SIGVTALRM: 'Virtual timer expired',
  SIGPROF: 'Profiling timer expired',
  SIGIO: 'I/O possible',
  SIGPWR: 'Power failure',
  SIGSYS: 'Bad system call',
  SIGSTOP: 'Stopped (signal)',
  SIGTSTP: 'Stopped',
  SIGTTIN: 'Stopped (tty input)',
  SIGTTOU: 'Stopped (tty output)',
};

/** `Killed`, `Segmentation fault (core dumped)`. */
export function signalText(status: { readonly signal: string; readonly core?: boolean }): string {
  const number = signalNumbers[status.signal as SignalName];
  const words = signalWords[status.signal] ?? `Real-time signal ${number - signalNumbers.SIGRTMIN}`;
  return `${words}${status.core === true ? ' (core dumped)' : ''}`;
}

/** The state column of `jobs`: `Running`, `Done(3)`, `Stopped`, `Terminated`. */
export function stateText(job: Job): string {
  const state = stateOf(job);
  if (state === 'running') return 'Running';
  const status = (
    state === 'stopped' ? job.processes.find((one) => one.status && 'stopped' in one.status) : job.processes.at(-1)
  )?.status;
  if (!status) return 'Done';
  if ('stopped' in status) return signalWords[status.stopped] ?? 'Stopped';
  if ('signal' in status) return signalText(status);
  return status.code === 0 ? 'Done' : `Done(${status.code})`;
}
