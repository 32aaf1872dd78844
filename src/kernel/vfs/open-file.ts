/**
 * Open files: what a descriptor stands for. Descriptors that came from dup(2) or fork(2) share one, with its
 * offset.
 */
import type { OpenFileFact } from '../../journal/event.ts';
import { O } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Namespace } from '../namespace/namespace.ts';
import { leavePipe, type Pipe } from '../pipe/pipe.ts';
import { closeListener, closeSocket, type Listener, type StreamSocket } from '../socket/socket-layer.ts';
import { closeMaster, closeSlave, type Terminal } from '../tty/terminal.ts';
import { release } from '../namespace/holders.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import { unlock } from './flock.ts';
import { closeInotify, type Inotify } from './inotify.ts';
import type { Body, FileBody, Inode } from './inode.ts';
import type { Location } from './mount.ts';
import { extentClosed, extentOpened } from './space.ts';
import type { CharacterDevice } from './devices.ts';
import { countWrites } from './write-count.ts';

export interface OpenFile {
  readonly id: number;
  /** Descriptors, and messages on their way, that hold it. */
  references: number;
  readonly access: 'r' | 'w' | 'rw' | 'path';
  readonly append: boolean;
  nonBlocking: boolean;
  offset: number;
  readonly location: Location;
  /** As its opener saw it. */
  readonly name: string;
  readonly object: OpenObject;
}

export type OpenObject =
  /** Who made it without opening it (memfd_create) is no writer, and may run it. Linux: FMODE_WRITER. */
  | { readonly kind: 'file'; readonly body: FileBody; readonly isWriter: boolean; snapshot: string | null }
  | { readonly kind: 'directory' }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly named: boolean }
  | { readonly kind: 'socket'; readonly socket: StreamSocket }
  | { readonly kind: 'listener'; readonly listener: Listener }
  | { readonly kind: 'tty'; readonly terminal: Terminal; readonly side: 'master' | 'slave' }
  | { readonly kind: 'device'; readonly device: CharacterDevice }
  | { readonly kind: 'inotify'; readonly inotify: Inotify }
  /** What takes a descriptor and nobody reads here. */
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'namespace'; readonly namespace: Namespace }
  | { readonly kind: 'path' };

/** A new open file with one reference. */
export function newOpenFile(
  kernel: Kernel,
  flags: number,
  location: Location,
  name: string,
  object: OpenObject,
): OpenFile {
  const id = kernel.nextOpenFileId;
  kernel.nextOpenFileId += 1;
  const access = (['r', 'w', 'rw', 'rw'] as const)[flags & 3] ?? 'rw';
  if (object.kind === 'file' && object.body.extent) extentOpened(object.body.extent);
  if (object.kind === 'file' && object.isWriter) countWrites(location.dentry.inode, 1);
  location.mount.users += 1;
  return {
    id,
    references: 1,
    access: object.kind === 'path' ? 'path' : access,
    append: (flags & O.APPEND) !== 0,
    nonBlocking: (flags & O.NONBLOCK) !== 0,
    offset: 0,
    location,
    name,
    object,
  };
}

/** A place for an object without a name in any directory: `pipe:[7]`, `socket:[8]`. */
export function anonymousLocation(kernel: Kernel, inode: Inode, name: string): Location {
  return { mount: kernel.vfs.anonymous, dentry: rootDentry(inode, name) };
}

export function anonymousInode(
  kernel: Kernel,
  type: 'file' | 'fifo' | 'socket',
  number: number,
  body: Body,
  mode = 0o600,
): Inode {
  const attributes = { mode, uid: 0, gid: 0, links: 1, modifiedNs: kernel.nowNs };
  return { number, type, filesystem: kernel.vfs.anonymous.filesystem, attributes, body };
}

/** One descriptor less; with the last one the object is closed. */
export function releaseFile(kernel: Kernel, file: OpenFile): void {
  file.references -= 1;
  if (file.references > 0) return;
  file.location.mount.users -= 1;
  unlock(file);
  const { object, access } = file;
  switch (object.kind) {
    case 'pipe':
      if (access !== 'path') leavePipe(kernel, object.pipe, access);
      break;
    case 'socket':
      closeSocket(kernel, object.socket);
      break;
    case 'listener':
      closeListener(kernel, object.listener);
      break;
    case 'tty':
      if (object.side === 'master') closeMaster(kernel, object.terminal);
      else closeSlave(kernel, object.terminal);
      break;
    case 'namespace':
      release(kernel, object.namespace);
      break;
    case 'inotify':
      closeInotify(object.inotify);
      break;
    case 'file':
      if (object.isWriter) countWrites(file.location.dentry.inode, -1);
      if (object.body.extent) extentClosed(kernel, object.body.extent);
      break;
    case 'directory':
    case 'device':
    case 'anonymous':
    case 'path':
      break;
  }
}

const factKinds = {
  file: 'file',
  directory: 'directory',
  pipe: 'pipe',
  socket: 'socket',
  listener: 'socket',
  tty: 'tty',
  device: 'device',
  inotify: 'anon',
  anonymous: 'anon',
  namespace: 'namespace',
} as const;

/** What the journal says of an open file. */
export function describeFile(file: OpenFile): OpenFileFact {
  const { id, object, name, access } = file;
  if (object.kind === 'path')
    return { id, kind: kindOfInode(file.location.dentry), name, access, inode: inodeOf(file) };
  const kind = object.kind === 'pipe' && object.named ? 'fifo' : factKinds[object.kind];
  return { id, kind, name, access, inode: inodeOf(file) };
}

function inodeOf(file: OpenFile): number {
  // Both ends of a terminal have its slave's number, so that they join.
  return file.object.kind === 'tty' ? file.object.terminal.inode : file.location.dentry.inode.number;
}

function kindOfInode(dentry: Dentry): OpenFileFact['kind'] {
  const { body } = dentry.inode;
  switch (body.type) {
    case 'file':
    case 'symlink':
      return 'file';
    case 'device':
      return body.terminal === undefined ? 'device' : 'tty';
    case 'directory':
    case 'fifo':
    case 'socket':
    case 'namespace':
      return body.type;
  }
}

/** EBADF unless it was opened to read (or to write). */
export function requireAccess(file: OpenFile, wanted: 'r' | 'w'): void {
  if (file.access !== 'rw' && file.access !== wanted) throw new Errno('EBADF');
}
