/** strace(1), version 6.1: what a process asks of the kernel, and what the kernel tells it. */
import type { ExitStatus } from '../../../journal/event.ts';
import {
  O,
  type Environment,
  type Program,
  type Running,
  type SignalName,
  type TraceRecord,
} from '../../../kernel/abi.ts';
import { isErrno } from '../../../kernel/errno.ts';
import * as sys from '../../../kernel/sys.ts';
import { complain, errnoWords, print, writeAll } from '../../io.ts';
import { lookPath, waitFor } from '../../spawn.ts';
import { parseCommandLine, type Wish } from './command-line.ts';
import { straceHelp } from './help.ts';
import { everybody, follow, newChannel, type Channel, type Session } from './session.ts';
import { summaryTable } from './summary.ts';

const fatal: readonly SignalName[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGPIPE', 'SIGTERM'];

export const straceMain: Program = function* (argv, environment): Running {
  const parsed = parseCommandLine(argv.slice(1));
  if ('says' in parsed) {
    yield* print(parsed.says === 'help' ? straceHelp : 'strace -- version 6.1\n');
    return 0;
  }
  if ('refusal' in parsed) {
    yield* complain('strace', parsed.refusal.text);
    if (parsed.refusal.seesHelp) yield* print("Try 'strace -h' for more information.\n", 2);
    return 1;
  }
  const { wish } = parsed;
  const path = wish.command[0] === undefined ? null : yield* executableOf(wish.command[0], environment);
  if (path === '') return 1;
  const channels = new Map<number, Channel>();
  const session: Session = {
    wish,
    channels,
    attached: new Set(),
    child: null,
    counts: new Map(),
    isHidden: path !== null,
  };
  if (!wish.separates && (yield* openChannel(session, everybody)) === null) return 1;
  let interrupted: SignalName | null = null;
  // Registered before anybody is attached, so that nobody stays so.
  for (const signal of fatal) {
    const note = function* (): Running<void> {
      interrupted = signal;
    };
    yield* sys.sigaction(signal, note, false);
  }
  if (path !== null) session.child = yield* startTraced(path, wish, environment);
  if (wish.separates && session.child !== null && (yield* openChannel(session, session.child)) === null) {
    yield* sys.kill(session.child, 'SIGKILL');
    return 1;
  }
  yield* attachAll(session);
  if (session.child !== null) yield* sys.kill(session.child, 'SIGCONT');
  // strace -o FILE PROG is not to be disturbed: the signals of the terminal are PROG's.
  if (wish.output !== null && session.child !== null)
    for (const signal of fatal) yield* sys.sigaction(signal, 'ignore');
  if (session.attached.size === 0) return 1;
  yield* follow(
    session,
    nextRecord,
    (pid) => openChannel(session, pid),
    () => interrupted !== null,
  );
  return yield* finish(session, interrupted);
};

/** The program's path; '' once it has complained. */
function* executableOf(name: string, environment: Environment): Running<string> {
  try {
    const path = yield* lookPath(name, environment);
    yield* sys.stat(path);
    return path;
  } catch (error) {
    yield* complain('strace', `Can't stat '${name}': ${errnoWords(error)}`);
    return '';
  }
}

/** Null once it has complained. */
function* openChannel(session: Session, pid: number): Running<Channel | null> {
  const { output, separates } = session.wish;
  const path = separates ? `${output}.${pid}` : output;
  try {
    const fd = path === null ? 2 : yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, 0o666);
    const channel = yield* newChannel(session, fd);
    session.channels.set(pid, channel);
    return channel;
  } catch (error) {
    yield* complain('strace', `Can't fopen '${path}': ${errnoWords(error)}`);
    return null;
  }
}

/** The child stops itself until it is traced. Its own signals are those that strace was started with. */
function* startTraced(path: string, { command }: Wish, environment: Environment): Running<number> {
  const pid = yield* sys.fork(function* (): Running {
    for (const signal of fatal) yield* sys.sigaction(signal, 'default');
    yield* sys.kill(yield* sys.getpid(), 'SIGSTOP');
    try {
      return yield* sys.execve(path, command, environment);
    } catch (error) {
      yield* complain('strace', `exec: ${errnoWords(error)}`);
      return 1;
    }
  });
  yield* sys.wait4(pid, { untraced: true });
  return pid;
}

function* attachAll(session: Session): Running<void> {
  const { wish, child, attached } = session;
  for (const pid of child === null ? wish.pids : [...wish.pids, child]) {
    try {
      const threads = yield* sys.ptraceSeize(pid, wish.followForks);
      attached.add(pid);
      if (pid === child || wish.isQuiet) continue;
      const count = wish.followForks && threads > 1 ? ` with ${threads} threads` : '';
      yield* complain('strace', `Process ${pid} attached${count}`);
    } catch (error) {
      yield* complain('strace', `attach: ptrace(PTRACE_SEIZE, ${pid}): ${errnoWords(error)}`);
    }
  }
}

/** Null when there is nobody left, or a signal wants strace to end. */
function* nextRecord(): Running<TraceRecord | null> {
  try {
    return yield* sys.ptraceRead();
  } catch (error) {
    if (isErrno(error, 'EINTR')) return null;
    throw error;
  }
}

/** Lets go of who is still traced, ends who was started, prints the summary, and ends as the started program did. */
function* finish(session: Session, interrupted: SignalName | null): Running {
  const { wish, attached, child, counts, channels } = session;
  for (const pid of attached) {
    yield* sys.ptraceDetach(pid);
    if (pid === child) yield* sys.kill(pid, interrupted ?? 'SIGTERM');
    else if (!wish.isQuiet) yield* complain('strace', `Process ${pid} detached`);
  }
  for (const { fd, lines } of channels.values()) {
    const rest = lines.leave();
    if (rest !== '') yield* writeAll(fd, rest);
    if (wish.isSummary) yield* writeAll(fd, summaryTable(counts));
  }
  if (interrupted !== null) return yield* dieOf(interrupted);
  if (child === null) return 0;
  const status: ExitStatus = yield* waitFor(child);
  return 'code' in status ? status.code : yield* dieOf(status.signal as SignalName);
}

function* dieOf(signal: SignalName): Running {
  if (signal !== 'SIGKILL') yield* sys.sigaction(signal, 'default');
  yield* sys.kill(yield* sys.getpid(), signal);
  return 1;
}
