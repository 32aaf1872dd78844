/**
 * runc's commands: which of them a container allows now is the OCI machine's business; what they do stands here and
 * beside.
 */
import { exists, removeTree } from '../directories.ts';
import { O, signalName } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readAll, readFile } from '../../programs/io.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { runcDurations } from '../durations.ts';
import { pidsIn, removeCgroup, setFrozen, writeLimits } from './cgroup.ts';
import { ociContainer } from './container.machine.ts';
import { createContainer } from './create.ts';
import { RuncError } from './error.ts';
import { execInContainer } from './exec.ts';
import type { RuncOptions } from './options.ts';
import type { Resources } from './spec.ts';
import { loadState, startTimeOf, statusOf } from './state.ts';
import type { ContainerState, ContainerStatus } from './state.ts';

/** Runs one command. Throws a RuncError in runc's words. */
export function* runVerb(options: RuncOptions): Running<void> {
  const verb = verbs[options.verb];
  if (verb === undefined) throw new RuncError(`glassdock: runc ${options.verb} is not modelled yet`);
  yield* verb(options, options.args[0] ?? '');
}

type Verb = (options: RuncOptions, id: string) => Running<void>;
const verbs: Readonly<Record<string, Verb>> = {
  create,
  start,
  kill,
  delete: remove,
  exec,
  pause,
  resume,
  update,
  ps,
  state: printState,
  list,
};

function* create(options: RuncOptions, id: string): Running<void> {
  const container = yield* startMachine(ociContainer, {
    name: 'OCI container',
    object: id,
    activities: { create: () => createContainer(options, id), *remove() {} },
  });
  try {
    yield* container.send({ type: 'create' });
  } catch (error) {
    if (isErrno(error))
      throw new RuncError(`runc create failed: unable to start container process: ${error.message.toLowerCase()}`);
    throw error instanceof RuncError ? new RuncError(`runc create failed: ${error.message}`) : error;
  }
}

interface Opened {
  readonly state: ContainerState;
  readonly status: ContainerStatus;
  readonly machine: MachineRun<typeof ociContainer>;
}

/** The container as its files and its process show it, with what the commands do to it. */
function* open(
  options: RuncOptions,
  id: string,
  extra: Readonly<Record<string, () => Running<unknown>>> = {},
): Running<Opened> {
  const state = yield* loadState(options.root, id);
  const status = yield* statusOf(options.root, state);
  const machine = yield* startMachine(ociContainer, {
    name: 'OCI container',
    object: id,
    resume: status,
    activities: {
      start: () => startProcess(options, id),
      exec: () => execInContainer(options, state),
      freeze: () => setFrozen(state.cgroup_path, true),
      thaw: () => setFrozen(state.cgroup_path, false),
      killAndWait: () => killAndWait(state),
      remove: () => removeContainer(options, state),
      ...extra,
    },
  });
  return { state, status, machine };
}

function* start(options: RuncOptions, id: string): Running<void> {
  const { status, machine } = yield* open(options, id);
  if (yield* machine.send({ type: 'start' })) return;
  throw new RuncError(
    status === 'stopped' ? 'cannot start a container that has stopped' : 'cannot start an already running container',
  );
}

/** Opens the fifo at which runc init sleeps: that wakes it. Its byte and the end of the file tell that it goes on. */
function* startProcess(options: RuncOptions, id: string): Running<void> {
  yield* sys.compute(runcDurations.startBegins);
  const path = `${options.root}/${id}/exec.fifo`;
  const fd = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
  const data = yield* readAll(fd);
  yield* sys.close(fd);
  if (data === '') throw new RuncError('cannot start an already running container');
  yield* sys.unlink(path);
  yield* sys.compute(runcDurations.startEnds);
}

function* exec(options: RuncOptions, id: string): Running<void> {
  const { machine } = yield* open(options, id);
  if (yield* machine.send({ type: 'exec' })) return;
  throw new RuncError('exec failed: cannot exec in a stopped container', 255);
}

function* kill(options: RuncOptions, id: string): Running<void> {
  const signal = signalOf(options.args[1] ?? 'SIGTERM');
  const state = yield* loadState(options.root, id);
  const { machine } = yield* open(options, id, { kill: () => sys.kill(state.init_process_pid, signal) });
  if (!(yield* machine.send({ type: 'kill' }))) throw new RuncError('container not running');
}

