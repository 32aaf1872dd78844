/** `docker image prune`: images without a name, with `-a` all that no container has. moby: images/image_prune.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { ApiError } from './api-error.ts';
import type { Daemon } from './daemon.ts';
import { layerBytes } from './disk-usage.ts';
import { emit } from './events.ts';
import { booleanFilter, matchesLabels, parseFilters } from './filters.ts';
import { deleteImage } from './image-delete.ts';
import type { DeletedImage } from './image-delete.ts';
import { hexOf } from './image-files.ts';
import { untilOf } from './prune.ts';
import { namesOf } from './image-store.ts';
import type { Image } from './image-store.ts';

/** Removes them, and tells what went. Throws 400 for a filter that there is not. */
export function* pruneImages(daemon: Daemon, query: ReadonlyMap<string, string>): Running<object> {
  const filters = parseFilters(query.get('filters') ?? '', ['dangling', 'label', 'label!', 'until']);
  const danglingOnly = booleanFilter(filters, 'dangling') ?? true;
  const until = untilOf(filters, (yield* sys.realtime()).seconds);
  const before = yield* layerBytes(daemon);
  const parents = new Set([...daemon.images.images.values()].map(({ parent }) => parent));
  const gone: DeletedImage[] = [];
  for (const image of [...daemon.images.images.values()]) {
    const { tags, digests } = namesOf(daemon.images, image.id);
    const hasNames = tags.length + digests.length > 0;
    if (!hasNames && parents.has(image.id)) continue;
    if (!matchesLabels(filters, image.config.Labels ?? {})) continue;
    if ((parseRfc3339(image.created)?.seconds ?? 0) > until) continue;
    if (danglingOnly && tags.length > 0) continue;
    for (const name of hasNames ? [...tags, ...digests] : [hexOf(image.id)])
      gone.push(...(yield* deletedIfUnused(daemon, image, name)));
  }
  const reclaimed = gone.reduce((sum, one) => sum + ('Deleted' in one ? (before.get(one.Deleted) ?? 0) : 0), 0);
  yield* emit(daemon.events, 'image', 'prune', '', { reclaimed: String(reclaimed) });
  return { ImagesDeleted: gone.length === 0 ? null : gone, SpaceReclaimed: reclaimed };
}

/** Nothing where something needs it, or where it has gone with another name. */
function* deletedIfUnused(daemon: Daemon, image: Image, name: string): Running<readonly DeletedImage[]> {
  if (!daemon.images.images.has(image.id)) return [];
  try {
    return yield* deleteImage(daemon, name, false);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
