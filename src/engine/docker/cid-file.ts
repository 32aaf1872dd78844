/** `--cidfile`. docker: cli/command/container/create.go, newCIDFile() and cidFile.Close(). */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { statIfAny, writeAll } from '../../programs/io.ts';

/** Why the file cannot be made, in the client's words. */
export class CidFileError extends Error {}

/**
 * Makes the file, and writes into it the id that `create` returns; without an id no file remains. Throws a CidFileError
 * before anything is created when it is there already.
 *
 * @param path '' for none.
 */
export function* withCidFile(path: string, create: () => Running<string>): Running<string> {
  if (path === '') return yield* create();
  const fd = yield* makeFile(path);
  let id = '';
  try {
    id = yield* create();
    yield* writeAll(fd, id);
    return id;
  } finally {
    yield* sys.close(fd);
    if (id === '') yield* sys.unlink(path);
  }
}

function* makeFile(path: string): Running<number> {
  if ((yield* statIfAny(path)) !== null) {
    throw new CidFileError(`container ID file found, make sure the other container isn't running or delete ${path}`);
  }
  try {
    return yield* sys.open(path, O.RDWR | O.CREAT | O.TRUNC | O.CLOEXEC);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = strerror(error.errno).toLowerCase();
    throw new CidFileError(`failed to create the container ID file: open ${path}: ${why}`);
  }
}
