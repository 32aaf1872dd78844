/** From a path to a place: symbolic links, `..`, mounts, and the caller's root. Man page: path_resolution(7). */
import { Errno } from '../errno.ts';
import type { Place } from './context.ts';
import { childOf } from './dentry.ts';
import type { Reader } from './inode.ts';
import { followMounts, type Location } from './mount.ts';
import { requirePermission } from './permission.ts';

/** Linux: MAXSYMLINKS. */
const mostLinks = 40;

export interface Walked {
  /** The directory of the last name. */
  readonly parent: Location;
  /** The last name; '.' when the path ends in a directory itself (`/`, `..`). */
  readonly name: string;
  /** What it names; null when there is nothing. */
  readonly location: Location | null;
  /** Something/: only a directory will do. */
  readonly slash: boolean;
}

/**
 * Walks a path. The last name may be free; every other must be a directory.
 *
 * Throws ENOENT, ENOTDIR, EACCES, ELOOP after 40 links, and EFAULT for what is no text: a program of ours that read it
 * somewhere may hand over anything. Linux: fs/namei.c, getname() and link_path_walk().
 */
export function walkPath(reader: Reader, from: Place, path: string, followLast: boolean): Walked {
  if (typeof path !== 'string') throw new Errno('EFAULT');
  if (path === '') throw new Errno('ENOENT');
  if (path.length >= 4096) throw new Errno('ENAMETOOLONG');
  const slash = path.endsWith('/');
  let names = namesOf(path);
  let here = path.startsWith('/') ? from.root : from.cwd;
  let links = 0;
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? '';
    const last = at === names.length - 1;
    requireDirectory(here);
    if (name === '.') continue;
    if (name === '..') {
      here = above(here, from.root);
      continue;
    }
    if (name.length > 255) throw new Errno('ENAMETOOLONG');
    requirePermission(reader.thread, here.dentry.inode, 'x');
    const dentry = childOf(reader, here.dentry, name);
    if (dentry === null) {
      if (last) return { parent: here, name, location: null, slash };
      throw new Errno('ENOENT');
    }
    const next = followMounts({ mount: here.mount, dentry });
    const { body } = next.dentry.inode;
    if (body.type === 'symlink' && (!last || followLast || slash)) {
      links += 1;
      if (links > mostLinks) throw new Errno('ELOOP');
      const jumped = body.jump?.(reader);
      if (jumped !== undefined) {
        if (last) return { parent: here, name, location: jumped, slash };
        here = jumped;
        continue;
      }
      const target = body.target(reader);
      if (target === '') throw new Errno('ENOENT');
      if (target.startsWith('/')) here = from.root;
      names = [...namesOf(target), ...names.slice(at + 1)];
      at = -1;
      continue;
    }
    if (last) {
      if (slash) requireDirectory(next);
      return { parent: here, name, location: next, slash };
    }
    here = next;
  }
  requireDirectory(here);
  return { parent: here, name: '.', location: here, slash };
}

function namesOf(path: string): string[] {
  const names: string[] = [];
  for (let start = 0; start < path.length;) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    if (start < end) names.push(path.slice(start, end));
    start = end + 1;
  }
  return names;
}

function requireDirectory(location: Location): void {
  if (location.dentry.inode.type !== 'directory') throw new Errno('ENOTDIR');
}

/** `..`: not above the caller's root, and from the root of a mount into the file system that it covers. */
function above(here: Location, root: Location): Location {
  let { mount, dentry } = here;
  while (!(mount === root.mount && dentry === root.dentry)) {
    if (dentry !== mount.root) {
      return dentry.parent === null ? here : followMounts({ mount, dentry: dentry.parent });
    }
    if (mount.parent === null || mount.mountpoint === null) return here;
    dentry = mount.mountpoint;
    mount = mount.parent;
  }
  // Linux stays at the root, but under what may have been mounted over it since.
  return followMounts(root);
}
