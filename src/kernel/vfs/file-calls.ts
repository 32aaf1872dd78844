/** The calls about files, under their names. Each is a thin checker over a rule that stands in its own file. */
import { requireDevice } from '../cgroup/device-filter.ts';
import { O, type DirectoryEntry, type FileSystemStat } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { wholePages } from '../memory/footprint.ts';
import { createPipe, enterPipe, setPipeSize } from '../pipe/pipe.ts';
import { recordCall, recordOutcome } from '../record-call.ts';
import { access, change, chown, statOf, truncate } from './attributes.ts';
import { directoryOf } from './dentry.ts';
import { flock } from './flock.ts';
import { closeDescriptor, descriptorOf, duplicate, install, openFileOf, requireDescriptors } from './file-table.ts';
import { fileInMemory } from './memory-filesystem.ts';
import type { Location } from './mount.ts';
import { createNamed, link, rename, rmdir, unlink } from './names.ts';
import { anonymousInode, anonymousLocation, newOpenFile, requireAccess } from './open-file.ts';
import { open } from './open.ts';
import { absolutePath } from './path-name.ts';
import { requirePermission } from './permission.ts';
import { poll } from './poll.ts';
import { read, seek, write } from './read-write.ts';
import { resize } from './space.ts';
import { resolve } from './vfs.ts';
import { isCapableOfMachine } from '../task/powers.ts';

export const fileCalls: CallTable = {
  open,
  read,
  write,
  close: closeDescriptor,
  pipe2,
  dup3: duplicate,
  fcntl,
  pipeSize,
  lseek: seek,
  poll,
  stat: (kernel, thread, path: string) => statOf(thread, resolve(kernel, thread, path).dentry.inode),
  lstat: (kernel, thread, path: string) =>
    statOf(thread, resolve(kernel, thread, path, { followLast: false }).dentry.inode),
  fstat: (_kernel, thread, fd: number) => statOf(thread, openFileOf(thread.task, fd).location.dentry.inode),
  getdents64,
  mkdir: (kernel, thread, path: string, mode: number) => {
    createNamed(kernel, thread, path, { type: 'directory', mode });
  },
  rmdir,
  unlink,
  rename,
  link,
  symlink: (kernel, thread, target: string, path: string) => {
    createNamed(kernel, thread, path, { type: 'symlink', mode: 0o777, target });
  },
  readlink,
  mknod,
  chmod: (kernel, thread, path: string, mode: number) => change(kernel, thread, path, { mode: mode & 0o7777 }),
  chown,
  umask: (_kernel, { fs }, mask: number) => {
    const before = fs.umask;
    fs.umask = mask & 0o777;
    return before;
  },
  truncate,
  fallocate,
  flock,
  statfs,
  utimensat: (kernel, thread, path: string) => change(kernel, thread, path, { modifiedNs: kernel.nowNs }),
  access,
  chdir: (kernel, thread, path: string) => standIn(thread, resolve(kernel, thread, path)),
  fchdir: (_kernel, thread, fd: number) => standIn(thread, openFileOf(thread.task, fd).location),
  getcwd: (_kernel, { fs }) => {
    if (fs.cwd.dentry.deleted) throw new Errno('ENOENT');
    return absolutePath(fs.cwd, fs.root);
  },
  memfd_create: memfdCreate,
  epoll_create1: (kernel, thread) => anonymousFile(kernel, thread, 'anon_inode:[eventpoll]'),
  eventfd2: (kernel, thread) => anonymousFile(kernel, thread, 'anon_inode:[eventfd]'),
};

/** chdir(2), fchdir(2). */
function standIn(thread: Thread, location: Location): void {
  directoryOf(location.dentry.inode);
  requirePermission(thread, location.dentry.inode, 'x');
  thread.fs.cwd = location;
}

/** [read end, write end]. */
function pipe2(kernel: Kernel, thread: Thread, flags: number): readonly [number, number] {
  requireDescriptors(thread, 2);
  const number = kernel.nextInode;
  kernel.nextInode += 1;
  const pipe = createPipe(number, kernel.vfs.anonymous.filesystem.device);
  const name = `pipe:[${number}]`;
  const location = anonymousLocation(kernel, anonymousInode(kernel, 'fifo', number, { type: 'fifo', pipe }), name);
  enterPipe(kernel, pipe, 'r');
  enterPipe(kernel, pipe, 'w');
  const ends = [O.RDONLY, O.WRONLY].map((end) => {
    const file = newOpenFile(kernel, end | (flags & O.NONBLOCK), location, name, { kind: 'pipe', pipe, named: false });
    return install(kernel, thread, file, (flags & O.CLOEXEC) !== 0);
  });
  return [ends[0] ?? -1, ends[1] ?? -1];
}

/** fallocate(2) from the beginning: so many bytes are taken, and there, all zero. ENOSPC takes none. */
function fallocate(kernel: Kernel, thread: Thread, fd: number, length: number): void {
  const file = openFileOf(thread.task, fd);
  requireAccess(file, 'w');
  if (file.object.kind !== 'file') throw new Errno('ENODEV');
  if (length <= 0) throw new Errno('EINVAL');
  const { body } = file.object;
  if (body.generated) throw new Errno('EOPNOTSUPP');
  recordOutcome(kernel, thread, 'fallocate', `"${file.name}", 0, 0, ${length}`, () => {
    if (body.extent) resize({ kernel, thread }, body.extent, Math.max(0, wholePages(length) - body.extent.bytes));
  });
  if (length > body.size()) body.truncate({ kernel, thread }, length);
}

