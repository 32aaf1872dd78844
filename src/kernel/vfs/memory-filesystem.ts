/** A file system in memory: tmpfs and mqueue, and the disk too, since nothing here outlives the machine. */
import type { Kernel } from '../kernel.ts';
import { wholePages } from '../memory/footprint.ts';
import { createPipe } from '../pipe/pipe.ts';
import { Content } from './content.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import type { Body, DirectoryBody, FileBody, FileSystem, Inode, NewInode, Reader } from './inode.ts';
import { growth, hold, nameGone, newExtent, requireHold, resize, type Extent, type Space } from './space.ts';

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
      return new MemoryDirectory(filesystem);
    case 'symlink': {
      const target = made.target ?? '';
      return { type: 'symlink', target: () => target, length: target.length };
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
  return new MemoryFile(new Content(text), nominalSize, space && newExtent(space));
}

// Classes, because a container has dozens of these: an object with functions of its own takes several times the memory.
class MemoryFile implements FileBody {
  readonly type = 'file';
  readonly generated = false;
  readonly extent: Extent | undefined;
  readonly #content: Content;
  #nominalSize: number | undefined;

  constructor(content: Content, nominalSize: number | undefined, extent: Extent | undefined) {
    this.#content = content;
    this.#nominalSize = nominalSize;
    this.extent = extent;
  }

  size(): number {
    return this.#nominalSize ?? this.#content.size;
  }

  slice(_reader: Reader, start: number, end: number): string {
    return this.#content.slice(start, end);
  }

  write(reader: Reader, offset: number, data: string): void {
    const { extent } = this;
    if (extent) requireHold(reader.kernel, extent, this.#content.heldBytes + data.length);
    if (extent) resize(reader, extent, growth(extent, offset, data.length));
    this.#nominalSize = undefined;
    this.#content.write(offset, data);
    if (extent) hold(reader.kernel, extent, this.#content.heldBytes);
  }

  truncate(reader: Reader, size: number): void {
    const { extent } = this;
    if (extent && wholePages(size) < extent.bytes) resize(reader, extent, wholePages(size) - extent.bytes);
    this.#nominalSize = undefined;
    this.#content.truncate(size);
    if (extent) hold(reader.kernel, extent, this.#content.heldBytes);
  }
}

class MemoryDirectory implements DirectoryBody {
  readonly type = 'directory';
  readonly #filesystem: FileSystem;
  readonly #entries = new Map<string, Inode>();

  constructor(filesystem: FileSystem) {
    this.#filesystem = filesystem;
  }

  lookup(_reader: Reader, name: string): Inode | null {
    return this.#entries.get(name) ?? null;
  }

  list(): readonly (readonly [string, Inode])[] {
    return [...this.#entries];
  }

  create({ kernel }: Reader, name: string, made: NewInode): Inode {
    const inode = memoryInode(this.#filesystem, made, kernel.nowNs);
    this.#entries.set(name, inode);
    return inode;
  }

  link({ kernel }: Reader, name: string, inode: Inode): void {
    const before = this.#entries.get(name);
    if (before !== undefined) loseName(kernel, before);
    this.#entries.set(name, inode);
  }

  unlink({ kernel }: Reader, name: string): void {
    const inode = this.#entries.get(name);
    if (inode === undefined) return;
    loseName(kernel, inode);
    this.#entries.delete(name);
  }
}

function loseName(kernel: Kernel, { attributes, body }: Inode): void {
  attributes.links -= 1;
  if (body.type === 'file') nameGone(kernel, body, attributes.links);
}
