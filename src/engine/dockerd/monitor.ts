/** What containerd tells: a container or an exec'd process has ended. moby: daemon/monitor.go, ProcessEvent(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { timestampNow } from '../timestamp.ts';
import { inSpan } from '../span.ts';
import { methods } from '../wire/containerd-api.ts';
import type { Envelope, TaskEvent } from '../wire/containerd-api.ts';
import { callRpc, nextOf, RpcError, subscribeRpc } from '../wire/rpc.ts';
import type { RpcClient, RpcStream } from '../wire/rpc.ts';
import { cleanUpStep, releaseSurroundings, unmountRootfs } from './clean-up.ts';
import type { ContainerEvent } from './container.machine.ts';
import { announce, tell, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { closeTaskInput, deleteTask, getProcess, ignoringRpcErrors, unknownExitStatus } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';
import { autoRemove } from './delete.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { finishExec, forgetExecs } from './exec.ts';
import { initHealth, stopHealthMonitor } from './health.ts';
import { releaseMounts } from './mount-points.ts';
import { decideRestart } from './restart-policy.ts';
import { containerFifos, forgetContainer } from './start.ts';
import { closeStreams, untilDrained } from './streams.ts';

/**
 * Listens to containerd for ever. When the connection breaks, `dial` makes another: gRPC's clients connect again by
 * themselves.
 */
export function* watchContainerd(daemon: Daemon, dial: () => Running<RpcClient>): Running<void> {
  for (const name of eventNamespaces) yield* callRpc(daemon.containerd, methods.namespacesGet, { name });
  let stream = yield* subscribe(daemon);
  yield* sys.go(function* () {
    for (;;) {
      yield* follow(daemon, stream);
      daemon.containerd = yield* dial();
      try {
        for (const _ of eventNamespaces) yield* callRpc(daemon.containerd, methods.healthCheck, {});
        stream = yield* subscribe(daemon);
      } catch (error) {
        // It has gone again: `follow` notices.
        if (!(error instanceof RpcError)) throw error;
      }
    }
  });
}

/** Of containers, and of plug-ins, which are not modelled: that stream stays silent. */
const eventNamespaces = ['moby', 'plugins.moby'] as const;

function* subscribe(daemon: Daemon): Running<RpcStream> {
  const streams: RpcStream[] = [];
  for (const namespace of eventNamespaces) {
    const filters = [`namespace==${namespace},topic~=|^/tasks/|`];
    streams.push(yield* subscribeRpc(daemon.containerd, methods.eventsSubscribe, { filters }));
    yield* daemon.log('debug', 'processing event stream', { module: 'libcontainerd', namespace });
  }
  const [stream] = streams;
  if (stream === undefined) throw new Error('there is no event stream');
  return stream;
}

function* follow(daemon: Daemon, stream: RpcStream): Running<void> {
  try {
    for (;;) {
      const envelope = (yield* nextOf(stream)) as Envelope | null;
      if (envelope === null) return;
      yield* receive(daemon, envelope);
    }
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const reason = `rpc error: code = Unavailable desc = ${error.message}`;
    for (const namespace of eventNamespaces) {
      const fields = { module: 'libcontainerd', namespace };
      yield* daemon.log('error', 'Failed to get event', { error: reason, ...fields });
      yield* daemon.log('info', 'Waiting for containerd to be ready to restart event processing', fields);
    }
  }
}

/** Each container's events are dealt with in a coroutine of their own, so that a slow one holds up nobody else. */
function* receive(daemon: Daemon, { topic, event }: Envelope): Running<void> {
  const container = daemon.containers.get(event.container_id);
  if (container === undefined) return;
  if (topic === '/tasks/oom') {
    yield* inTurn(container, function* () {
      container.record.State.OOMKilled = true;
      yield* emitContainerEvent(daemon.events, container, 'oom');
    });
  }
  if (topic === '/tasks/start') yield* inTurn(container, () => tell(container, { type: 'started' }));
  if (topic === '/tasks/paused') yield* inTurn(container, () => tell(container, { type: 'frozen' }));
  if (topic === '/tasks/resumed') yield* inTurn(container, () => tell(container, { type: 'thawed' }));
  if (topic === '/tasks/delete') {
    const fields = { container: event.container_id, module: 'libcontainerd', namespace: 'moby', topic };
    yield* daemon.log('info', 'ignoring event', { ...fields, type: '*events.TaskDelete' });
  }
  if (topic !== '/tasks/exit') return;
  if (event.id === event.container_id)
    yield* sys.go(() => inSpan('container exit', 'story', () => containerExited(daemon, container, event), 0));
  else yield* sys.go(() => inSpan('exec exit', 'story', () => execExited(daemon, container, event), 0));
}

/** At once, or in a coroutine that waits for the container's lock: no other container's events wait for it. */
function* inTurn(container: Container, body: () => Running<unknown>): Running<void> {
  const waits = function* (): Running<void> {
    yield* whileLocked(container, body);
  };
  if (container.lock.isHeld) yield* sys.go(waits);
  else yield* waits();
}

