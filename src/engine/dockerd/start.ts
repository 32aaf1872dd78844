/** `docker start`: mount, network, spec, task. moby: daemon/start.go, containerStart(). */
import { makeDirectories } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { timestampNow } from '../timestamp.ts';
import { RpcError } from '../wire/rpc.ts';
import { answerOf, ApiError, conflict, serverError } from './api-error.ts';
import { cleanUpStep, releaseSurroundings, unmountRootfs } from './clean-up.ts';
import type { ContainerEvent } from './container.machine.ts';
import { announce, isRunning, tell, untilUnlocked, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { createContainer, createTask, deleteContainer, forceDeleteTask, startTask } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';
import { removeByItself } from './delete.ts';
import { checkpoint } from './disk.ts';
import { devicesOf } from './devices.ts';
import { emitContainerEvent } from './events.ts';
import { overlayRoot } from './graph-driver.ts';
import { openLog } from './log.ts';
import { linkedEnvironment } from './links.ts';
import { initHealth } from './health.ts';
import { initPathOf } from './init-path.ts';
import { containerOfMode } from './host-config.ts';
import { namespacesOf, networkOwner } from './namespaces.ts';
import { prepareMounts } from './mount-points.ts';
import { rebuildHosts, writeNetworkFiles } from './network-files.ts';
import { allocateNetwork } from './network.ts';
import { buildSpec } from './oci-spec.ts';
import { execRoot } from './records.ts';
import { prepareSharedMemory } from './dev-shm.ts';
import { restartTries } from './restart-tries.ts';
import { keepSandbox } from './sandbox-store.ts';
import { acquireRootfs } from './rootfs.ts';
import { startFailure } from './start-failure.ts';
import { closeStreams, fifoPaths, openStreams } from './streams.ts';
import type { FifoPaths } from './streams.ts';
import { resolveUser } from './user.ts';

/** Starts a container. False when it runs already. Throws an ApiError with the real words. */
export function* startContainer(daemon: Daemon, container: Container): Running<boolean> {
  let hasBegun = false;
  try {
    return yield* whileLocked(container, function* () {
      if (!mayStart(container)) return false;
      hasBegun = true;
      yield* startLocked(container);
      return true;
    });
  } catch (error) {
    const why = hasBegun ? yield* removeByItself(daemon, container) : null;
    if (why !== null) yield* daemon.log('error', `can't remove container ${container.record.ID}: ${why}`);
    throw error;
  }
}

/** False when it runs. */
function mayStart(container: Container): boolean {
  const { State } = container.record;
  if (isRunning(container)) {
    if (State.Paused) throw conflict('cannot start a paused container, try unpause instead');
    return false;
  }
  if (container.removed || State.RemovalInProgress || State.Dead)
    throw conflict('container is marked for removal and cannot be started');
  return true;
}

function* startLocked(container: Container): Running<void> {
  container.record.HasBeenManuallyStopped = false;
  container.record.RestartCount = 0;
  container.restarts = restartTries(0);
  yield* tell(container, { type: 'start' });
}

/** Activity: the root file system and the network. */
export function* setUp(daemon: Daemon, container: Container): Running<void> {
  yield* sys.compute(dockerdDurations.mountRootfs);
  yield* acquireRootfs(container);
  yield* initializeNetworking(daemon, container);
  yield* prepareSharedMemory(daemon, container);
}

/**
 * A network of its own, with hostname, hosts and resolv.conf, which runc mounts over the container's; or that of
 * another container, with that one's files and host name.
 */
function* initializeNetworking(daemon: Daemon, container: Container): Running<void> {
  const { record, host } = container;
  const shared = containerOfMode(host.NetworkMode);
  if (shared !== undefined) {
    const networked = networkOwner(daemon, container, shared);
    yield* untilUnlocked(networked);
    const { record: owner } = networked;
    const { HostnamePath, HostsPath, ResolvConfPath } = owner;
    Object.assign(record, { HostnamePath, HostsPath, ResolvConfPath });
    record.Config = { ...record.Config, Hostname: owner.Config.Hostname, Domainname: owner.Config.Domainname };
    return;
  }
  yield* allocateNetwork(daemon.network, container);
  yield* keepSandbox(container);
  yield* writeNetworkFiles(daemon, container);
}

/** Activity: the spec goes to containerd, which has the shim made and, through it, the container's first process. */
export function* createTaskOf(daemon: Daemon, container: Container): Running<void> {
  const { record } = container;
  const rootfs = `${overlayRoot}/${container.layer}/merged`;
  const user = yield* resolveUser(rootfs, record.Config.User, container.host.GroupAdd);
  yield* prepareMounts(daemon, container);
  const spec = buildSpec(container, {
    rootfs,
    user,
    linked: linkedEnvironment(daemon, container),
    devices: yield* devicesOf(container.host),
    namespaces: yield* namespacesOf(daemon, container),
    init: yield* initPathOf(container.host, daemon.config.init),
    cgroupParent: daemon.config['cgroup-parent'],
    daemonPid: daemon.pid,
    controller: daemon.network.name,
  });
  yield* sys.compute(dockerdDurations.buildSpec);
  try {
    yield* createContainer(daemon.containerd, record.ID, spec);
  } catch (error) {
    throw startError(container, error);
  }
  container.isInContainerd = true;
  try {
    const fifos = containerFifos(container);
    yield* makeDirectories(`${execRoot}/containerd/${record.ID}`, 0o755);
    yield* openStreams(container.streams, fifos, yield* initializeLog(container));
    const task = yield* createTask(daemon.containerd, record.ID, fifos, record.Config.Tty);
    record.State.Pid = task.pid;
    container.shimPid = task.shim_pid;
    yield* announce(container);
  } catch (error) {
    throw startError(container, error, 'failed to create task for container: ');
  }
}

function* initializeLog(container: Container): ReturnType<typeof openLog> {
  try {
    return yield* openLog(container);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw serverError(`failed to create task for container: failed to initialize logging driver: ${error.message}`);
  }
}

export function containerFifos(container: Container): FifoPaths {
  const { ID, Config } = container.record;
  return fifoPaths(`${execRoot}/containerd/${ID}`, ID, { stdin: Config.OpenStdin, terminal: Config.Tty });
}

/** Activity: `runc start`; from the reply on the user's program runs. */
export function* startTaskOf(daemon: Daemon, container: Container): Running<void> {
  const { record } = container;
  if (container.sandbox?.isMounted === true) yield* rebuildHosts(daemon, container);
  try {
    yield* startTask(daemon.containerd, record.ID);
  } catch (error) {
    yield* dropTask(daemon, container);
    throw startError(container, error);
  }
  const { State } = record;
  container.isBeingRestarted = false;
  Object.assign(State, { Running: true, Paused: false, Restarting: false, OOMKilled: false, ExitCode: 0, Error: '' });
  State.StartedAt = yield* timestampNow();
  record.HasBeenStartedBefore = true;
  yield* initHealth(daemon, container);
  yield* sys.compute(dockerdDurations.writeConfig);
  yield* checkpoint(container);
  yield* emitContainerEvent(daemon.events, container, 'start');
  yield* announce(container);
}

/** A task that could not be started goes, and its shim with it. moby: containerStart(), its deferred ForceDelete(). */
function* dropTask(daemon: Daemon, { record }: Container): Running<void> {
  try {
    yield* forceDeleteTask(daemon.containerd, record.ID);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const fields = { container: record.ID, error: error.message };
    yield* daemon.log('error', 'failed to delete task after fail start', fields);
  }
}

/** The exit code of a start that failed, where neither it nor an earlier end says more. moby: exitUnknown. */
const startFailed = 128;

/**
 * Activity: what had been set up is taken down. The container keeps its exit code and the error's words. moby:
 * containerStart(), its deferred function.
 */
export function* undoStart(daemon: Daemon, container: Container, event: ContainerEvent): Running<void> {
  const { record } = container;
  if (event.type === 'call.failed') {
    record.State.Error = answerOf(event.error).message;
    if (record.State.ExitCode === 0) record.State.ExitCode = startFailed;
  }
  Object.assign(record.State, { Running: false, Restarting: false, Pid: 0 });
  container.shimPid = 0;
  if (container.streams.generation > 0)
    yield* cleanUpStep(daemon, container, 'failed to close its streams', () =>
      closeStreams(container.streams, containerFifos(container), daemon.log),
    );
  yield* forgetContainer(daemon, container);
  yield* releaseSurroundings(daemon, container);
  yield* unmountRootfs(daemon, container);
  container.exits += 1;
  yield* checkpoint(container);
  yield* announce(container);
}

/** Takes the container's record out of containerd, if there is one. moby: Cleanup(). */
export function* forgetContainer(daemon: Daemon, container: Container): Running<void> {
  if (!container.isInContainerd) return;
  try {
    yield* deleteContainer(daemon.containerd, container.record.ID);
    container.isInContainerd = false;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const words = `${container.record.ID} cleanup: failed to delete container from containerd: ${error.message}`;
    yield* daemon.log('error', words);
  }
}

/** The API's words for a start that failed; the container keeps them, with an exit code. */
function startError(container: Container, error: unknown, what = ''): unknown {
  if (!(error instanceof RpcError)) return error;
  const { message: inner, exitCode } = startFailure(error.message);
  if (exitCode !== startFailed) container.record.State.ExitCode = exitCode;
  return new ApiError(exitCode === startFailed ? 500 : 400, `${what}${inner}`);
}
