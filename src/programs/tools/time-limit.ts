/** timeout(1): a command, and the signal that it gets when it lasts too long. coreutils: src/timeout.c. */
import { signalNumbers, type Environment, type Running, type SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { forkOrComplain, waitFor } from '../spawn.ts';
import { become, secondsOf } from './everyday-tools.ts';
import { parseSignal } from './kill.ts';
import { parseOptions, quoted, refuseOptions } from './options.ts';

const help = `Usage: timeout [OPTION] DURATION COMMAND [ARG]...
Start COMMAND, and kill it if still running after DURATION.

      --preserve-status
                 exit with the same status as COMMAND, even when the
                   command times out
      --foreground
                 when not running timeout directly from a shell prompt,
                   allow COMMAND to read from the TTY and get TTY signals;
                   in this mode, children of COMMAND will not be timed out
  -k, --kill-after=DURATION
                 also send a KILL signal if COMMAND is still running
                   this long after the initial signal was sent
  -s, --signal=SIGNAL
                 specify the signal to be sent on timeout;
                   SIGNAL may be a name like 'HUP' or a number;
                   see 'kill -l' for a list of signals
  -v, --verbose  diagnose to stderr any signal sent upon timeout
      --help        display this help and exit

DURATION is a floating point number with an optional suffix:
's' for seconds (the default), 'm' for minutes, 'h' for hours or 'd' for days.
A duration of 0 disables the associated timeout.
`;

interface Request {
  readonly seconds: number;
  readonly killAfter: number;
  readonly signal: SignalName;
  readonly command: readonly string[];
  readonly preservesStatus: boolean;
  readonly isForeground: boolean;
  readonly isVerbose: boolean;
}

/** `timeout [OPTION] DURATION COMMAND [ARG]…`: 124 when the time was up, 137 when it took a SIGKILL. */
export function* timeoutMain(argv: readonly string[], environment: Environment): Running {
  const request = readRequest(argv.slice(1));
  if (request === 'help') {
    yield* print(help);
    return 0;
  }
  if (request === null) {
    yield* print("Try 'timeout --help' for more information.\n", 2);
    return 125;
  }
  if (typeof request === 'string') return yield* refuseOptions('timeout', request, 'gnu', 125);
  return yield* runLimited(request, environment);
}

/** What was asked for; a string says what is wrong with it, null that something is missing. */
function readRequest(words: readonly string[]): Request | string | null {
  const options = parseOptions(words, '+k:s:vpfh', {
    'kill-after': 'k',
    signal: 's',
    verbose: 'v',
    'preserve-status': 'p',
    foreground: 'f',
    help: 'h',
  });
  if (typeof options === 'string') return options;
  if (options.has('h')) return 'help';
  const [name = 'TERM', killAfter = '0'] = [options.values.get('s'), options.values.get('k')];
  const signal = parseSignal(name);
  if (signal === undefined || signal === 0) return `${quoted(name)}: invalid signal`;
  const [duration, ...command] = options.operands;
  if (duration === undefined || command.length === 0) return null;
  for (const word of [killAfter, duration]) {
    if (secondsOf(word) === undefined) return `invalid time interval ${quoted(word)}`;
  }
  return {
    seconds: secondsOf(duration) ?? 0,
    killAfter: secondsOf(killAfter) ?? 0,
    signal,
    command,
    preservesStatus: options.has('p'),
    isForeground: options.has('f'),
    isVerbose: options.has('v'),
  };
}

function* runLimited(request: Request, environment: Environment): Running<number> {
  // Its own group, so that what it sends reaches the command's children as well.
  if (!request.isForeground) yield* leadGroup();
  for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'ignore');
  const child = yield* forkOrComplain('timeout', 'fork system call failed', function* (): Running {
    for (const signal of ['SIGTTIN', 'SIGTTOU'] as const) yield* sys.sigaction(signal, 'default');
    return yield* become('timeout', request.command, environment, 'gnu');
  });
  if (child === null) return 125;
  const limit = { isOver: false };
  // What the clock says is heard as a signal, so that all is sent before anybody's end is noticed.
  yield* sys.sigaction('SIGALRM', function* () {
    const signal = limit.isOver ? 'SIGKILL' : request.signal;
    if (!limit.isOver && request.killAfter > 0) yield* sys.go(() => ringAfter(request.killAfter));
    limit.isOver = true;
    yield* passOn(request, child, signal);
  });
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', request.signal] as const) {
    // SIGALRM stays the clock's.
    if (signal !== 'SIGKILL' && signal !== 'SIGSTOP' && signal !== 'SIGALRM')
      yield* sys.sigaction(signal, () => passOn(request, child, signal));
  }
  if (request.seconds > 0) yield* sys.go(() => ringAfter(request.seconds));
  const status = yield* waitFor(child);
  if ('code' in status) return limit.isOver && !request.preservesStatus ? 124 : status.code;
  const signal = status.signal as SignalName;
  if (limit.isOver && signal !== 'SIGKILL' && !request.preservesStatus) return 124;
  if (limit.isOver) return 128 + signalNumbers[signal];
  // It ended by a signal of somebody else's: so does timeout, without a second core.
  const { hard } = yield* sys.prlimit(0, 'RLIMIT_CORE');
  yield* sys.prlimit(0, 'RLIMIT_CORE', { soft: 0, hard });
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') yield* sys.sigaction(signal, 'default');
  yield* sys.kill(yield* sys.getpid(), signal);
  return 128 + signalNumbers[signal];
}