/** Of an exec that an earlier daemon started nobody knows more than that it has ended. */
function* execExited(daemon: Daemon, container: Container, { id = '', exit_status = 0 }: TaskEvent): Running<void> {
  const exec = container.execs.get(id);
  if (exec !== undefined) yield* finishExec(daemon, container, exec, exit_status);
  else yield* emitContainerEvent(daemon.events, container, 'exec_die', { execID: id, exitCode: '127' });
}

/**
 * An exit that comes while the start is not over waits for its end. Nobody looks whose it is: that of a process whose
 * start has failed, or whose end was taken for granted before, is noted as the container's (asked of 26.1.5).
 */
function* containerExited(daemon: Daemon, container: Container, event: TaskEvent): Running<void> {
  yield* whileLocked(container, () =>
    tell(container, {
      type: 'exited',
      exitStatus: event.exit_status ?? unknownExitStatus,
      exitedAt: event.exited_at ?? '',
      oomKilled: container.record.State.OOMKilled,
    }),
  );
  yield* autoRemove(daemon, container);
}

/**
 * Activity: a task runs that dockerd does not count as running: somebody else has started it, or the end of an earlier
 * one was noted as this one's. moby: ProcessEvent(), EventStart; SetRunningExternal().
 */
export function* noteStarted(daemon: Daemon, container: Container): Running<void> {
  const { record } = container;
  const task = yield* ignoringRpcErrors(() => getProcess(daemon.containerd, record.ID));
  const start = { Running: true, Paused: false, Restarting: false, OOMKilled: false, ExitCode: 0, Error: '' };
  Object.assign(record.State, start, { Pid: task?.pid ?? 0 });
  Object.assign(record, { HasBeenManuallyStopped: false, HasBeenStartedBefore: true });
  yield* initHealth(daemon, container);
  yield* checkpoint(container);
  yield* emitContainerEvent(daemon.events, container, 'start');
  yield* announce(container);
}

/**
 * Activity: the task goes, the streams end, the network and the mounts are taken down. moby: handleContainerExit(),
 * Cleanup().
 */
export function* cleanUp(daemon: Daemon, container: Container, event: ContainerEvent): Running<void> {
  const { record } = container;
  if (event.type !== 'exited') return;
  yield* stopHealthMonitor(container);
  const deleted = yield* taskEnd(daemon, record.ID, event);
  yield* untilDrained(container.streams, 2_000_000_000);
  record.State.ExitCode = deleted.exit_status;
  record.State.FinishedAt = deleted.exited_at || (yield* timestampNow());
  const inputIsOpen = container.streams.stdinFd >= 0;
  yield* cleanUpStep(daemon, container, 'failed to close its streams', () =>
    closeStreams(container.streams, containerFifos(container), daemon.log),
  );
  // Closing its end of the input makes libcontainerd tell containerd, though the task has gone by now (recorded:
  // vm-03).
  if (inputIsOpen) yield* closeTaskInput(daemon, record.ID);
  yield* forgetContainer(daemon, container);
  if (!record.State.Running) yield* missSandbox(daemon, record.NetworkSettings.SandboxID);
  yield* releaseSurroundings(daemon, container);
  yield* sys.compute(dockerdDurations.unmountRootfs);
  yield* unmountRootfs(daemon, container);
  forgetExecs(daemon, container);
  yield* releaseMounts(daemon, container);
}

/** Of an end that is noted once more the sandbox has gone with the first. moby: releaseNetwork(). */
function* missSandbox(daemon: Daemon, id: string): Running<void> {
  if (id !== '') yield* daemon.log('warn', `error locating sandbox id ${id}: sandbox ${id} not found`);
}

const notDeleted = 'failed to delete container from containerd';

/**
 * How the task ended, from its deletion; from the event when it cannot be deleted, or is gone already, as that of a
 * dead shim is (recorded: vm-13).
 */
function* taskEnd(daemon: Daemon, id: string, { exitStatus, exitedAt }: ContainerEvent & { readonly type: 'exited' }) {
  let error = `task ${id} not found: not found`;
  try {
    const deleted = yield* deleteTask(daemon.containerd, id);
    if (deleted !== null) return deleted;
  } catch (failure) {
    if (!(failure instanceof RpcError)) throw failure;
    error = failure.message;
  }
  yield* daemon.log('warn', notDeleted, { container: id, error });
  return { exit_status: exitStatus, exited_at: exitedAt };
}

/**
 * Activity: the exit is written down, and whoever waits for it is woken. `stop` is told by its own request, before
 * `die`.
 */
export function* recordExit(daemon: Daemon, container: Container): Running<void> {
  const { State } = container.record;
  Object.assign(State, { Running: false, Paused: false, Restarting: false, Pid: 0 });
  yield* decideRestart(daemon, container);
  container.shimPid = 0;
  container.exits += 1;
  const exitCode = String(State.ExitCode);
  const execDuration = String(yield* secondsSince(State.StartedAt));
  yield* announce(container);
  yield* sys.compute(dockerdDurations.writeConfig);
  yield* checkpoint(container);
  yield* emitContainerEvent(daemon.events, container, 'die', { execDuration, exitCode });
}

function* secondsSince(time: string): Running<number> {
  const start = parseRfc3339(time);
  const { seconds, ns } = yield* sys.realtime();
  return start === null ? 0 : Math.max(0, Math.trunc(seconds - start.seconds + (ns - start.ns) / 1e9));
}
