/** Names in the tree: a dentry is one name of an inode, and knows its directory. Linux: fs/dcache.c. */
import { Errno } from '../errno.ts';
import type { DirectoryBody, Inode, Reader } from './inode.ts';

export interface Dentry {
  name: string;
  parent: Dentry | null;
  readonly inode: Inode;
  /** Names that were looked up so far; the truth is the directory's. Most have none: these share one empty map. */
  children: Map<string, Dentry>;
  /** Its name is gone: an open file, a working directory or a mount may still hold it. */
  deleted: boolean;
}

const childless: Map<string, Dentry> = new Map();

/** A root, or an object without a name in any directory (`pipe:[7]`). */
export function rootDentry(inode: Inode, name = ''): Dentry {
  return { name, parent: null, inode, children: childless, deleted: false };
}

/** The directory in an inode; ENOTDIR. */
export function directoryOf(inode: Inode): DirectoryBody {
  if (inode.body.type !== 'directory') throw new Errno('ENOTDIR');
  return inode.body;
}

/** The entry `name` of a directory, or null. */
export function childOf(reader: Reader, parent: Dentry, name: string): Dentry | null {
  const inode = directoryOf(parent.inode).lookup(reader, name);
  const known = parent.children.get(name);
  if (known !== undefined) {
    if (known.inode === inode) return known;
    forget(parent, name);
  }
  if (inode === null) return null;
  const dentry: Dentry = { name, parent, inode, children: childless, deleted: false };
  keep(parent, name, dentry);
  return dentry;
}

function keep(parent: Dentry, name: string, dentry: Dentry): void {
  if (parent.children === childless) parent.children = new Map();
  parent.children.set(name, dentry);
}

/** The name is gone. */
export function forget(parent: Dentry, name: string): void {
  const known = parent.children.get(name);
  if (known === undefined) return;
  known.deleted = true;
  parent.children.delete(name);
}

/** The name goes elsewhere, with all that is below it. */
export function moveDentry(dentry: Dentry, parent: Dentry, name: string): void {
  dentry.parent?.children.delete(dentry.name);
  forget(parent, name);
  dentry.parent = parent;
  dentry.name = name;
  keep(parent, name, dentry);
}

/** Whether `dentry` is `ancestor` or below it. */
export function isWithin(dentry: Dentry, ancestor: Dentry): boolean {
  for (let at: Dentry | null = dentry; at !== null; at = at.parent) if (at === ancestor) return true;
  return false;
}
