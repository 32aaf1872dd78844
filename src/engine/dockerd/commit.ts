/** `docker commit`: a container's read-write layer as the top of a new image. moby: daemon/commit.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { endOfArchive } from '../../programs/tar/format.ts';
import { packing, packTree } from '../../programs/tar/pack.ts';
import { readWhole } from '../../programs/tar/read.ts';
import { unpackMember } from '../../programs/tar/unpack.ts';
import { makeDirectories, removeTree } from '../directories.ts';
import type { ImageReference } from '../docker/reference.ts';
import { parseImageReference } from '../docker/reference.ts';
import { sha256 } from '../sha256.ts';
import { timestampNow } from '../timestamp.ts';
import { badRequest, conflict, notFound } from './api-error.ts';
import { changedConfig, configOfContainer } from './commit-config.ts';
import { statusOf, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { namesIn, writeFile } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { createLayer, overlayRoot, writtenBytes } from './graph-driver.ts';
import { chainsOf, hexOf, imageRoot, layerRecord } from './image-files.ts';
import { orNoLayer } from './image-layers.ts';
import { loadImage } from './image-store.ts';
import type { Image } from './image-store.ts';
import { tagImage } from './image-tag.ts';
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
  const text = JSON.stringify({
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
  });
  const id = `sha256:${sha256(text)}`;
  yield* makeDirectories(`${imageRoot}/imagedb/content/sha256`);
  yield* writeFile(`${imageRoot}/imagedb/content/sha256/${hexOf(id)}`, text, 0o600);
  const metadata = `${imageRoot}/imagedb/metadata/sha256/${hexOf(id)}`;
  yield* makeDirectories(metadata);
  yield* writeFile(`${metadata}/parent`, parent.id);
  yield* loadImage(daemon.images, id);
  return id;
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
  for (const entry of yield* sys.readdir(source)) yield* packTree(into, `${source}/${entry.name}`, entry.name);
  if (parts.length === 0) return null;
  const archive = parts.join('') + endOfArchive;
  const diffId = `sha256:${sha256(archive)}`;
  const chains = chainsOf([...below, diffId]);
  const chainId = chains.at(-1) ?? diffId;
  const cacheId = sha256(`cache ${chainId}`);
  const size = yield* writtenBytes(container.layer);
  const directory = `${imageRoot}/layerdb/sha256/${hexOf(chainId)}`;
  // Nothing was written, or the same once before: the layer is there already.
  if ((yield* namesIn(directory)).length > 0) return diffId;
  const belowLayer = chains.length < 2 ? undefined : { chainId: chains.at(-2) ?? '' };
  yield* orNoLayer({ chainId, cacheId }, function* () {
    yield* createLayer(cacheId, parent);
    yield* unpackInto(`${overlayRoot}/${cacheId}/diff`, archive);
    yield* makeDirectories(directory);
    for (const entry of layerRecord({ diffId, chainId, cacheId, size }, belowLayer))
      if (entry.type === 'file') yield* writeFile(entry.path, entry.content);
  });
  return diffId;
}

function* unpackInto(directory: string, archive: string): Running<void> {
  yield* readWhole(archive, (member, content) =>
    unpackMember(directory, member, content, {
      keepOwner: true,
      keepKinds: false,
      keepInside: false,
      removeAll: removeTree,
    }),
  );
}
