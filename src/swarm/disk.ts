/** The machine's disk, read past all programs: what is not there is no error. */
import { Errno } from '../kernel/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { namesAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { resolve } from '../kernel/vfs/vfs.ts';

/** Names in a directory; none when it is not there. */
export function namesIn(kernel: Kernel, path: string): readonly string[] {
  return orElse<readonly string[]>([], () => namesAt(kernel, path));
}

/** A file's text; '' when it is not there. */
export function textOf(kernel: Kernel, path: string): string {
  return orElse('', () => readFileAt(kernel, path));
}

function orElse<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof Errno) return otherwise;
    throw error;
  }
}

/** When what has this path was made or last changed; before the boot when there is nothing. */
export function changedAtNs(kernel: Kernel, path: string): number {
  const look = (): number => resolve(kernel, null, path, { followLast: false }).dentry.inode.attributes.modifiedNs;
  return path.startsWith('/') ? orElse(-1, look) : -1;
}
