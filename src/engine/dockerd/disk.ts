/** dockerd's files: written beside and renamed into place, so that a crash leaves the old or the new one whole. */
import { Errno, isErrno } from '../../kernel/errno.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny, writeAll } from '../../programs/io.ts';
import { unlinkIfAny } from '../unlink.ts';
import type { Container } from './container.ts';
import { containerDirectory } from './records.ts';

/** A full disk, with the file for which there was no room. Go: fs.PathError. */
class DiskFull extends Errno {
  constructor(path: string) {
    super('ENOSPC');
    this.message = `write ${path}: no space left on device`;
  }
}

/** Writes a file whole. ENOSPC names it. */
export function* writeFile(path: string, content: string, mode = 0o644): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, mode);
  try {
    yield* writeAll(fd, content);
  } catch (error) {
    throw isErrno(error, 'ENOSPC') ? new DiskFull(path) : error;
  } finally {
    yield* sys.close(fd);
  }
}

/**
 * Writes `.tmp-NAMEn` and renames it; two who write the same file at once do not meet. moby: pkg/ioutils,
 * AtomicFileWriter, where n is left to chance.
 */
export function* writeAtomically(path: string, content: string, mode = 0o600): Running<void> {
  const slash = path.lastIndexOf('/');
  const temporary = `${path.slice(0, slash)}/.tmp-${path.slice(slash + 1)}${yield* sys.glassId()}`;
  try {
    yield* writeFile(temporary, content, mode);
  } catch (error) {
    yield* unlinkIfAny(temporary);
    throw error;
  }
  yield* sys.rename(temporary, path);
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
 * Writes what dockerd knows of a container: hostconfig.json, then config.v2.json. Where that fails (a full disk, a
 * directory that has just been removed) what was there stays, and the daemon goes on. moby: Container.CheckpointTo().
 */
export function* checkpoint(container: Container): Running<void> {
  const directory = containerDirectory(container.record.ID);
  try {
    yield* writeHostConfig(container);
    yield* writeAtomically(
      `${directory}/config.v2.json`,
      JSON.stringify({ ...container.record, LayerID: container.layer }),
    );
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}
