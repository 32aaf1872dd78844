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

/** Layers that a directory is merged from. */
interface Layers {
  upper: Inode | null;
  /** From the topmost down. */
  readonly lowers: readonly Inode[];
}

/** Directories of an upper layer that hide what is below. Linux: the extended attribute trusted.overlay.opaque. */
const opaque = new WeakSet<Inode>();

/** The merged tree of `lowers` (topmost first) and `upper`; without `upper` it cannot be written. */
export function createOverlay(filesystem: FileSystem, lowers: readonly Inode[], upper: Inode | null): Dentry {
  return rootDentry(directoryInode(filesystem, { upper, lowers }, null, ''));
}

interface OverlayDirectory {
  readonly inode: Inode;
  readonly layers: Layers;
  readonly copyUp: (reader: Reader) => Inode;
}

/** What stands behind each inode of an overlay: needed for links and renames. */
const directories = new WeakMap<Inode, OverlayDirectory>();
const files = new WeakMap<Inode, { real: Inode; lower: boolean }>();

function directoryInode(filesystem: FileSystem, layers: Layers, parent: OverlayDirectory | null, name: string): Inode {
  const top = (): Inode => {
    const inode = layers.upper ?? layers.lowers[0];
    if (inode === undefined) throw new Errno('ENOENT');
    return inode;
  };
  const copyUp = (reader: Reader): Inode => {
    if (layers.upper !== null) return layers.upper;
    if (parent === null) throw new Errno('EROFS');
    const above = directoryOf(parent.copyUp(reader));
    layers.upper = above.create(reader, name, newLike(top()));
    Object.assign(layers.upper.attributes, { modifiedNs: top().attributes.modifiedNs, links: top().attributes.links });
    return layers.upper;
  };
  const inode: Inode = {
    number: top().number,
    type: 'directory',
    filesystem,
    get attributes(): Attributes {
      return top().attributes;
    },
    body: directoryBody(filesystem, layers, () => self, copyUp),
    copyUp: (reader) => {
      copyUp(reader);
    },
  };
  const self: OverlayDirectory = { inode, layers, copyUp };
  directories.set(inode, self);
  return inode;
}

function directoryBody(
  filesystem: FileSystem,
  layers: Layers,
  self: () => OverlayDirectory,
  copyUp: (reader: Reader) => Inode,
): DirectoryBody {
  const known = new Map<string, Inode>();
  const lookup = (reader: Reader, name: string): Inode | null => {
    const found = find(reader, layers, name);
    if (found === null) {
      known.delete(name);
      return null;
    }
    const before = known.get(name);
    if (before !== undefined && isSameAs(before, found)) return before;
    const made = wrap(filesystem, found, self(), name);
    known.set(name, made);
    return made;
  };
  const whiteOut = (reader: Reader, name: string): void => {
    const upper = directoryOf(copyUp(reader));
    if (upper.lookup(reader, name) !== null) upper.unlink(reader, name);
    if (findIn(reader, layers.lowers, name) !== null) {
      upper.create(reader, name, { type: 'character', mode: 0, uid: 0, gid: 0, major: 0, minor: 0 });
    }
    known.delete(name);
  };
  return {
    type: 'directory',
    lookup,
    list: (reader) => {
      const names = new Set<string>();
      for (const layer of layersOf(layers)) for (const [name] of directoryOf(layer).list(reader)) names.add(name);
      return [...names].flatMap((name) => {
        const inode = lookup(reader, name);
        return inode === null ? [] : [[name, inode] as const];
      });
    },
    create: (reader, name, made) => {
      const upper = directoryOf(copyUp(reader));
      const hidden = upper.lookup(reader, name) !== null;
      if (hidden) upper.unlink(reader, name);
      const inode = upper.create(reader, name, made);
      // A new directory must not show what a whiteout hid.
      if (made.type === 'directory' && hidden) opaque.add(inode);
      const shown = lookup(reader, name);
      if (shown === null) throw new Errno('ENOENT');
      return shown;
    },
    link: (reader, name, inode) => {
      const real = realForLink(reader, inode);
      const upper = directoryOf(copyUp(reader));
      upper.link(reader, name, real);
      if (real.type === 'directory') opaque.add(real);
      known.set(name, inode);
    },
    unlink: whiteOut,
  };
}

/** What a name is: the file in the topmost layer that has it, or the directories to be merged. */
interface Found {
  readonly upper: Inode | null;
  readonly lowers: readonly Inode[];
}

function find(reader: Reader, layers: Layers, name: string): Found | null {
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
  const directory = directories.get(before);
  if (directory !== undefined) {
    const { layers } = directory;
    return layers.upper === found.upper && layers.lowers.every((layer, index) => layer === found.lowers[index]);
  }
  return files.get(before)?.real === (found.upper ?? found.lowers[0]);
}

function wrap(filesystem: FileSystem, found: Found, parent: OverlayDirectory, name: string): Inode {
  const real = found.upper ?? found.lowers[0];
  if (real === undefined) throw new Errno('ENOENT');
  if (real.type === 'directory') return directoryInode(filesystem, { ...found }, parent, name);
  return fileInode(filesystem, { real, lower: found.upper === null }, parent, name);
}

function fileInode(
  filesystem: FileSystem,
  state: { real: Inode; lower: boolean },
  parent: OverlayDirectory,
  name: string,
): Inode {
  const inode: Inode = {
    number: state.real.number,
    type: state.real.type,
    filesystem,
    get attributes(): Attributes {
      return state.real.attributes;
    },
    get body(): Body {
      return state.real.body;
    },
    copyUp: (reader) => {
      if (!state.lower) return;
      state.real = copyFile(reader, state.real, directoryOf(parent.copyUp(reader)), name);
      state.lower = false;
    },
  };
  files.set(inode, state);
  return inode;
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
  const directory = directories.get(inode);
  if (directory !== undefined) {
    if (directory.layers.upper === null || directory.layers.lowers.length > 0) throw new Errno('EXDEV');
    return directory.layers.upper;
  }
  inode.copyUp?.(reader);
  const file = files.get(inode);
  if (file === undefined) throw new Errno('EXDEV');
  return file.real;
}

function layersOf({ upper, lowers }: Layers): readonly Inode[] {
  if (upper === null) return lowers;
  return opaque.has(upper) ? [upper] : [upper, ...lowers];
}
