/** overlayfs: a writable layer over read-only ones. Linux: Documentation/filesystems/overlayfs.rst. */
import { Errno } from '../errno.ts';
import { directoryOf, rootDentry, type Dentry } from './dentry.ts';
import {
  isWhiteout,
  type Attributes,
  type Body,
  type DirectoryBody,
  type FileSystem,
  type Inode,
  type NewInode,
  type Reader,
} from './inode.ts';

/** Directories of an upper layer that hide what is below. Linux: the extended attribute trusted.overlay.opaque. */
const opaque = new WeakSet<Inode>();

/** The merged tree of `lowers` (topmost first) and `upper`; without `upper` it cannot be written. */
export function createOverlay(filesystem: FileSystem, lowers: readonly Inode[], upper: Inode | null): Dentry {
  return rootDentry(new OverlayDirectory(filesystem, { upper, lowers }, null, ''));
}

/** A directory of the overlay, merged from one of the upper layer and those of the lower ones. */
class OverlayDirectory implements Inode, DirectoryBody {
  readonly type = 'directory';
  readonly filesystem: FileSystem;
  readonly number: number;
  upper: Inode | null;
  /** From the topmost down. */
  readonly lowers: readonly Inode[];
  readonly #parent: OverlayDirectory | null;
  readonly #name: string;
  /** Inodes that were shown under a name before: they stay, as long as the same is behind them. */
  readonly #known = new Map<string, Inode>();

  constructor(filesystem: FileSystem, { upper, lowers }: Found, parent: OverlayDirectory | null, name: string) {
    this.filesystem = filesystem;
    this.upper = upper;
    this.lowers = lowers;
    this.#parent = parent;
    this.#name = name;
    this.number = this.#top().number;
  }

  get attributes(): Attributes {
    return this.#top().attributes;
  }

  get body(): DirectoryBody {
    return this;
  }

