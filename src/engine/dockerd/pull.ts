/**
 * `docker pull`. moby: distribution/pull_v2.go and distribution/xfer. No recording holds a successful pull: its pace
 * is ours.
 */
import { makeDirectories } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { registryDurations } from '../durations-docker.ts';
import { startMachine } from '../drive.ts';
import { formatPlatform, isOwnPlatform } from '../platform.ts';
import type { Platform } from '../platform.ts';
import { sha256 } from '../../programs/sha256.ts';
import type { ImageReference } from '../docker/reference.ts';
import { humanSize } from '../docker/size.ts';
import { ApiError, notFound, serverError } from './api-error.ts';
import type { Daemon } from './daemon.ts';
import { namesIn, writeAtomically, writeFile } from './disk.ts';
import { emit } from './events.ts';
import { addReference, configRecord, hexOf, imageRoot, layerRecord, layOut, repositoriesPath } from './image-files.ts';
import type { DiskEntry, StoredImage, StoredLayer } from './image-files.ts';
import { orNoLayer, releaseLayers } from './image-layers.ts';
import { loadImage } from './image-store.ts';
import { pullMachine } from './pull.machine.ts';
import { askRegistry, findInRegistry, registryHost, registryLine } from './registry.ts';

/** One line of the progress stream. */
export interface PullProgress {
  readonly status: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly progress?: string;
  readonly id?: string;
}

export type ReportProgress = (line: PullProgress) => Running<void>;

/** What the registry has is for linux/amd64, the first of its variants. */
function isInRegistry(platform: Platform): boolean {
  return isOwnPlatform(platform) && /^(?:v\d)?$/.test(platform.variant);
}

/** A layer on its way. moby: distribution/xfer, Transfer. */
export interface Transfer {
  /** All of these are told of its progress. */
  readonly watchers: Set<ReportProgress>;
  isDownloaded: boolean;
  /** Set, and whoever sleeps on the transfer woken, when it is in the store. */
  isUnpacked: boolean;
  /** Why it will never be there. */
  failure: ApiError | null;
}

interface Pull {
  readonly daemon: Daemon;
  readonly reference: ImageReference;
  /** Undefined for the machine's own. */
  readonly platform: Platform | undefined;
  readonly report: ReportProgress;
  image: StoredImage | null;
  source: RegistryImage | null;
  /** How many of its layers are being downloaded; who waits for one to end sleeps on the pull. */
  active: number;
  hasDownloaded: boolean;
}

/** Downloads at a time. moby: daemon/config, DefaultMaxConcurrentDownloads. */
const concurrentDownloads = 3;

/** Pulls an image. Throws an ApiError with the registry's words. */
export function* pullImage(
  daemon: Daemon,
  registry: readonly RegistryImage[],
  reference: ImageReference,
  platform: Platform | undefined,
  report: ReportProgress,
): Running<void> {
  const pull: Pull = {
    daemon,
    reference,
    platform,
    report,
    image: null,
    source: null,
    active: 0,
    hasDownloaded: false,
  };
  const activities = {
    *resolve() {
      pull.source = yield* findInRegistry(registry, reference);
      pull.image = layOut(pull.source);
      for (const layer of pull.image.layers) daemon.images.held.add(layer);
    },
    fetch: () => fetchLayers(pull),
    record: () => recordImage(pull),
  };
  const object = `${reference.familiarName}:${reference.tag || 'latest'}`;
  // From the manifest on, until the image is there, the pull has its layers.
  try {
    yield* startMachine(pullMachine, { name: 'pull', object, activities });
  } catch (error) {
    letGo(pull);
    yield* releaseUnused(pull);
    throw error;
  }
  letGo(pull);
}

function letGo({ daemon, image }: Pull): void {
  for (const layer of image?.layers ?? []) daemon.images.held.delete(layer);
}

/** Of a pull that fails no layer stays that nobody else has. */
function* releaseUnused({ daemon, image }: Pull): Running<void> {
  if (image === null) return;
  const present = yield* storedLayers();
  const top = image.layers.findLast(({ chainId }) => present.has(hexOf(chainId)));
  yield* releaseLayers(daemon.images, top?.chainId ?? '');
}

