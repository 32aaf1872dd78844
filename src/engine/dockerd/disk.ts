/** dockerd's files: written beside and renamed into place, so that a crash leaves the old or the new one whole. */
import { Errno, isErrno, strerror } from '../../kernel/errno.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny, writeAll } from '../../programs/io.ts';
import { unlinkIfAny } from '../unlink.ts';
import type { Container } from './container.ts';
import { containerDirectory } from './records.ts';

/** What could not be done with a file, and which it is. Go: fs.PathError. */
class PathError extends Errno {
  constructor({ errno }: Errno, verb: 'open' | 'write', path: string) {
    super(errno);
    this.message = `${verb} ${path}: ${strerror(errno).toLowerCase()}`;
  }
}

/** Opens a file, or says which it could not. */
export function* openFile(path: string, flags: number, mode: number): Running<number> {
  return yield* naming('open', path, sys.open(path, flags | O.CLOEXEC, mode));
}

function* naming<T>(verb: 'open' | 'write', path: string, call: Running<T>): Running<T> {
  try {
    return yield* call;
  } catch (error) {
    throw isErrno(error) ? new PathError(error, verb, path) : error;
  }
}

/** Writes a file whole. Its failure names it. */
export function* writeFile(path: string, content: string, mode = 0o644): Running<void> {
  const fd = yield* openFile(path, O.WRONLY | O.CREAT | O.TRUNC, mode);
  try {
    yield* naming('write', path, writeAll(fd, content));
  } finally {
    yield* sys.close(fd);
  }
}

/** Writes a file beside and renames it into place. moby: pkg/ioutils, AtomicFileWriter. */
export function* writeAtomically(path: string, content: string, mode = 0o600): Running<void> {
  yield* sys.rename(yield* writeBeside(path, content, mode), path);
}

/** Writes `.tmp-NAMEn`, with n left to chance in the real one: two who write the same file at once do not meet. */
function* writeBeside(path: string, content: string, mode: number): Running<string> {
  const slash = path.lastIndexOf('/');
  const temporary = `${path.slice(0, slash)}/.tmp-${path.slice(slash + 1)}${yield* sys.glassId()}`;
  try {
    yield* writeFile(temporary, content, mode);
  } catch (error) {
    yield* unlinkIfAny(temporary);
    throw error;
  }
  return temporary;
}

/** Entries of a directory by name; none when it is not there. */
export function* namesIn(path: string): Running<readonly string[]> {
  try {
    return (yield* sys.readdir(path)).map((entry) => entry.name);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Reads a JSON file; null when there is none. */
export function* readJson(path: string): Running<unknown> {
  const text = yield* readFileIfAny(path);
  return text === null || text === '' ? null : (JSON.parse(text) as unknown);
}

export function writeHostConfig({ record, host }: Container): Running<void> {
  return writeAtomically(`${containerDirectory(record.ID)}/hostconfig.json`, JSON.stringify(host));
}

/**
 * Writes what dockerd knows of a container: config.v2.json, which is not in its place before hostconfig.json is. Where
 * that fails (a full disk, a directory that has been removed) what was there stays. moby: Container.toDisk().
 */
export function* save(container: Container): Running<void> {
  const directory = containerDirectory(container.record.ID);
  const path = `${directory}/config.v2.json`;
  const config = { ...container.record, LayerID: container.layer };
  const written = yield* writeBeside(path, JSON.stringify(config), 0o600);
  try {
    yield* writeHostConfig(container);
    yield* sys.rename(written, path);
  } catch (error) {
    yield* unlinkIfAny(written);
    throw error;
  }
}

/** As `save`; the daemon goes on where that fails. Returns why it did. */
export function* checkpoint(container: Container): Running<string | null> {
  try {
    yield* save(container);
    return null;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return error.message;
  }
}
