/** A layer of an image on the disk: whole with its record, or not at all. */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { removeTree } from '../directories.ts';
import { namesIn } from './disk.ts';
import { removeLayer } from './graph-driver.ts';
import { chainsOf, hexOf, imageRoot, layerMounts } from './image-files.ts';
import type { StoredLayer } from './image-files.ts';
import type { ImageStore } from './image-store.ts';

type LayerName = Pick<StoredLayer, 'chainId' | 'cacheId'>;

const recordOf = (chainId: string): string => `${imageRoot}/layerdb/sha256/${hexOf(chainId)}`;

/** A layer goes with its record. */
function* removeImageLayer({ chainId, cacheId }: LayerName): Running<void> {
  if (cacheId !== '') yield* removeLayer(cacheId);
  yield* removeTree(recordOf(chainId));
}

/** Makes a layer; of one that cannot be made whole nothing stays. moby: layer_store.go, registerWithDescriptor(). */
export function* orNoLayer(layer: LayerName, make: () => Running<void>): Running<void> {
  try {
    yield* make();
  } catch (error) {
    yield* removeImageLayer(layer);
    throw error;
  }
}

/**
 * Removes a layer and those below it as far as no image and no container stands on them, the topmost first. moby:
 * layer_store.go, releaseLayer().
 *
 * @param top its chain id; '' for none.
 * @returns the chain ids of those that have gone.
 */
export function* releaseLayers(store: ImageStore, top: string): Running<readonly string[]> {
  const kept = yield* layersInUse(store);
  const gone: string[] = [];
  let chainId = top;
  while (chainId !== '' && !kept.has(chainId)) {
    const below = yield* layerBelow(chainId);
    const cacheId = (yield* readFileIfAny(`${recordOf(chainId)}/cache-id`)) ?? '';
    yield* removeImageLayer({ chainId, cacheId });
    gone.push(chainId);
    chainId = below;
  }
  return gone;
}

/** What images have, and, whether its image is still there or not, what each container stands on. */
function* layersInUse({ images, held }: ImageStore): Running<ReadonlySet<string>> {
  const inUse = new Set([...images.values()].flatMap(({ diffIds }) => chainsOf(diffIds)));
  const tops = Array.from(held, ({ chainId }) => chainId);
  for (const id of yield* namesIn(layerMounts)) tops.push(yield* layerUnder(id));
  for (const top of tops) {
    for (let chainId = top; chainId !== '' && !inUse.has(chainId); chainId = yield* layerBelow(chainId))
      inUse.add(chainId);
  }
  return inUse;
}

function* layerBelow(chainId: string): Running<string> {
  return (yield* readFileIfAny(`${recordOf(chainId)}/parent`)) ?? '';
}

/** The image's layer that a container's own ones stand on; '' when there is none. */
export function* layerUnder(id: string): Running<string> {
  return (yield* readFileIfAny(`${layerMounts}/${id}/parent`)) ?? '';
}