/** Who leads a session, as pid 1 of a container does, leads its group already. */
function* leadGroup(): Running<void> {
  try {
    yield* sys.setpgid(0, 0);
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
  }
}

/** timer_settime(2): SIGALRM when the time has come. */
function* ringAfter(seconds: number): Running<void> {
  yield* sys.nanosleep(seconds * 1e9);
  yield* sys.kill(yield* sys.getpid(), 'SIGALRM');
}

/** Sends a signal to the command and to its group, and wakes whoever is stopped to hear it. */
function* passOn(request: Request, child: number, signal: SignalName): Running<void> {
  const [name = ''] = request.command;
  if (request.isVerbose) yield* complain('timeout', `sending signal ${signal.slice(3)} to command ${quoted(name)}`);
  yield* send(child, signal);
  if (request.isForeground) return;
  yield* sendToGroup(signal);
  if (signal === 'SIGKILL' || signal === 'SIGCONT') return;
  yield* send(child, 'SIGCONT');
  yield* sendToGroup('SIGCONT');
}

/** To the group, and not to itself: but SIGKILL nobody can ignore. */
function* sendToGroup(signal: SignalName): Running<void> {
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') yield* sys.sigaction(signal, 'ignore');
  yield* send(0, signal);
}

function* send(pid: number, signal: SignalName): Running<void> {
  try {
    yield* sys.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

const busyboxUsage = `BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS

Run PROG. Send SIG to it if it is not gone in SECS seconds.
Default SIG: TERM.If it still exists in KILL_SECS seconds, send KILL.
`;

/** busybox's becomes the command itself; a grandchild that nobody waits for watches the clock. */
export function* busyboxTimeoutMain(argv: readonly string[], environment: Environment): Running {
  const options = parseOptions(argv.slice(1), '+s:k:');
  const [duration, ...command] = typeof options === 'string' ? [] : options.operands;
  if (typeof options === 'string' || duration === undefined || command.length === 0) {
    yield* print(busyboxUsage, 2);
    return 1;
  }
  const signal = parseSignal(options.values.get('s') ?? 'TERM');
  if (signal === undefined || signal === 0) {
    yield* complain('timeout', `unknown signal '${options.values.get('s') ?? ''}'`);
    return 1;
  }
  const killAfter = options.values.get('k') ?? '0';
  const wrong = [killAfter, duration].find((word) => secondsOf(word) === undefined);
  if (wrong !== undefined) {
    yield* complain('timeout', `invalid number '${wrong}'`);
    return 1;
  }
  const pid = yield* sys.getpid();
  const helper = yield* forkOrComplain('timeout', 'vfork', function* (): Running {
    const watcher = yield* forkOrComplain('timeout', 'fork', function* (): Running {
      if (!(yield* outlasts(pid, secondsOf(duration) ?? 0))) return 0;
      yield* send(pid, signal);
      if (killAfter !== '0' && (yield* outlasts(pid, secondsOf(killAfter) ?? 0))) yield* send(pid, 'SIGKILL');
      return 0;
    });
    return watcher === null ? 1 : 0;
  });
  if (helper === null) return 1;
  // How that went is not asked: without a watcher the command has all the time it wants.
  yield* waitFor(helper);
  return yield* become('timeout', command, environment, 'busybox');
}

/** Whether the process is there for so many seconds: looked at once in each. */
function* outlasts(pid: number, seconds: number): Running<boolean> {
  for (let left = seconds; ;) {
    yield* sys.nanosleep(Math.min(1, left) * 1e9);
    left -= 1;
    if (left <= 0) return true;
    try {
      yield* sys.kill(pid, 0);
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error;
      return false;
    }
  }
}