  copyUp(reader: Reader): Inode {
    if (this.upper !== null) return this.upper;
    if (this.#parent === null) throw new Errno('EROFS');
    const above = directoryOf(this.#parent.copyUp(reader));
    const { modifiedNs, links } = this.attributes;
    this.upper = above.create(reader, this.#name, newLike(this.#top()));
    Object.assign(this.upper.attributes, { modifiedNs, links });
    return this.upper;
  }

  lookup(reader: Reader, name: string): Inode | null {
    const found = find(reader, this, name);
    if (found === null) {
      this.#known.delete(name);
      return null;
    }
    const before = this.#known.get(name);
    if (before !== undefined && isSameAs(before, found)) return before;
    const made = wrap(this.filesystem, found, this, name);
    this.#known.set(name, made);
    return made;
  }

  list(reader: Reader): readonly (readonly [string, Inode])[] {
    const names = new Set<string>();
    for (const layer of layersOf(this)) for (const [name] of directoryOf(layer).list(reader)) names.add(name);
    return [...names].flatMap((name) => {
      const inode = this.lookup(reader, name);
      return inode === null ? [] : [[name, inode] as const];
    });
  }

  create(reader: Reader, name: string, made: NewInode): Inode {
    const upper = directoryOf(this.copyUp(reader));
    const hidden = upper.lookup(reader, name) !== null;
    if (hidden) upper.unlink(reader, name);
    const inode = upper.create(reader, name, made);
    // A new directory must not show what a whiteout hid.
    if (made.type === 'directory' && hidden) opaque.add(inode);
    const shown = this.lookup(reader, name);
    if (shown === null) throw new Errno('ENOENT');
    return shown;
  }

  link(reader: Reader, name: string, inode: Inode): void {
    const real = realForLink(reader, inode);
    const upper = directoryOf(this.copyUp(reader));
    upper.link(reader, name, real);
    if (real.type === 'directory') opaque.add(real);
    this.#known.set(name, inode);
  }

  /** Leaves a whiteout where a lower layer has the name. */
  unlink(reader: Reader, name: string): void {
    const upper = directoryOf(this.copyUp(reader));
    if (upper.lookup(reader, name) !== null) upper.unlink(reader, name);
    if (findIn(reader, this.lowers, name) !== null) {
      upper.create(reader, name, { type: 'character', mode: 0, uid: 0, gid: 0, major: 0, minor: 0 });
    }
    this.#known.delete(name);
  }

  #top(): Inode {
    const inode = this.upper ?? this.lowers[0];
    if (inode === undefined) throw new Errno('ENOENT');
    return inode;
  }
}

/** Anything else of the overlay: it shows one inode of one layer. */
class OverlayFile implements Inode {
  readonly number: number;
  readonly type: Inode['type'];
  readonly filesystem: FileSystem;
  real: Inode;
  #isLower: boolean;
  readonly #parent: OverlayDirectory;
  readonly #name: string;

  constructor(filesystem: FileSystem, real: Inode, isLower: boolean, parent: OverlayDirectory, name: string) {
    this.filesystem = filesystem;
    this.number = real.number;
    this.type = real.type;
    this.real = real;
    this.#isLower = isLower;
    this.#parent = parent;
    this.#name = name;
  }

  get attributes(): Attributes {
    return this.real.attributes;
  }

  get body(): Body {
    return this.real.body;
  }

  copyUp(reader: Reader): void {
    if (!this.#isLower) return;
    this.real = copyFile(reader, this.real, directoryOf(this.#parent.copyUp(reader)), this.#name);
    this.#isLower = false;
  }
}

/** What a name is: the file in the topmost layer that has it, or the directories to be merged. */
interface Found {
  readonly upper: Inode | null;
  readonly lowers: readonly Inode[];
}

function find(reader: Reader, layers: Found, name: string): Found | null {
  const upper = layers.upper === null ? null : directoryOf(layers.upper).lookup(reader, name);
  if (upper !== null) {
    if (isWhiteout(upper)) return null;
    if (upper.type !== 'directory' || opaque.has(upper)) return { upper, lowers: [] };
  }
  const hidden = layers.upper !== null && opaque.has(layers.upper);
  const below = hidden ? null : findIn(reader, layers.lowers, name);
  if (upper !== null) return { upper, lowers: below?.filter(({ type }) => type === 'directory') ?? [] };
  return below === null ? null : { upper: null, lowers: below };
}

/** One file, or directories from the topmost down; null when there is none or a whiteout comes first. */
function findIn(reader: Reader, lowers: readonly Inode[], name: string): readonly Inode[] | null {
  const merged: Inode[] = [];
  for (const layer of lowers) {
    const inode = directoryOf(layer).lookup(reader, name);
    if (inode !== null) {
      if (isWhiteout(inode)) break;
      if (inode.type !== 'directory') {
        if (merged.length === 0) return [inode];
        break;
      }
      merged.push(inode);
      if (opaque.has(inode)) break;
    }
    // An opaque directory hides the same directory of the layers below.
    if (opaque.has(layer)) break;
  }
  return merged.length === 0 ? null : merged;
}

/** Whether an inode that was made before still shows the same. */
function isSameAs(before: Inode, found: Found): boolean {
  if (before instanceof OverlayDirectory)
    return before.upper === found.upper && before.lowers.every((layer, index) => layer === found.lowers[index]);
  return before instanceof OverlayFile && before.real === (found.upper ?? found.lowers[0]);
}

function wrap(filesystem: FileSystem, found: Found, parent: OverlayDirectory, name: string): Inode {
  const real = found.upper ?? found.lowers[0];
  if (real === undefined) throw new Errno('ENOENT');
  if (real.type === 'directory') return new OverlayDirectory(filesystem, found, parent, name);
  return new OverlayFile(filesystem, real, found.upper === null, parent, name);
}

/** The copy in the upper layer: same bytes, owner, mode and time. */
function copyFile(reader: Reader, from: Inode, upper: DirectoryBody, name: string): Inode {
  const copy = upper.create(reader, name, newLike(from, reader));
  if (from.body.type === 'file' && copy.body.type === 'file') {
    copy.body.write(reader, 0, from.body.slice(reader, 0, Number.MAX_SAFE_INTEGER));
  }
  copy.attributes.modifiedNs = from.attributes.modifiedNs;
  return copy;
}

function newLike(inode: Inode, reader?: Reader): NewInode {
  const { mode, uid, gid } = inode.attributes;
  const { body } = inode;
  return {
    type: inode.type,
    mode,
    uid,
    gid,
    ...(body.type === 'symlink' && reader !== undefined ? { target: body.target(reader) } : {}),
    ...(body.type === 'device' ? { major: body.major, minor: body.minor } : {}),
  };
}

/**
 * What gets the new name in the upper layer. A directory that also has lower parts cannot be moved. Linux:
 * redirect_dir=off, EXDEV.
 */
function realForLink(reader: Reader, inode: Inode): Inode {
  if (inode instanceof OverlayDirectory) {
    if (inode.upper === null || inode.lowers.length > 0) throw new Errno('EXDEV');
    return inode.upper;
  }
  if (!(inode instanceof OverlayFile)) throw new Errno('EXDEV');
  inode.copyUp(reader);
  return inode.real;
}

function layersOf({ upper, lowers }: Found): readonly Inode[] {
  if (upper === null) return lowers;
  return opaque.has(upper) ? [upper] : [upper, ...lowers];
}
