/**
 * A container's root file system as dockerd sees it: mounted while the container runs or somebody works on it, and
 * looked into without leaving it. moby: daemon.Mount(), container.ResolvePath().
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { Container } from './container.ts';
import { mountLayer, overlayRoot, unmountLayer } from './graph-driver.ts';

/** Mounts it, unless it is mounted already, and counts one more user. Returns where. */
export function* acquireRootfs(container: Container): Running<string> {
  container.rootfsUsers += 1;
  if (container.rootfsUsers > 1) return `${overlayRoot}/${container.layer}/merged`;
  try {
    return yield* mountLayer(container.layer);
  } catch (error) {
    container.rootfsUsers -= 1;
    throw error;
  }
}

/** One user fewer; the last one unmounts it. That it is not mounted is no error. */
export function* releaseRootfs(container: Container): Running<void> {
  container.rootfsUsers = Math.max(0, container.rootfsUsers - 1);
  if (container.rootfsUsers > 0) return;
  try {
    yield* unmountLayer(container.layer);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOENT')) throw error;
  }
}

/** Does something with the mounted root file system. */
export function* withRootfs<T>(container: Container, body: (root: string) => Running<T>): Running<T> {
  const root = yield* acquireRootfs(container);
  try {
    return yield* body(root);
  } finally {
    yield* releaseRootfs(container);
  }
}

/** More symbolic links than this in one path lead nowhere. Linux: MAXSYMLINKS. */
const mostLinks = 40;

/**
 * Where a path of the container leads within `root`: symbolic links are followed as the container would follow them,
 * `..` stops at the root. A part that does not exist stays as it is.
 *
 * @param followLast whether a link at the very end is followed too.
 * @returns an absolute path of the container, without links.
 */
export function* resolveInRoot(root: string, path: string, followLast: boolean): Running<string> {
  const left = partsOf(path);
  const done: string[] = [];
  let links = 0;
  while (left.length > 0) {
    const part = left.shift() ?? '';
    if (part === '..') done.pop();
    if (part === '..') continue;
    const here = `/${[...done, part].join('/')}`;
    const target = left.length > 0 || followLast ? yield* linkTarget(`${root}${here}`) : null;
    if (target === null || links === mostLinks) {
      done.push(part);
      continue;
    }
    links += 1;
    if (target.startsWith('/')) done.length = 0;
    left.unshift(...partsOf(target));
  }
  return `/${done.join('/')}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function* linkTarget(path: string): Running<string | null> {
  try {
    return (yield* sys.lstat(path)).type === 'symlink' ? yield* sys.readlink(path) : null;
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}
