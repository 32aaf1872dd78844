/** The host's files as its boot lays them out: no task, no permission, no fact but for mounts. */
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { directoryOf } from './dentry.ts';
import { createFileSystem } from './filesystems.ts';
import type { Inode, NewInode } from './inode.ts';
import { fileInMemory } from './memory-filesystem.ts';
import { followMounts, newMount } from './mount.ts';
import { attach } from './mount-tree.ts';
import { resolve, walk } from './vfs.ts';

/** A directory with all above it; one that is there already stays as it is. */
export function makeDirectory(kernel: Kernel, path: string, mode = 0o755): void {
  let made = '';
  for (const name of path.split('/').filter((each) => each !== '')) {
    made += `/${name}`;
    const { location } = walk(kernel, null, made, true);
    if (location === null) make(kernel, made, { type: 'directory', mode, uid: 0, gid: 0 });
  }
}

/**
 * A file with its bytes, and the directories above it. `nominalSize` is what stat tells instead of the real size,
 * until somebody writes.
 */
export function makeFile(kernel: Kernel, path: string, content: string, mode = 0o644, nominalSize?: number): void {
  makeDirectory(kernel, path.slice(0, path.lastIndexOf('/')));
  const { location, parent, name } = walk(kernel, null, path, true);
  if (location !== null) {
    const { body, attributes } = location.dentry.inode;
    if (body.type !== 'file') throw new Errno('EISDIR');
    body.truncate({ kernel, thread: null }, 0);
    body.write({ kernel, thread: null }, 0, content);
    attributes.mode = mode;
    return;
  }
  const inode = make(kernel, path, { type: 'file', mode, uid: 0, gid: 0 });
  if (inode.body.type !== 'file') throw new Errno('EISDIR');
  if (nominalSize === undefined) {
    inode.body.write({ kernel, thread: null }, 0, content);
    return;
  }
  const sized: Inode = { ...inode, body: fileInMemory(content, nominalSize) };
  inode.attributes.links -= 1;
  directoryOf(parent.dentry.inode).link({ kernel, thread: null }, name, sized);
  sized.attributes.links = 1;
}

export function makeSymlink(kernel: Kernel, path: string, target: string): void {
  makeDirectory(kernel, path.slice(0, path.lastIndexOf('/')));
  make(kernel, path, { type: 'symlink', mode: 0o777, uid: 0, gid: 0, target });
}

export function makeDevice(
  kernel: Kernel,
  path: string,
  major: number,
  minor: number,
  mode = 0o666,
  type: 'character' | 'block' = 'character',
): void {
  make(kernel, path, { type, mode, uid: 0, gid: 0, major, minor });
}

/** The bytes of a file; ENOENT. */
export function readFileAt(kernel: Kernel, path: string): string {
  const { body } = resolve(kernel, null, path).dentry.inode;
  if (body.type !== 'file') throw new Errno('EISDIR');
  return body.slice({ kernel, thread: null }, 0, Number.MAX_SAFE_INTEGER);
}

export function existsAt(kernel: Kernel, path: string): boolean {
  try {
    return walk(kernel, null, path, true).location !== null;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** Names in a directory, in order. */
export function namesAt(kernel: Kernel, path: string): readonly string[] {
  const { inode } = resolve(kernel, null, path).dentry;
  return directoryOf(inode)
    .list({ kernel, thread: null })
    .map(([name]) => name)
    .toSorted();
}

/**
 * Mounts a file system, whose source is named like its type, on a directory that it makes. cgroup2, sysfs and proc
 * need pid 1 to be there.
 */
export function mountAt(
  kernel: Kernel,
  path: string,
  fstype: string,
  options: readonly string[] = ['rw', 'relatime'],
  data = '',
): void {
  makeDirectory(kernel, path);
  const target = followMounts(resolve(kernel, null, path));
  const root = createFileSystem(kernel, null, { fstype, data, source: fstype });
  attach(kernel, 0, newMount(kernel, root, fstype, options), target);
}

function make(kernel: Kernel, path: string, made: NewInode): Inode {
  const { location, parent, name } = walk(kernel, null, path, false);
  if (location !== null) throw new Errno('EEXIST');
  if (made.type === 'directory') parent.dentry.inode.attributes.links += 1;
  return directoryOf(parent.dentry.inode).create({ kernel, thread: null }, name, made);
}
