/** `runc create`: everything up to the moment in which a process in its namespaces sleeps at exec.fifo. */
import { exists, makeDirectories, removeTree } from '../directories.ts';
import { cloneFlagOf, O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFile } from '../../programs/io.ts';
import { waitFor } from '../../programs/spawn.ts';
import { runcDurations } from '../durations.ts';
import { timestampNow } from '../timestamp.ts';
import { kindOf, receive, receiveSync, send, startInit } from './bootstrap.ts';
import type { Bootstrap, InitProcess, StagePids } from './bootstrap.ts';
import { enterCgroup, limitCgroup, placeOf, removeCgroup } from './cgroup.ts';
import type { CgroupPlace } from './cgroup.ts';
import { dialConsole } from './console.ts';
import { RuncError } from './error.ts';
import { runHooks } from './hooks.ts';
import type { RuncOptions } from './options.ts';
import type { Spec } from './spec.ts';
import { saveState, startTimeOf, writeRenamed } from './state.ts';

/** Creates the container `id` of the bundle. Throws a RuncError; nothing of it remains then. */
export function* createContainer(options: RuncOptions, id: string): Running<void> {
  const bundle = options.flags['bundle'] ?? options.flags['b'] ?? (yield* sys.getcwd());
  const spec = yield* readSpec(bundle);
  yield* sys.compute(runcDurations.parseSpec);
  const directory = `${options.root}/${id}`;
  if (yield* exists(directory)) throw new RuncError('container with given ID already exists');
  yield* makeDirectories(options.root, 0o711);
  yield* sys.mkdir(directory, 0o711);
  yield* sys.setChildSubreaper(true);
  const place = placeOf(spec, id, options.systemdCgroup);
  const creation: Creation = { id, bundle, spec, place, directory, options };
  const fifo = yield* makeExecFifo(directory);
  const consoleSocket =
    spec.process.terminal === true ? yield* dialConsole(options.flags['console-socket']) : undefined;
  const init = yield* startInit({
    type: 'standard',
    execFifo: fifo,
    ...(consoleSocket === undefined ? {} : { consoleSocket }),
  });
  yield* sys.close(fifo);
  if (consoleSocket !== undefined) yield* sys.close(consoleSocket);
  let pid = init.pid;
  try {
    yield* enterCgroup(place, init.pid, spec);
    pid = yield* passStages(init, spec);
    yield* guide(creation, init, pid);
  } catch (error) {
    yield* abandon(creation, pid);
    throw error;
  }
  const pidFile = options.flags['pid-file'];
  if (pidFile !== undefined) yield* writePidFile(pidFile, pid);
}

interface Creation {
  readonly id: string;
  readonly bundle: string;
  readonly spec: Spec;
  readonly place: CgroupPlace;
  readonly directory: string;
  readonly options: RuncOptions;
}

export function* readSpec(bundle: string): Running<Spec> {
  try {
    return JSON.parse(yield* readFile(`${bundle}/config.json`)) as Spec;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new RuncError('JSON specification file config.json not found');
    throw error;
  }
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
  yield* send(init.pipe, { id, spec, process: spec.process });
  for (;;) {
    const sync = yield* receiveSync(init.pipe);
    if (sync === undefined) return;
    if (sync.type === 'procHooks') {
      yield* sys.compute(runcDurations.cgroupSettings);
      yield* limitCgroup(place, spec.linux?.resources);
      yield* runHooks(spec.hooks?.prestart ?? [], { ociVersion: spec.ociVersion, id, status: 'creating', pid, bundle });
      yield* send(init.pipe, { type: 'procResume' });
    } else if (sync.type === 'procReady') {
      yield* sys.compute(runcDurations.stateFile);
      yield* saveState(options.root, {
        id,
        init_process_pid: pid,
        init_process_start: yield* startTimeOf(pid),
        created: yield* timestampNow(),
        bundle,
        cgroup_path: place.path,
        systemd_unit: place.unit,
        config: spec,
      });
      yield* send(init.pipe, { type: 'procRun' });
    }
  }
}

/** Writes `.NAME` and renames it to NAME. */
export function* writePidFile(path: string, pid: number): Running<void> {
  const at = path.lastIndexOf('/') + 1;
  yield* writeRenamed(`${path.slice(0, at)}.${path.slice(at)}`, path, String(pid));
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