/** statfs(2): what df(1) shows of the file system that a path is on; all zero for one without an end. */
function statfs(kernel: Kernel, thread: Thread, path: string): FileSystemStat {
  const { inode } = resolve(kernel, thread, path).dentry;
  const { fstype, space } = inode.filesystem;
  if (!space) return { fstype, blockBytes: blockBytes, blocks: 0, free: 0, available: 0, files: 0, filesFree: 0 };
  const free = Math.floor((space.sizeBytes - space.usedBytes) / blockBytes);
  const files = Math.floor(space.sizeBytes / 16_384);
  return {
    fstype,
    blockBytes,
    blocks: Math.floor(space.sizeBytes / blockBytes),
    free,
    available: free,
    files,
    filesFree: Math.max(0, files - inode.filesystem.nextInode),
  };
}
const blockBytes = 4096;

/** fcntl(2) with F_SETPIPE_SZ, and with null F_GETPIPE_SZ. EBADF for what is no pipe. */
function pipeSize(kernel: Kernel, thread: Thread, fd: number, bytes: number | null): number {
  const { object } = openFileOf(thread.task, fd);
  if (object.kind !== 'pipe') throw new Errno('EBADF');
  return bytes === null ? object.pipe.capacityBytes : setPipeSize(kernel, thread, object.pipe, bytes);
}

function fcntl(kernel: Kernel, thread: Thread, fd: number, request: 'F_SETFD' | 'F_SETFL', on: boolean): void {
  const descriptor = descriptorOf(thread.task, fd);
  if (request === 'F_SETFL') {
    descriptor.file.nonBlocking = on;
    return;
  }
  if (descriptor.closeOnExec === on) return;
  descriptor.closeOnExec = on;
  kernel.record({ type: 'fd.flag', pid: thread.task.pid, fd, closeOnExec: on });
}

/** Entries in name order, without . and .. */
function getdents64(kernel: Kernel, thread: Thread, path: string): readonly DirectoryEntry[] {
  const { inode } = resolve(kernel, thread, path).dentry;
  const directory = directoryOf(inode);
  requirePermission(thread, inode, 'r');
  return directory
    .list({ kernel, thread })
    .map(([name, entry]) => ({ name, type: entry.type, inode: entry.number }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** EINVAL for what is no symbolic link. */
function readlink(kernel: Kernel, thread: Thread, path: string): string {
  const { body } = resolve(kernel, thread, path, { followLast: false }).dentry.inode;
  if (body.type !== 'symlink') throw new Errno('EINVAL');
  return body.target({ kernel, thread });
}

function mknod(
  kernel: Kernel,
  thread: Thread,
  path: string,
  type: 'fifo' | 'socket' | 'character' | 'block',
  mode: number,
  major = 0,
  minor = 0,
): void {
  // A whiteout is the one device that anybody may make.
  const isDevice = major !== 0 || minor !== 0;
  if (isDevice && !isCapableOfMachine(thread.task, 'MKNOD')) throw new Errno('EPERM');
  if (isDevice) requireDevice(thread.task, { type: type === 'block' ? 'b' : 'c', major, minor, access: 'm' });
  createNamed(kernel, thread, path, { type, mode, major, minor });
  const bits = mode.toString(8).padStart(4, '0');
  if (type === 'fifo') recordCall(kernel, thread, 'mknod', `"${path}", S_IFIFO|${bits}`, '0');
  else if (type === 'socket') recordCall(kernel, thread, 'mknod', `"${path}", S_IFSOCK|${bits}`, '0');
  else {
    const format = type === 'character' ? 'S_IFCHR' : 'S_IFBLK';
    recordCall(kernel, thread, 'mknod', `"${path}", ${format}|${bits}, makedev(${major}, ${minor})`, '0');
  }
}

/** A file in memory without a name, as `/memfd:NAME (deleted)`. */
function memfdCreate(kernel: Kernel, thread: Thread, name: string): number {
  requireDescriptors(thread);
  const number = kernel.nextInode;
  kernel.nextInode += 1;
  const shown = `/memfd:${name} (deleted)`;
  const body = fileInMemory();
  const location = anonymousLocation(kernel, anonymousInode(kernel, 'file', number, body, 0o777), shown);
  return install(
    kernel,
    thread,
    newOpenFile(kernel, O.RDWR, location, shown, { kind: 'file', body, isWriter: false, snapshot: null }),
    true,
  );
}

/** A descriptor that is there to be counted: programs wait in poll, and wake each other by futexes. */
function anonymousFile(kernel: Kernel, thread: Thread, name: string): number {
  requireDescriptors(thread);
  const number = kernel.nextInode;
  kernel.nextInode += 1;
  const inode = anonymousInode(kernel, 'file', number, { type: 'device', major: 0, minor: 0 });
  const file = newOpenFile(kernel, O.RDWR, anonymousLocation(kernel, inode, name), name, { kind: 'anonymous' });
  return install(kernel, thread, file, true);
}
