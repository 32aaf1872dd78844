/** Making, taking and changing names: mkdir, mknod, symlink, link, unlink, rmdir, rename. Linux: fs/namei.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { recordCall } from '../record-call.ts';
import { childOf, directoryOf, forget, isWithin, moveDentry, type Dentry } from './dentry.ts';
import type { NewInode, Reader } from './inode.ts';
import type { Location } from './mount.ts';
import type { Walked } from './path-walk.ts';
import { requireChange, requireUnsticky } from './permission.ts';
import { resolve, walk } from './vfs.ts';

/** What to make but for the owner, who is the caller. */
export type Made = Omit<NewInode, 'uid' | 'gid'>;

/** Makes a file of any type under a free name; the caller's umask takes bits off its mode. EEXIST. */
export function createNamed(kernel: Kernel, thread: Thread | null, path: string, made: Made): Location {
  const walked = walk(kernel, thread, path, false);
  if (walked.location !== null) throw new Errno('EEXIST');
  if (walked.slash && made.type !== 'directory') throw new Errno('ENOENT');
  return createAt(kernel, thread, walked.parent, walked.name, made);
}

/** Likewise in a directory that was found already. ENOENT in one that has been removed. */
export function createAt(kernel: Kernel, thread: Thread | null, parent: Location, name: string, made: Made): Location {
  const reader: Reader = { kernel, thread };
  const { dentry } = parent;
  if (dentry.deleted) throw new Errno('ENOENT');
  requireChange(thread, parent);
  const umask = thread?.fs.umask ?? 0o022;
  const mode = made.type === 'symlink' ? 0o777 : made.mode & ~umask;
  const uid = thread?.task.uid ?? 0;
  const gid = thread?.task.gid ?? 0;
  const { type, target, major, minor } = made;
  directoryOf(dentry.inode).create(reader, name, { type, mode, uid, gid, target, major, minor });
  if (made.type === 'directory') dentry.inode.attributes.links += 1;
  touch(reader, dentry);
  const child = childOf(reader, dentry, name);
  if (child === null) throw new Errno('ENOENT');
  return { mount: parent.mount, dentry: child };
}

/** unlink(2). EISDIR for a directory, EBUSY for a mount point. */
export function unlink(kernel: Kernel, thread: Thread, path: string): void {
  const walked = walk(kernel, thread, path, false);
  const dentry = existing(walked);
  const { inode } = dentry;
  if (inode.type === 'directory') throw new Errno('EISDIR');
  requireChange(thread, walked.parent);
  requireUnsticky(thread, walked.parent.dentry.inode, inode);
  requireNoMount(dentry, walked);
  drop({ kernel, thread }, walked.parent.dentry, walked.name);
  recordCall(kernel, thread, 'unlink', `"${path}"`, '0');
}

/** rmdir(2). ENOTEMPTY, ENOTDIR, EBUSY for a mount point, EINVAL for `.`. */
export function rmdir(kernel: Kernel, thread: Thread, path: string): void {
  const walked = walk(kernel, thread, path, false);
  if (walked.name === '.') throw new Errno(path.endsWith('..') ? 'ENOTEMPTY' : 'EINVAL');
  const dentry = existing(walked);
  const directory = directoryOf(dentry.inode);
  const reader: Reader = { kernel, thread };
  requireChange(thread, walked.parent);
  requireUnsticky(thread, walked.parent.dentry.inode, dentry.inode);
  requireNoMount(dentry, walked);
  // A cgroup's control files do not keep its directory.
  if (dentry.inode.filesystem.fstype !== 'cgroup2' && directory.list(reader).length > 0) throw new Errno('ENOTEMPTY');
  drop(reader, walked.parent.dentry, walked.name);
  walked.parent.dentry.inode.attributes.links -= 1;
}

