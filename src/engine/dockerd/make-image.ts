/** A new image: a layer made of an archive, and a configuration. moby: layer.Register(), image.Create(). */
import type { Running } from '../../kernel/abi.ts';
import { unpackMember } from '../../programs/tar/unpack.ts';
import { makeDirectories, removeTree } from '../directories.ts';
import { sha256 } from '../../programs/sha256.ts';
import { unpackBody } from './archive.ts';
import type { Daemon } from './daemon.ts';
import { namesIn, writeFile } from './disk.ts';
import { createLayer, overlayRoot, writtenBytes } from './graph-driver.ts';
import { chainsOf, hexOf, imageRoot, layerRecord } from './image-files.ts';
import { orNoLayer } from './image-layers.ts';
import { loadImage } from './image-store.ts';

/**
 * Unpacks an archive into a layer of its own. Returns the archive's digest.
 *
 * @param below the digests of the layers below it.
 * @param parent the directory of the nearest of them; '' for none.
 */
export function* storeLayer(archive: string, below: readonly string[], parent: string): Running<string> {
  const diffId = `sha256:${sha256(archive)}`;
  const chains = chainsOf([...below, diffId]);
  const chainId = chains.at(-1) ?? diffId;
  const cacheId = sha256(`cache ${chainId}`);
  const directory = `${imageRoot}/layerdb/sha256/${hexOf(chainId)}`;
  // Nothing was written, or the same once before: the layer is there already.
  if ((yield* namesIn(directory)).length > 0) return diffId;
  const belowLayer = chains.length < 2 ? undefined : { chainId: chains.at(-2) ?? '' };
  yield* orNoLayer({ chainId, cacheId }, function* () {
    yield* createLayer(cacheId, parent);
    yield* unpackInto(`${overlayRoot}/${cacheId}/diff`, archive);
    const size = yield* writtenBytes(cacheId);
    yield* makeDirectories(directory);
    for (const entry of layerRecord({ diffId, chainId, cacheId, size }, belowLayer))
      if (entry.type === 'file') yield* writeFile(entry.path, entry.content);
  });
  return diffId;
}

function* unpackInto(directory: string, archive: string): Running<void> {
  const options = { keepOwner: true, keepKinds: false, keepInside: false, removeAll: removeTree };
  yield* unpackBody(archive, (member, content) => unpackMember(directory, member, content, options));
}

/** Writes an image's configuration down and takes it up. Returns the image's id. */
export function* storeImage(daemon: Daemon, configuration: object, parent: string): Running<string> {
  const text = JSON.stringify(configuration);
  const id = `sha256:${sha256(text)}`;
  yield* makeDirectories(`${imageRoot}/imagedb/content/sha256`);
  yield* writeFile(`${imageRoot}/imagedb/content/sha256/${hexOf(id)}`, text, 0o600);
  if (parent !== '') {
    const metadata = `${imageRoot}/imagedb/metadata/sha256/${hexOf(id)}`;
    yield* makeDirectories(metadata);
    yield* writeFile(`${metadata}/parent`, parent);
  }
  yield* loadImage(daemon.images, id);
  return id;
}
