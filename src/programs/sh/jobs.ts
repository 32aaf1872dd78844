/** The shell's children: waiting for them, and telling the user of jobs. */
import { writeError } from '../io.ts';
import { signalNumbers, type Running, type Waited } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { ShellError } from './flow.ts';
import { exitCodeOf, signalText, stateOf, stateText, type Job } from './job.ts';
import { giveTerminal } from './job-control.ts';
import type { Shell } from './shell.ts';

/** Makes a job of processes, each with its command's text, and numbers it. */
export function addJob(
  shell: Shell,
  pids: readonly number[],
  pgid: number,
  texts: readonly string[],
  background: boolean,
): Job {
  for (const job of shell.jobs.filter(({ waited }) => waited)) dropJob(shell, job);
  const used = new Set(shell.jobs.map(({ number }) => number));
  let number = 1;
  while (used.has(number)) number += 1;
  const job: Job = {
    number,
    processes: pids.map((pid, index) => ({ pid, text: texts[index] ?? '', status: null })),
    pgid,
    text: texts.join(' | '),
    background,
    told: false,
    waited: false,
    recency: nextRecency(shell),
  };
  shell.jobs.push(job);
  return job;
}

function nextRecency(shell: Shell): number {
  return Math.max(0, ...shell.jobs.map(({ recency }) => recency)) + 1;
}

export function makeCurrent(shell: Shell, job: Job): void {
  job.recency = nextRecency(shell);
}

export function dropJob(shell: Shell, job: Job): void {
  const index = shell.jobs.indexOf(job);
  if (index !== -1) shell.jobs.splice(index, 1);
}

/** `%+` and `%-`: the most and the second most recent job, stopped ones first. */
export function currentJobs(shell: Shell): readonly Job[] {
  const rank = (job: Job): number => job.recency + (stateOf(job) === 'stopped' ? 1e9 : 0);
  return shell.jobs.toSorted((a, b) => rank(b) - rank(a));
}

/** Notes what wait4 said. A child that belongs to no job (an orphan that pid 1 adopted) is only reaped. */
function note(shell: Shell, { pid, status }: Waited): void {
  for (const job of shell.jobs) {
    const process = job.processes.find((one) => one.pid === pid);
    if (!process) continue;
    process.status = 'continued' in status ? null : status;
    job.told = false;
    return;
  }
}

/** Notes all children that have changed by now, without sleeping. */
export function* collect(shell: Shell): Running<void> {
  try {
    for (;;) {
      const waited = yield* sys.wait4(-1, { nohang: true, untraced: shell.terminal !== null });
      if (!waited) return;
      note(shell, waited);
    }
  } catch (error) {
    if (!isErrno(error, 'ECHILD', 'EINTR')) throw error;
  }
}

/** Sleeps until a child changes. False when a signal's handler ran instead, or there is no child. */
export function* waitForChange(shell: Shell): Running<'changed' | 'interrupted' | 'childless'> {
  try {
    const waited = yield* sys.wait4(-1, { untraced: shell.terminal !== null });
    if (waited) note(shell, waited);
    return 'changed';
  } catch (error) {
    if (isErrno(error, 'EINTR')) return 'interrupted';
    if (isErrno(error, 'ECHILD')) return 'childless';
    throw error;
  }
}

/**
 * Waits for a foreground job: until it has ended or stopped. A trapped signal has to wait, too. Takes the terminal
 * back. Returns $?.
 */
export function* waitForeground(shell: Shell, job: Job): Running<number> {
  while (stateOf(job) === 'running') {
    if ((yield* waitForChange(shell)) === 'childless') break;
  }
  if (shell.terminal !== null) yield* giveTerminal(shell.dialect, shell.terminal, yield* sys.getpgid(0));
  const status = exitCodeOf(job, shell.options.has('pipefail'));
  if (stateOf(job) === 'stopped') {
    job.background = true;
    job.told = true;
    makeCurrent(shell, job);
    yield* writeError(jobLine(shell, job));
    return status;
  }
  dropJob(shell, job);
  yield* tellDeath(job);
  if (shell.terminal !== null && status === 128 + signalNumbers.SIGINT && endedBySignal(job)) {
    // Ctrl-C went to the job's group alone. dash: jobs.c, waitforjob(), "truly gross".
    yield* sys.kill(yield* sys.getpid(), 'SIGINT');
  }
  return status;
}

function endedBySignal(job: Job): boolean {
  const last = job.processes.at(-1)?.status;
  return last !== undefined && last !== null && 'signal' in last;
}

/** A foreground job that a signal ended is told of, but for the two that are no surprise. */
export function* tellDeath(job: Job): Running<void> {
  for (const { status } of job.processes) {
    if (!status || !('signal' in status) || status.signal === 'SIGPIPE' || status.signal === 'SIGINT') continue;
    yield* writeError(`${signalText(status)}\n`);
  }
}

/** Where the command begins in a line about a job. */
const commandColumn = 33;

/**
 * `[1] + Stopped                    sleep 100`, in dash; with the pids each process has a line. dash and ash: jobs.c,
 * showjob().
 */
export function jobLine(shell: Shell, job: Job, withPids = false): string {
  const [first, second] = currentJobs(shell);
  const sign = job === first ? '+' : job === second ? '-' : ' ';
  const isAsh = shell.dialect.name === 'ash';
  const head = isAsh ? `[${job.number}]${sign}  ` : `[${job.number}] ${sign} `;
  const [leader, ...others] = job.processes;
  const beginning = `${head}${withPids ? `${leader?.pid ?? ''} ` : ''}${stateText(job)}`;
  // However long the beginning, a space follows.
  const line = (start: string, text: string): string =>
    `${start.padEnd(Math.max(start.length + 1, commandColumn))}${text}`;
  if (!withPids || !leader) return `${line(beginning, job.text)}\n`;
  const lines = [
    line(beginning, leader.text),
    ...others.map(({ pid, text }) => line(`${' '.repeat(head.length)}${pid} `, isAsh ? `| ${text}` : text)),
  ];
  return `${lines.join(isAsh ? '\n' : ' |\n')}\n`;
}

/** Before a prompt: tells what became of background jobs, and forgets those that have ended. */
export function* tellJobs(shell: Shell): Running<void> {
  yield* collect(shell);
  for (const job of currentJobs(shell)) {
    const state = stateOf(job);
    if (job.told || state === 'running') continue;
    job.told = true;
    yield* writeError(jobLine(shell, job));
    if (state === 'done') dropJob(shell, job);
  }
}

/** The job that `%1`, `%+`, `%-`, `%%`, `%sle`, `%?eep` or nothing means. Throws ShellError. */
export function findJob(shell: Shell, spec: string | undefined, command: string): Job {
  const [first, second] = currentJobs(shell);
  const fail = (message: string): never => {
    throw new ShellError(message, 2, command);
  };
  if (spec === undefined || spec === '%' || spec === '%%' || spec === '%+') return first ?? fail('No current job');
  if (spec === '%-') return second ?? fail('No previous job');
  const name = spec.slice(1);
  const found = /^[0-9]+$/.test(name)
    ? shell.jobs.filter(({ number }) => number === Number(name))
    : shell.jobs.filter(({ text }) => (name.startsWith('?') ? text.includes(name.slice(1)) : text.startsWith(name)));
  if (found.length > 1) return fail(`${spec}: ambiguous`);
  return found[0] ?? fail(shell.dialect.name === 'ash' ? `${spec}: no such job` : `No such job: ${spec}`);
}
