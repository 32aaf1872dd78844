/** `runc init`, stage 2: from here on it is Go, and pid 1 of the container, or the process of an exec. */
import { makeDirectories } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { runcDurations, threadCounts } from '../durations.ts';
import { startThreads } from '../go-threads.ts';
import { startMachine } from '../drive.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { receiveOrders, receiveSync, send } from './bootstrap.ts';
import type { InitConfig } from './bootstrap.ts';
import { dropPrivileges, enterSeccomp } from './confine.ts';
import { takeConsole } from './console.ts';
import { RuncError } from './error.ts';
import { runHooks } from './hooks.ts';
import type { HookState } from './hooks.ts';
import { runcInit } from './init.machine.ts';
import { lookCommand } from './look-path.ts';
import { enterRoot, finishRoot, prepareRoot } from './rootfs.ts';
import { limitOf } from './rlimits.ts';
import { environmentOf } from './spec.ts';
import type { ProcessSpec, Spec } from './spec.ts';

/** Go's runtime and heap until the execve. Recorded: memory.peak of a container that has done nothing (vm-01). */
const runtimeBytes = 6_811_648;

interface Plumbing {
  readonly pipe: number;
  readonly logPipe: number;
  /** Undefined for an exec. */
  readonly execFifo: number | undefined;
  readonly consoleSocket: number | undefined;
}

/** Runs stage 2 to its execve. Returns an exit code only when it fails. */
export function* runStageTwo(env: Environment): Running {
  yield* sys.compute(runcDurations.initGoBegins);
  // Go's threads take pids of the container's namespace: that is why its first exec has pid 7.
  yield* startThreads(threadCounts.runcInit);
  yield* sys.mmap(runtimeBytes);
  yield* dieOfSignals();
  const plumbing = plumbingOf(env);
  yield* startPoller();
  const config = (yield* receiveOrders(plumbing.pipe)) as InitConfig | undefined;
  if (config === undefined) return 1;
  yield* limitFiles(config.process);
  yield* sys.confine('keyctl', `KEYCTL_JOIN_SESSION_KEYRING, "_ses.${config.id}"`);
  return plumbing.execFifo === undefined
    ? yield* joinContainer(plumbing, config)
    : yield* beContainer(plumbing, config, env);
}

/**
 * What Go's runtime does to a program that has no handlers of its own: these signals end it, even as pid 1, where the
 * default action would do nothing. Go: runtime/signal_unix.go, dieFromSignal().
 */
function* dieOfSignals(): Running<void> {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const) {
    yield* sys.sigaction(signal, function* () {
      yield* sys.exit(2);
    });
  }
}

/**
 * Go's runtime waits for files through two descriptors of its own, from the first file on that it opens: how many
 * capabilities there are (seen with 26.1.5). Their numbers leave one free below them. Go: runtime/netpoll_epoll.go.
 */
function* startPoller(): Running<void> {
  const file = yield* sys.open('/proc/sys/kernel/cap_last_cap', O.RDONLY | O.CLOEXEC);
  yield* sys.epollCreate();
  yield* sys.eventfd();
  yield* sys.close(file);
}

function plumbingOf(env: Environment): Plumbing {
  const fd = (name: string): number | undefined => {
    const text = env[`_LIBCONTAINER_${name}`];
    return text === undefined ? undefined : Number(text);
  };
  return {
    pipe: fd('INITPIPE') ?? -1,
    logPipe: fd('LOGPIPE') ?? -1,
    execFifo: fd('FIFOFD'),
    consoleSocket: fd('CONSOLE'),
  };
}

/**
 * Go keeps the limit of open files that it found, and would set it again for the command: to forget it, it is told the
 * one to come, which acts from here on. runc: init_linux.go, maybeClearRlimitNofileCache(), which heeds no failure.
 */
