/**
 * runc's commands: which of them a container allows now is the OCI machine's business; what they do stands here and
 * beside.
 */
import { exists, removeTree } from '../directories.ts';
import { signalName } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { parseRuncSignal } from '../parse-signal.ts';
import { pidsIn, setFrozen } from './cgroup.ts';
import { ociContainer } from './container.machine.ts';
import { spec } from './default-spec.ts';
import { killAndWait, killIfThere, removeContainer } from './delete.ts';
import { RuncError } from './error.ts';
import { events } from './events.ts';
import { execInContainer } from './exec.ts';
import type { RuncOptions } from './options.ts';
import { create, run } from './run.ts';
import { list, printState, ps } from './show.ts';
import { startProcess } from './start.ts';
import { cgroupOf, loadState, statusOf } from './state.ts';
import type { ContainerState, ContainerStatus } from './state.ts';
import { update } from './update.ts';

type Verb = (options: RuncOptions, id: string) => Running;

/** Runs one command; returns runc's exit code. Throws a RuncError in runc's words. */
export function* runVerb(options: RuncOptions): Running {
  const verb = verbs[options.verb];
  if (verb === undefined) throw new Error(`runc ${options.verb} has no code`);
  return yield* verb(options, options.args[0] ?? '');
}

const verbs: Readonly<Record<string, Verb>> = {
  create,
  run,
  start,
  kill,
  delete: remove,
  exec,
  pause,
  resume,
  ps,
  state: printState,
  list,
  events,
  update,
  spec,
};

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
      freeze: () => setFrozen(cgroupOf(state), true),
      thaw: () => setFrozen(cgroupOf(state), false),
      killAndWait: () => killAndWait(state),
      remove: () => removeContainer(options, state),
      ...extra,
    },
  });
  return { state, status, machine };
}

function* start(options: RuncOptions, id: string): Running {
  const { status, machine } = yield* open(options, id);
  if (yield* machine.send({ type: 'start' })) return 0;
  if (status === 'stopped') throw new RuncError('cannot start a container that has stopped');
  throw new RuncError(
    status === 'running'
      ? 'cannot start an already running container'
      : `cannot start a container in the ${status} state`,
  );
}

function* exec(options: RuncOptions, id: string): Running {
  let code = 0;
  try {
    const { status, machine } = yield* open(options, id, {
      *exec() {
        code = yield* execInContainer(options, yield* loadState(options.root, id));
      },
    });
    const isForced = status === 'paused' && options.flags['ignore-paused'] === 'true';
    if (yield* machine.send({ type: isForced ? 'exec though paused' : 'exec' })) return code;
    if (status === 'paused') throw new RuncError('cannot exec in a paused container (use --ignore-paused to override)');
    throw new RuncError('cannot exec in a stopped container');
  } catch (error) {
    throw error instanceof RuncError ? new RuncError(`exec failed: ${error.message}`, 255) : error;
  }
}

function* kill(options: RuncOptions, id: string): Running {
  const state = yield* loadState(options.root, id);
  const named = options.args[1] ?? 'SIGTERM';
  const number = parseRuncSignal(named);
  if (number === undefined) throw new RuncError(`unknown signal "${named}"`);
  const signal = number === 0 ? number : signalName(number);
  if (options.flags['all'] === 'true') {
    if (signal !== undefined) for (const pid of yield* pidsIn(cgroupOf(state))) yield* killIfThere(pid, signal);
    return 0;
  }
  const { machine } = yield* open(options, id, {
    *kill() {
      if (signal === undefined) throw new RuncError('unable to signal init: invalid argument');
      yield* sys.kill(state.init_process_pid, signal);
    },
  });
  if (!(yield* machine.send({ type: 'kill' }))) throw new RuncError('container not running');
  return 0;
}

function* remove(options: RuncOptions, id: string): Running {
  const force = options.flags['force'] === 'true';
  if (!(yield* exists(`${options.root}/${id}/state.json`))) {
    if (!force) throw new RuncError('container does not exist');
    yield* removeTree(`${options.root}/${id}`);
    return 0;
  }
  const { status, machine } = yield* open(options, id);
  if (yield* machine.send({ type: force ? 'force delete' : 'delete' })) return 0;
  throw new RuncError(`cannot delete container ${id} that is not stopped: ${status}`);
}

function* pause(options: RuncOptions, id: string): Running {
  const { machine } = yield* open(options, id);
  if (!(yield* machine.send({ type: 'pause' }))) throw new RuncError('container not running');
  return 0;
}

function* resume(options: RuncOptions, id: string): Running {
  const { machine } = yield* open(options, id);
  if (!(yield* machine.send({ type: 'resume' }))) throw new RuncError('container not paused');
  return 0;
}
