/** Builtins about processes: jobs, fg, bg, wait, kill. */
import { signalNumbers, type Running, type SignalName } from '../../../kernel/abi.ts';
import { isErrno } from '../../../kernel/errno.ts';
import * as sys from '../../../kernel/sys.ts';
import { print } from '../../io.ts';
import { busyboxWords, killAll, listSignals, parseKill, usage, type KillMistake } from '../../tools/kill.ts';
import { ShellError } from '../flow.ts';
import { exitCodeOf, stateOf, type Job } from '../job.ts';
import { giveTerminal } from '../job-control.ts';
import {
  collect,
  currentJobs,
  dropJob,
  findJob,
  jobLine,
  makeCurrent,
  tellDeath,
  waitForChange,
  waitForeground,
} from '../jobs.ts';
import { builtinOptions } from './builtin-options.ts';
import { currentLine, type Shell } from '../shell.ts';

/** `jobs [-l|-p] [%n…]` */
export function* jobs(shell: Shell, argv: readonly string[]): Running<number> {
  const { letters, operands } = builtinOptions(shell, argv, 'lp');
  const option = letters.at(-1);
  yield* collect(shell);
  const wanted = operands.map((spec) => findJob(shell, spec, 'jobs'));
  const told = wanted.length > 0 ? wanted : currentJobs(shell);
  for (const job of told) {
    if (option === 'p') yield* print(`${job.processes[0]?.pid ?? ''}\n`);
    else yield* print(jobLine(shell, job, option === 'l'));
    job.told = true;
    if (stateOf(job) === 'done') dropJob(shell, job);
  }
  return 0;
}

/** `fg [%n]`: gives the terminal to the job, wakes it and waits. */
export function* foreground(shell: Shell, argv: readonly string[]): Running<number> {
  const job = controlled(shell, builtinOptions(shell, argv, '').operands[0], 'fg');
  yield* print(`${job.text}\n`);
  job.background = false;
  if (shell.terminal !== null) yield* giveTerminal(shell.dialect, shell.terminal, job.pgid);
  yield* wake(job);
  return yield* waitForeground(shell, job);
}

/** `bg [%n]` */
export function* background(shell: Shell, argv: readonly string[]): Running<number> {
  const job = controlled(shell, builtinOptions(shell, argv, '').operands[0], 'bg');
  job.background = true;
  yield* wake(job);
  makeCurrent(shell, job);
  yield* print(`[${job.number}] ${job.text}\n`);
  return 0;
}

function controlled(shell: Shell, spec: string | undefined, command: string): Job {
  const job = findJob(shell, spec, command);
  if (job.pgid === 0) throw new ShellError(`job ${spec ?? '(null)'} not created under job control`, 2, command);
  return job;
}

function* wake(job: Job): Running<void> {
  for (const process of job.processes) {
    if (process.status && 'stopped' in process.status) process.status = null;
  }
  yield* sys.kill(-job.pgid, 'SIGCONT');
}

/** `wait [PID|%n …]`: a signal with a trap ends it at once, with 128 + its number. */
export function* wait(shell: Shell, argv: readonly string[]): Running<number> {
  const words = builtinOptions(shell, argv, '').operands;
  if (words.length === 0) {
    for (;;) {
      const running = shell.jobs.filter((job) => stateOf(job) === 'running');
      for (const job of shell.jobs) if (stateOf(job) === 'done') job.waited = true;
      if (running.length === 0) return 0;
      const interruption = yield* waitOnce(shell);
      if (interruption !== null) return interruption;
    }
  }
  let status = 0;
  for (const word of words) {
    const job = word.startsWith('%') ? findJob(shell, word, 'wait') : jobOfProcess(shell, word);
    if (!job) {
      status = 127;
      continue;
    }
    // An end that came to light while the shell waited for another is not told of: dash, jobs.c, dowait().
    const isNews = stateOf(job) === 'running';
    while (stateOf(job) === 'running') {
      const interruption = yield* waitOnce(shell);
      if (interruption !== null) return interruption;
    }
    status = exitCodeOf(job);
    if (stateOf(job) !== 'done') continue;
    if (isNews) yield* tellDeath(job);
    job.waited = true;
  }
  return status;
}

/** Null when something changed; a status when `wait` is over before its time. */
function* waitOnce(shell: Shell): Running<number | null> {
  const outcome = yield* waitForChange(shell);
  if (outcome === 'childless') return 127;
  const [signal] = shell.caught;
  if (signal !== undefined) return 128 + signalNumbers[signal];
  if (shell.interrupted) return 130;
  return null;
}

function jobOfProcess(shell: Shell, word: string): Job | undefined {
  if (!/^[0-9]+$/.test(word)) throw new ShellError(`Illegal number: ${word}`, 2, 'wait');
  return shell.jobs.find(({ processes }) => processes.some(({ pid }) => pid === Number(word)));
}

/** `kill`, which also knows jobs. */
export function* kill(shell: Shell, argv: readonly string[]): Running<number> {
  const request = parseKill(argv.slice(1), shell.dialect.name);
  if (request.type === 'error') {
    if (shell.dialect.name === 'ash') throw new ShellError(busyboxWords(request), 1, '');
    throw new ShellError(dashWords(request), 2, 'kill');
  }
  if (request.type === 'list') {
    const wrong = request.numbers.find((word) => !/^\d+$/.test(word));
    if (wrong !== undefined && shell.dialect.name === 'dash')
      throw new ShellError(`Illegal number: ${wrong}`, 2, 'kill');
    yield* print(listSignals(request.numbers, shell.dialect.name));
    return 0;
  }
  let status = 0;
  for (const target of request.targets) {
    const job = target.startsWith('%') ? findJob(shell, target, 'kill') : null;
    if (job !== null && (job.pgid > 0 || shell.dialect.name === 'ash')) {
      const group = job.pgid > 0 ? [-job.pgid] : job.processes.map(({ pid }) => pid);
      for (const pid of group) yield* signalOne(pid, request.signal);
    } else {
      const name = shell.dialect.name === 'dash' ? `${shell.name}: ${currentLine(shell)}: kill` : shell.name;
      // dash takes a job's first process for the leader of a group also without job control. jobs.c, killcmd().
      const word = job === null ? target : String(-(job.processes[0]?.pid ?? 0));
      const failed = yield* killAll(name, [word], request.signal, shell.dialect.name);
      status = status === 0 ? failed : status;
    }
  }
  return status;
}

function dashWords({ reason, word }: KillMistake): string {
  if (reason === 'no target') return usage.replace('or kill', 'or\nkill');
  if (reason === 'no signal') return 'No arg for -s option';
  if (reason === 'no such status') return `invalid signal number or exit status: ${word}`;
  return word.startsWith('-') ? `Illegal option ${word.slice(0, 2)}` : `invalid signal number or name: ${word}`;
}

function* signalOne(pid: number, signal: SignalName | 0): Running<void> {
  try {
    yield* sys.kill(pid, signal);
    // A stopped job would not see it.
    if (signal === 'SIGTERM' || signal === 'SIGHUP') yield* sys.kill(pid, 'SIGCONT');
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new ShellError(error.message, 1, 'kill');
  }
}
