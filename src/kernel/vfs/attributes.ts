/** stat, chmod, chown, truncate, utimensat, access. Man pages: stat(2), chmod(2), access(2). */
import type { Stat } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { modeOf, sizeOf, type Attributes, type Inode } from './inode.ts';
import type { Location } from './mount.ts';
import { isInGroup, requireOwner, requirePermission, requireWritable } from './permission.ts';
import { requireMeant, shownIn } from '../namespace/user-namespace.ts';
import { isCapableOver } from '../task/powers.ts';
import { resolve } from './vfs.ts';
import { requireNotRun } from './write-count.ts';

/** As the asker's user namespace counts users. */
export function statOf({ task }: Thread, inode: Inode): Stat {
  const { uidMap, gidMap } = task.namespaces.user;
  const { uid, gid, links, modifiedNs } = inode.attributes;
  const { body, filesystem } = inode;
  return {
    inode: inode.number,
    device: filesystem.major * 256 + filesystem.device,
    rdev: body.type === 'device' ? { major: body.major, minor: body.minor } : { major: 0, minor: 0 },
    type: inode.type,
    mode: modeOf(inode),
    links,
    uid: shownIn(uidMap, uid),
    gid: shownIn(gidMap, gid),
    size: sizeOf(inode),
    modifiedNs,
  };
}

/** The owner's change of what stat tells. EPERM, EROFS. */
export function change(kernel: Kernel, thread: Thread, path: string, patch: Partial<Attributes>): void {
  const location = resolve(kernel, thread, path);
  const { inode } = location.dentry;
  requireOwner(thread, inode);
  requireWritable(location);
  inode.copyUp?.({ kernel, thread });
  Object.assign(inode.attributes, patch);
}

/**
 * chown(2); a number below nothing stays. Without CAP_CHOWN an owner may leave the file its own and give it to its
 * group. EPERM, EROFS, EINVAL for nobody's number. Linux: fs/attr.c, chown_ok() and chgrp_ok().
 */
export function chown(kernel: Kernel, thread: Thread, path: string, uid: number, gid: number): void {
  const { attributes } = resolve(kernel, thread, path).dentry.inode;
  const { task } = thread;
  const { uidMap, gidMap } = task.namespaces.user;
  const owner = uid < 0 ? attributes.uid : requireMeant(uidMap, uid);
  const group = gid < 0 ? attributes.gid : requireMeant(gidMap, gid);
  const staysOwn =
    task.uid === attributes.uid && owner === attributes.uid && (group === attributes.gid || isInGroup(task, group));
  if (!staysOwn && !isCapableOver(task, 'CHOWN', attributes)) throw new Errno('EPERM');
  change(kernel, thread, path, { uid: owner, gid: group });
}

/** What ext4 has numbers for in blocks of 4 KiB. A tmpfs, which would take more, is no exception here. */
const largestFileBytes = (2 ** 32 - 1) * 4096;

/** truncate(2). EISDIR, EINVAL for what is no regular file, EFBIG; ETXTBSY. */
export function truncate(kernel: Kernel, thread: Thread, path: string, size: number): void {
  const location = resolve(kernel, thread, path);
  const { inode } = location.dentry;
  if (inode.type === 'directory') throw new Errno('EISDIR');
  requirePermission(thread, inode, 'w');
  requireWritable(location);
  requireNotRun(inode);
  inode.copyUp?.({ kernel, thread });
  if (inode.body.type !== 'file') throw new Errno('EINVAL');
  if (size > largestFileBytes) throw new Errno('EFBIG');
  inode.body.truncate({ kernel, thread }, size);
  inode.attributes.modifiedNs = kernel.nowNs;
}

/** access(2). EACCES, EROFS. */
export function access(kernel: Kernel, thread: Thread, path: string, mode: 'r' | 'w' | 'x' | 'f'): void {
  const location: Location = resolve(kernel, thread, path);
  if (mode === 'f') return;
  if (mode === 'w') requireWritable(location);
  requirePermission(thread, location.dentry.inode, mode);
}
