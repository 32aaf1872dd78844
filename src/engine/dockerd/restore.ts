/** Containers as they stand on disk when the daemon starts. moby: daemon.restore(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { timestampNow } from '../timestamp.ts';
import { RpcError } from '../wire/rpc.ts';
import { answerOf } from './api-error.ts';
import { announce, isRunning, untilUnlocked, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { deleteTask, getContainer, getProcess, ignoringRpcErrors } from './containerd-client.ts';
import { registerContainer, reserveName } from './create.ts';
import type { Daemon } from './daemon.ts';
import { removeByItself } from './delete.ts';
import { releaseSharedMemory, unmountStaleSharedMemory } from './dev-shm.ts';
import { checkpoint, namesIn } from './disk.ts';
import { unmountStale } from './graph-driver.ts';
import { initHealth } from './health.ts';
import { linksOf, registerLinks } from './links.ts';
import { loadContainer } from './load.ts';
import type { Loaded } from './load.ts';
import { openLog } from './log.ts';
import { removeStaleSandboxes } from './network.ts';
import { dataRoot } from './records.ts';
import type { ContainerRecord } from './records.ts';
import { nextRestart, restartTries } from './restart-tries.ts';
import { nsBetween } from './restart-policy.ts';
import { adoptSandbox } from './sandbox-store.ts';
import { shutDownContainer } from './shutdown.ts';
import { releaseRootfs } from './rootfs.ts';
import { containerFifos, forgetContainer, startContainer } from './start.ts';
import { openStreams } from './streams.ts';

/** moby: what counts for an end that nobody can tell of. */
const unknownExitCode = 255;

/**
 * Reads every container's two files; asks containerd what has become of those that were running, all at the same time;
 * and starts what a restart policy wants.
 */
export function* restoreContainers(daemon: Daemon): Running<void> {
  yield* daemon.log('info', 'Loading containers: start.');
  const containers = yield* loadContainers(daemon);
  yield* atOnce(containers, (container) => restore(daemon, container));
  const kept = containers.flatMap(({ sandbox }) => (sandbox === null ? [] : [sandbox]));
  yield* removeStaleSandboxes(daemon.network, kept);
  yield* atOnce(containers, (container) => startOrRemove(daemon, container));
  yield* daemon.log('info', 'Loading containers: done.');
}

function* loadContainers(daemon: Daemon): Running<readonly Container[]> {
  const found: Loaded[] = [];
  for (const id of yield* namesIn(`${dataRoot}/containers`)) {
    const loaded = yield* loadContainer(daemon, id);
    if (loaded !== null) found.push(loaded);
  }
  const containers: Container[] = [];
  for (const { record, host, layer } of found.toSorted((a, b) => (a.record.Created < b.record.Created ? -1 : 1))) {
    // moby: registerName().
    if (record.Name === '') record.Name = `/${yield* reserveName(daemon, record.ID, '')}`;
    const container = yield* registerContainer(daemon, record, host, layer);
    containers.push(container);
    const { Running: running, Paused: paused } = record.State;
    yield* daemon.log('debug', 'loaded container', { container: record.ID, running, paused });
  }
  for (const container of containers) yield* restoreLinks(daemon, container);
  return containers;
}

function* restoreLinks(daemon: Daemon, { record, host }: Container): Running<void> {
  try {
    registerLinks(daemon, record.Name.slice(1), host);
  } catch (error) {
    const { message } = answerOf(error);
    yield* daemon.log('error', 'failed to register link for container', { container: record.ID, error: message });
  }
}

/** Does the same for each, in coroutines of their own, and waits for all. */
function* atOnce(containers: readonly Container[], body: (container: Container) => Running<void>): Running<void> {
  const left = new Set(containers);
  for (const container of containers) {
    yield* sys.go(function* () {
      yield* body(container);
      left.delete(container);
      yield* sys.futexWake(left);
    });
  }
  while (left.size > 0) yield* sys.futexWait(left);
}

function* restore(daemon: Daemon, container: Container): Running<void> {
  const { record } = container;
  const tell = (message: string): Running<void> => {
    const { Running: running, Paused: paused, Restarting: restarting } = record.State;
    return daemon.log('debug', message, { container: record.ID, running, paused, restarting });
  };
  yield* tell('restoring container');
  const isHalfRemoved = record.State.RemovalInProgress;
  const task = yield* takeUpTaskIfAnswered(daemon, container);
  if (task === undefined) return;
  let end: { readonly exit_status: number; readonly exited_at: string } | null = null;
  let alive = task !== null && task.status !== 'STOPPED';
  if (task !== null && !alive) {
    yield* tell('cleaning up dead container process');
    end = yield* ignoringRpcErrors(() => deleteTask(daemon.containerd, record.ID));
    yield* tellOfLostOutput(daemon, container);
  } else if (alive && !daemon.config['live-restore']) {
    yield* tell('shutting down container considered alive by containerd');
    if (!(yield* shutDownContainer(daemon, container))) return;
    alive = false;
    container.restarts = restartTries(record.RestartCount);
  }
  if (isRunning(container)) {
    yield* tell('syncing container on disk state with real state');
    if (alive) {
      // Of a shim that does not answer nothing is known: then the disk's word stands.
      if (task?.status !== 'UNKNOWN') record.State.Paused = task?.status === 'PAUSED';
      yield* adoptSandbox(daemon.network, container);
      yield* initHealth(daemon, container);
    } else yield* noteStopped(daemon, container, end);
  }
  // `--rm`: its stop was its end.
  if (container.removed) return;
  if (!isRunning(container)) yield* cleanStaleMounts(container);
  yield* whileLocked(container, function* () {
    if (isHalfRemoved) yield* giveUpRemoval(daemon, record);
    yield* checkpoint(container);
  });
  yield* announce(container);
  yield* tell('done restoring container');
}

