/**
 * overlay2: a directory a layer under /var/lib/docker/overlay2, with a short link to it so that mount(2)'s options
 * stay below one page. moby: daemon/graphdriver/overlay2.
 */
import { bytesUnder, makeDirectories, removeTree } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { serverError } from './api-error.ts';
import { resolveInRoot } from '../resolve-in-root.ts';
import { unlinkIfAny } from '../unlink.ts';
import { writeAtomically, writeFile } from './disk.ts';
import { randomLink } from './identifiers.ts';
import { dataRoot } from './records.ts';

export const overlayRoot = `${dataRoot}/overlay2`;

/** Makes the directories of a read-write layer on top of `parent`; '' when there is none. */
export function* createLayer(layer: string, parent: string): Running<void> {
  const directory = `${overlayRoot}/${layer}`;
  yield* makeDirectories(directory, 0o710);
  yield* makeDirectories(`${directory}/diff`);
  const link = yield* randomLink();
  // moby makes them the other way round, and leaves a link behind where there is no room to write down which.
  yield* writeAtomically(`${directory}/link`, link, 0o644);
  yield* sys.symlink(`../${layer}/diff`, `${overlayRoot}/l/${link}`);
  if (parent === '') return;
  yield* sys.mkdir(`${directory}/work`, 0o700);
  yield* writeAtomically(`${overlayRoot}/${parent}/committed`, '');
  yield* writeAtomically(`${directory}/lower`, yield* lowerOf(parent), 0o666);
}

/** What the `lower` file of a child of `parent` says: `l/AAA:l/BBB`, the nearest layer first. */
function* lowerOf(parent: string): Running<string> {
  const link = (yield* readFileIfAny(`${overlayRoot}/${parent}/link`)) ?? '';
  const lower = (yield* readFileIfAny(`${overlayRoot}/${parent}/lower`)) ?? '';
  return lower === '' ? `l/${link}` : `l/${link}:${lower}`;
}

/** Mounts a layer and all below it; returns where. */
export function* mountLayer(layer: string): Running<string> {
  const directory = `${overlayRoot}/${layer}`;
  const lower = ((yield* readFileIfAny(`${directory}/lower`)) ?? '').split(':').map((link) => `${overlayRoot}/${link}`);
  const data = `index=off,lowerdir=${lower.join(':')},upperdir=${directory}/diff,workdir=${directory}/work`;
  yield* makeDirectories(`${directory}/merged`, 0o700);
  yield* sys.mount('overlay', `${directory}/merged`, 'overlay', [], data);
  return `${directory}/merged`;
}

export function* unmountLayer(layer: string): Running<void> {
  yield* sys.umount2(`${overlayRoot}/${layer}/merged`, ['MNT_DETACH']);
  try {
    yield* sys.rmdir(`${overlayRoot}/${layer}/merged`);
  } catch (error) {
    // Something is mounted there once more.
    if (!isErrno(error)) throw error;
  }
}

/** Unmounts what somebody left mounted who was killed: that it is not mounted is no error. */
export function* unmountStale(layer: string): Running<void> {
  try {
    for (;;) yield* unmountLayer(layer);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOENT')) throw error;
  }
}

/** What is still mounted there goes first. moby: containerfs.EnsureRemoveAll(). */
export function* removeLayer(layer: string): Running<void> {
  yield* unmountStale(layer);
  const link = (yield* readFileIfAny(`${overlayRoot}/${layer}/link`)) ?? '';
  // moby: "refusing to remove empty link for layer": there was no room for it.
  if (link !== '') yield* unlinkIfAny(`${overlayRoot}/l/${link}`);
  yield* removeTree(`${overlayRoot}/${layer}`);
}

/** Directories of the layers below, the nearest first, as `docker inspect` shows them. */
export function* lowerDirectories(layer: string): Running<readonly string[]> {
  const lower = (yield* readFileIfAny(`${overlayRoot}/${layer}/lower`)) ?? '';
  const directories: string[] = [];
  for (const link of lower.split(':').filter((name) => name !== '')) {
    const target = yield* sys.readlink(`${overlayRoot}/${link}`);
    directories.push(`${overlayRoot}/${target.slice(3)}`);
  }
  return directories;
}

/**
 * A container's two layers: `LAYER-init`, which holds the files that are mounted over later, and the one that the
 * container writes to. moby: layer.CreateRWLayer() and daemon/initlayer.
 *
 * @param workingDirectory made if it is not there; '' for none.
 */
export function* createContainerLayers(layer: string, imageLayer: string, workingDirectory: string): Running<void> {
  const init = `${layer}-init`;
  yield* createLayer(init, imageLayer);
  const root = yield* mountLayer(init);
  for (const directory of ['dev', 'dev/pts', 'dev/shm', 'proc', 'sys', 'etc'])
    yield* makeDirectories(`${root}/${directory}`);
  for (const file of ['.dockerenv', 'etc/resolv.conf', 'etc/hosts', 'etc/hostname', 'dev/console']) {
    yield* writeFile(`${root}/${file}`, '', file === '.dockerenv' || file === 'dev/console' ? 0o755 : 0o644);
  }
  yield* unlinkIfAny(`${root}/etc/mtab`);
  yield* sys.symlink('/proc/mounts', `${root}/etc/mtab`);
  yield* unmountLayer(init);
  yield* createLayer(layer, init);
  yield* sys.compute(dockerdDurations.createLayer);
  const ownRoot = yield* mountLayer(layer);
  const isMade = workingDirectory === '' || (yield* makeWorkingDirectory(ownRoot, workingDirectory));
  yield* unmountLayer(layer);
  if (!isMade) throw serverError(`Cannot mkdir: ${workingDirectory} is not a directory`);
}

/** False: something else stands in its place. moby: SetupWorkingDirectory(). */
function* makeWorkingDirectory(root: string, directory: string): Running<boolean> {
  try {
    const path = `${root}${yield* resolveInRoot(root, directory, true, serverError)}`;
    yield* makeDirectories(path);
    return (yield* sys.stat(path)).type === 'directory';
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Bytes of the files that a container has written. moby: Diff size of a read-write layer. */
export function* writtenBytes(layer: string): Running<number> {
  return yield* bytesUnder(`${overlayRoot}/${layer}/diff`);
}

/** Removes a container's two layers. */
export function* removeContainerLayers(layer: string): Running<void> {
  yield* sys.compute(dockerdDurations.removeLayer);
  yield* removeLayer(layer);
  yield* removeLayer(`${layer}-init`);
}
