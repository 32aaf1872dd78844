/** The host's end of `docker cp`: archives of its files, and files out of archives. moby: pkg/archive/copy.go. */
import type { Running, Stat } from '../../kernel/abi.ts';
import { isErrno, strerror, type Errno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { removeTree } from '../directories.ts';
import { say } from '../log.ts';
import { statIfAny } from '../../programs/io.ts';
import { endOfArchive, headerOf, paddingAfter } from '../../programs/tar/format.ts';
import type { TarMember } from '../../programs/tar/format.ts';
import { packing, packTree } from '../../programs/tar/pack.ts';
import { BrokenArchive, readWhole } from '../../programs/tar/read.ts';
import { RefusedMember, unpackMember } from '../../programs/tar/unpack.ts';
import { CommandFailed } from './client.ts';
import { cleanPath, splitPath } from './copy-paths.ts';
import type { CopyEnd } from './copy-paths.ts';

/**
 * A path of the host from its root on, with the slash or the dot that it ended in. Throws Go's words when the working
 * directory is gone. docker: resolveLocalPath().
 */
export function* absolutePath(path: string): Running<string> {
  const whole = path.startsWith('/') ? path : `${yield* workingDirectory()}/${path}`;
  const trailing = /\/\.?$/.exec(path)?.[0] ?? (path === '.' ? '/.' : '');
  const clean = cleanPath(whole);
  return clean === '/' ? `/${trailing === '/.' ? '.' : ''}` : clean + trailing;
}

function* workingDirectory(): Running<string> {
  try {
    return yield* sys.getcwd();
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CommandFailed(`getwd: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
}

function* lookedAt(path: string, follows: boolean): Running<Stat | null> {
  try {
    return yield* follows ? sys.stat(path) : sys.lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    if (!isErrno(error)) throw error;
    throw new CommandFailed(`stat ${path}: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
}

/** The file that is to be copied. Throws Go's words when it is not there. moby: CopyInfoSourcePath(). */
export function* localSource(path: string, follows: boolean): Running<CopyEnd> {
  const whole = yield* absolutePath(path);
  try {
    const stat = yield* follows ? sys.stat(whole) : sys.lstat(whole);
    const isDirectory = stat.type === 'directory';
    if (follows || !whole.endsWith('/')) return { path: whole, exists: true, isDirectory, rebasedName: '' };
    // A slash behind a link to a directory means that directory, under the link's name.
    const real = yield* evaluated(whole);
    const [name, realName] = [splitPath(whole)[1], splitPath(real)[1]];
    return { path: `${real}/`, exists: true, isDirectory, rebasedName: name === realName ? '' : name };
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.errno === 'ELOOP') throw new CommandFailed('EvalSymlinks: too many links\n', 1);
    const words = strerror(error.errno).toLowerCase();
    // Go: filepath.EvalSymlinks(), of a slash behind what is no directory.
    const isBare = error.errno === 'ENOTDIR';
    throw new CommandFailed(isBare ? `${words}\n` : `lstat ${yield* unresolved(whole, follows)}: ${words}\n`, 1);
  }
}

/**
 * What cannot be looked at: the last part behind its directory's real path, or that directory. moby:
 * resolveHostSourcePath().
 */
function* unresolved(whole: string, follows: boolean): Running<string> {
  const clean = cleanPath(whole);
  const [parent] = splitPath(clean);
  if (follows || (yield* lookedAt(parent, true)) === null) return yield* evaluated(clean);
  return parent === '/' ? `/${clean}` : clean;
}

/** Where an absolute path leads through its links, up to the first part that is not there. Go: EvalSymlinks(). */
function* evaluated(path: string): Running<string> {
  const left = path.split('/');
  let real = '';
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (part === '' || part === '.') continue;
    const next = part === '..' ? real.slice(0, Math.max(0, real.lastIndexOf('/'))) : `${real}/${part}`;
    const stat = yield* lookedAt(next === '' ? '/' : next, false);
    if (stat === null) return next;
    if (stat.type === 'symlink') {
      const target = yield* sys.readlink(next);
      left.unshift(...target.split('/'));
      if (target.startsWith('/')) real = '';
    } else real = next;
  }
  return real;
}

/** Where files are to go. moby: CopyInfoDestinationPath(); docker: ValidateOutputPath(). */
export function* localDestination(path: string): Running<CopyEnd> {
  const whole = yield* absolutePath(path);
  const stat = yield* lookedAt(whole, true);
  const parent = splitPath(cleanPath(whole))[0];
  if (stat === null && (yield* lookedAt(parent, true)) === null)
    throw new CommandFailed(`invalid output path: directory "${parent}" does not exist\n`, 1);
  if (stat !== null && stat.type !== 'file' && stat.type !== 'directory')
    throw new CommandFailed(
      `got ${stat.type === 'fifo' || stat.type === 'socket' ? 'an irregular file' : 'a device'}\n`,
      1,
    );
  return { path: whole, exists: stat !== null, isDirectory: stat?.type === 'directory', rebasedName: '' };
}

/** The archive of a file or directory, its members renamed. */
export function* packLocal(
  source: CopyEnd,
  follows: boolean,
  rename: (member: TarMember) => TarMember,
): Running<string> {
  const parts: string[] = [];
  // oxlint-disable-next-line require-yield -- it keeps them all.
  const into = yield* packing(function* write(bytes) {
    parts.push(bytes);
  });
  const [, name] = splitPath(source.path);
  yield* packTree(
    { ...into, dereference: follows, refused: logRefused },
    cleanPath(source.path),
    source.rebasedName || name,
  );
  return yield* rewriteArchive(parts.join(''), rename);
}

/** What cannot be read is logged, and the rest goes on (asked of 26.1.5). moby: pkg/archive, TarWithOptions(). */
function* logRefused(path: string, { errno }: Errno): Running<void> {
  const isLink = (yield* statIfAny(path, false))?.type === 'symlink';
  const call = isLink ? 'readlink' : errno === 'EACCES' ? 'open' : 'read';
  yield* say('error', `Can't add file ${path} to tar: ${call} ${path}: ${strerror(errno).toLowerCase()}`);
}

/** The same archive with other names in it. */
function* rewriteArchive(archive: string, rename: (member: TarMember) => TarMember): Running<string> {
  const parts: string[] = [];
  yield* readWhole(
    archive,
    // oxlint-disable-next-line require-yield -- it keeps them all.
    function* take(member, content) {
      parts.push(headerOf(rename(member)) + content + paddingAfter(content.length));
    },
  );
  return parts.join('') + endOfArchive;
}

/** Makes the files of an archive under `directory`. Throws the CLI's words. */
export function* unpackLocal(
  archive: string,
  directory: string,
  rename: (member: TarMember) => TarMember,
): Running<void> {
  try {
    yield* readWhole(archive, (member, content) =>
      unpackMember(cleanPath(directory), rename(member), content, {
        keepOwner: false,
        keepKinds: true,
        keepInside: true,
        removeAll: removeTree,
      }),
    );
  } catch (error) {
    if (isErrno(error)) throw new CommandFailed(`${strerror(error.errno).toLowerCase()}\n`, 1);
    if (!(error instanceof BrokenArchive || error instanceof RefusedMember)) throw error;
    throw new CommandFailed(`${error.message}\n`, 1);
  }
}
