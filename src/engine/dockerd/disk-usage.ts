/**
 * What takes room, and whose it is: `docker system df`, `docker history`. moby: daemon/disk_usage.go,
 * images/image_history.go.
 */
import { bytesUnder } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import type { Daemon } from './daemon.ts';
import { chainsOf, hexOf, imageRoot } from './image-files.ts';
import { findImage, namesOf } from './image-store.ts';
import { listImages } from './images.ts';
import { listContainers } from './list.ts';
import { listVolumes } from './volumes.ts';

/** Bytes of each layer that an image has, by chain id. */
export function* layerBytes(daemon: Daemon): Running<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>();
  for (const { diffIds } of daemon.images.images.values()) {
    for (const chain of chainsOf(diffIds)) {
      if (bytes.has(chain)) continue;
      bytes.set(chain, Number(yield* readFileIfAny(`${imageRoot}/layerdb/sha256/${hexOf(chain)}/size`)));
    }
  }
  return bytes;
}

/** The answer to GET /images/{name}/history: the newest line first, the oldest at the bottom. */
export function* imageHistory(daemon: Daemon, reference: string): Running<unknown> {
  const image = findImage(daemon.images, reference);
  const bytes = yield* layerBytes(daemon);
  const chains = [...chainsOf(image.diffIds)];
  const lines = image.history.map(({ created, created_by, comment = '', empty_layer: isEmpty = false }) => ({
    Id: '<missing>',
    Created: parseRfc3339(created)?.seconds ?? 0,
    CreatedBy: created_by,
    Tags: null as readonly string[] | null,
    Size: bytes.get(isEmpty ? '' : (chains.shift() ?? '')) ?? 0,
    Comment: comment,
  }));
  const newestFirst = lines.toReversed();
  // Of the images that it was made from those are known that are still here.
  let id = image.id;
  for (const line of newestFirst) {
    const { tags } = namesOf(daemon.images, id);
    Object.assign(line, { Id: id, Tags: tags.length === 0 ? null : tags });
    id = daemon.images.images.get(id)?.parent ?? '';
    if (!daemon.images.images.has(id)) break;
  }
  return newestFirst;
}

/** The answer to GET /system/df. */
export function* diskUsage(daemon: Daemon): Running<unknown> {
  const bytes = yield* layerBytes(daemon);
  const images = [...daemon.images.images.values()];
  const users = new Map<string, number>();
  for (const { diffIds } of images)
    for (const chain of chainsOf(diffIds)) users.set(chain, (users.get(chain) ?? 0) + 1);
  const containers = [...daemon.containers.values()];
  const { seconds } = yield* sys.realtime();
  const volumes: object[] = [];
  for (const volume of listVolumes(daemon, undefined)) {
    const RefCount = containers.filter(({ record }) =>
      Object.values(record.MountPoints).some(({ Name }) => Name === volume.Name),
    ).length;
    volumes.push({ ...volume, UsageData: { Size: yield* bytesUnder(volume.Mountpoint), RefCount } });
  }
  return {
    LayersSize: [...bytes.values()].reduce((sum, one) => sum + one, 0),
    Images: listImages(daemon, new Map(), seconds).map((image) => ({
      ...image,
      SharedSize: chainsOf(daemon.images.images.get(image.Id)?.diffIds ?? [])
        .filter((chain) => (users.get(chain) ?? 0) > 1)
        .reduce((sum, chain) => sum + (bytes.get(chain) ?? 0), 0),
      Containers: containers.filter(({ record }) => record.Image === image.Id).length,
    })),
    Containers: yield* listContainers(
      daemon,
      new Map([
        ['all', '1'],
        ['size', '1'],
      ]),
    ),
    Volumes: volumes,
    BuildCache: [],
  };
}