/**
 * containerd’s client opens the pipes of a task that it is told of, and closes them when the task is deleted: what is
 * in them nobody reads.
 */
function* tellOfLostOutput(daemon: Daemon, container: Container): Running<void> {
  const { stdout, stderr } = containerFifos(container);
  for (const path of [stdout, stderr])
    if (path !== '') yield* daemon.log('error', 'stream copy error: reading from a closed fifo');
}

/** Whether its volumes were to go with it nobody knows any more: whoever removes it again says so. */
function* giveUpRemoval(daemon: Daemon, { ID, State }: ContainerRecord): Running<void> {
  yield* daemon.log('debug', 'reset RemovalInProgress state for container', { container: ID });
  Object.assign(State, { RemovalInProgress: false, Dead: true });
}

/** What a daemon that was killed left mounted. moby: cleanupMountsByID(). */
function* cleanStaleMounts({ record, layer }: Container): Running<void> {
  yield* unmountStale(layer);
  yield* unmountStaleSharedMemory(record.ID);
}

/** As `takeUpTask`; undefined when containerd does not answer: then all stays as it is. */
function* takeUpTaskIfAnswered(daemon: Daemon, container: Container) {
  try {
    return yield* takeUpTask(daemon, container);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const words = 'failed to restore container with containerd';
    yield* daemon.log('error', words, { container: container.record.ID, error: error.message });
    return undefined;
  }
}

/** What containerd knows of it: null without a task. The fifos of one are opened again, so its output comes in. */
function* takeUpTask(daemon: Daemon, container: Container) {
  const { record } = container;
  if (!(yield* getContainer(daemon.containerd, record.ID))) return null;
  container.isInContainerd = true;
  const attached = yield* getProcess(daemon.containerd, record.ID);
  if (attached === null) return null;
  if (attached.status !== 'UNKNOWN') record.State.Pid = attached.pid;
  if (attached.status !== 'STOPPED') {
    yield* openStreams(container.streams, containerFifos(container), yield* openLog(container));
    container.shimPid = yield* parentOf(record.State.Pid);
  }
  return yield* getProcess(daemon.containerd, record.ID);
}

/** The shim is its parent, for the journal: containerd does not tell who it is. Field 4 of proc_pid_stat(5). */
function* parentOf(pid: number): Running<number> {
  const stat = (yield* readFileIfAny(`/proc/${pid}/stat`)) ?? '';
  return Number(/\) \S (\d+) /.exec(stat)?.[1] ?? 0);
}

/** It ended while no daemon was there; nobody is told by an event. */
function* noteStopped(
  daemon: Daemon,
  container: Container,
  end: { readonly exit_status: number; readonly exited_at: string } | null,
): Running<void> {
  const { State } = container.record;
  const off = { Running: false, Paused: false, Restarting: false, Pid: 0 };
  Object.assign(State, off, { ExitCode: end?.exit_status ?? unknownExitCode });
  State.FinishedAt = end?.exited_at ?? (yield* timestampNow());
  try {
    yield* forgetContainer(daemon, container);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
  yield* releaseSharedMemory(container);
  yield* releaseRootfs(container);
  yield* tellMachine(container);
}

/** The machine stood at `running`, as the disk had it. */
function* tellMachine(container: Container): Running<void> {
  yield* container.machine.send({ type: 'found stopped' });
}

/** What a policy wants starts; what removes itself goes, if its end has not done so by now (asked of 26.1.5). */
function* startOrRemove(daemon: Daemon, container: Container): Running<void> {
  const { record, host } = container;
  const { ID, State } = record;
  if (isWanted(container)) yield* startAgain(daemon, container);
  else if (host.AutoRemove && !State.Running) {
    const error = container.removed ? `No such container: ${ID}` : yield* removeByItself(daemon, container);
    if (error !== null) yield* daemon.log('error', 'failed to remove container', { container: ID, error });
  }
}

/** moby: Container.ShouldRestart(). */
function isWanted({ record, host }: Container): boolean {
  const { State } = record;
  const ranNs = nsBetween(State.StartedAt, State.FinishedAt);
  const end = { exitCode: State.ExitCode, ranNs, wasStopped: record.HasBeenManuallyStopped };
  return record.HasBeenStartedBefore && typeof nextRestart(restartTries(record.RestartCount), host, end) === 'number';
}

function* startAgain(daemon: Daemon, container: Container): Running<void> {
  const { ID } = container.record;
  try {
    // Whom it knows is older, and its turn was before: it has to run first.
    for (const { child } of linksOf(daemon, container)) yield* untilUnlocked(child);
    yield* daemon.log('debug', 'starting container', { container: ID });
    yield* startContainer(daemon, container);
  } catch (error) {
    yield* daemon.log('error', 'failed to start container', { container: ID, error: answerOf(error).message });
  }
}
