/** A file system in memory: tmpfs and mqueue, and the disk too, since nothing here outlives the machine. */
import type { Kernel } from '../kernel.ts';
import { wholePages } from '../memory/footprint.ts';
import { createPipe } from '../pipe/pipe.ts';
import { Content } from './content.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import type { Body, DirectoryBody, FileBody, FileSystem, Inode, NewInode, Reader } from './inode.ts';
import { growth, nameGone, newExtent, resize, type Space } from './space.ts';

/** An empty file system; its root is the dentry returned. `mode` is the root's. */
export function createMemoryFileSystem(filesystem: FileSystem, mode: number, nowNs: number): Dentry {
  return rootDentry(memoryInode(filesystem, { type: 'directory', mode, uid: 0, gid: 0 }, nowNs));
}

/** A new inode of a file system in memory, without a name yet. */
function memoryInode(filesystem: FileSystem, made: NewInode, nowNs: number): Inode {
  const number = filesystem.nextInode;
  filesystem.nextInode += 1;
  return {
    number,
    type: made.type,
    filesystem,
    attributes: {
      mode: made.mode,
      uid: made.uid,
      gid: made.gid,
      links: made.type === 'directory' ? 2 : 1,
      modifiedNs: nowNs,
    },
    body: bodyOf(filesystem, made, number),
  };
}

function bodyOf(filesystem: FileSystem, made: NewInode, number: number): Body {
  switch (made.type) {
    case 'file':
      return fileInMemory('', undefined, filesystem.space);
    case 'directory':
      return directoryInMemory(filesystem);
    case 'symlink': {
      const target = made.target ?? '';
      return { type: 'symlink', target: () => target };
    }
    case 'fifo':
      return { type: 'fifo', pipe: createPipe(number, filesystem.device) };
    case 'socket':
      return { type: 'socket', listener: null };
    case 'character':
    case 'block':
      return { type: 'device', major: made.major ?? 0, minor: made.minor ?? 0 };
  }
}

/**
 * Bytes in memory; `nominalSize` is what stat tells of a program whose real bytes are not here. In a `space` they take
 * room.
 */
export function fileInMemory(text = '', nominalSize?: number, space?: Space): FileBody {
  const content = new Content(text);
  const extent = space && newExtent(space);
  let told = nominalSize;
  return {
    type: 'file',
    generated: false,
    ...(extent && { extent }),
    size: () => told ?? content.size,
    slice: (_reader, start, end) => content.slice(start, end),
    write: (reader, offset, data) => {
      if (extent) resize(reader, extent, growth(extent, offset, data.length));
      told = undefined;
      content.write(offset, data);
    },
    truncate: (reader, size) => {
      if (extent && wholePages(size) < extent.bytes) resize(reader, extent, wholePages(size) - extent.bytes);
      told = undefined;
      content.truncate(size);
    },
  };
}

function directoryInMemory(filesystem: FileSystem): DirectoryBody {
  const entries = new Map<string, Inode>();
  return {
    type: 'directory',
    lookup: (_reader: Reader, name: string) => entries.get(name) ?? null,
    list: () => [...entries],
    create: (reader, name, made) => {
      const inode = memoryInode(filesystem, made, reader.kernel.nowNs);
      entries.set(name, inode);
      return inode;
    },
    link: ({ kernel }, name, inode) => {
      const before = entries.get(name);
      if (before !== undefined) loseName(kernel, before);
      entries.set(name, inode);
    },
    unlink: ({ kernel }, name) => {
      const inode = entries.get(name);
      if (inode === undefined) return;
      loseName(kernel, inode);
      entries.delete(name);
    },
  };
}

function loseName(kernel: Kernel, { attributes, body }: Inode): void {
  attributes.links -= 1;
  if (body.type === 'file') nameGone(kernel, body, attributes.links);
}
