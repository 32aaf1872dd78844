/** inotify(7): who watches a file is told when it is modified. Linux: fs/notify/inotify. */
import { inotifyMasks, O, type InotifyMask } from '../abi.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { wake } from '../scheduler.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from '../wait.ts';
import { install, openFileOf, requireDescriptors } from './file-table.ts';
import type { Inode } from './inode.ts';
import { anonymousInode, anonymousLocation, newOpenFile } from './open-file.ts';
import { resolve } from './vfs.ts';

/** What an inotify descriptor stands for: the watches, and what they saw. */
export interface Inotify {
  /** Events that nobody has read yet, as struct inotify_event. */
  readonly events: string[];
  readonly readable: WaitQueue;
  /** By watch descriptor. */
  readonly watches: Map<number, Watch>;
  nextWatch: number;
}

interface Watch {
  readonly inotify: Inotify;
  readonly descriptor: number;
  readonly inode: Inode;
  readonly mask: number;
}

const watchers = new WeakMap<Inode, Set<Watch>>();

export const inotifyCalls: CallTable = {
  inotify_init1: inotifyInit,
  inotify_add_watch: addWatch,
  inotify_rm_watch: removeWatch,
};

function inotifyInit(kernel: Kernel, thread: Thread, flags: number): number {
  requireDescriptors(thread);
  const number = kernel.nextInode;
  kernel.nextInode += 1;
  const inotify: Inotify = { events: [], readable: waitQueue(), watches: new Map(), nextWatch: 1 };
  const name = 'anon_inode:inotify';
  const location = anonymousLocation(
    kernel,
    anonymousInode(kernel, 'file', number, { type: 'device', major: 0, minor: 0 }),
    name,
  );
  const file = newOpenFile(kernel, O.RDONLY | (flags & O.NONBLOCK), location, name, { kind: 'inotify', inotify });
  return install(kernel, thread, file, (flags & O.CLOEXEC) !== 0);
}

/** Returns the watch's number; of a file that is watched already the same one, with the new mask. ENOENT, EINVAL. */
function addWatch(kernel: Kernel, thread: Thread, fd: number, path: string, names: readonly InotifyMask[]): number {
  const inotify = inotifyOf(thread, fd);
  const { inode } = resolve(kernel, thread, path).dentry;
  const mask = names.reduce((bits, name) => bits | inotifyMasks[name], 0);
  if (mask === 0) throw new Errno('EINVAL');
  const old = [...(watchers.get(inode) ?? [])].find((watch) => watch.inotify === inotify);
  if (old) forgetWatch(old);
  const descriptor = old?.descriptor ?? inotify.nextWatch++;
  const watch: Watch = { inotify, descriptor, inode, mask };
  inotify.watches.set(descriptor, watch);
  const all = watchers.get(inode) ?? new Set<Watch>();
  watchers.set(inode, all.add(watch));
  return descriptor;
}

/** EINVAL for no such watch. */
function removeWatch(kernel: Kernel, thread: Thread, fd: number, descriptor: number): void {
  const inotify = inotifyOf(thread, fd);
  const watch = inotify.watches.get(descriptor);
  if (!watch) throw new Errno('EINVAL');
  forgetWatch(watch);
  report(kernel, watch, inotifyMasks.IN_IGNORED);
}

function forgetWatch(watch: Watch): void {
  watch.inotify.watches.delete(watch.descriptor);
  watchers.get(watch.inode)?.delete(watch);
}

function inotifyOf({ task }: Thread, fd: number): Inotify {
  const { object } = openFileOf(task, fd);
  if (object.kind !== 'inotify') throw new Errno('EINVAL');
  return object.inotify;
}

/** The last descriptor is closed: nobody watches any more. */
export function closeInotify(inotify: Inotify): void {
  for (const watch of inotify.watches.values()) forgetWatch(watch);
}

/** read(2): whole events, as many as fit. EINVAL when not even one does. */
export function readInotify(inotify: Inotify, count: number, nonBlocking: boolean): string | Sleep<string> {
  return sleepUntil([inotify.readable], () => {
    const first = inotify.events[0];
    if (first === undefined) {
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    if (first.length > count) throw new Errno('EINVAL');
    let data = '';
    while (inotify.events[0] !== undefined && data.length + inotify.events[0].length <= count)
      data += inotify.events.shift() ?? '';
    return data;
  });
}

/** IN_MODIFY to all who watch the file. */
export function inodeModified(kernel: Kernel, inode: Inode): void {
  for (const watch of watchers.get(inode) ?? []) {
    if ((watch.mask & inotifyMasks.IN_MODIFY) !== 0) report(kernel, watch, inotifyMasks.IN_MODIFY);
  }
}

/** A control file of a cgroup has another content now. Linux: cgroup_file_notify(). */
export function controlChanged(kernel: Kernel, cgroup: Cgroup, file: string): void {
  const inode = cgroup.controlInodes.get(file);
  if (inode) inodeModified(kernel, inode);
}

/** An event like the last one is not said twice. */
function report(kernel: Kernel, { inotify, descriptor }: Watch, mask: number): void {
  const event = littleEndian(descriptor) + littleEndian(mask) + littleEndian(0) + littleEndian(0);
  if (inotify.events.at(-1) !== event) inotify.events.push(event);
  wake(kernel, inotify.readable);
}

function littleEndian(word: number): string {
  return String.fromCharCode(word & 255, (word >> 8) & 255, (word >> 16) & 255, (word >> 24) & 255);
}
