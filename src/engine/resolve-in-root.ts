/**
 * A path of a container, from outside: where its image's symbolic links lead without leaving its root. moby:
 * symlink.FollowSymlinkInScope(); runc: filepath-securejoin, SecureJoin().
 */
import type { Running } from '../kernel/abi.ts';
import { Errno, isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';

/** More symbolic links than this in one path lead nowhere. */
const mostLinks = 255;

/**
 * Where a path of the container leads within `root`: symbolic links are followed as the container would follow them,
 * `..` stops at the root. A part that does not exist stays as it is.
 *
 * @param followLast whether a link at the very end is followed too.
 * @param refuse moby's words, for too many links and for what cannot be looked at; without, that is no matter.
 * @returns an absolute path of the container, without links.
 * @throws ELOOP, or what `refuse` makes.
 */
export function* resolveInRoot(
  root: string,
  path: string,
  followLast: boolean,
  refuse?: (words: string) => Error,
): Running<string> {
  const left = partsOf(path);
  const done: string[] = [];
  let links = 0;
  while (left.length > 0) {
    const part = left.shift() ?? '';
    if (part === '..') done.pop();
    if (part === '..') continue;
    const here = `/${[...done, part].join('/')}`;
    const target = left.length > 0 || followLast ? yield* linkTarget(`${root}${here}`, refuse) : null;
    if (target === null) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > mostLinks)
      throw refuse?.(`evalSymlinksInScope: too many links in ${root}${path}`) ?? new Errno('ELOOP');
    if (target.startsWith('/')) done.length = 0;
    left.unshift(...partsOf(target));
  }
  return `/${done.join('/')}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function* linkTarget(path: string, refuse?: (words: string) => Error): Running<string | null> {
  try {
    return (yield* sys.lstat(path)).type === 'symlink' ? yield* sys.readlink(path) : null;
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (refuse !== undefined && error.errno !== 'ENOENT')
      throw refuse(`lstat ${path}: ${strerror(error.errno).toLowerCase()}`);
    return null;
  }
}
