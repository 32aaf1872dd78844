/** `runc create`: everything up to the moment in which a process in its namespaces sleeps at exec.fifo. */
import { exists, makeDirectories, removeTree } from '../directories.ts';
import { cloneFlagOf, O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { waitFor } from '../../programs/spawn.ts';
import { runcDurations } from '../durations.ts';
import { timestampNow } from '../timestamp.ts';
import { kindOf, receive, receiveSync, send, startInit } from './bootstrap.ts';
import type { Bootstrap, InitProcess, StagePids } from './bootstrap.ts';
import { checkNamespaces, checkPrivacy, checkRoot } from './bundle.ts';
import type { Bundle } from './bundle.ts';
import { enterCgroup, limitCgroup, oomKillsIn, openTree, placeOf, removeCgroup } from './cgroup.ts';
import type { CgroupPlace } from './cgroup.ts';
import { warnOfUnknown } from './capabilities.ts';
import { checkDeviceRules } from './device-rules.ts';
import { RuncError } from './error.ts';
import { runHooks } from './hooks.ts';
import { checkRlimits, setupRlimits } from './rlimits.ts';
import type { RuncOptions } from './options.ts';
import type { Spec } from './spec.ts';
import { checkSysctls } from './sysctl.ts';
import { saveState, startTimeOf, stateOf, writeRenamed } from './state.ts';

/** What a container's process is given instead of runc's own standard streams. */
export interface Stdio {
  readonly fds?: readonly number[];
  /** Where its terminal's master goes. */
  readonly consoleSocket?: number;
}

/** Throws a RuncError when there can be no such container. runc: factory_linux.go, Create(). */
export function* checkNew(options: RuncOptions, id: string, { spec }: Bundle): Running<void> {
  checkDeviceRules(spec.linux?.resources?.devices);
  checkNamespaces(spec);
  if (!/^[\w+.-]+$/.test(id) || id === '.' || id === '..') throw new RuncError('invalid container ID format');
  yield* checkRoot(spec.root.path);
  checkPrivacy(spec);
  yield* checkSysctls(spec);
  if (yield* exists(`${options.root}/${id}`)) throw new RuncError('container with given ID already exists');
  checkRlimits(spec.process);
}

/**
 * Creates the container `id` of a bundle; returns its first process's pid. Throws a RuncError; nothing of it remains
 * then.
 */
export function* createContainer(options: RuncOptions, id: string, bundle: Bundle, stdio: Stdio): Running<number> {
  const { spec } = bundle;
  yield* sys.compute(runcDurations.parseSpec);
  yield* warnOfUnknown(options, spec.process);
  const directory = `${options.root}/${id}`;
  yield* makeDirectories(options.root, 0o700);
  yield* sys.mkdir(directory, 0o711);
  yield* sys.setChildSubreaper(true);
  const place = yield* placeOf(spec, id, options.systemdCgroup);
  yield* openTree();
  const creation: Creation = { id, bundle, spec, place, directory, options };
  const fifo = yield* makeExecFifo(directory);
  const { consoleSocket, fds } = stdio;
  const init = yield* startInit({
    type: 'standard',
    execFifo: fifo,
    ...(consoleSocket === undefined ? {} : { consoleSocket }),
    ...(fds === undefined ? {} : { stdio: fds }),
  });
  if (consoleSocket !== undefined) yield* sys.close(consoleSocket);
  let pid = init.pid;
  try {
    try {
      yield* enterCgroup(place, init.pid);
      pid = yield* passStages(init, spec);
      yield* guide(creation, init, pid);
    } catch (error) {
      throw yield* likelyCause(place, error);
    }
    yield* sys.close(fifo);
    yield* runHooks(spec.hooks, 'poststart', { id, status: 'created', pid, bundle: bundle.path }, options.env);
    const pidFile = options.flags['pid-file'];
    if (pidFile !== undefined) yield* writePidFile(pidFile, pid);
  } catch (error) {
    yield* abandon(creation, pid);
    throw error;
  }
  return pid;
}

/**
 * An init that the kernel has killed for its memory: what failed then is of no interest. runc: process_linux.go,
 * initProcess.start(), its defer.
 */
function* likelyCause(place: CgroupPlace, error: unknown): Running<unknown> {
  if ((yield* oomKillsIn(place.path)) === 0) return error;
  return new RuncError('unable to start container process: container init was OOM-killed (memory limit too low?)');
}

interface Creation {
  readonly id: string;
  readonly bundle: Bundle;
  readonly spec: Spec;
  readonly place: CgroupPlace;
  readonly directory: string;
  readonly options: RuncOptions;
}

function* makeExecFifo(directory: string): Running<number> {
  const mask = yield* sys.umask(0);
  yield* sys.mkfifo(`${directory}/exec.fifo`, 0o622);
  yield* sys.umask(mask);
  return yield* sys.open(`${directory}/exec.fifo`, O.PATH | O.CLOEXEC);
}

/**
 * Has runc init go through its stages; returns the pid of the one that remains. Stage 1 is waited for before stage 0.
 */
function* passStages(init: InitProcess, spec: Spec): Running<number> {
  yield* send(init.pipe, bootstrapOf(spec));
  const pids = (yield* receive(init.pipe)) as StagePids | undefined;
  if (pids === undefined)
    throw new RuncError("unable to start container process: can't get final child's PID from pipe: EOF");
  yield* waitFor(pids.stage1_pid);
  yield* waitFor(init.pid);
  return pids.pid;
}

/**
 * Which namespaces are joined and which are new. A cgroup namespace is made last, by stage 2, once it is in its cgroup.
 */
function bootstrapOf(spec: Spec): Bootstrap {
  const all = spec.linux?.namespaces ?? [];
  const fresh = all.filter(({ path }) => (path ?? '') === '').map(({ type }) => kindOf[type]);
  return {
    join: all.flatMap(({ type, path }) => ((path ?? '') === '' ? [] : [{ kind: kindOf[type], path: path ?? '' }])),
    unshare: (['mnt', 'uts', 'ipc', 'pid', 'net'] as const)
      .filter((kind) => fresh.includes(kind))
      .map((kind) => cloneFlagOf[kind]),
    cgroupNamespace: fresh.includes('cgroup'),
    oomScoreAdj: spec.process.oomScoreAdj ?? null,
  };
}

/**
 * Keeps step with stage 2: limits and hooks when its root is furnished, the state file when it is ready, then it goes
 * on alone.
 */
function* guide(creation: Creation, init: InitProcess, pid: number): Running<void> {
  const { id, bundle, spec, place, options } = creation;
  const seccomp = spec.linux?.seccomp !== undefined;
  yield* send(init.pipe, { id, bundle: bundle.path, spec, seccomp, process: spec.process });
  for (;;) {
    const sync = yield* receiveSync(init.pipe);
    if (sync === undefined) return;
    if (sync.type === 'procHooks') {
      yield* sys.compute(runcDurations.cgroupSettings);
      yield* limitCgroup(place, spec.linux?.resources);
      const state = { id, status: 'creating', pid, bundle: bundle.path } as const;
      yield* runHooks(spec.hooks, 'prestart', state, options.env);
      yield* runHooks(spec.hooks, 'createRuntime', state, options.env);
      yield* send(init.pipe, { type: 'procResume' });
    } else if (sync.type === 'procReady') {
      yield* setupRlimits(spec.process, pid);
      yield* sys.compute(runcDurations.stateFile);
      const known = {
        id,
        init_process_pid: pid,
        init_process_start: yield* startTimeOf(pid),
        created: yield* timestampNow(),
      };
      yield* saveState(options.root, stateOf(spec, known, { ...place, bundle: bundle.path }));
      yield* send(init.pipe, { type: 'procRun' });
    }
  }
}

/** Writes `.NAME` and renames it to NAME. Throws a RuncError when there can be no such file. */
export function* writePidFile(path: string, pid: number): Running<void> {
  const at = path.lastIndexOf('/') + 1;
  const temporary = `${path.slice(0, at)}.${path.slice(at)}`;
  try {
    yield* writeRenamed(temporary, path, String(pid), 0o644);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EROFS', 'EEXIST')) throw error;
    throw new RuncError(`open ${temporary}: ${strerror(error.errno).toLowerCase()}`);
  }
}

function* abandon({ place, directory }: Creation, pid: number): Running<void> {
  try {
    yield* sys.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
  yield* reapAll();
  yield* removeCgroup(place);
  yield* removeTree(directory);
}

/** Waits for every child that is left. */
function* reapAll(): Running<void> {
  try {
    for (;;) yield* sys.wait4(-1);
  } catch (error) {
    if (!isErrno(error, 'ECHILD')) throw error;
  }
}
