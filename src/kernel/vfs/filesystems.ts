/** The file systems that mount(2) knows. Man page: filesystems(5). */
import { findCgroup } from '../cgroup/tree.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { cgroupDirectory } from './cgroupfs.ts';
import { childOf, directoryOf, rootDentry, type Dentry } from './dentry.ts';
import { createDevpts } from './devpts.ts';
import type { FileSystem, Inode } from './inode.ts';
import { createMemoryFileSystem } from './memory-filesystem.ts';
import { createOverlay } from './overlay.ts';
import { wholePages } from '../memory/footprint.ts';
import { createProc } from './procfs/proc.ts';
import { createSysfs } from './sysfs.ts';
import { newSpace, type Space } from './space.ts';
import { resolve } from './vfs.ts';

interface FileSystemRequest {
  readonly fstype: string;
  /** The comma-separated options of mount(2)'s last argument. */
  readonly data: string;
  readonly source: string;
}

/**
 * The root of a file system of that type, for the mounter's namespaces; `thread` is null for the machine's boot.
 * ENODEV for an unknown type.
 */
export function createFileSystem(kernel: Kernel, thread: Thread | null, request: FileSystemRequest): Dentry {
  const { fstype, data } = request;
  const options = optionsOf(data);
  const namespaces = thread?.namespaces ?? kernel.tasks.get(1)?.namespaces;
  switch (fstype) {
    case 'tmpfs':
    case 'ramfs':
    case 'mqueue':
    case 'devtmpfs':
    case 'ext4':
    case 'securityfs':
    case 'debugfs':
    case 'tracefs':
    case 'bpf': {
      const sticky = fstype === 'tmpfs' || fstype === 'mqueue' ? 0o1777 : 0o755;
      const mode = options.get('mode') === undefined ? sticky : Number.parseInt(options.get('mode') ?? '', 8);
      if (fstype === 'tmpfs') checkTmpfs(options);
      const space = spaceOf(kernel, fstype, options);
      const root = createMemoryFileSystem(newFileSystem(kernel, fstype, data, space), mode, kernel.nowNs);
      const { attributes } = root.inode;
      Object.assign(attributes, {
        uid: Number(options.get('uid') ?? attributes.uid),
        gid: Number(options.get('gid') ?? attributes.gid),
      });
      return root;
    }
    case 'proc':
      return createProc(newFileSystem(kernel, fstype, ''), thread?.task.pidNamespace ?? kernel.rootPidNamespace);
    case 'sysfs':
      if (namespaces === undefined) throw new Errno('EINVAL');
      return single(kernel, namespaces.net, fstype, () =>
        createSysfs(newFileSystem(kernel, fstype, ''), namespaces.net),
      );
    case 'cgroup2':
      return cgroupRoot(kernel, namespaces?.cgroup.rootPath ?? '/');
    case 'devpts':
      // The host's own: there the machine's terminals appear.
      if ((namespaces?.mnt ?? kernel.vfs.rootNamespace) === kernel.vfs.rootNamespace && !options.has('newinstance'))
        return kernel.vfs.devpts.root;
      return createDevpts(newFileSystem(kernel, fstype, data.replace(/newinstance,?/, '')), kernel.nowNs).root;
    case 'overlay':
      return overlay(kernel, thread, data, options);
    default:
      throw new Errno('ENODEV');
  }
}

/** Each 1024 of the one before. Linux: lib/cmdline.c, memparse(). */
const units = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/** What can be said of a tmpfs, and in which form. */
const tmpfsForms: ReadonlyMap<string, RegExp> = new Map([
  ['size', /^\d+[kmgtpe%]?$/i],
  ['nr_inodes', /^\d+[kmgtpe]?$/i],
  ['nr_blocks', /^\d+[kmgtpe]?$/i],
  ['mode', /^[0-7]+$/],
  ['uid', /^\d+$/],
  ['gid', /^\d+$/],
  ['mpol', /./],
  ['huge', /^(?:never|always|within_size|advise)$/],
  ['inode32', /^$/],
  ['inode64', /^$/],
  ['noswap', /^$/],
]);

/** Linux: mm/shmem.c, shmem_parse_one(). EINVAL, also for an option that tmpfs does not have. */
function checkTmpfs(options: ReadonlyMap<string, string>): void {
  for (const [name, value] of options) if (tmpfsForms.get(name)?.test(value) !== true) throw new Errno('EINVAL');
}

