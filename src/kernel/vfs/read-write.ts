/** read(2), write(2), lseek(2): to each kind of open file its own way. */
import { countRead, countWrite } from '../cgroup/io.ts';
import { Errno, isErrno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { readLog } from '../kernel-log.ts';
import { hasMemoryFor } from '../memory/memory-calls.ts';
import { readPipe, writePipe } from '../pipe/pipe.ts';
import { recordCall } from '../record-call.ts';
import { sendSignal } from '../task/signal.ts';
import { receive, send } from '../socket/socket-layer.ts';
import { isBackground, readMaster, readSlave, stopBackground, writeMaster, writeSlave } from '../tty/terminal.ts';
import { notYet, Sleep, sleepUntil } from '../wait.ts';
import { openFileOf } from './file-table.ts';
import { inodeModified, readInotify } from './inotify.ts';
import type { FileBody, Reader } from './inode.ts';
import { growth, roomFor } from './space.ts';
import { releaseFile, requireAccess, type OpenFile } from './open-file.ts';

/** More is not given at once, whoever asks: a string has an end. Linux's is MAX_RW_COUNT, just below 2 GiB. */
const mostBytes = 2 ** 28;

/** At most `wanted` bytes; '' at the end. */
export function read(kernel: Kernel, thread: Thread, fd: number, wanted: number): string | Sleep<string> {
  const count = Math.min(wanted, mostBytes);
  const file = openFileOf(thread.task, fd);
  requireAccess(file, 'r');
  const { object, nonBlocking } = file;
  switch (object.kind) {
    case 'file':
      return readFile({ kernel, thread }, file, object, count);
    case 'pipe':
      return readPipe(kernel, thread, object.pipe, count, nonBlocking);
    case 'socket': {
      const received = receive(kernel, thread, object.socket, count, nonBlocking);
      if (!(received instanceof Sleep)) return bytesOnly(kernel, received);
      return new Sleep(received.queues, () => {
        const segment = received.attempt();
        return segment === notYet ? notYet : bytesOnly(kernel, segment);
      });
    }
    case 'tty':
      return object.side === 'master'
        ? readMaster(kernel, thread, object.terminal, count, nonBlocking)
        : readSlave(kernel, thread, object.terminal, count, nonBlocking);
    case 'device':
      return object.device.name === 'kmsg' ? readLog(kernel, file) : object.device.read(kernel, count);
    case 'inotify':
      return readInotify(object.inotify, count, nonBlocking);
    case 'directory':
      throw new Errno('EISDIR');
    case 'listener':
    case 'anonymous':
    case 'namespace':
      throw new Errno('EINVAL');
    case 'path':
      throw new Errno('EBADF');
  }
}

/** Returns how many bytes were taken. */
export function write(kernel: Kernel, thread: Thread, fd: number, data: string): number | Sleep<number> {
  const file = openFileOf(thread.task, fd);
  requireAccess(file, 'w');
  const { object, nonBlocking } = file;
  switch (object.kind) {
    case 'file':
      return writeFile(kernel, thread, file, object.body, data);
    case 'pipe':
      return writePipe(kernel, thread, object.pipe, data, nonBlocking);
    case 'socket':
      return send(kernel, thread, object.socket, data, [], nonBlocking);
    case 'tty': {
      const { terminal } = object;
      if (object.side === 'master') return writeMaster(kernel, thread, terminal, data);
      if (!terminal.stopsWriters || !isBackground(thread.task, terminal)) {
        return writeSlave(kernel, thread, terminal, data);
      }
      stopBackground(kernel, thread.task, 'SIGTTOU');
      return new Sleep([terminal.foregroundChanges], () =>
        isBackground(thread.task, terminal) ? notYet : writeSlave(kernel, thread, terminal, data),
      );
    }
    case 'device':
      return object.device.write(kernel, data);
    case 'listener':
      throw new Errno('ENOTCONN');
    case 'directory':
    case 'inotify':
    case 'anonymous':
    case 'namespace':
    case 'path':
      throw new Errno('EBADF');
  }
}

/** lseek(2). ESPIPE for what has no offset. */
export function seek(
  _kernel: Kernel,
  thread: Thread,
  fd: number,
  offset: number,
  whence: 'set' | 'current' | 'end',
): number {
  const file = openFileOf(thread.task, fd);
  const { object } = file;
  if (object.kind === 'device' || object.kind === 'directory') return 0;
  if (object.kind !== 'file') throw new Errno('ESPIPE');
  const bases = { set: 0, current: file.offset, end: whence === 'end' ? object.body.size() : 0 };
  const to = bases[whence] + offset;
  if (to < 0) throw new Errno('EINVAL');
  file.offset = to;
  // A file that is made when it is read is made again from its beginning.
  if (to === 0) object.snapshot = null;
  return to;
}

/** read(2) drops descriptors that come along: only recvmsg(2) can take them. */
function bytesOnly(kernel: Kernel, segment: { readonly data: string; readonly files: readonly OpenFile[] }): string {
  for (const sent of segment.files) releaseFile(kernel, sent);
  return segment.data;
}

function readFile(
  reader: Reader,
  file: OpenFile,
  object: Extract<OpenFile['object'], { kind: 'file' }>,
  count: number,
): string {
  const start = file.offset;
  if (object.body.generated) {
    object.snapshot ??= object.body.slice(reader, 0, Number.MAX_SAFE_INTEGER);
    const data = object.snapshot.slice(start, start + count);
    file.offset += data.length;
    return data;
  }
  const data = object.body.slice(reader, start, start + count);
  file.offset += data.length;
  const cgroup = reader.thread?.task.cgroup;
  if (cgroup) countRead(cgroup, object.body.extent, file.offset);
  return data;
}

/**
 * Short where the file system has no more room, ENOSPC where it has none. What lies in tmpfs is memory: the write waits
 * for it as a page fault does, and the OOM killer may decide.
 */
function writeFile(
  kernel: Kernel,
  thread: Thread,
  file: OpenFile,
  body: FileBody,
  data: string,
): number | Sleep<number> {
  const { inode } = file.location.dentry;
  const { fstype } = inode.filesystem;
  // Files of /proc and /sys are levers: each pull is worth a line.
  if (fstype === 'proc' || fstype === 'sysfs') {
    recordCall(kernel, thread, 'write', `"${file.name}", "${data.trimEnd()}"`, String(data.length));
  }
  const store = (): number => {
    const at = file.append ? body.size() : file.offset;
    const length = room(kernel, thread, file, body, at, data.length);
    body.write({ kernel, thread }, at, length === data.length ? data : data.slice(0, length));
    file.offset = at + length;
    countWrite(thread.task.cgroup, body.extent, file.offset, length);
    if (!body.generated) {
      inode.attributes.modifiedNs = kernel.nowNs;
      inodeModified(kernel, inode);
    }
    return length;
  };
  if (!body.extent?.space.payers) return store();
  const { extent } = body;
  const attempt = (): number | typeof notYet => {
    const at = file.append ? body.size() : file.offset;
    const need = growth(extent, at, roomFor(body, at, data.length));
    return hasMemoryFor(kernel, thread, need) ? store() : notYet;
  };
  return sleepUntil([kernel.memory.freed], attempt);
}

/** How many of `length` bytes there is room for. That there is none is worth a line. */
function room(kernel: Kernel, thread: Thread, { name }: OpenFile, body: FileBody, at: number, length: number): number {
  try {
    return roomFor(body, at, allowedLength(kernel, thread, body, at, length));
  } catch (error) {
    if (isErrno(error, 'ENOSPC')) recordCall(kernel, thread, 'write', `"${name}", ${length}`, 'ENOSPC');
    throw error;
  }
}

/** RLIMIT_FSIZE: as much as may be written; SIGXFSZ and EFBIG from the limit on. */
function allowedLength(kernel: Kernel, { task }: Thread, body: FileBody, at: number, length: number): number {
  const { soft } = task.limits.RLIMIT_FSIZE;
  if (body.generated || at + length <= soft) return length;
  if (at < soft) return soft - at;
  sendSignal(kernel, task, task, 'SIGXFSZ');
  throw new Errno('EFBIG');
}
