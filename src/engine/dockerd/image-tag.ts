/** Names of images: `docker tag`, and the names that other commands give. moby: daemon/images/image_tag.go. */
import type { Running } from '../../kernel/abi.ts';
import { parseImageReference } from '../docker/reference.ts';
import type { ImageReference } from '../docker/reference.ts';
import { badRequest } from './api-error.ts';
import type { Daemon } from './daemon.ts';
import { writeAtomically } from './disk.ts';
import { emit } from './events.ts';
import { repositoriesPath } from './image-files.ts';
import { findImage } from './image-store.ts';
import type { ImageStore } from './image-store.ts';

/** `docker tag`. Throws 400 for a name that cannot be, 404 without the image. */
export function* tagByName(daemon: Daemon, name: string, repository: string, tag: string): Running<void> {
  const reference = parseImageReference(tag === '' ? repository : `${repository}:${tag}`);
  if ('error' in reference) throw badRequest(reference.error);
  if (reference.digest !== '') throw badRequest('refusing to create a tag with a digest reference');
  yield* tagImage(daemon, findImage(daemon.images, name).id, reference);
}

/** Lets the name mean this image from now on. Returns the name as people write it. */
export function* tagImage(daemon: Daemon, id: string, reference: ImageReference): Running<string> {
  const { images, events } = daemon;
  const name = `${reference.familiarName}:${reference.tag || 'latest'}`;
  (images.repositories[reference.familiarName] ??= {})[name] = id;
  yield* saveRepositories(images);
  yield* emit(events, 'image', 'tag', id, { ...images.images.get(id)?.config.Labels, name });
  return name;
}

/** Writes repositories.json. */
export function* saveRepositories(images: ImageStore): Running<void> {
  yield* writeAtomically(repositoriesPath, JSON.stringify({ Repositories: images.repositories }));
}
