/** Directories with what is above and below them, as Go's os package makes and removes them for all of the engine. */
import type { Running } from '../kernel/abi.ts';
import { isErrno } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';

/**
 * Makes a directory and those above it that are missing, with the same mode. Go: os.MkdirAll, which looks before it
 * makes anything.
 *
 * @throws ENOTDIR when something on the way is no directory.
 */
export function* makeDirectories(path: string, mode = 0o755): Running<void> {
  if (yield* exists(path)) return;
  const slash = path.lastIndexOf('/');
  if (slash > 0) yield* makeDirectories(path.slice(0, slash), mode);
  try {
    yield* sys.mkdir(path, mode);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** Removes a directory with what is in it, or a file; what is not there is no error. Go: os.RemoveAll. */
export function* removeTree(path: string): Running<void> {
  try {
    const { type } = yield* sys.lstat(path);
    if (type !== 'directory') {
      yield* sys.unlink(path);
      return;
    }
    for (const entry of yield* sys.readdir(path)) yield* removeTree(`${path}/${entry.name}`);
    yield* sys.rmdir(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Bytes of the files below a directory. @throws ENOENT when it is not there. */
export function* bytesUnder(directory: string): Running<number> {
  let bytes = 0;
  for (const { name, type } of yield* sys.readdir(directory)) {
    if (type === 'directory') bytes += yield* bytesUnder(`${directory}/${name}`);
    else if (type === 'file') bytes += (yield* sys.stat(`${directory}/${name}`)).size;
  }
  return bytes;
}

/** Whether there is something under this path. */
export function* exists(path: string): Running<boolean> {
  try {
    yield* sys.stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
