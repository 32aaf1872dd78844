/** A layer of an image on the disk: whole with its record, or not at all. */
import type { Running } from '../../kernel/abi.ts';
import { removeTree } from '../directories.ts';
import { removeLayer } from './graph-driver.ts';
import { hexOf, imageRoot } from './image-files.ts';
import type { StoredLayer } from './image-files.ts';

type LayerName = Pick<StoredLayer, 'chainId' | 'cacheId'>;

/** A layer goes with its record. */
export function* removeImageLayer({ chainId, cacheId }: LayerName): Running<void> {
  if (cacheId !== '') yield* removeLayer(cacheId);
  yield* removeTree(`${imageRoot}/layerdb/sha256/${hexOf(chainId)}`);
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
