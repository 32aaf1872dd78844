/** `docker rm`. moby: daemon/delete.go. */
import { removeTree } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { ApiError, conflict, serverError } from './api-error.ts';
import { announce, isRunning, tell, untilUnlocked, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { unmountStaleSharedMemory } from './dev-shm.ts';
import type { ContainerEvent } from './container.machine.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { removeContainerLayers } from './graph-driver.ts';
import { layerMounts } from './image-files.ts';
import { layerUnder, releaseLayers } from './image-layers.ts';
import { forgetLinks } from './links.ts';
import { killContainer, stopContainer } from './kill.ts';
import { removeAnonymousVolumes } from './mount-points.ts';
import { containerDirectory } from './records.ts';
import type { ContainerRecord } from './records.ts';

/** How a container is removed: killed first when it runs; its anonymous volumes with it. */
interface Removal {
  readonly force: boolean;
  readonly removesVolumes: boolean;
}

/**
 * Removes a container. From the first look on nobody else may start or remove it. Throws 409 for a running one that is
 * not to be killed, and for one that somebody removes. moby: ContainerRm(), whose SetRemovalInProgress() comes before
 * everything.
 *
 * @param name what the user called it.
 */
export function* removeContainer(
  daemon: Daemon,
  container: Container,
  name: string,
  { force, removesVolumes }: Removal,
): Running<void> {
  const { State } = container.record;
  yield* whileLocked(container, function* () {
    if (State.RemovalInProgress) throw conflict(`removal of container ${name} is already in progress`);
    State.RemovalInProgress = true;
  });
  try {
    if (container.removed) return;
    yield* endIfRunning(daemon, container, force);
    yield* tell(container, { type: 'remove', removesVolumes });
  } finally {
    State.RemovalInProgress = false;
    if (State.Dead && !container.removed) yield* announce(container);
  }
}

/**
 * `--rm`: a container goes with its end, once its lock is free. Whoever removes it already is first, and a line in the
 * log says so (asked of 26.1.5). moby: autoRemove().
 */
export function* autoRemove(daemon: Daemon, container: Container): Running<void> {
  if (container.isBeingRestarted || isRunning(container)) return;
  const error = yield* removeByItself(daemon, container);
  if (error === null) return;
  yield* daemon.log('error', 'error removing container', { container: container.record.ID, error });
}

/**
 * As `docker rm -fv`, for a container with `--rm`; a daemon that is just starting has not yet looked for the volumes,
 * and leaves them behind (asked of 26.1.5; moby: prepareMountPoints()). Returns why it could not be.
 */
export function* removeByItself(daemon: Daemon, container: Container): Running<string | null> {
  if (!container.host.AutoRemove) return null;
  try {
    const removal = { force: true, removesVolumes: daemon.hasStarted };
    yield* removeContainer(daemon, container, container.record.ID, removal);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return container.removed ? null : error.message;
  }
}

/**
 * Kills it, and stops it once more if it runs then: while the daemon is shutting down, a restart policy may have had
 * the last word. Of a process that is gone nobody may have told: the container goes all the same. moby: ContainerRm(),
 * cleanupContainer().
 */
function* endIfRunning(daemon: Daemon, container: Container, force: boolean): Running<void> {
  const { Name, State } = container.record;
  if (!isRunning(container)) return;
  const state = State.Paused
    ? 'paused and must be unpaused first'
    : `${State.Restarting ? 'restarting' : 'running'}: stop the container before removing or force remove`;
  if (!force) throw conflict(`cannot remove container "${Name}": container is ${state}`);
  yield* killToRemove(daemon, container);
  yield* stopContainer(daemon, container, undefined, lastStopSeconds);
  yield* untilUnlocked(container);
}

const lastStopSeconds = 3;

function* killToRemove(daemon: Daemon, container: Container): Running<void> {
  try {
    yield* killContainer(daemon, container);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It has ended by itself.
    if (!isRunning(container)) return;
    throw new ApiError(
      error.status,
      `cannot remove container "${container.record.Name}": could not kill: ${error.message}`,
    );
  }
}

/**
 * Activity: layers, records, the name. That it is dead is written down first: no later daemon takes for a container
 * what is left of one. moby: cleanupContainer().
 */
export function* removeContainerFiles(daemon: Daemon, container: Container, event: ContainerEvent): Running<void> {
  const { record } = container;
  yield* whileLocked(container, function* () {
    record.State.Dead = true;
    yield* announce(container);
    yield* checkpoint(container);
  });
  try {
    yield* removeLayersOf(daemon, record, container.layer);
    // Nobody is to write into it meanwhile.
    yield* whileLocked(container, () => removeTree(containerDirectory(record.ID)));
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw serverError(`unable to remove filesystem for ${record.ID}: ${error.message.toLowerCase()}`);
  }
  daemon.containers.delete(record.ID);
  daemon.names.delete(record.Name.slice(1));
  forgetLinks(daemon, container);
  for (const id of container.execs.keys()) daemon.execs.delete(id);
  if (event.type === 'remove' && event.removesVolumes) yield* removeAnonymousVolumes(daemon, container);
  container.removed = true;
  yield* emitContainerEvent(daemon.events, container, 'destroy');
  yield* announce(container);
}

/**
 * A container's read-write layer. With the last one that an image has left behind, its layers go. moby: layer_store.go,
 * ReleaseRWLayer().
 */
export function* removeLayersOf(daemon: Daemon, { ID, Image }: ContainerRecord, layer: string): Running<void> {
  const below = yield* layerUnder(ID);
  yield* removeContainerLayers(layer);
  yield* removeTree(`${layerMounts}/${ID}`);
  if (!daemon.images.images.has(Image)) yield* releaseLayers(daemon.images, below);
  yield* unmountStaleSharedMemory(ID);
}