/** The layers in the store, by the digits of their chain ids. */
function* storedLayers(): Running<ReadonlySet<string>> {
  return new Set(yield* namesIn(`${imageRoot}/layerdb/sha256`));
}

function* fetchLayers(pull: Pull): Running<void> {
  const { reference, platform, report, image } = pull;
  if (image === null) return;
  yield* report({ status: `Pulling from ${reference.path}`, id: reference.tag || 'latest' });
  if (platform !== undefined && !isInRegistry(platform))
    throw notFound(`no matching manifest for ${formatPlatform(platform)} in the manifest list entries`);
  if (pull.daemon.images.images.has(image.id)) return;
  const present = yield* storedLayers();
  const missing = image.layers.filter(({ chainId }) => !present.has(hexOf(chainId)));
  for (const layer of image.layers) {
    yield* report({
      status: missing.includes(layer) ? 'Pulling fs layer' : 'Already exists',
      progressDetail: {},
      id: shortId(layer),
    });
  }
  for (const layer of missing.slice(concurrentDownloads))
    yield* report({ status: 'Waiting', progressDetail: {}, id: shortId(layer) });
  pull.hasDownloaded = missing.length > 0;
  const begun = missing.map((layer) => join(pull, layer));
  for (const { layer, transfer, isOurs } of begun) if (isOurs) yield* sys.go(() => download(pull, layer, transfer));
  try {
    for (const { layer, transfer, isOurs } of begun) {
      while (!(isOurs ? transfer.isDownloaded : transfer.isUnpacked) && transfer.failure === null)
        yield* sys.futexWait(transfer);
      if (transfer.failure !== null) throw transfer.failure;
      if (isOurs) yield* unpack(pull, image, layer, transfer);
    }
  } catch (error) {
    const failure = isErrno(error) ? serverError(`failed to register layer: ${error.message}`) : error;
    for (const { layer, transfer, isOurs } of begun) {
      transfer.watchers.delete(report);
      if (isOurs && failure instanceof ApiError) yield* giveUp(pull, layer, transfer, failure);
    }
    throw failure;
  }
}

/** Whoever waits for the layer has to do without it; who asks for it again begins anew. */
function* giveUp({ daemon }: Pull, layer: StoredLayer, transfer: Transfer, failure: ApiError): Running<void> {
  if (transfer.isUnpacked) return;
  transfer.failure = failure;
  daemon.transfers.delete(layer.chainId);
  yield* sys.futexWake(transfer);
}

/** Watches the layer's transfer; begins one when it is not on its way already for another pull. */
function join({ daemon, report }: Pull, layer: StoredLayer) {
  const known = daemon.transfers.get(layer.chainId);
  const transfer = known ?? { watchers: new Set(), isDownloaded: false, isUnpacked: false, failure: null };
  daemon.transfers.set(layer.chainId, transfer);
  transfer.watchers.add(report);
  return { layer, transfer, isOurs: known === undefined };
}

function* tellWatchers({ watchers }: Transfer, line: PullProgress): Running<void> {
  for (const report of watchers) yield* report(line);
}

/** The digest of a layer's compressed form: ours is not compressed. */
function blobOf(layer: StoredLayer): string {
  return sha256(`blob ${layer.diffId}`);
}

function shortId(layer: StoredLayer): string {
  return blobOf(layer).slice(0, 12);
}

function* download(pull: Pull, layer: StoredLayer, transfer: Transfer): Running<void> {
  while (pull.active >= concurrentDownloads) yield* sys.futexWait(pull);
  pull.active += 1;
  const total = layer.mediaSize;
  yield* askRegistry(`GET https://${registryHost}/v2/${pull.reference.path}/blobs/sha256:${blobOf(layer)}`);
  const steps = Math.min(8, Math.max(1, Math.ceil(total / 2_000_000)));
  for (let step = 1; step <= steps; step += 1) {
    // The line is shared by those that download at this moment.
    const { byteNs } = yield* registryLine();
    yield* sys.delay(Math.round((total / steps) * byteNs * pull.active));
    yield* tellWatchers(transfer, progress('Downloading', layer, Math.round((total / steps) * step)));
  }
  const id = shortId(layer);
  if (total > 2_000_000) yield* tellWatchers(transfer, { status: 'Verifying Checksum', progressDetail: {}, id });
  yield* tellWatchers(transfer, { status: 'Download complete', progressDetail: {}, id });
  pull.active -= 1;
  transfer.isDownloaded = true;
  yield* sys.futexWake(pull);
  yield* sys.futexWake(transfer);
}

