/** Makes files out of an archive. */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../io.ts';
import type { TarMember } from './format.ts';

export interface UnpackOptions {
  /** Gives files the owner that the archive names; else they are the unpacker's. */
  readonly keepOwner: boolean;
  /** Refuses to put a directory in the place of something else, and the other way round. */
  readonly keepKinds: boolean;
  /** Refuses a symbolic link that leads out of the root by its `..`. */
  readonly keepInside: boolean;
  /** How a directory goes that is in the way of something else. */
  readonly removeAll: (path: string) => Running<void>;
}

/** A member that must not be unpacked there; the words are Docker's. */
export class RefusedMember extends Error {}

/**
 * Makes the file, directory or link of `member` under `root`. What is in its place goes, but for a directory. Throws
 * RefusedMember, or the Errno of the first call that fails.
 */
export function* unpackMember(root: string, member: TarMember, content: string, options: UnpackOptions): Running<void> {
  const name = safeName(member.name, root);
  const path = name === '' ? root : `${root === '/' ? '' : root}/${name}`;
  yield* makeParents(root, name);
  if (options.keepInside && member.type === 'symlink' && leadsOut(root, path, member.target))
    throw new RefusedMember(`invalid symlink "${path}" -> "${member.target}"`);
  if (!(yield* makeRoom(root, path, member, options))) yield* make(root, path, member, content);
  if (options.keepOwner && member.type !== 'symlink') yield* sys.chown(path, member.uid, member.gid);
  if (member.type !== 'symlink' && member.type !== 'hard link') yield* sys.chmod(path, member.mode & 0o7777);
}

/** Without leading slashes, `.` and empty parts; `..` would lead out of the root. */
function safeName(name: string, root: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new RefusedMember(`"${name}" is outside of "${root}"`);
  return parts.join('/');
}

/** Whether the target, read from the link's directory on, is another place than below the root; moby compares text. */
function leadsOut(root: string, path: string, target: string): boolean {
  const parts: string[] = [];
  for (const part of `${path}/../${target}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return !`/${parts.join('/')}`.startsWith(root);
}

function* makeParents(root: string, name: string): Running<void> {
  const parts = name.split('/').slice(0, -1);
  for (const at of parts.keys()) {
    try {
      yield* sys.mkdir(`${root}/${parts.slice(0, at + 1).join('/')}`, 0o755);
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
}

/** Takes away what is in the way. True when there is a directory already where one is to be. */
function* makeRoom(
  root: string,
  path: string,
  { type }: TarMember,
  { keepKinds, removeAll }: UnpackOptions,
): Running<boolean> {
  let present;
  try {
    present = yield* sys.lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  if (present.type === 'directory' && type === 'directory') return true;
  if (present.type === 'directory') {
    if (keepKinds) throw new RefusedMember(`cannot overwrite directory "${path}" with non-directory "${root}"`);
    yield* removeAll(path);
    return false;
  }
  if (keepKinds && type === 'directory')
    throw new RefusedMember(`cannot overwrite non-directory "${path}" with directory "${root}"`);
  yield* sys.unlink(path);
  return false;
}

function* make(root: string, path: string, member: TarMember, content: string): Running<void> {
  const { type, mode, target } = member;
  if (type === 'directory') yield* sys.mkdir(path, mode & 0o7777);
  else if (type === 'symlink') yield* sys.symlink(target, path);
  else if (type === 'hard link') yield* sys.link(`${root}/${safeName(target, root)}`, path);
  else if (type === 'fifo') yield* sys.mkfifo(path, mode & 0o7777);
  else if (type === 'character' || type === 'block') yield* sys.mknod(path, type, mode & 0o7777, 0, 0);
  else {
    const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, mode & 0o7777);
    yield* writeAll(fd, content);
    yield* sys.close(fd);
  }
}
