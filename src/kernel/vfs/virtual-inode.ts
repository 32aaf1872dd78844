/** Inodes that the kernel makes up: what /proc and /sys are built of. */
import { Errno, type ErrnoName } from '../errno.ts';
import type { DirectoryBody, FileSystem, Inode, Reader, SymlinkBody } from './inode.ts';
import type { Location } from './mount.ts';

/** A file whose text is made when it is read. Without `write` nobody may write it. */
export function virtualFile(
  filesystem: FileSystem,
  text: (reader: Reader) => string,
  write?: (reader: Reader, data: string) => void,
  mode = write === undefined ? 0o444 : 0o644,
): Inode {
  return inodeOf(filesystem, mode, 'file', {
    type: 'file',
    generated: true,
    size: () => 0,
    slice: (reader, start, end) => text(reader).slice(start, end),
    write: (reader, _offset, data) => {
      if (write === undefined) throw new Errno('EINVAL');
      write(reader, data);
    },
    truncate: () => {},
  });
}

/** A symbolic link; with `jump` one that leads to the object itself. */
export function virtualLink(
  filesystem: FileSystem,
  target: (reader: Reader) => string,
  jump?: (reader: Reader) => Location,
): Inode {
  const body: SymlinkBody = { type: 'symlink', target, ...(jump === undefined ? {} : { jump }) };
  return inodeOf(filesystem, 0o777, 'symlink', body);
}

interface DirectoryOptions {
  readonly dynamic?: Dynamic;
  readonly mode?: number;
  /** Of a new name; to take one away is not permitted anywhere. */
  readonly refusal?: ErrnoName;
}

/** Entries that are made at the first look, and stay; and those that come and go, which `dynamic` knows. */
export function virtualDirectory(
  filesystem: FileSystem,
  makers: Readonly<Record<string, () => Inode>>,
  options: DirectoryOptions = {},
): Inode {
  return directoryAbout(filesystem, makers, undefined, options);
}

/** Likewise, of something of which there are many: they have their makers in common. */
export function directoryAbout<T>(
  filesystem: FileSystem,
  makers: Readonly<Record<string, (about: T) => Inode>>,
  about: T,
  options: DirectoryOptions = {},
): Inode {
  const { dynamic, mode = 0o555, refusal = 'EPERM' } = options;
  const made = new Map<string, Inode>();
  const fixed = (name: string): Inode | null => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
    if (maker === undefined) return null;
    const inode = maker(about);
    made.set(name, inode);
    return inode;
  };
  const refuse = (errno: ErrnoName) => (): never => {
    throw new Errno(errno);
  };
  const body: DirectoryBody = {
    type: 'directory',
    lookup: (reader, name) => fixed(name) ?? dynamic?.lookup(reader, name) ?? null,
    list: (reader) => [
      ...Object.keys(makers).flatMap((name) => {
        const inode = fixed(name);
        return inode === null ? [] : [[name, inode] as const];
      }),
      ...(dynamic?.list(reader) ?? []),
    ],
    create: refuse(refusal),
    link: refuse(refusal),
    unlink: refuse('EPERM'),
  };
  return inodeOf(filesystem, mode, 'directory', body);
}

interface Dynamic {
  readonly lookup: (reader: Reader, name: string) => Inode | null;
  readonly list: (reader: Reader) => readonly (readonly [string, Inode])[];
}

function inodeOf(filesystem: FileSystem, mode: number, type: Inode['type'], body: Inode['body']): Inode {
  const number = filesystem.nextInode;
  filesystem.nextInode += 1;
  return {
    number,
    type,
    filesystem,
    attributes: { mode, uid: 0, gid: 0, links: type === 'directory' ? 2 : 1, modifiedNs: 0 },
    body,
  };
}
