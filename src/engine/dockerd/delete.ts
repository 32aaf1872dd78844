/** `docker rm`. moby: daemon/delete.go. */
import { removeTree } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { conflict, serverError } from './api-error.ts';
import { announce, isRunning, tell, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { unmountStaleSharedMemory } from './dev-shm.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { removeContainerLayers } from './graph-driver.ts';
import { layerMounts } from './image-files.ts';
import { layerUnder, releaseLayers } from './image-layers.ts';
import { forgetLinks } from './links.ts';
import { killContainer } from './kill.ts';
import { removeAnonymousVolumes } from './mount-points.ts';
import { containerDirectory } from './records.ts';
import type { ContainerRecord } from './records.ts';

/**
 * Removes a container; with `force` a running one is killed first. From the first look on nobody else may start or
 * remove it. Throws 409 for a running one, and for one that somebody removes. moby: ContainerRm(), whose
 * SetRemovalInProgress() comes before everything.
 *
 * @param name what the user called it.
 */
export function* removeContainer(
  daemon: Daemon,
  container: Container,
  name: string,
  force: boolean,
  removesVolumes = false,
): Running<void> {
  yield* untilUnlocked(container);
  const { State } = container.record;
  if (State.RemovalInProgress) throw conflict(`removal of container ${name} is already in progress`);
  if (container.removed) return;
  State.RemovalInProgress = true;
  try {
    yield* endAndRemove(daemon, container, force, removesVolumes);
  } finally {
    State.RemovalInProgress = false;
  }
}

/** moby: cleanupContainer(). */
function* endAndRemove(daemon: Daemon, container: Container, force: boolean, removesVolumes: boolean): Running<void> {
  const { Name, State } = container.record;
  // While the daemon is shutting down, a restart policy may have the last word once more.
  while (isRunning(container)) {
    const state = State.Paused
      ? 'paused and must be unpaused first'
      : `${State.Restarting ? 'restarting' : 'running'}: stop the container before removing or force remove`;
    if (!force) throw conflict(`cannot remove container "${Name}": container is ${state}`);
    yield* killContainer(daemon, container);
    yield* untilUnlocked(container);
  }
  container.removesVolumes ||= removesVolumes;
  // `--rm`: its end may have begun the removal.
  while (!container.removed && !(yield* tell(container, { type: 'remove' }))) yield* sys.futexWait(container.changed);
}

/**
 * Activity: layers, records, the name. That it is dead is written down first: no later daemon takes for a container
 * what is left of one. moby: cleanupContainer().
 */
export function* removeContainerFiles(daemon: Daemon, container: Container): Running<void> {
  const { record } = container;
  Object.assign(record.State, { RemovalInProgress: true, Dead: true });
  yield* announce(container);
  yield* checkpoint(container);
  try {
    yield* removeFilesOf(daemon, record, container.layer);
  } catch (error) {
    record.State.RemovalInProgress = false;
    yield* announce(container);
    if (!isErrno(error)) throw error;
    throw serverError(`unable to remove filesystem for ${record.ID}: ${error.message.toLowerCase()}`);
  }
  daemon.containers.delete(record.ID);
  daemon.names.delete(record.Name.slice(1));
  forgetLinks(daemon, container);
  for (const id of container.execs.keys()) daemon.execs.delete(id);
  if (container.removesVolumes) yield* removeAnonymousVolumes(daemon, container);
  container.removed = true;
  yield* emitContainerEvent(daemon.events, container, 'destroy');
  yield* announce(container);
}

/**
 * What a container has on the disk, its name in dockerd's memory not counted. With the last one that an image has left
 * behind, its layers go. moby: layer_store.go, ReleaseRWLayer().
 */
export function* removeFilesOf(daemon: Daemon, { ID, Image }: ContainerRecord, layer: string): Running<void> {
  const below = yield* layerUnder(ID);
  yield* removeContainerLayers(layer);
  yield* removeTree(`${layerMounts}/${ID}`);
  if (!daemon.images.images.has(Image)) yield* releaseLayers(daemon.images, below);
  yield* unmountStaleSharedMemory(ID);
  yield* removeTree(containerDirectory(ID));
}
