/** `docker commit`: a container's read-write layer as the top of a new image. moby: daemon/commit.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { endOfArchive } from '../../programs/tar/format.ts';
import { packing, packTree } from '../../programs/tar/pack.ts';
import type { ImageReference } from '../docker/reference.ts';
import { parseImageReference } from '../docker/reference.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { timestampNow } from '../timestamp.ts';
import { badRequest, conflict, notFound } from './api-error.ts';
import { changedConfig, configOfContainer } from './commit-config.ts';
import { statusOf, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';
import { overlayRoot } from './graph-driver.ts';
import { hexOf, imageRoot } from './image-files.ts';
import type { Image } from './image-store.ts';
import { tagImage } from './image-tag.ts';
import { storeImage, storeLayer } from './make-image.ts';
import { pauseContainer, resumeContainer } from './pause.ts';

/** What POST /commit asks for. */
export interface CommitRequest {
  readonly container: string;
  /** '' for an image without a name. */
  readonly repository: string;
  readonly tag: string;
  readonly author: string;
  readonly comment: string;
  /** Lines as of a Dockerfile: `ENV A=1`. */
  readonly changes: readonly string[];
  /** Whether a running container is frozen meanwhile. */
  readonly pause: boolean;
}

/**
 * Makes the image. Throws an ApiError: 400 for a name or a change that cannot be, 404 without the container, 409 for
 * a dead one.
 *
 * @returns the new image's id.
 */
export function* commitContainer(daemon: Daemon, request: CommitRequest): Running<string> {
  const container = findContainer(daemon, request.container);
  yield* untilUnlocked(container);
  const { record } = container;
  if (record.State.Dead || record.State.RemovalInProgress)
    throw conflict(`You cannot commit container ${record.ID} which is ${record.State.Dead ? 'Dead' : 'being removed'}`);
  const reference = referenceOf(request);
  const freezes = request.pause && statusOf(container) === 'running';
  if (freezes) yield* pauseContainer(container);
  try {
    const config = changedConfig(configOfContainer(record.Config), request.changes);
    const id = yield* makeImage(daemon, container, request, config);
    const name = reference === null ? '' : yield* tagImage(daemon, id, reference);
    yield* emitContainerEvent(daemon.events, container, 'commit', {
      comment: request.comment,
      imageID: id,
      imageRef: name,
    });
    return id;
  } finally {
    if (freezes && record.State.Paused) yield* resumeContainer(container);
  }
}

function referenceOf({ repository, tag }: CommitRequest): ImageReference | null {
  if (repository === '') return null;
  const reference = parseImageReference(tag === '' ? repository : `${repository}:${tag}`);
  if ('error' in reference) throw badRequest(reference.error);
  return reference;
}

function* makeImage(
  daemon: Daemon,
  container: Container,
  { author, comment }: CommitRequest,
  config: ReturnType<typeof configOfContainer>,
): Running<string> {
  const parent = parentOf(daemon, container);
  const created = yield* timestampNow();
  const diffId = yield* registerLayer(container, parent.diffIds, parent.layer);
  // What changes nothing is a line of the history, and no layer. moby: image.NewChildImage().
  const isEmpty = diffId === null;
  const createdBy = (container.record.Config.Cmd ?? []).join(' ');
  const image = {
    architecture: 'amd64',
    ...(author === '' ? {} : { author }),
    ...(comment === '' ? {} : { comment }),
    config,
    container: container.record.ID,
    container_config: container.record.Config,
    created,
    docker_version: '26.1.5+dfsg1',
    history: [
      ...parent.history,
      {
        created,
        ...(author === '' ? {} : { author }),
        created_by: createdBy,
        ...(comment === '' ? {} : { comment }),
        ...(isEmpty ? { empty_layer: true } : {}),
      },
    ],
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: isEmpty ? parent.diffIds : [...parent.diffIds, diffId] },
  };
  return yield* storeImage(daemon, image, parent.id);
}

/** Throws 404 in the words of moby's image/fs.go, get(), for a container that has lost its image. */
function parentOf({ images }: Daemon, { record }: Container): Image {
  const parent = images.images.get(record.Image);
  if (parent !== undefined) return parent;
  const path = `${imageRoot}/imagedb/content/sha256/${hexOf(record.Image)}`;
  throw notFound(`failed to get digest ${record.Image}: open ${path}: no such file or directory`);
}

/**
 * The read-write layer as an archive, unpacked into a layer of its own. Returns the digest of the archive; null when
 * there is nothing in it.
 */
function* registerLayer(container: Container, below: readonly string[], parent: string): Running<string | null> {
  const parts: string[] = [];
  // oxlint-disable-next-line require-yield -- it keeps them all.
  const into = yield* packing(function* write(bytes) {
    parts.push(bytes);
  });
  const source = `${overlayRoot}/${container.layer}/diff`;
  yield* sys.compute(dockerdDurations.commitLayer);
  for (const entry of yield* sys.readdir(source)) yield* packTree(into, `${source}/${entry.name}`, entry.name);
  if (parts.length === 0) return null;
  return yield* storeLayer(parts.join('') + endOfArchive, below, parent);
}
