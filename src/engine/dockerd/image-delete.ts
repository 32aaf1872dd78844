/** `docker rmi`: names first, then the image that has none left. moby: daemon/images/image_delete.go. */
import type { Running } from '../../kernel/abi.ts';
import { parseImageReference } from '../docker/reference.ts';
import { conflict } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { removeTree } from '../directories.ts';
import { emit } from './events.ts';
import { chainsOf, hexOf, imageRoot } from './image-files.ts';
import { releaseLayers } from './image-layers.ts';
import { findImage, namesOf } from './image-store.ts';
import type { Image } from './image-store.ts';
import { saveRepositories } from './image-tag.ts';

/** One line of the answer: a name that has gone, or an image or a layer. */
export type DeletedImage = { readonly Untagged: string } | { readonly Deleted: string };

/**
 * Removes a name, and the image with its last one; an image's id stands for all its names. Throws 404 without the
 * image, 409 when something needs it.
 */
export function* deleteImage(daemon: Daemon, reference: string, force: boolean): Running<readonly DeletedImage[]> {
  const image = findImage(daemon.images, reference);
  const gone: DeletedImage[] = [];
  if (isIdOf(image, reference)) {
    yield* refuseIfNeeded(daemon, image, { force, ignoresNames: hasSingleName(daemon, image) });
    if (hasSingleName(daemon, image)) yield* untagAll(daemon, image, gone);
  } else {
    const user = usersOf(daemon, image)[0];
    if (!force && hasSingleName(daemon, image) && user !== undefined)
      throw conflict(
        `conflict: unable to remove repository reference "${reference}" (must force) - container ` +
          `${user.record.ID.slice(0, 12)} is using its referenced image ${shortId(image)}`,
      );
    yield* untag(daemon, image, reference, gone);
    // The name is gone; that the image stays, because something stands on it or uses it, is no failure then.
    if (allNames(daemon, image).length > 0 || hasChildren(daemon, image)) return gone;
    if ((yield* runningUser(daemon, image)) !== undefined || (!force && usersOf(daemon, image).length > 0)) return gone;
  }
  yield* refuseIfNeeded(daemon, image, { force, ignoresNames: false });
  yield* untagAll(daemon, image, gone);
  yield* removeImage(daemon, image, gone);
  return gone;
}

/** Whether an id or its beginning was given. */
function isIdOf(image: Image, reference: string): boolean {
  return /^(?:sha256:)?[0-9a-f]+$/.test(reference) && hexOf(image.id).startsWith(hexOf(reference));
}

function shortId(image: Image): string {
  return hexOf(image.id).slice(0, 12);
}

function allNames(daemon: Daemon, image: Image): readonly string[] {
  const { tags, digests } = namesOf(daemon.images, image.id);
  return [...tags, ...digests];
}

/** moby: isSingleReference(): at most one tag, and everything within one repository. */
function hasSingleName(daemon: Daemon, image: Image): boolean {
  const { tags, digests } = namesOf(daemon.images, image.id);
  const repositories = new Set([
    ...tags.map((tag) => tag.slice(0, tag.lastIndexOf(':'))),
    ...digests.map((name) => name.split('@')[0]),
  ]);
  return tags.length <= 1 && repositories.size <= 1;
}

function usersOf(daemon: Daemon, image: Image): readonly Container[] {
  return [...daemon.containers.values()].filter(({ record }) => record.Image === image.id);
}

/** Looks at one after the other, and waits for each that is locked. moby: container/memory_store.go, First(). */
function* runningUser(daemon: Daemon, image: Image): Running<Container | undefined> {
  for (const container of usersOf(daemon, image)) {
    yield* untilUnlocked(container);
    if (isRunning(container)) return container;
  }
  return undefined;
}

/** The same, but containers of other images are looked at too: moby asks first whether they run. */
function* stoppedUser(daemon: Daemon, image: Image): Running<Container | undefined> {
  for (const container of [...daemon.containers.values()]) {
    yield* untilUnlocked(container);
    if (!isRunning(container) && container.record.Image === image.id) return container;
  }
  return undefined;
}