/** A signal by number or name, with SIG or without. */
function signalOf(text: string): SignalName {
  const name = /^\d+$/.test(text)
    ? signalName(Number(text))
    : (`SIG${text.toUpperCase().replace(/^SIG/, '')}` as SignalName);
  if (name === undefined) throw new RuncError(`unknown signal "${text}"`);
  return name;
}

function* remove(options: RuncOptions, id: string): Running<void> {
  const force = options.flags['force'] === 'true' || options.flags['f'] === 'true';
  if (!(yield* exists(`${options.root}/${id}/state.json`))) {
    if (!force) throw new RuncError('container does not exist');
    yield* removeTree(`${options.root}/${id}`);
    return;
  }
  const { status, machine } = yield* open(options, id);
  if (yield* machine.send({ type: force ? 'force delete' : 'delete' })) return;
  throw new RuncError(`cannot delete container ${id} that is not stopped: ${status}`);
}

function* killAndWait(state: ContainerState): Running<void> {
  try {
    yield* sys.kill(state.init_process_pid, 'SIGKILL');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
  for (let tries = 0; tries < 100; tries += 1) {
    if ((yield* startTimeOf(state.init_process_pid)) === '') return;
    yield* sys.delay(100_000_000);
  }
  throw new RuncError('container init still running');
}

function* removeContainer(options: RuncOptions, state: ContainerState): Running<void> {
  yield* removeCgroup({ path: state.cgroup_path, unit: state.systemd_unit });
  yield* removeTree(`${options.root}/${state.id}`);
  yield* sys.compute(runcDurations.deleteEnds);
}

function* pause(options: RuncOptions, id: string): Running<void> {
  const { machine } = yield* open(options, id);
  if (!(yield* machine.send({ type: 'pause' }))) throw new RuncError('container not running');
}

function* resume(options: RuncOptions, id: string): Running<void> {
  const { machine } = yield* open(options, id);
  if (!(yield* machine.send({ type: 'resume' }))) throw new RuncError('container not paused');
}

/** Other limits for a container: OCI resources as JSON, from a file or, for `-`, from standard input. */
function* update(options: RuncOptions, id: string): Running<void> {
  const state = yield* loadState(options.root, id);
  const file = options.flags['resources'] ?? options.flags['r'] ?? '';
  if (file === '') throw new RuncError('glassdock: runc update without --resources is not modelled yet');
  const text = file === '-' ? yield* readAll(0) : yield* readFile(file);
  if ((yield* statusOf(options.root, state)) === 'stopped') throw new RuncError('container not running');
  yield* writeLimits(state.cgroup_path, JSON.parse(text) as Resources);
}

function* ps(options: RuncOptions, id: string): Running<void> {
  const pids = yield* pidsIn((yield* loadState(options.root, id)).cgroup_path);
  yield* print(`${JSON.stringify(pids)}\n`);
}

function* printState(options: RuncOptions, id: string): Running<void> {
  const state = yield* loadState(options.root, id);
  const status = yield* statusOf(options.root, state);
  const shown = {
    ociVersion: state.config.ociVersion,
    id,
    pid: status === 'stopped' ? 0 : state.init_process_pid,
    status,
    bundle: state.bundle,
    rootfs: state.config.root.path,
    created: state.created,
    owner: '',
  };
  yield* print(`${JSON.stringify(shown, null, 2)}\n`);
}

function* list(options: RuncOptions): Running<void> {
  const rows = [['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER']];
  const entries = (yield* exists(options.root)) ? yield* sys.readdir(options.root) : [];
  for (const { name } of entries) {
    const state = yield* loadState(options.root, name);
    const status = yield* statusOf(options.root, state);
    const pid = status === 'stopped' ? '0' : String(state.init_process_pid);
    rows.push([name, pid, status, state.bundle, state.created, 'root']);
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(12, ...rows.map((row) => (row[column] ?? '').length + 1)));
  yield* print(
    rows
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('')
          .trimEnd(),
      )
      .join('\n') + '\n',
  );
}
