/** flock(2): a file's lock belongs to an open file, however many descriptors it has. Linux: fs/locks.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { openFileOf } from './file-table.ts';
import type { OpenFile } from './open-file.ts';

/** With LOCK_EX and LOCK_NB. EAGAIN while another open file has the lock. */
export function flock(_kernel: Kernel, { task }: Thread, fd: number): void {
  const file = openFileOf(task, fd);
  const { inode } = file.location.dentry;
  if (inode.lockedBy && inode.lockedBy !== file) throw new Errno('EAGAIN');
  inode.lockedBy = file;
}

/** The last descriptor is closed: the lock is anybody's again. */
export function unlock(file: OpenFile): void {
  const { inode } = file.location.dentry;
  if (inode.lockedBy === file) inode.lockedBy = null;
}