function hasChildren(daemon: Daemon, image: Image): boolean {
  return [...daemon.images.images.values()].some(({ parent }) => parent === image.id);
}

/** moby: checkImageDeleteConflict(). */
function* refuseIfNeeded(
  daemon: Daemon,
  image: Image,
  { force, ignoresNames }: { readonly force: boolean; readonly ignoresNames: boolean },
): Running<void> {
  const refuse = (can: 'cannot' | 'must', why: string): never => {
    throw conflict(`conflict: unable to delete ${shortId(image)} (${can} be forced) - ${why}`);
  };
  if (hasChildren(daemon, image)) refuse('cannot', 'image has dependent child images');
  const running = yield* runningUser(daemon, image);
  if (running !== undefined)
    refuse('cannot', `image is being used by running container ${running.record.ID.slice(0, 12)}`);
  if (force) return;
  if (!ignoresNames && allNames(daemon, image).length > 0)
    refuse('must', 'image is referenced in multiple repositories');
  const stopped = yield* stoppedUser(daemon, image);
  if (stopped !== undefined)
    refuse('must', `image is being used by stopped container ${stopped.record.ID.slice(0, 12)}`);
}

/** Takes the name away, and the repository's digests with its last tag. */
function* untag(daemon: Daemon, image: Image, reference: string, gone: DeletedImage[]): Running<void> {
  const parsed = parseImageReference(reference);
  if ('error' in parsed) return;
  const { familiarName, digest } = parsed;
  yield* forget(
    daemon,
    image,
    digest === '' ? `${familiarName}:${parsed.tag || 'latest'}` : `${familiarName}@${digest}`,
    gone,
  );
  const { tags, digests } = namesOf(daemon.images, image.id);
  if (digest !== '' || tags.some((tag) => tag.startsWith(`${familiarName}:`))) return;
  for (const name of digests.filter((other) => other.startsWith(`${familiarName}@`)))
    yield* forget(daemon, image, name, gone, false);
}

function* untagAll(daemon: Daemon, image: Image, gone: DeletedImage[]): Running<void> {
  for (const name of allNames(daemon, image)) yield* forget(daemon, image, name, gone);
}

function* forget(daemon: Daemon, image: Image, name: string, gone: DeletedImage[], isTold = true): Running<void> {
  const { repositories } = daemon.images;
  const repository = name.includes('@') ? (name.split('@')[0] ?? '') : name.slice(0, name.lastIndexOf(':'));
  const names = repositories[repository] ?? {};
  delete names[name];
  if (Object.keys(names).length === 0) delete repositories[repository];
  yield* saveRepositories(daemon.images);
  gone.push({ Untagged: name });
  if (isTold) yield* emitOf(daemon, image, 'untag');
}

/** The labels are told as long as the image is there. moby: LogImageEvent(). */
function* emitOf(daemon: Daemon, image: Image, action: string): Running<void> {
  const labels = daemon.images.images.has(image.id) ? image.config.Labels : {};
  yield* emit(daemon.events, 'image', action, image.id, { ...labels, name: image.id });
}

/** The configuration, and the layers that nothing else stands on. */
function* removeImage(daemon: Daemon, image: Image, gone: DeletedImage[]): Running<void> {
  daemon.images.images.delete(image.id);
  yield* removeTree(`${imageRoot}/imagedb/content/sha256/${hexOf(image.id)}`);
  yield* removeTree(`${imageRoot}/imagedb/metadata/sha256/${hexOf(image.id)}`);
  yield* emitOf(daemon, image, 'delete');
  gone.push({ Deleted: image.id });
  const released = yield* releaseLayers(daemon.images, chainsOf(image.diffIds).at(-1) ?? '');
  for (const chain of released) gone.push({ Deleted: chain });
}
