/** The images that dockerd has, as read from its disk: configurations, layers, and the names that point to them. */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import type { ImageConfig } from '../../programs/images/image.ts';
import { parseImageReference } from '../docker/reference.ts';
import { badRequest, notFound } from './api-error.ts';
import { namesIn, readJson } from './disk.ts';
import { chainOf, hexOf, imageRoot, repositoriesPath } from './image-files.ts';
import type { Repositories } from './image-files.ts';

export interface Image {
  /** `sha256:…`. */
  readonly id: string;
  readonly config: ImageConfig;
  /** RFC 3339. */
  readonly created: string;
  readonly history: readonly HistoryLine[];
  readonly author: string;
  readonly comment: string;
  /** The image of the container that it was made from; '' for one that was pulled. */
  readonly parent: string;
  readonly diffIds: readonly string[];
  /** Bytes of all its layers. */
  readonly size: number;
  /** overlay2 directory of its topmost layer. */
  readonly layer: string;
}

export interface HistoryLine {
  readonly created: string;
  readonly created_by: string;
  /** It has no layer of its own. */
  readonly empty_layer?: boolean;
  readonly author?: string;
  readonly comment?: string;
}

export interface ImageStore {
  readonly images: Map<string, Image>;
  repositories: Repositories;
  /** Layers of pulls, and of containers that are being made: until that is written down, nobody else knows. */
  readonly held: Set<{ readonly chainId: string }>;
}

/** Reads everything under image/overlay2. */
export function* loadImageStore(): Running<ImageStore> {
  const stored = (yield* readJson(repositoriesPath)) as { readonly Repositories?: Repositories } | null;
  const store: ImageStore = { images: new Map(), repositories: stored?.Repositories ?? {}, held: new Set() };
  for (const name of yield* namesIn(`${imageRoot}/imagedb/content/sha256`)) yield* loadImage(store, `sha256:${name}`);
  return store;
}

interface ConfigFile {
  readonly config: ImageConfig;
  readonly created: string;
  readonly history: Image['history'];
  readonly author?: string;
  readonly comment?: string;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** Reads one image's configuration and the records of its layers. */
export function* loadImage(store: ImageStore, id: string): Running<void> {
  const file = (yield* readJson(`${imageRoot}/imagedb/content/sha256/${hexOf(id)}`)) as ConfigFile | null;
  if (file === null) return;
  let chain = '';
  let size = 0;
  let layer = '';
  for (const diffId of file.rootfs.diff_ids) {
    chain = chain === '' ? diffId : chainOf(chain, diffId);
    const directory = `${imageRoot}/layerdb/sha256/${hexOf(chain)}`;
    size += Number(yield* readFileIfAny(`${directory}/size`));
    layer = (yield* readFileIfAny(`${directory}/cache-id`)) ?? '';
  }
  const { config, created, history, author = '', comment = '' } = file;
  const parent = (yield* readFileIfAny(`${imageRoot}/imagedb/metadata/sha256/${hexOf(id)}/parent`)) ?? '';
  const diffIds = file.rootfs.diff_ids;
  store.images.set(id, { id, config, created, history, author, comment, parent, diffIds, size, layer });
}

/** Finds an image by name, digest, id or the beginning of its id. Throws 404 `No such image: NAME`. */
export function findImage(store: ImageStore, name: string): Image {
  const image = findImageIfAny(store, name);
  if (image !== undefined) return image;
  const reference = parseImageReference(name);
  if ('error' in reference && !/^(?:sha256:)?[0-9a-f]{64}$/.test(name)) throw badRequest(reference.error);
  throw notFound(`No such image: ${withTag(name)}`);
}

/** As findImage; undefined when there is none. */
export function findImageIfAny(store: ImageStore, name: string): Image | undefined {
  const exact = store.images.get(name) ?? store.images.get(`sha256:${name}`);
  if (exact !== undefined) return exact;
  const reference = parseImageReference(name);
  if (!('error' in reference)) {
    const key =
      reference.digest === ''
        ? `${reference.familiarName}:${reference.tag || 'latest'}`
        : `${reference.familiarName}@${reference.digest}`;
    const id = store.repositories[reference.familiarName]?.[key];
    const named = id === undefined ? undefined : store.images.get(id);
    if (named !== undefined) return named;
  }
  const start = name.startsWith('sha256:') ? name : `sha256:${name}`;
  const matches = /^[0-9a-f]+$/.test(hexOf(start))
    ? [...store.images.values()].filter(({ id }) => id.startsWith(start))
    : [];
  return matches.length === 1 ? matches[0] : undefined;
}

/** The name with the tag that it stands for. */
function withTag(name: string): string {
  const reference = parseImageReference(name);
  if ('error' in reference || reference.digest !== '') return name;
  return `${reference.familiarName}:${reference.tag || 'latest'}`;
}

/** Tags (`nginx:latest`) and digests (`nginx@sha256:…`) of an image. */
export function namesOf(
  store: ImageStore,
  id: string,
): { readonly tags: readonly string[]; readonly digests: readonly string[] } {
  const all = Object.values(store.repositories).flatMap((references) => Object.entries(references));
  const names = all
    .filter(([, target]) => target === id)
    .map(([name]) => name)
    .toSorted();
  return { tags: names.filter((name) => !name.includes('@')), digests: names.filter((name) => name.includes('@')) };
}
