/** Who may read, write and execute what. Man pages: path_resolution(7), capabilities(7). */
import { Errno } from '../errno.ts';
import type { Task, Thread } from '../kernel.ts';
import type { Inode } from './inode.ts';
import { isReadOnly, type Location } from './mount.ts';
import { isCapableOver } from '../task/powers.ts';

const bits = { r: 4, w: 2, x: 1 } as const;

/**
 * EACCES unless the thread may. The machine itself (null) may all; CAP_DAC_OVERRIDE may all but execute what nobody
 * may.
 */
export function requirePermission(thread: Thread | null, inode: Inode, wanted: keyof typeof bits): void {
  if (thread === null) return;
  const { mode, uid, gid } = inode.attributes;
  if (inode.modeHoldsForRoot !== true && isCapableOver(thread.task, 'DAC_OVERRIDE', inode.attributes)) {
    if (wanted !== 'x' || inode.type === 'directory' || (mode & 0o111) !== 0) return;
    throw new Errno('EACCES');
  }
  const shift = thread.task.uid === uid ? 6 : isInGroup(thread.task, gid) ? 3 : 0;
  if (((mode >> shift) & bits[wanted]) === 0) throw new Errno('EACCES');
}

/** Linux: in_group_p(). */
export function isInGroup(task: Task, gid: number): boolean {
  return task.gid === gid || task.groups.includes(gid);
}

/** EROFS on a read-only mount. */
export function requireWritable(location: Location): void {
  if (isReadOnly(location.mount)) throw new Errno('EROFS');
}

/** EPERM unless the thread owns the inode. */
export function requireOwner(thread: Thread | null, inode: Inode): void {
  if (
    thread !== null &&
    !isCapableOver(thread.task, 'FOWNER', inode.attributes) &&
    thread.task.uid !== inode.attributes.uid
  )
    throw new Errno('EPERM');
}

/** Changing a directory: its write and search bits, and a file system that can be written. */
export function requireChange(thread: Thread | null, directory: Location): void {
  requirePermission(thread, directory.dentry.inode, 'x');
  requirePermission(thread, directory.dentry.inode, 'w');
  requireWritable(directory);
}

/** Taking a name from a sticky directory (/tmp): only for the owner of the file or of the directory. */
export function requireUnsticky(thread: Thread | null, directory: Inode, inode: Inode): void {
  if (thread === null || (directory.attributes.mode & 0o1000) === 0) return;
  if (isCapableOver(thread.task, 'FOWNER', inode.attributes)) return;
  const { uid } = thread.task;
  if (uid !== inode.attributes.uid && uid !== directory.attributes.uid) throw new Errno('EPERM');
}
