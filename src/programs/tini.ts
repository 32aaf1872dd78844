/**
 * tini, which Docker installs as docker-init: pid 1 of a container that was run with --init. It starts the command in a
 * process group of its own, passes signals on to it, reaps whatever loses its parent, and ends as the command ends.
 * https://github.com/krallin/tini, src/tini.c.
 */
import { signalNumbers } from '../kernel/abi.ts';
import type { Environment, Running, SignalName, Waited } from '../kernel/abi.ts';
import { isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';
import { print } from './io.ts';
import { lookPath } from './spawn.ts';

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

/** `docker-init -- COMMAND [ARG...]`. */
export function* tiniMain(argv: readonly string[], env: Environment): Running {
  yield* sys.compute(startUpNs);
  const [command = '', ...args] = argv.slice(argv[1] === '--' ? 2 : 1);
  if (command === '') {
    yield* print('tini (tini version 0.19.0)\nUsage: tini [OPTIONS] PROGRAM -- [ARGS] | --version\n', 2);
    return 1;
  }
  for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'ignore');
  yield* sys.sigprocmask('block', passedOn);
  const child = yield* sys.fork(() => beCommand(command, [command, ...args], env));
  yield* passSignalsOn(child);
  yield* sys.sigprocmask('unblock', passedOn);
  return yield* reapUntil(child);
}

/** The child: in the foreground of the terminal, if there is one. */
function* beCommand(command: string, argv: readonly string[], env: Environment): Running {
  yield* sys.sigprocmask('unblock', passedOn);
  yield* sys.setpgid(0, 0);
  if (yield* sys.isatty(0)) yield* sys.tcsetpgrp(0, yield* sys.getpid());
  for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'default');
  try {
    return yield* sys.execve(yield* lookPath(command, env), argv, env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* print(`[FATAL tini (${yield* sys.getpid()})] exec ${command} failed: ${strerror(error.errno)}\n`, 2);
    return error.errno === 'ENOENT' ? 127 : 126;
  }
}

/** The real one blocks all signals and takes them with sigtimedwait(2); who is signalled sees no difference. */
function* passSignalsOn(child: number): Running<void> {
  for (const signal of passedOn) {
    yield* sys.sigaction(
      signal,
      function* (heard) {
        try {
          yield* sys.kill(child, heard);
        } catch (error) {
          if (!isErrno(error, 'ESRCH')) throw error;
        }
      },
      false,
    );
  }
}

/** Waits for anybody; when the command has ended, for all who have ended by then. 128+n after a signal. */
function* reapUntil(child: number): Running {
  let code: number | null = null;
  for (;;) {
    try {
      const waited: Waited | null = yield* sys.wait4(-1, code === null ? {} : { nohang: true });
      if (waited === null) return code ?? 0;
      if (waited.pid !== child) continue;
      if ('code' in waited.status) code = waited.status.code;
      else if ('signal' in waited.status) code = 128 + signalNumbers[waited.status.signal as SignalName];
    } catch (error) {
      if (isErrno(error, 'ECHILD')) return code ?? 0;
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}
