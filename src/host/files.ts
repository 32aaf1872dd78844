/**
 * The host's files from outside, as root in the first mount namespace. A failure is an Error that names the errno and
 * the path.
 */
import { Errno } from '../kernel/errno.ts';
import type { Kernel, Thread } from '../kernel/kernel.ts';
import { existsAt, makeDirectory, makeFile, namesAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { rmdir, unlink } from '../kernel/vfs/names.ts';
import { resolve } from '../kernel/vfs/vfs.ts';

/** A file's bytes, a char each. ENOENT, EISDIR. */
export function readBytes(kernel: Kernel, path: string): string {
  return named(path, () => readFileAt(kernel, path));
}

/** Makes or replaces a file; directories above it are made. */
export function writeBytes(kernel: Kernel, path: string, bytes: string): void {
  named(path, () => makeFile(kernel, path, bytes));
}

/** The names in a directory, in order. */
export function listDirectory(kernel: Kernel, path: string): readonly string[] {
  return named(path, () => namesAt(kernel, path));
}

/** ENOENT without its parent, EEXIST when there is something; with `isRecursive` directories are right. */
export function makeDirectoryAt(kernel: Kernel, path: string, isRecursive: boolean): void {
  named(path, () => {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!isRecursive && !existsAt(kernel, parent)) throw new Errno('ENOENT');
    const isThere = existsAt(kernel, path);
    if (isThere && !(isRecursive && isDirectoryAt(kernel, path))) throw new Errno('EEXIST');
    makeDirectory(kernel, path);
  });
}

/**
 * Removes a file or an empty directory; with `isRecursive` all that is in it; with `isForced` nothing need be there.
 */
export function removeAt(kernel: Kernel, path: string, isRecursive: boolean, isForced: boolean): void {
  if (isForced && !existsAt(kernel, path)) return;
  named(path, () => remove(kernel, path, isRecursive));
}

function isDirectoryAt(kernel: Kernel, path: string): boolean {
  return resolve(kernel, null, path, {}).dentry.inode.type === 'directory';
}

function remove(kernel: Kernel, path: string, isRecursive: boolean): void {
  const init = initThread(kernel);
  const isDirectory = resolve(kernel, null, path, { followLast: false }).dentry.inode.type === 'directory';
  if (!isDirectory) return unlink(kernel, init, path);
  if (isRecursive) for (const name of namesAt(kernel, path)) remove(kernel, `${path}/${name}`, true);
  rmdir(kernel, init, path);
}

function initThread(kernel: Kernel): Thread {
  const thread = kernel.tasks.get(1)?.threads[0];
  if (!thread) throw new Error('the machine has no pid 1 any more');
  return thread;
}

function named<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Errno) throw new Error(`${error.errno}: ${error.message}, ${path}`, { cause: error });
    throw error;
  }
}