function* limitFiles({ rlimits = [] }: ProcessSpec): Running<void> {
  const files = rlimits.find(({ type }) => type === 'RLIMIT_NOFILE');
  if (files === undefined) return;
  try {
    yield* sys.prlimit(0, 'RLIMIT_NOFILE', limitOf(files));
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

/** Why the environment cannot be set. runc: init_linux.go, populateProcessEnvironment(). */
function faultInEnvironment({ env = [] }: ProcessSpec): string | undefined {
  const bad = env.find((line) => line.indexOf('=') <= 0);
  if (bad === undefined) return undefined;
  return `invalid environment variable: ${bad.startsWith('=') ? 'name cannot be empty' : "missing '='"}`;
}

/** runc: setupNetwork(), of a network namespace that is the container's own. */
function* raiseLoopback({ linux }: Spec): Running<void> {
  if (!(linux?.namespaces ?? []).some(({ type, path = '' }) => type === 'network' && path === '')) return;
  try {
    yield* sys.netlink({ op: 'up', name: 'lo' });
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`error during container init: ${wordsOf(error)}`);
  }
}

/** Pid 1 of a new container. runc: standard_init_linux.go, Init(). */
function* beContainer(plumbing: Plumbing, config: InitConfig, env: Environment): Running {
  const { spec } = config;
  if (spec === undefined) throw new RuncError('no container to be made');
  let path = '';
  let piped = true;
  let failure: unknown;
  yield* startMachine(runcInit, {
    name: 'runc init',
    object: config.id,
    activities: remembering((error) => (failure = error), {
      *prepareRoot() {
        const wrong = faultInEnvironment(config.process);
        if (wrong !== undefined) throw new RuncError(`error during container init: ${wrong}`);
        yield* raiseLoopback(spec);
        yield* sys.compute(runcDurations.mounts);
        yield* prepareRoot(spec);
      },
      *waitForHooks() {
        yield* keepStep(plumbing, 'procHooks');
      },
      *changeRoot() {
        yield* sys.compute(runcDurations.pivot);
        yield* runHooks(spec.hooks, 'createContainer', hookStateOf(config, 'creating', yield* sys.getpid()), env);
        yield* enterRoot(spec);
        if (plumbing.consoleSocket !== undefined) yield* takeConsole(plumbing.consoleSocket, config.process, true);
        yield* sys.compute(runcDurations.maskedPaths);
        yield* makeWorkingDirectory(config.process);
        yield* finishRoot(spec);
      },
      *confine() {
        yield* keepStep(plumbing, 'procReady');
        yield* giveUpPowers(config);
        path = yield* lookCommand(config.process.args[0] ?? '', environmentOf(config.process.env));
        yield* sys.close(plumbing.logPipe);
        // Its end tells runc create that all went well.
        yield* sys.close(plumbing.pipe);
        piped = false;
      },
      *openExecFifo() {
        const fifo = plumbing.execFifo ?? -1;
        const fd = yield* sys.open(`/proc/self/fd/${fifo}`, O.WRONLY | O.CLOEXEC);
        yield* sys.write(fd, '0');
        yield* sys.close(fd);
        yield* sys.close(fifo);
      },
      *execProcess() {
        yield* runHooks(spec.hooks, 'startContainer', hookStateOf(config, 'created', yield* sys.getpid()), env);
        yield* execProcess(path, config);
      },
      *reportAndExit() {
        yield* reportFailure(plumbing, failure, piped);
        yield* sys.exit(1);
      },
    }),
  });
  return 1;
}

/** Nobody may be there to hear it: runc was killed. */
function* reportFailure({ pipe }: Plumbing, failure: unknown, piped = true): Running<void> {
  const message = wordsOf(failure);
  try {
    if (piped) yield* send(pipe, { type: 'procError', message });
    else yield* sys.write(2, `${message}\n`);
  } catch (error) {
    if (!isErrno(error, 'EPIPE')) throw error;
  }
}

/** Tells runc create how far it is and waits for its word; without runc create there will be no container. */
function* keepStep({ pipe }: Plumbing, type: 'procHooks' | 'procReady'): Running<void> {
  yield* send(pipe, { type });
  if ((yield* receiveSync(pipe)) === undefined) throw new RuncError('parent closed synchronisation channel');
}

type Activities = Readonly<Record<string, () => Running<unknown>>>;

/** The same activities, which first tell `note` what they throw. */
function remembering(note: (error: unknown) => void, activities: Activities): Activities {
  return Object.fromEntries(Object.entries(activities).map(([name, body]) => [name, () => noting(note, body)]));
}

function* noting(note: (error: unknown) => void, body: () => Running<unknown>): Running<unknown> {
  try {
    return yield* body();
  } catch (error) {
    note(error);
    throw error;
  }
}

/** A further process in a running container. runc: setns_init_linux.go, Init(). No fifo: it execs at once. */
function* joinContainer(plumbing: Plumbing, config: InitConfig): Running {
  try {
    const wrong = faultInEnvironment(config.process);
    if (wrong !== undefined) throw new RuncError(wrong);
    if (plumbing.consoleSocket !== undefined) yield* takeConsole(plumbing.consoleSocket, config.process, false);
    yield* sys.compute(runcDurations.execInit);
    yield* giveUpPowers(config);
    const path = yield* lookCommand(config.process.args[0] ?? '', environmentOf(config.process.env));
    // The pipe and the log close by themselves at the exec, which is what runc exec waits for.
    yield* sys.setCloseOnExec(plumbing.logPipe, true);
    yield* sys.setCloseOnExec(plumbing.pipe, true);
    yield* execProcess(path, config);
  } catch (error) {
    yield* reportFailure(plumbing, error);
  }
  return 1;
}

function hookStateOf({ id, bundle }: InitConfig, status: HookState['status'], pid: number): HookState {
  return { id, status, pid, bundle };
}

/**
 * The filter comes first, since dropping capabilities would leave no right to install it; with no_new_privs it needs
 * none, and comes last.
 */
function* giveUpPowers({ seccomp, process }: InitConfig): Running<void> {
  const last = process.noNewPrivileges === true;
  if (last) yield* sys.confine('prctl', 'PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0', { hasNoNewPrivileges: true });
  else yield* enterSeccomp(seccomp);
  yield* enterDirectory(process);
  yield* dropPrivileges(process);
  if (last) yield* enterSeccomp(seccomp);
}

/** runc: finalizeNamespace(). Only a new container's root gets a directory that it lacks: prepareRootfs(). */
function* enterDirectory({ cwd }: ProcessSpec): Running<void> {
  try {
    yield* sys.chdir(cwd);
  } catch (error) {
    throw new RuncError(`chdir to cwd ("${cwd}") set in config.json failed: ${wordsOf(error)}`);
  }
}

function* makeWorkingDirectory({ cwd }: ProcessSpec): Running<void> {
  const kind = yield* kindOf(cwd);
  if (kind === 'directory') return;
  if (kind !== undefined) throw new RuncError(`mkdir ${cwd}: not a directory`);
  yield* makeDirectories(cwd);
}

function* kindOf(path: string): Running<string | undefined> {
  try {
    return (yield* sys.stat(path)).type;
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

function* execProcess(path: string, { process }: InitConfig): Running<void> {
  // What the program does is its own doing, no part of the engine's work any more.
  yield* sys.setSpan(0);
  try {
    const given = environmentOf(process.env);
    yield* sys.execve(
      path,
      process.args,
      'HOME' in given ? given : { ...given, HOME: yield* homeOf(process.user.uid) },
    );
  } catch (error) {
    if (isErrno(error)) throw new Error(`exec ${path}: ${strerror(error.errno).toLowerCase()}`, { cause: error });
    throw error;
  }
}

/** The user's home directory by the container's own passwd file, `/` without an entry. runc: setupUser(). */
function* homeOf(uid: number): Running<string> {
  const lines = ((yield* readFileIfAny('/etc/passwd')) ?? '').split('\n').map((line) => line.split(':'));
  return lines.find((fields) => fields[2] === String(uid))?.[5] ?? '/';
}

function wordsOf(error: unknown): string {
  if (isErrno(error)) return strerror(error.errno).toLowerCase();
  return error instanceof Error ? error.message : String(error);
}