/** tmpfs: `size=` in bytes, with a unit or %; half of the memory when nothing is said. */
function spaceOf(kernel: Kernel, fstype: string, options: ReadonlyMap<string, string>): Space | undefined {
  if (fstype !== 'tmpfs' && fstype !== 'devtmpfs') return undefined;
  const { totalBytes } = kernel.memory;
  const [, digits, unit = ''] = /^(\d+)([kmgtpe%]?)$/i.exec(options.get('size') ?? '50%') ?? [];
  if (digits === undefined) throw new Errno('EINVAL');
  const scale = unit === '%' ? totalBytes / 100 : 1024 ** units.indexOf(unit.toLowerCase());
  return newSpace(wholePages(Number(digits) * scale), true);
}

function newFileSystem(kernel: Kernel, fstype: string, data: string, space?: Space): FileSystem {
  const device = kernel.vfs.nextDevice;
  kernel.vfs.nextDevice += 1;
  return {
    fstype,
    major: 0,
    device,
    options: fstype === 'tmpfs' ? tmpfsOptions(data, space) : data === '' ? 'rw' : `rw,${data}`,
    nextInode: 1,
    ...(space && { space }),
  };
}

/** What is not as usual, in the order of Linux: mm/shmem.c, shmem_show_options(). */
function tmpfsOptions(data: string, space: Space | undefined): string {
  const options = optionsOf(data);
  const mode = Number.parseInt(options.get('mode') ?? '1777', 8);
  return [
    'rw',
    ...(options.has('size') && space ? [`size=${space.sizeBytes / 1024}k`] : []),
    ...(mode === 0o1777 ? [] : [`mode=${mode.toString(8)}`]),
    ...['uid', 'gid'].flatMap((name) => (Number(options.get(name) ?? 0) === 0 ? [] : [`${name}=${options.get(name)}`])),
    'inode64',
  ].join(',');
}

/** One tree for all mounts of that type under the same key. */
function single(kernel: Kernel, key: object, fstype: string, create: () => Dentry): Dentry {
  const trees = kernel.vfs.singletons.get(key) ?? new Map<string, Dentry>();
  kernel.vfs.singletons.set(key, trees);
  const known = trees.get(fstype);
  if (known !== undefined) return known;
  const root = create();
  trees.set(fstype, root);
  return root;
}

/** The one cgroup tree, from the root of the mounter's cgroup namespace. */
function cgroupRoot(kernel: Kernel, path: string): Dentry {
  const top = single(kernel, kernel.rootCgroup, 'cgroup2', () => {
    const filesystem = newFileSystem(kernel, 'cgroup2', 'nsdelegate,memory_recursiveprot');
    return rootDentry(cgroupDirectory(filesystem, kernel.rootCgroup));
  });
  if (findCgroup(kernel, path) === undefined) throw new Errno('ENOENT');
  let dentry = top;
  for (const name of path.split('/').filter((each) => each !== '')) {
    const child = childOf({ kernel, thread: null }, dentry, name);
    if (child === null) throw new Errno('ENOENT');
    dentry = child;
  }
  return dentry;
}

/** `lowerdir=a:b,upperdir=c,workdir=d`: a is the topmost. Without upperdir it is read-only. */
function overlay(kernel: Kernel, thread: Thread | null, data: string, options: ReadonlyMap<string, string>): Dentry {
  const directoryAt = (path: string): Inode => {
    const { inode } = resolve(kernel, thread, path).dentry;
    directoryOf(inode);
    return inode;
  };
  const lowerdir = options.get('lowerdir');
  const upperdir = options.get('upperdir');
  if (lowerdir === undefined || (upperdir !== undefined && options.get('workdir') === undefined))
    throw new Errno('EINVAL');
  const lowers = lowerdir.split(':').map(directoryAt);
  const upper = upperdir === undefined ? null : directoryAt(upperdir);
  const filesystem = newFileSystem(kernel, 'overlay', data, upper?.filesystem.space);
  if (upper === null) filesystem.options = filesystem.options.replace(/^rw/, 'ro');
  return createOverlay(filesystem, lowers, upper);
}

function optionsOf(data: string): ReadonlyMap<string, string> {
  const words = data.split(',').filter((option) => option !== '');
  return new Map(
    words.map((option) => {
      const at = option.indexOf('=');
      return at === -1 ? ([option, ''] as const) : ([option.slice(0, at), option.slice(at + 1)] as const);
    }),
  );
}
