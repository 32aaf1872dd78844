/** A task's descriptors. Man pages: dup(2), fcntl(2), fork(2), execve(2). */
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { describeFile, releaseFile, type OpenFile } from './open-file.ts';

export interface Descriptor {
  readonly file: OpenFile;
  closeOnExec: boolean;
}

/** Descriptors by number; the lowest free one is looked for from where it was last. */
export class FileTable extends Map<number, Descriptor> {
  #free = 0;

  lowestFree(): number {
    while (this.has(this.#free)) this.#free += 1;
    return this.#free;
  }

  hasFree(count: number, limit: number): boolean {
    let missing = count;
    for (let fd = this.lowestFree(); fd < limit && missing > 0; fd += 1) if (!this.has(fd)) missing -= 1;
    return missing === 0;
  }

  override delete(fd: number): boolean {
    if (fd < this.#free) this.#free = fd;
    return super.delete(fd);
  }
}

/** fork(2): the child's descriptors share the open files. */
export function copyFiles(_kernel: Kernel, from: FileTable): FileTable {
  const copy = new FileTable();
  for (const [fd, { file, closeOnExec }] of from) {
    file.references += 1;
    copy.set(fd, { file, closeOnExec });
  }
  return copy;
}

/** execve(2): closes what is marked so; returns which, in order. No fact is written for each: task.exec lists them. */
export function closeOnExec(kernel: Kernel, task: Task): number[] {
  const closed = [...task.files].filter(([, descriptor]) => descriptor.closeOnExec).map(([fd]) => fd);
  for (const fd of closed) take(kernel, task, fd);
  return closed.toSorted((a, b) => a - b);
}

/** exit(2): closes all, without facts. */
export function closeAllFiles(kernel: Kernel, task: Task): void {
  for (const fd of [...task.files.keys()].toSorted((a, b) => a - b)) take(kernel, task, fd);
}

/** Closes all with a fact for each: of an init that is not a zombie yet. */
export function closeDescriptors(kernel: Kernel, task: Task): void {
  for (const fd of [...task.files.keys()].toSorted((a, b) => a - b)) {
    kernel.record({ type: 'fd.close', pid: task.pid, fd });
    take(kernel, task, fd);
  }
}

/** The open file behind a descriptor; EBADF. */
export function openFileOf(task: Task, fd: number): OpenFile {
  return descriptorOf(task, fd).file;
}

export function descriptorOf(task: Task, fd: number): Descriptor {
  const descriptor = task.files.get(fd);
  if (descriptor === undefined) throw new Errno('EBADF');
  return descriptor;
}

/**
 * EMFILE unless so many descriptors are free: asked before a call does anything, which it could not undo. Linux:
 * fs/open.c, do_sys_openat2(), gets an unused descriptor before it looks a name up.
 */
export function requireDescriptors({ task }: Thread, count = 1): void {
  if (!task.files.hasFree(count, task.limits.RLIMIT_NOFILE.soft)) throw new Errno('EMFILE');
}

/** Gives an open file the lowest free descriptor. EMFILE, for a call that slept, drops the reference. */
export function install(kernel: Kernel, thread: Thread, file: OpenFile, closeOnExec: boolean): number {
  const { task } = thread;
  const fd = task.files.lowestFree();
  if (fd >= task.limits.RLIMIT_NOFILE.soft) {
    releaseFile(kernel, file);
    throw new Errno('EMFILE');
  }
  task.files.set(fd, { file, closeOnExec });
  kernel.record({ type: 'fd.open', pid: task.pid, fd, file: describeFile(file), closeOnExec });
  return fd;
}

/** close(2). EBADF. */
export function closeDescriptor(kernel: Kernel, thread: Thread, fd: number): void {
  descriptorOf(thread.task, fd);
  kernel.record({ type: 'fd.close', pid: thread.task.pid, fd });
  take(kernel, thread.task, fd);
}

/** dup3(2): `to` -1 takes the lowest free; what `to` was is closed. Onto itself it changes nothing, as dup2(2). */
export function duplicate(kernel: Kernel, thread: Thread, from: number, to: number, closeOnExec: boolean): number {
  const { task } = thread;
  const { file } = descriptorOf(task, from);
  if (from === to) return to;
  if (to === -1) requireDescriptors(thread);
  const fd = to === -1 ? task.files.lowestFree() : to;
  if (fd < 0 || fd >= task.limits.RLIMIT_NOFILE.soft) throw new Errno('EBADF');
  file.references += 1;
  take(kernel, task, fd);
  task.files.set(fd, { file, closeOnExec });
  kernel.record({ type: 'fd.duplicate', pid: task.pid, from, fd, closeOnExec });
  return fd;
}

function take(kernel: Kernel, task: Task, fd: number): void {
  const descriptor = task.files.get(fd);
  if (descriptor === undefined) return;
  task.files.delete(fd);
  releaseFile(kernel, descriptor.file);
}