/** link(2). EXDEV across mounts, EPERM for a directory. */
export function link(kernel: Kernel, thread: Thread, from: string, to: string): void {
  const source = resolve(kernel, thread, from, { followLast: false });
  const { parent, name, location } = walk(kernel, thread, to, false);
  if (location !== null) throw new Errno('EEXIST');
  if (source.mount !== parent.mount) throw new Errno('EXDEV');
  const { inode } = source.dentry;
  if (inode.type === 'directory') throw new Errno('EPERM');
  const reader: Reader = { kernel, thread };
  requireChange(thread, parent);
  directoryOf(parent.dentry.inode).link(reader, name, inode);
  inode.attributes.links += 1;
  touch(reader, parent.dentry);
}

/** rename(2): what had the name `to` before loses it. EXDEV, EISDIR, ENOTDIR, ENOTEMPTY, EBUSY, EINVAL into itself. */
export function rename(kernel: Kernel, thread: Thread, from: string, to: string): void {
  const source = walk(kernel, thread, from, false);
  const target = walk(kernel, thread, to, false);
  if (source.name === '.' || target.name === '.') throw new Errno('EBUSY');
  if (source.location === null) throw new Errno('ENOENT');
  if (source.parent.mount !== target.parent.mount) throw new Errno('EXDEV');
  const moved = existing(source);
  if (moved.inode.type !== 'directory' && (from.endsWith('/') || to.endsWith('/'))) throw new Errno('ENOTDIR');
  const reader: Reader = { kernel, thread };
  requireChange(thread, source.parent);
  requireChange(thread, target.parent);
  requireUnsticky(thread, source.parent.dentry.inode, moved.inode);
  requireNoMount(moved, source);
  if (isWithin(target.parent.dentry, moved)) throw new Errno('EINVAL');
  if (target.location !== null) {
    const replaced = existing(target);
    if (replaced.inode === moved.inode) return;
    requireReplaceable(reader, moved, replaced);
    requireUnsticky(thread, target.parent.dentry.inode, replaced.inode);
    requireNoMount(replaced, target);
    if (replaced.inode.type === 'directory') target.parent.dentry.inode.attributes.links -= 1;
  }
  directoryOf(target.parent.dentry.inode).link(reader, target.name, moved.inode);
  moved.inode.attributes.links += 1;
  directoryOf(source.parent.dentry.inode).unlink(reader, source.name, true);
  moveDentry(moved, target.parent.dentry, target.name);
  if (moved.inode.type === 'directory') {
    source.parent.dentry.inode.attributes.links -= 1;
    target.parent.dentry.inode.attributes.links += 1;
  }
  touch(reader, source.parent.dentry);
  touch(reader, target.parent.dentry);
  recordCall(kernel, thread, 'rename', `"${from}", "${to}"`, '0');
}

/** The name itself, under whatever is mounted on it. */
function existing(walked: Walked): Dentry {
  if (walked.location === null) throw new Errno('ENOENT');
  if (walked.name === '.') throw new Errno('EBUSY');
  return walked.parent.dentry.children.get(walked.name) ?? walked.location.dentry;
}

/** EBUSY for a mount point of the caller's namespace; one of another namespace does not keep a name. */
function requireNoMount(dentry: Dentry, walked: Walked): void {
  if (walked.parent.mount.children.has(dentry)) throw new Errno('EBUSY');
}

function requireReplaceable(reader: Reader, moved: Dentry, replaced: Dentry): void {
  const directory = moved.inode.type === 'directory';
  if (replaced.inode.type !== 'directory') {
    if (directory) throw new Errno('ENOTDIR');
    return;
  }
  if (!directory) throw new Errno('EISDIR');
  if (directoryOf(replaced.inode).list(reader).length > 0) throw new Errno('ENOTEMPTY');
}

function drop(reader: Reader, parent: Dentry, name: string): void {
  directoryOf(parent.inode).unlink(reader, name);
  forget(parent, name);
  touch(reader, parent);
}

function touch(reader: Reader, directory: Dentry): void {
  directory.inode.attributes.modifiedNs = reader.kernel.nowNs;
}
