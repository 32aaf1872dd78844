/** Starting another program: vfork, execve and wait4, as Go's os/exec and posix_spawn(3) do. */
import type { Environment, Running } from '../kernel/abi.ts';
import type { ExitStatus } from '../journal/event.ts';
import { Errno, isErrno } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';
import { complain, errnoWords } from './io.ts';

export interface Command {
  readonly path: string;
  /** argv[0] included. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** The child's descriptors: its number → ours. Others are inherited unless they are close-on-exec. */
  readonly fds?: Readonly<Record<number, number>>;
  readonly cwd?: string;
  /** Its own process group (setpgid(0, 0)) when true. */
  readonly pgid?: boolean;
  /** Its own session (setsid) when true. */
  readonly sid?: boolean;
  /** Done in the child between the descriptors and the exec: prctl, setns. */
  readonly before?: () => Running<void>;
  /** Done in a child that cannot be executed; returns what it ends with. Then nothing is thrown and nobody reaped. */
  readonly refused?: (error: unknown) => Running;
}

/**
 * Starts a program and returns its pid once it has exec'd. Throws what chdir, `before` or execve failed with; the child
 * is reaped then.
 */
export function* spawn(command: Command): Running<number> {
  let failure: unknown = null;
  const pid = yield* sys.clone(() => become(command, (error) => (failure = error)), 'CLONE_VM', 'CLONE_VFORK');
  if (failure === null) return pid;
  yield* waitFor(pid);
  throw failure;
}

function* become(command: Command, fail: (error: unknown) => void): Running {
  try {
    if (command.sid === true) yield* sys.setsid();
    if (command.pgid === true) yield* sys.setpgid(0, 0);
    if (command.cwd !== undefined) yield* sys.chdir(command.cwd);
    yield* placeDescriptors(command.fds ?? {});
    if (command.before) yield* command.before();
    return yield* sys.execve(command.path, command.argv, command.env);
  } catch (error) {
    if (command.refused !== undefined) return yield* command.refused(error);
    fail(error);
    return 127;
  }
}

/** Starts a program and waits for its end. */
export function* run(command: Command): Running<ExitStatus> {
  return yield* waitFor(yield* spawn(command));
}

/** fork(2). Null when there can be no further process, which has been said then in the program's words. */
export function* forkOrComplain(name: string, words: string, child: () => Running): Running<number | null> {
  try {
    return yield* sys.fork(child);
  } catch (error) {
    yield* complain(name, `${words}: ${errnoWords(error)}`);
    return null;
  }
}

/** Waits until a child has ended, whatever signals come meanwhile. */
export function* waitFor(pid: number): Running<ExitStatus> {
  for (;;) {
    try {
      const waited = yield* sys.wait4(pid);
      if (waited && ('code' in waited.status || 'signal' in waited.status)) return waited.status;
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

/**
 * Gives each descriptor its place. Sources that stand where another is to go are moved out of the way first, above all
 * of them.
 */
function* placeDescriptors(fds: Readonly<Record<number, number>>): Running<void> {
  const wanted = Object.entries(fds).map(([to, from]) => ({ to: Number(to), from }));
  let spare = Math.max(2, ...wanted.flatMap(({ to, from }) => [to, from])) + 1;
  const placed: { readonly to: number; readonly from: number }[] = [];
  for (const { to, from } of wanted) {
    if (from !== to && wanted.some((other) => other.to === from)) {
      yield* sys.dup(from, spare, true);
      placed.push({ to, from: spare });
      spare += 1;
    } else {
      placed.push({ to, from });
    }
  }
  for (const { to, from } of placed) {
    if (from === to) yield* sys.setCloseOnExec(to, false);
    else yield* sys.dup(from, to);
  }
}

/**
 * Where a command is: itself when it has a slash, else the first executable file of that name in $PATH.
 * Throws ENOENT, or EACCES when there is one that may not be executed.
 */
export function* lookPath(name: string, env: Environment): Running<string> {
  if (name.includes('/')) return name;
  let denied = false;
  for (const directory of (env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':')) {
    const path = directory === '' ? `./${name}` : `${directory}/${name}`;
    const found = yield* executableAt(path);
    if (found === 'yes') return path;
    if (found === 'denied') denied = true;
  }
  throw new Errno(denied ? 'EACCES' : 'ENOENT');
}

function* executableAt(path: string): Running<'yes' | 'no' | 'denied'> {
  try {
    const stat = yield* sys.stat(path);
    if (stat.type !== 'file') return 'no';
    return (stat.mode & 0o111) === 0 ? 'denied' : 'yes';
  } catch (error) {
    if (isErrno(error)) return 'no';
    throw error;
  }
}
