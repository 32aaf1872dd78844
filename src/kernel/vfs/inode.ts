/** What a file is, apart from its names: inodes and the file systems that hold them. Man page: inode(7). */
import type { FileType } from '../abi.ts';
import type { Kernel, Thread } from '../kernel.ts';
import type { Namespace } from '../namespace/namespace.ts';
import type { Pipe } from '../pipe/pipe.ts';
import type { Listener } from '../socket/socket-layer.ts';
import type { Terminal } from '../tty/terminal.ts';
import type { Devpts } from './devpts.ts';
import type { Location } from './mount.ts';
import type { OpenFile } from './open-file.ts';
import type { Extent, Space } from './space.ts';

/**
 * Who asks: /proc and devices answer each caller differently. `thread` is null when the machine itself asks, at
 * boot.
 */
export interface Reader {
  readonly kernel: Kernel;
  readonly thread: Thread | null;
}

/** A mounted or mountable file system, Linux's super_block: its inodes have numbers of their own. */
export interface FileSystem {
  readonly fstype: string;
  /** The minor number of its device; the major is 0, but `major` says otherwise for a disk. */
  readonly device: number;
  readonly major: number;
  /** As the last field of mountinfo shows them: `rw,size=65536k`. */
  options: string;
  nextInode: number;
  /** Of a disk and of what lies in memory. */
  readonly space?: Space;
}

export interface Attributes {
  /** Permission bits with set-id and sticky bits; the type is not among them. */
  mode: number;
  uid: number;
  gid: number;
  links: number;
  /** Nanoseconds since boot. */
  modifiedNs: number;
}

export interface Inode {
  readonly number: number;
  readonly type: FileType;
  readonly filesystem: FileSystem;
  readonly attributes: Attributes;
  readonly body: Body;
  /** overlayfs: brings the inode into the upper layer before it is changed. */
  readonly copyUp?: (reader: Reader) => void;
  /** CAP_DAC_OVERRIDE opens no more than the mode says. */
  readonly modeHoldsForRoot?: true;
  /** What opening it takes beside the mode: it throws. */
  readonly requireOpening?: (thread: Thread, isWriting: boolean) => void;
  /** Who has the lock of flock(2). */
  lockedBy?: OpenFile | null;
  /** Open files that write to it, or, below 0, tasks that run it. Linux: i_writecount. */
  writeCount?: number;
}

export type Body =
  | FileBody
  | DirectoryBody
  | SymlinkBody
  | { readonly type: 'fifo'; readonly pipe: Pipe }
  | { readonly type: 'socket'; listener: Listener | null }
  | DeviceBody
  | { readonly type: 'namespace'; readonly namespace: Namespace };

/** A regular file's bytes. */
export interface FileBody {
  readonly type: 'file';
  readonly size: () => number;
  /** Bytes from `start` up to `end`, fewer at the end of the file. */
  readonly slice: (reader: Reader, start: number, end: number) => string;
  readonly write: (reader: Reader, offset: number, data: string) => void;
  readonly truncate: (reader: Reader, size: number) => void;
  /** Made when it is read, as under /proc: an open file keeps what it saw at offset 0. */
  readonly generated: boolean;
  /** The room that it takes, where its file system has an end. */
  readonly extent?: Extent | undefined;
}

export interface DirectoryBody {
  readonly type: 'directory';
  readonly lookup: (reader: Reader, name: string) => Inode | null;
  readonly list: (reader: Reader) => readonly (readonly [string, Inode])[];
  /** Makes a new inode under a free name. */
  readonly create: (reader: Reader, name: string, made: NewInode) => Inode;
  /** Gives an inode of this file system a name; what had it loses it. */
  readonly link: (reader: Reader, name: string, inode: Inode) => void;
  /** Takes a name away. Whether that may be was asked before, but for what only this file system knows. */
  readonly unlink: (reader: Reader, name: string, forRename?: boolean) => void;
}

export interface SymlinkBody {
  readonly type: 'symlink';
  readonly target: (reader: Reader) => string;
  /** What stat tells of it: 0 for those that the kernel makes up. */
  readonly length?: number;
  /** A link of /proc that leads to the object itself, whatever its name. */
  readonly jump?: (reader: Reader) => Location;
}

interface DeviceBody {
  readonly type: 'device';
  readonly major: number;
  readonly minor: number;
  /** The terminal behind a node of devpts. */
  readonly terminal?: Terminal;
  /** The instance whose ptmx this is. */
  readonly devpts?: Devpts;
}

/** What to make: for `create`. */
export interface NewInode {
  readonly type: FileType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target?: string | undefined;
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
}

const typeBits: Readonly<Record<FileType, number>> = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

/** st_mode: type and permission bits. */
export function modeOf(inode: Inode): number {
  return typeBits[inode.type] | inode.attributes.mode;
}

/** st_size. */
export function sizeOf(inode: Inode): number {
  if (inode.body.type === 'file') return inode.body.size();
  if (inode.body.type === 'symlink') return inode.body.length ?? 0;
  return inode.type === 'directory' && inode.filesystem.fstype !== 'proc' ? 4096 : 0;
}

/** A whiteout of overlayfs: the character device 0:0. */
export function isWhiteout(inode: Inode): boolean {
  return inode.body.type === 'device' && inode.type === 'character' && inode.body.major === 0 && inode.body.minor === 0;
}
