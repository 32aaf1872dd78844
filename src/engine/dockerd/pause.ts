/**
 * `docker pause` and `docker unpause`: the freezer of the container's cgroup, through containerd. moby:
 * daemon/pause.go, unpause.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import { conflict, serverError } from './api-error.ts';
import { announce, tell, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { updateHealthMonitor } from './health.ts';

export function pauseContainer(container: Container): Running<void> {
  return whileLocked(container, () => pauseLocked(container));
}

function* pauseLocked(container: Container): Running<void> {
  const { ID, State } = container.record;
  if (!State.Running) throw conflict(`container ${ID} is not running`);
  if (State.Paused) throw conflict(`Container ${ID} is already paused`);
  if (State.Restarting) throw conflict(`Container ${ID} is restarting, wait until the container is running`);
  yield* tell(container, { type: 'pause' });
}

export function resumeContainer(container: Container): Running<void> {
  return whileLocked(container, () => resumeLocked(container));
}

function* resumeLocked(container: Container): Running<void> {
  const { ID, State } = container.record;
  if (!State.Paused) throw serverError(`Container ${ID} is not paused`);
  yield* tell(container, { type: 'resume' });
}

/** Activity. */
export function* pauseTask(daemon: Daemon, container: Container): Running<void> {
  yield* freezer(daemon, container, methods.tasksPause, 'cannot pause');
  yield* setPaused(daemon, container, true);
}

/** Activity. */
export function* resumeTask(daemon: Daemon, container: Container): Running<void> {
  yield* freezer(daemon, container, methods.tasksResume, 'Cannot unpause');
  yield* setPaused(daemon, container, false);
}

/** Throws 500 `cannot pause container ID: …` when containerd refuses, as for one that has ended just now. */
function* freezer(daemon: Daemon, { record }: Container, method: string, failure: string): Running<void> {
  try {
    yield* callRpc(daemon.containerd, method, { container_id: record.ID });
  } catch (error) {
    if (error instanceof RpcError) throw serverError(`${failure} container ${record.ID}: ${error.message}`);
    throw error;
  }
}

/** Activity: somebody else froze or thawed it: containerd says so. moby: ProcessEvent(), EventPaused, EventResumed. */
export function* notePaused(daemon: Daemon, container: Container, paused: boolean): Running<void> {
  if (container.record.State.Paused !== paused) yield* setPaused(daemon, container, paused);
}

function* setPaused(daemon: Daemon, container: Container, paused: boolean): Running<void> {
  container.record.State.Paused = paused;
  yield* updateHealthMonitor(daemon, container);
  const error = yield* checkpoint(container);
  if (error !== null) yield* daemon.log('warn', 'could not save container to disk', { error });
  yield* emitContainerEvent(daemon.events, container, paused ? 'pause' : 'unpause');
  yield* announce(container);
}
