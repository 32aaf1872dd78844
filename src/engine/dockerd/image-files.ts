/**
 * How an image lies in /var/lib/docker: its layers' files under overlay2, its configuration and its layers' records
 * under image/overlay2. Pure, so that a pull writes these files with system calls and a host's boot may put the same
 * ones there beforehand.
 */
import type { ImageFile, RegistryImage } from '../../programs/images/image.ts';
import { sha256 } from '../../programs/sha256.ts';
import { linkFrom } from './identifiers.ts';
import { dataRoot } from './records.ts';

export const imageRoot = `${dataRoot}/image/overlay2`;
/** For each container, which layers are its own and which one they stand on. */
export const layerMounts = `${imageRoot}/layerdb/mounts`;

/** What all of it stands in, with the modes that dockerd gives. */
export const storeDirectories = [
  [`${dataRoot}/overlay2`, 0o710],
  [`${dataRoot}/overlay2/l`, 0o700],
  [`${imageRoot}/imagedb/content/sha256`, 0o700],
  [`${imageRoot}/imagedb/metadata/sha256`, 0o700],
  [`${imageRoot}/layerdb`, 0o700],
  [layerMounts, 0o755],
] as const;

/** Something to be made on disk; parents come before what is in them, or are made with mode 0755. */
export type DiskEntry = ImageFile;

export interface StoredLayer {
  /** `sha256:…` of its content, and of it together with the layers below. */
  readonly diffId: string;
  readonly chainId: string;
  /** Its directory under overlay2. Drawn from the chain id: the real one is random. */
  readonly cacheId: string;
  readonly size: number;
  readonly mediaSize: number;
  readonly files: readonly DiskEntry[];
}

export interface StoredImage {
  /** `sha256:…` of the configuration. */
  readonly id: string;
  readonly digest: string;
  readonly configText: string;
  readonly layers: readonly StoredLayer[];
}

/** Lays an image out. */
export function layOut(image: RegistryImage): StoredImage {
  const layers: StoredLayer[] = [];
  for (const layer of image.layers) {
    const diffId = `sha256:${sha256(JSON.stringify(layer.files))}`;
    const below = layers.at(-1);
    const chainId = below === undefined ? diffId : chainOf(below.chainId, diffId);
    const cacheId = sha256(`cache ${chainId}`);
    const { size, mediaSize } = layer;
    layers.push({ diffId, chainId, cacheId, size, mediaSize, files: layerFiles(layer.files, cacheId, layers) });
  }
  const configText = JSON.stringify(configOf(image, layers));
  const id = `sha256:${sha256(configText)}`;
  const manifest = { schemaVersion: 2, config: id, layers: layers.map(({ diffId }) => diffId) };
  return { id, digest: `sha256:${sha256(JSON.stringify(manifest))}`, configText, layers };
}

/** The id of a layer on top of others. OCI image specification, "Layer ChainID". */
export function chainOf(below: string, diffId: string): string {
  return `sha256:${sha256(`${below} ${diffId}`)}`;
}

/** The ids of all layers of an image, the lowest first. */
export function chainsOf(diffIds: readonly string[]): readonly string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) chains.push(chains.length === 0 ? diffId : chainOf(chains.at(-1) ?? '', diffId));
  return chains;
}

function layerFiles(files: readonly ImageFile[], cacheId: string, below: readonly StoredLayer[]): readonly DiskEntry[] {
  const directory = `${dataRoot}/overlay2/${cacheId}`;
  const link = linkOf(cacheId);
  const lower = below.toReversed().map((layer) => `l/${linkOf(layer.cacheId)}`);
  const entries: DiskEntry[] = [
    { type: 'directory', path: directory, mode: 0o710 },
    { type: 'directory', path: `${directory}/diff`, mode: 0o755 },
    { type: 'file', path: `${directory}/link`, content: link, mode: 0o644 },
    { type: 'symlink', path: `${dataRoot}/overlay2/l/${link}`, target: `../${cacheId}/diff` },
  ];
  if (lower.length > 0) {
    entries.push({ type: 'file', path: `${directory}/lower`, content: lower.join(':'), mode: 0o644 });
    entries.push({ type: 'directory', path: `${directory}/work`, mode: 0o700 });
  }
  return [...entries, ...files.map((file) => ({ ...file, path: `${directory}/diff/${file.path.replace(/^\//, '')}` }))];
}

function linkOf(cacheId: string): string {
  return linkFrom(sha256(`link ${cacheId}`));
}

/** The image's configuration, under the names that docker's own images have. */
function configOf(image: RegistryImage, layers: readonly StoredLayer[]): unknown {
  return {
    architecture: image.architecture,
    config: image.config,
    created: image.created,
    history: image.layers.map(({ createdBy }) => ({ created: image.created, created_by: createdBy })),
    os: image.os,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

/** A layer's record: image/overlay2/layerdb. */
export function layerRecord(
  layer: Pick<StoredLayer, 'chainId' | 'cacheId' | 'diffId' | 'size'>,
  below: Pick<StoredLayer, 'chainId'> | undefined,
): readonly DiskEntry[] {
  const directory = `${imageRoot}/layerdb/sha256/${hexOf(layer.chainId)}`;
  const record = (name: string, content: string): DiskEntry => ({
    type: 'file',
    path: `${directory}/${name}`,
    content,
    mode: 0o644,
  });
  const entries = [record('cache-id', layer.cacheId), record('diff', layer.diffId), record('size', String(layer.size))];
  return below === undefined ? entries : [...entries, record('parent', below.chainId)];
}

/** The configuration's file: image/overlay2/imagedb. */
export function configRecord(image: StoredImage): DiskEntry {
  return {
    type: 'file',
    path: `${imageRoot}/imagedb/content/sha256/${hexOf(image.id)}`,
    content: image.configText,
    mode: 0o600,
  };
}

/** `Repositories` of repositories.json: repository → reference → image id. */
export type Repositories = Record<string, Record<string, string>>;

export const repositoriesPath = `${imageRoot}/repositories.json`;

/** Notes that a reference (`nginx:latest`) is this image from now on. */
export function addReference(repositories: Repositories, repository: string, tag: string, image: StoredImage): void {
  const references = (repositories[repository] ??= {});
  references[`${repository}:${tag}`] = image.id;
  references[`${repository}@${image.digest}`] = image.id;
}

/**
 * All files of images that are on the host from the beginning, for a host's boot to write.
 *
 * @param names as typed: `nginx`, `busybox:latest`. Names that the registry does not have are left out.
 */
export function preloadedImageFiles(
  registry: readonly RegistryImage[],
  names: readonly string[],
): readonly DiskEntry[] {
  const repositories: Repositories = {};
  const entries = new Map<string, DiskEntry>();
  for (const name of names) {
    const [repository = '', tag = 'latest'] = name.split(':');
    const found = registry.find((image) => image.repository === repository && image.tags.includes(tag));
    if (found === undefined) continue;
    const image = layOut(found);
    addReference(repositories, repository, tag, image);
    const layers = image.layers.flatMap((layer, at) => [...layer.files, ...layerRecord(layer, image.layers[at - 1])]);
    for (const entry of [...layers, configRecord(image)]) entries.set(entry.path, entry);
  }
  const list: DiskEntry = {
    type: 'file',
    path: repositoriesPath,
    content: JSON.stringify({ Repositories: repositories }),
    mode: 0o600,
  };
  return names.length === 0 ? [] : [...entries.values(), list];
}

/** `sha256:abc…` without the algorithm. */
export function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
