/** The host's files from outside, under the names that users of WebContainer know. Errors are the kernel's, with the path. */
import { Errno } from '../kernel/errno.ts';
import { fromUtf8, utf8 } from '../kernel/bytes.ts';
import type { Kernel, Thread } from '../kernel/kernel.ts';
import { existsAt, makeDirectory, makeFile, namesAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { rmdir, unlink } from '../kernel/vfs/names.ts';
import { resolve } from '../kernel/vfs/vfs.ts';
import type { GlassdockFiles } from './glassdock.ts';

/** File access outside any process, as root in the host's first mount namespace. */
export function files(kernel: Kernel): GlassdockFiles {
  async function readFile(path: string): Promise<Uint8Array>;
  async function readFile(path: string, encoding: 'utf-8'): Promise<string>;
  async function readFile(path: string, encoding?: 'utf-8'): Promise<Uint8Array | string> {
    const bytes = named(path, () => readFileAt(kernel, path));
    return encoding === 'utf-8' ? fromUtf8(bytes) : Uint8Array.from(bytes, (char) => char.charCodeAt(0));
  }
  return {
    readFile,
    writeFile: async (path, data) => {
      const bytes = typeof data === 'string' ? utf8(data) : Array.from(data, (byte) => String.fromCharCode(byte)).join('');
      named(path, () => makeFile(kernel, path, bytes));
    },
    readdir: async (path) => named(path, () => namesAt(kernel, path)),
    mkdir: async (path, options = {}) =>
      named(path, () => {
        const parent = path.slice(0, path.lastIndexOf('/')) || '/';
        if (options.recursive !== true && !existsAt(kernel, parent)) throw new Errno('ENOENT');
        if (options.recursive !== true && existsAt(kernel, path)) throw new Errno('EEXIST');
        makeDirectory(kernel, path);
      }),
    rm: async (path, options = {}) => {
      if (options.force === true && !existsAt(kernel, path)) return;
      named(path, () => remove(kernel, path, options.recursive === true));
    },
  };
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
