/**
 * Files into and out of a container, as tar archives: `docker cp` and `docker export`. moby: daemon/archive.go,
 * archive_unix.go, export.go.
 */
import { encodeBase64 } from '../../programs/base64.ts';
import { removeTree } from '../directories.ts';
import { Errno, isErrno, strerror } from '../../kernel/errno.ts';
import type { Running, Stat } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { endOfArchive } from '../../programs/tar/format.ts';
import { packing, packTree } from '../../programs/tar/pack.ts';
import { BrokenArchive, readWhole } from '../../programs/tar/read.ts';
import { RefusedMember, unpackMember } from '../../programs/tar/unpack.ts';
import { rfc3339 } from '../timestamp.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import { badRequest, conflict, notFound, serverError } from './api-error.ts';
import { untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { inContainerFiles } from './container-files.ts';
import { emitContainerEvent } from './events.ts';
import { isTrue } from './filters.ts';
import { resolveInRoot } from '../resolve-in-root.ts';
import { withRootfs } from './rootfs.ts';

/** moby: api/types/container.PathStat. `mode` is Go's os.FileMode. */
interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

interface Found {
  /** As asked for, from the root on, with a trailing slash or `/.` if it was asked for with one. */
  readonly asked: string;
  /** Where it lies, without symbolic links. */
  readonly path: string;
  readonly stat: Stat;
}

const statHeader = 'X-Docker-Container-Path-Stat';

/** Answers HEAD /containers/{id}/archive: what is at a path. Throws 404. */
export function* statInContainer(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const container = yield* unlocked(daemon, name);
  const header = yield* inContainerFiles(container, function* () {
    return yield* headerOf(yield* find(name, pathOf(exchange)));
  });
  yield* exchange.empty(200, { [statHeader]: header });
}

/** Answers GET /containers/{id}/archive: the file or the directory at a path. Throws 404. */
export function* sendArchive(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const container = yield* unlocked(daemon, name);
  yield* inContainerFiles(container, function* () {
    const found = yield* find(name, pathOf(exchange));
    const header = yield* headerOf(found);
    const body = yield* exchange.stream(200, 'application/x-tar', { [statHeader]: header });
    const into = yield* packing(function* write(bytes) {
      yield* body.write(bytes);
    });
    yield* packTree(into, found.path, baseOf(found.asked));
    yield* body.write(endOfArchive);
    yield* body.end();
  });
  yield* emitContainerEvent(daemon.events, container, 'archive-path');
}

/** Answers PUT /containers/{id}/archive: unpacks the body into a directory. Throws 400, 404. */
export function* receiveArchive(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const container = yield* unlocked(daemon, name);
  const { query, body } = exchange.request;
  yield* inContainerFiles(container, function* () {
    const { path, stat } = yield* find(name, pathOf(exchange), true);
    if (stat.type !== 'directory') throw serverError('extraction point is not a directory');
    requireWritable(container, path);
    const keepKinds = isTrue(query.get('noOverwriteDirNonDir'));
    const options = { keepOwner: true, keepKinds, keepInside: true, removeAll: removeTree };
    yield* unpackBody(body, function* (member, content) {
      try {
        yield* unpackMember(path, member, content, options);
      } catch (error) {
        // Something is mounted there.
        if (!isErrno(error, 'EBUSY')) throw error;
        throw serverError(`unlinkat ${path === '/' ? '' : path}/${member.name}: ${strerror('EBUSY').toLowerCase()}`);
      }
    });
  });
  yield* emitContainerEvent(daemon.events, container, 'extract-to-dir');
  yield* exchange.empty(200);
}

/** moby: checkIfPathIsInAVolume(). What is thrown among the container's files has no kind any more, so it is a 500. */
function requireWritable({ host, record }: Container, path: string): void {
  const volume = Object.values(record.MountPoints).find(({ Destination }) => `${path}/`.startsWith(`${Destination}/`));
  if (volume?.RW === false) throw serverError('mounted volume is marked read-only');
  if (volume === undefined && host.ReadonlyRootfs) throw serverError('container rootfs is marked read-only');
}

/** Throws 500 for a body that is no archive. */
export function* unpackBody(body: string, take: Parameters<typeof readWhole>[1]): Running<void> {
  try {
    yield* readWhole(body, take);
  } catch (error) {
    if (error instanceof RefusedMember || error instanceof BrokenArchive) throw serverError(error.message);
    throw error;
  }
}

/** Answers GET /containers/{id}/export: the whole root file system. */
export function* exportContainer(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const container = yield* unlocked(daemon, name);
  if (container.record.State.Dead)
    throw conflict('You cannot export container ' + container.record.ID + ' which is Dead');
  yield* withRootfs(container, function* (root) {
    const body = yield* exchange.stream(200, 'application/octet-stream');
    const into = yield* packing(function* write(bytes) {
      yield* body.write(bytes);
    });
    for (const entry of yield* sys.readdir(root)) yield* packTree(into, `${root}/${entry.name}`, entry.name);
    yield* body.write(endOfArchive);
    yield* body.end();
  });
  yield* emitContainerEvent(daemon.events, container, 'export');
}

function* unlocked(daemon: Daemon, name: string): Running<Container> {
  const container = findContainer(daemon, name);
  yield* untilUnlocked(container);
  return container;
}

function pathOf(exchange: HttpExchange): string {
  const path = exchange.request.query.get('path') ?? '';
  if (path === '') throw badRequest('bad parameter: pathcannot be empty');
  return path;
}

/** What is at the path: its directory's links are followed, its own is not, unless asked for or it ends in a slash. */
function* find(container: string, path: string, follows = false): Running<Found> {
  const trailing = /\/\.?$/.exec(path)?.[0] ?? '';
  const clean = path.split('/').filter((part) => part !== '' && part !== '.');
  // `.` alone asks for what is in the root, as `/.` does. moby: PreserveTrailingDotOrSeparator().
  const dotted = path === '.' || path.endsWith('/.') ? '/.' : trailing;
  const asked = `/${clean.join('/')}${clean.length === 0 ? dotted.slice(1) : dotted}`;
  try {
    const resolved = yield* resolveInRoot('', asked, follows || trailing !== '');
    const stat = yield* sys.lstat(resolved);
    if (!follows && trailing !== '' && stat.type !== 'directory') throw new Errno('ENOTDIR');
    return { asked, path: resolved, stat };
  } catch (error) {
    if (isErrno(error, 'ENOTDIR') || isErrno(error, 'ELOOP'))
      throw serverError(`lstat ${asked}: ${strerror(error.errno).toLowerCase()}`);
    if (isErrno(error, 'ENOENT'))
      throw notFound(`Could not find the file ${path.replace(/\/\.$/, '') || '/'} in container ${container}`);
    throw error;
  }
}

/** Go: filepath.Base(). */
function baseOf(path: string): string {
  if (path.endsWith('/.')) return '.';
  return path.split('/').findLast((part) => part !== '') ?? '/';
}

const goModeBits: Partial<Record<Stat['type'], number>> = {
  directory: 2 ** 31,
  symlink: 2 ** 27,
  block: 2 ** 26,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  character: 2 ** 26 + 2 ** 21,
};

function* headerOf({ asked, stat }: Found): Running<string> {
  const { seconds } = yield* sys.realtime();
  const boot = seconds - Math.trunc((yield* sys.monotonic()) / 1e9);
  const about: PathStat = {
    name: baseOf(asked),
    size: stat.size,
    mode: (stat.mode & 0o777) + (goModeBits[stat.type] ?? 0),
    mtime: rfc3339(boot + Math.trunc(stat.modifiedNs / 1e9), Math.trunc(stat.modifiedNs % 1e9)),
    linkTarget: stat.type === 'symlink' ? yield* resolveInRoot('', asked, true, serverError) : '',
  };
  return encodeBase64(JSON.stringify(about));
}
