/**
 * tini, which Docker installs as docker-init: pid 1 of a container that was run with --init. It starts the command in a
 * process group of its own, passes signals on to it, reaps whatever loses its parent, and ends as the command ends.
 * https://github.com/krallin/tini, src/tini.c.
 */
import { writeError } from '../io.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import type { Environment, Running, SignalName, Waited } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { exitCode, signalText } from '../sh/job.ts';
import { lookPath } from '../spawn.ts';
import { readOptions } from './options.ts';
import type { TiniOptions } from './options.ts';

const startUpNs = 400_000;

/** Faults of tini's own, and those that the kernel stops it with, are not passed on. */
const kept: readonly string[] = [
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGBUS',
  'SIGABRT',
  'SIGTRAP',
  'SIGSYS',
  'SIGTTIN',
  'SIGTTOU',
  'SIGKILL',
  'SIGSTOP',
  'SIGCHLD',
];

const passedOn = (Object.keys(signalNumbers) as SignalName[]).filter((signal) => !kept.includes(signal));

/** `docker-init [OPTIONS] -- COMMAND [ARG...]`. */
export function* tiniMain(argv: readonly string[], env: Environment): Running {
  yield* sys.compute(startUpNs);
  const options = readOptions(argv, env);
  if ('kind' in options) {
    if (options.kind === 'fatal') yield* log('FATAL', options.text);
    else yield* writeError(options.text, options.kind === 'asked for' ? 1 : 2);
    return options.kind === 'asked for' ? 0 : 1;
  }
  for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'ignore');
  yield* sys.sigprocmask('block', passedOn);
  const { parentDeathSignal, subreaper, verbosity, command } = options;
  if (parentDeathSignal !== null) yield* sys.setParentDeathSignal(parentDeathSignal);
  if (subreaper) {
    yield* sys.setChildSubreaper(true);
    if (verbosity > 3) yield* log('TRACE', 'Registered as child subreaper');
  } else if ((yield* sys.getpid()) !== 1 && verbosity > 0) yield* log('WARN', notReaper);
  const child = yield* spawn(command, env);
  if (child === null) return 1;
  if (verbosity > 1) yield* log('INFO', `Spawned child process '${command[0] ?? ''}' with pid '${child}'`);
  yield* passSignalsOn(child, options);
  yield* sys.sigprocmask('unblock', passedOn);
  const code = yield* reapUntil(child, options);
  return options.remapped.has(code) ? 0 : code;
}

const notReaper =
  "Tini is not running as PID 1 and isn't registered as a child subreaper.\n" +
  "Zombie processes will not be re-parented to Tini, so zombie reaping won't work.\n" +
  'To fix the problem, use the -s option or set the environment variable TINI_SUBREAPER ' +
  'to register Tini as a child subreaper, or run Tini as PID 1.';

/** Warnings and what is fatal go to standard error, the rest to standard output. */
function* log(level: 'FATAL' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE', message: string): Running<void> {
  const fd = level === 'FATAL' || level === 'WARN' ? 2 : 1;
  yield* writeError(`[${level.padEnd(5)} tini (${yield* sys.getpid()})] ${message}\n`, fd);
}

/** Null when there can be no further process, which is fatal. */
function* spawn(command: readonly string[], env: Environment): Running<number | null> {
  try {
    return yield* sys.fork(() => beCommand(command, env));
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* log('FATAL', `fork failed: ${strerror(error.errno)}`);
    return null;
  }
}

/** The child: in the foreground of the terminal, if there is one. */
function* beCommand(argv: readonly string[], env: Environment): Running {
  const [command = ''] = argv;
  yield* sys.sigprocmask('unblock', passedOn);
  yield* sys.setpgid(0, 0);
  if (yield* sys.isatty(0)) yield* sys.tcsetpgrp(0, yield* sys.getpid());
  for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'default');
  try {
    return yield* sys.execve(yield* lookPath(command, env), argv, env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* log('FATAL', `exec ${command} failed: ${strerror(error.errno)}`);
    return error.errno === 'ENOENT' ? 127 : 126;
  }
}

/** The real one blocks all signals and takes them with sigtimedwait(2); who is signalled sees no difference. */
function* passSignalsOn(child: number, { signalsGroup, verbosity }: TiniOptions): Running<void> {
  for (const signal of passedOn) {
    yield* sys.sigaction(
      signal,
      function* (heard) {
        if (verbosity > 2) yield* log('DEBUG', `Passing signal: '${signalText({ signal: heard })}'`);
        try {
          yield* sys.kill(signalsGroup ? -child : child, heard);
        } catch (error) {
          if (!isErrno(error, 'ESRCH')) throw error;
        }
      },
      false,
    );
  }
}

/** Waits for anybody; when the command has ended, for all who have ended by then. 128+n after a signal. */
function* reapUntil(child: number, { verbosity, warnsOnReap }: TiniOptions): Running {
  let code: number | null = null;
  for (;;) {
    try {
      const waited: Waited | null = yield* sys.wait4(-1, code === null ? {} : { nohang: true });
      if (waited === null) break;
      if (verbosity > 2 && code === null) yield* log('DEBUG', 'Received SIGCHLD');
      if (verbosity > 2) yield* log('DEBUG', `Reaped child with pid: '${waited.pid}'`);
      if (waited.pid !== child) {
        if (warnsOnReap && verbosity > 0) yield* log('WARN', `Reaped zombie process with pid=${waited.pid}`);
        continue;
      }
      if ('stopped' in waited.status || 'continued' in waited.status) continue;
      code = exitCode(waited.status);
      const how =
        'code' in waited.status
          ? `normally (with status '${waited.status.code}')`
          : `with signal (with signal '${signalText({ signal: waited.status.signal })}')`;
      if (verbosity > 1) yield* log('INFO', `Main child exited ${how}`);
    } catch (error) {
      if (isErrno(error, 'ECHILD')) break;
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
  if (verbosity > 3) for (const words of ['No child to wait', 'Exiting: child has exited']) yield* log('TRACE', words);
  return code ?? 0;
}
