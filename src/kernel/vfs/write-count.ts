/**
 * A file is written to or run, never both: ETXTBSY. Linux: include/linux/fs.h, get_write_access() and
 * deny_write_access().
 */
import { Errno } from '../errno.ts';
import type { Inode } from './inode.ts';

/** ETXTBSY while a task runs the file. */
export function requireNotRun({ writeCount = 0 }: Inode): void {
  if (writeCount < 0) throw new Errno('ETXTBSY');
}

/** ETXTBSY while the file is open for writing. */
export function requireNotWritten({ writeCount = 0 }: Inode): void {
  if (writeCount > 0) throw new Errno('ETXTBSY');
}

/** +1 for one who begins to write or ceases to run, -1 for one who ceases to write or begins to run. */
export function countWrites(inode: Inode, change: 1 | -1): void {
  inode.writeCount = (inode.writeCount ?? 0) + change;
}