function* unpack({ daemon }: Pull, image: StoredImage, layer: StoredLayer, transfer: Transfer): Running<void> {
  const steps = layer.mediaSize > 8_000_000 ? 3 : 1;
  for (let step = 1; step <= steps; step += 1) {
    yield* tellWatchers(transfer, progress('Extracting', layer, Math.round((layer.mediaSize / steps) * step)));
    yield* sys.delay(Math.round((layer.size / steps) * registryDurations.extractPerByte));
  }
  const below = image.layers[image.layers.indexOf(layer) - 1];
  yield* orNoLayer(layer, function* () {
    for (const entry of [...layer.files, ...layerRecord(layer, below)]) yield* writeEntry(entry);
  });
  yield* tellWatchers(transfer, { status: 'Pull complete', progressDetail: {}, id: shortId(layer) });
  transfer.isUnpacked = true;
  daemon.transfers.delete(layer.chainId);
  yield* sys.futexWake(transfer);
}

/** Writes one file, directory or link, and what is above it. */
function* writeEntry(entry: DiskEntry): Running<void> {
  const parent = entry.path.slice(0, entry.path.lastIndexOf('/'));
  if (entry.type === 'directory') {
    yield* makeDirectories(entry.path, entry.mode);
    yield* sys.chmod(entry.path, entry.mode);
  } else {
    yield* makeDirectories(parent);
    if (entry.type === 'symlink') yield* sys.symlink(entry.target, entry.path);
    else yield* writeFile(entry.path, entry.content, entry.mode);
  }
  if (entry.type !== 'symlink' && (entry.uid !== undefined || entry.gid !== undefined)) {
    yield* sys.chown(entry.path, entry.uid ?? 0, entry.gid ?? 0);
  }
}

/**
 * A progress line with its bar. moby: pkg/jsonmessage, JSONProgress.String(); the bar of the line that travels is 50
 * wide.
 */
function progress(status: string, layer: StoredLayer, current: number): PullProgress {
  const total = layer.mediaSize;
  const filled = total === 0 ? 50 : Math.min(50, Math.floor((current * 50) / total));
  const bar = `[${'='.repeat(Math.max(0, filled))}>${' '.repeat(Math.max(0, 50 - filled))}]`;
  const sizes = `${humanSize(current).padStart(7)}/${humanSize(total)}`;
  return { status, progressDetail: { current, total }, progress: `${bar}  ${sizes.trimStart()}`, id: shortId(layer) };
}

/** moby: image/fs.go, Set(). */
function* writeConfiguration(image: StoredImage): Running<void> {
  try {
    yield* writeEntry(configRecord(image));
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw serverError(`failed to write digest data: ${error.message.toLowerCase()}`);
  }
}

function* recordImage(pull: Pull): Running<void> {
  const { daemon, reference, report, image } = pull;
  if (image === null) return;
  const { familiarName } = reference;
  const name = `${familiarName}:${reference.tag || 'latest'}`;
  const { images } = daemon;
  const isNew = pull.hasDownloaded || images.repositories[familiarName]?.[name] !== image.id;
  yield* writeConfiguration(image);
  addReference(images.repositories, familiarName, reference.tag || 'latest', image);
  yield* writeAtomically(repositoriesPath, JSON.stringify({ Repositories: images.repositories }));
  yield* loadImage(images, image.id);
  yield* report({ status: `Digest: ${image.digest}` });
  yield* report({
    status: isNew ? `Status: Downloaded newer image for ${name}` : `Status: Image is up to date for ${name}`,
  });
  const labels = pull.source?.config.Labels ?? {};
  yield* emit(daemon.events, 'image', 'pull', name, { ...labels, name: familiarName });
}
