/** open(2). Linux: fs/namei.c, path_openat(). */
import { requireDevice } from '../cgroup/device-filter.ts';
import { O } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { openFifo } from '../pipe/fifo-open.ts';
import { recordCall } from '../record-call.ts';
import { openSlave, type Terminal } from '../tty/terminal.ts';
import { openMaster, takeTerminal } from '../tty/terminal-calls.ts';
import { Sleep } from '../wait.ts';
import { characterDevice } from './devices.ts';
import { install, requireDescriptors } from './file-table.ts';
import type { FileBody, Inode } from './inode.ts';
import type { Location } from './mount.ts';
import { createAt } from './names.ts';
import { newOpenFile, type OpenObject } from './open-file.ts';
import { absolutePath } from './path-name.ts';
import { requirePermission, requireWritable } from './permission.ts';
import { walk } from './vfs.ts';
import { requireNotRun } from './write-count.ts';

/** Returns the lowest free descriptor. Opening a fifo sleeps until the other end is opened. */
export function open(
  kernel: Kernel,
  thread: Thread,
  path: string,
  flags: number,
  mode: number,
): number | Sleep<number> {
  requireDescriptors(thread);
  const { location, made } = locate(kernel, thread, path, flags, mode);
  const { inode } = location.dentry;
  const name = absolutePath(location, thread.fs.root);
  const cloexec = (flags & O.CLOEXEC) !== 0;
  const finish = (object: OpenObject): number =>
    install(kernel, thread, newOpenFile(kernel, flags, location, name, object), cloexec);
  if ((flags & O.PATH) !== 0) return finish({ kind: 'path' });
  if (inode.type === 'symlink') throw new Errno('ELOOP');
  if (!made) requireRights(thread, location, flags);
  const { body } = inode;
  switch (body.type) {
    case 'directory':
      return finish({ kind: 'directory' });
    case 'file':
      return finish({
        kind: 'file',
        body: prepareFile(kernel, thread, inode, flags, body),
        isWriter: (flags & 3) !== O.RDONLY,
        snapshot: null,
      });
    case 'fifo': {
      const pipe = body.pipe;
      const named = location.mount !== kernel.vfs.anonymous;
      const opened = openFifo(kernel, thread, pipe, flags, () => finish({ kind: 'pipe', pipe, named }));
      return named ? announced(kernel, thread, name, flags, opened) : opened;
    }
    case 'namespace':
      body.namespace.holders += 1;
      return finish({ kind: 'namespace', namespace: body.namespace });
    case 'device':
      return openDevice(kernel, thread, { location, name, flags, cloexec }, body.terminal);
    case 'socket':
    case 'symlink':
      throw new Errno('ENXIO');
  }
}

function locate(
  kernel: Kernel,
  thread: Thread,
  path: string,
  flags: number,
  mode: number,
): { location: Location; made: boolean } {
  const create = (flags & O.CREAT) !== 0;
  const exclusive = create && (flags & O.EXCL) !== 0;
  const walked = walk(kernel, thread, path, (flags & O.NOFOLLOW) === 0 && !exclusive);
  if (walked.location === null) {
    if (!create) throw new Errno('ENOENT');
    if (walked.slash) throw new Errno('EISDIR');
    return { location: createAt(kernel, thread, walked.parent, walked.name, { type: 'file', mode }), made: true };
  }
  if (exclusive) throw new Errno('EEXIST');
  const { type } = walked.location.dentry.inode;
  if ((flags & O.DIRECTORY) !== 0 && type !== 'directory') throw new Errno('ENOTDIR');
  if (type === 'directory' && (create || ((flags & 3) !== O.RDONLY && (flags & O.PATH) === 0)))
    throw new Errno('EISDIR');
  return { location: walked.location, made: false };
}

function requireRights(thread: Thread, location: Location, flags: number): void {
  const { inode } = location.dentry;
  const access = flags & 3;
  inode.requireOpening?.(thread, access !== O.RDONLY);
  if (access !== O.WRONLY) requirePermission(thread, inode, 'r');
  if (access === O.RDONLY) return;
  requirePermission(thread, inode, 'w');
  if (inode.type === 'file') requireWritable(location);
  if (inode.body.type === 'namespace') throw new Errno('EACCES');
}

/** O_TRUNC, and a copy in the upper layer when the file will be written. */
function prepareFile(kernel: Kernel, thread: Thread, inode: Inode, flags: number, body: FileBody): FileBody {
  if ((flags & 3) === O.RDONLY) return body;
  requireNotRun(inode);
  inode.copyUp?.({ kernel, thread });
  // After a copy the bytes are another inode's.
  const own = inode.body.type === 'file' ? inode.body : body;
  if ((flags & O.TRUNC) !== 0) {
    own.truncate({ kernel, thread }, 0);
    inode.attributes.modifiedNs = kernel.nowNs;
  }
  return own;
}

/** A fifo's opening is worth a line when it begins, if it must wait, and when it ends. */
function announced(
  kernel: Kernel,
  thread: Thread,
  name: string,
  flags: number,
  opened: number | Sleep<number>,
): number | Sleep<number> {
  const access = (['O_RDONLY', 'O_WRONLY', 'O_RDWR'] as const)[flags & 3] ?? 'O_RDWR';
  const args = `"${name}", ${access}`;
  if (!(opened instanceof Sleep)) {
    recordCall(kernel, thread, 'openat', args, String(opened), 'return');
    return opened;
  }
  recordCall(kernel, thread, 'openat', args, undefined, 'enter');
  return new Sleep(opened.queues, () => {
    const fd = opened.attempt();
    if (typeof fd === 'number') recordCall(kernel, thread, 'openat', args, String(fd), 'return');
    return fd;
  });
}

interface DeviceOpening {
  readonly location: Location;
  readonly name: string;
  readonly flags: number;
  readonly cloexec: boolean;
}

function openDevice(kernel: Kernel, thread: Thread, opening: DeviceOpening, terminal: Terminal | undefined): number {
  const { location, name, flags, cloexec } = opening;
  const { inode } = location.dentry;
  const { body } = inode;
  if (body.type !== 'device') throw new Errno('ENXIO');
  if (location.mount.options.includes('nodev')) throw new Errno('EACCES');
  const { major, minor } = body;
  const access = ['r', 'w', 'rw'][flags & 3] ?? 'rw';
  requireDevice(thread.task, { type: inode.type === 'block' ? 'b' : 'c', major, minor, access });
  if (inode.type === 'block') throw new Errno('ENXIO');
  const finish = (object: OpenObject): number =>
    install(kernel, thread, newOpenFile(kernel, flags, location, name, object), cloexec);
  if (body.major === 5 && body.minor === 2) {
    return install(kernel, thread, openMaster(kernel, thread, location, flags, name).file, cloexec);
  }
  const own = body.major === 5 && body.minor === 0 ? thread.task.controllingTerminal : undefined;
  if (own === null) throw new Errno('ENXIO');
  const slave = terminal ?? own;
  if (slave === undefined) return finish({ kind: 'device', device: characterDevice(body.major, body.minor) });
  openSlave(slave);
  const { task } = thread;
  const takes = (flags & O.NOCTTY) === 0 && task.sid === task.pid && task.controllingTerminal === null;
  if (takes && slave.session === 0) takeTerminal(task, slave);
  return finish({ kind: 'tty', terminal: slave, side: 'slave' });
}
