/** cgroup2: the tree of cgroups as directories, their control files as files. Man page: cgroups(7). */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { controlFiles, hasControlFile, readControl, writeControl } from '../cgroup/control-files.ts';
import { createCgroup, removeCgroup } from '../cgroup/tree.ts';
import { Errno } from '../errno.ts';
import type { DirectoryBody, FileBody, FileSystem, Inode } from './inode.ts';

/** The directory of a cgroup; one inode for each cgroup, kept by the caller. */
export function cgroupDirectory(filesystem: FileSystem, cgroup: Cgroup): Inode {
  return {
    number: cgroup.inode,
    type: 'directory',
    filesystem,
    attributes: { mode: 0o755, uid: 0, gid: 0, links: 2, modifiedNs: 0 },
    body: directoryBody(filesystem, cgroup),
  };
}

function directoryBody(filesystem: FileSystem, cgroup: Cgroup): DirectoryBody {
  const directories = new Map<Cgroup, Inode>();
  const directoryOfChild = (child: Cgroup): Inode => {
    const known = directories.get(child);
    if (known !== undefined) return known;
    const inode = cgroupDirectory(filesystem, child);
    directories.set(child, inode);
    return inode;
  };
  const fileNamed = (name: string): Inode => {
    const known = cgroup.controlInodes.get(name);
    if (known !== undefined) return known;
    const inode = controlInode(filesystem, cgroup, name);
    cgroup.controlInodes.set(name, inode);
    return inode;
  };
  return {
    type: 'directory',
    lookup: (_reader, name) => {
      const child = cgroup.children.get(name);
      if (child !== undefined) return directoryOfChild(child);
      return !cgroup.removed && hasControlFile(cgroup, name) ? fileNamed(name) : null;
    },
    list: () => [
      ...[...cgroup.children].map(([name, child]) => [name, directoryOfChild(child)] as const),
      ...controlFiles(cgroup).map((name) => [name, fileNamed(name)] as const),
    ],
    create: ({ kernel, thread }, name, made) => {
      if (made.type !== 'directory') throw new Errno('EACCES');
      return directoryOfChild(createCgroup(kernel, cgroup, name, thread?.task ?? null));
    },
    link: () => {
      throw new Errno('EPERM');
    },
    unlink: ({ kernel, thread }, name) => {
      const child = cgroup.children.get(name);
      if (child === undefined) throw new Errno('EPERM');
      removeCgroup(kernel, child, thread?.task ?? null);
      directories.delete(child);
    },
  };
}

const writeOnly = ['cgroup.kill', 'memory.reclaim'];
const readOnly =
  /^(cgroup\.(controllers|events|stat)|.*\.(current|events|events\.local|stat|stat\.local|peak))$|\.effective$/;

function controlInode(filesystem: FileSystem, cgroup: Cgroup, name: string): Inode {
  const number = filesystem.nextInode;
  filesystem.nextInode += 1;
  const body: FileBody = {
    type: 'file',
    generated: true,
    size: () => 0,
    slice: ({ kernel, thread }, start, end) => readControl(kernel, cgroup, name, thread?.task).slice(start, end),
    write: ({ kernel, thread }, _offset, data) => {
      if (thread === null) throw new Errno('EINVAL');
      if (cgroup.removed) throw new Errno('ENODEV');
      writeControl(kernel, thread, cgroup, name, data);
    },
    truncate: () => {},
  };
  const mode = writeOnly.includes(name) ? 0o200 : readOnly.test(name) ? 0o444 : 0o644;
  return { number, type: 'file', filesystem, attributes: { mode, uid: 0, gid: 0, links: 1, modifiedNs: 0 }, body };
}
