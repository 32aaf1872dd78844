/**
 * runc in the foreground: it carries the bytes of its process and hands signals on, until that has ended. runc:
 * tty.go, signals.go.
 */
import { O } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import type { ExitStatus } from '../../journal/event.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { makeRaw } from '../docker/terminal.ts';
import { outliveBrokenPipes, readOrEnd, writeOrFalse } from '../wire/byte-stream.ts';
import type { Stdio } from './create.ts';
import { dialConsole } from './console.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import type { ProcessSpec } from './spec.ts';

/** The streams of a process that runc is about to start. */
export interface Streams {
  readonly stdio: Stdio;
  /** Once the process has its ends: takes its terminal over, begins to carry bytes. */
  readonly begin: () => Running<void>;
  /** Sleeps until the last byte is through; puts runc's own terminal back. */
  readonly finish: () => Running<void>;
}

/**
 * Prepares the streams. Who detaches hands over its own; in the foreground the process gets pipes, or a terminal.
 * Throws a RuncError when what was asked for does not fit together. runc: utils_linux.go, checkTerminal(), setupIO().
 */
export function* prepareStreams(options: RuncOptions, process: ProcessSpec, detach: boolean): Running<Streams> {
  const socket = options.flags['console-socket'];
  const terminal = process.terminal === true;
  if (detach && terminal && socket === undefined)
    throw new RuncError('cannot allocate tty if runc will detach without setting console socket');
  if ((!detach || !terminal) && socket !== undefined)
    throw new RuncError('cannot use console socket if runc will not detach or allocate tty');
  if (detach) {
    const consoleSocket = yield* dialConsole(socket);
    return { stdio: consoleSocket === undefined ? {} : { consoleSocket }, begin: nothing, finish: nothing };
  }
  yield* outliveBrokenPipes();
  return terminal ? yield* terminalStreams() : yield* pipeStreams();
}

// oxlint-disable-next-line require-yield -- nothing is carried.
function* nothing(): Running<void> {}

function* terminalStreams(): Running<Streams> {
  const [ours, theirs] = yield* sys.socketpair();
  for (const fd of [ours, theirs]) yield* sys.setCloseOnExec(fd, true);
  let putBack: () => Running<void> = nothing;
  const output = { open: 1 };
  return {
    stdio: { consoleSocket: theirs },
    *begin() {
      const [master] = (yield* sys.recvmsg(ours)).fds;
      yield* sys.close(ours);
      if (master === undefined) throw new RuncError('unexpected EOF');
      yield* sys.setCloseOnExec(master, true);
      yield* followSize(master);
      putBack = yield* makeRaw();
      yield* sys.goCarrying(() => carry(0, master));
      yield* sys.goCarrying(() => carry(master, 1, output));
      yield* sys.sigaction('SIGWINCH', () => followSize(master));
    },
    *finish() {
      yield* untilThrough(output);
      yield* putBack();
    },
  };
}

/** The process's terminal is as large as runc's own. */
function* followSize(master: number): Running<void> {
  if (!(yield* sys.isatty(0))) return;
  const { rows, columns } = yield* sys.getWindowSize(0);
  yield* sys.setWindowSize(master, rows, columns);
}

function* pipeStreams(): Running<Streams> {
  const [stdinRead, stdinWrite] = yield* sys.pipe2(O.CLOEXEC);
  const [stdoutRead, stdoutWrite] = yield* sys.pipe2(O.CLOEXEC);
  const [stderrRead, stderrWrite] = yield* sys.pipe2(O.CLOEXEC);
  const theirs = [stdinRead, stdoutWrite, stderrWrite];
  const output = { open: 2 };
  return {
    stdio: { fds: theirs },
    *begin() {
      for (const fd of theirs) yield* sys.close(fd);
      yield* sys.goCarrying(function* () {
        yield* carry(0, stdinWrite);
        yield* sys.close(stdinWrite);
      });
      yield* sys.goCarrying(() => carry(stdoutRead, 1, output));
      yield* sys.goCarrying(() => carry(stderrRead, 2, output));
    },
    finish: () => untilThrough(output),
  };
}

function* carry(from: number, to: number, counted?: { open: number }): Running<void> {
  for (let data = yield* readOrEnd(from); data !== ''; data = yield* readOrEnd(from)) {
    if (!(yield* writeOrFalse(to, data))) break;
  }
  if (counted === undefined) return;
  counted.open -= 1;
  yield* sys.futexWake(counted);
}

function* untilThrough(output: { readonly open: number }): Running<void> {
  while (output.open > 0) yield* sys.futexDelay(output);
}

/** All that runc can catch and hand on; SIGCHLD, SIGWINCH and SIGURG have their own meaning. */
const handedOn: readonly SignalName[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGTSTP',
];

/** Hands signals on to `pid` and reaps whatever comes, until that process has ended. Returns runc's exit code. */
export function* mindProcess(pid: number): Running {
  for (const signal of handedOn) {
    yield* sys.sigaction(signal, function* () {
      try {
        yield* sys.kill(pid, signal);
      } catch (error) {
        if (!isErrno(error, 'ESRCH')) throw error;
      }
    });
  }
  for (;;) {
    try {
      const waited = yield* sys.wait4(-1);
      if (waited?.pid === pid && ('code' in waited.status || 'signal' in waited.status)) return codeOf(waited.status);
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

/** runc: libcontainer/utils, ExitStatus(). */
function codeOf(status: ExitStatus): number {
  return 'code' in status ? status.code : 128 + signalNumbers[status.signal as SignalName];
}
