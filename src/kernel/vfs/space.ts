/**
 * The room of a file system, and who takes it: a disk fills up, and what lies in tmpfs is memory that the cgroup of its
 * writer pays for. Man pages: statfs(2), tmpfs(5); Linux: mm/shmem.c.
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import { charge } from '../memory/cgroup-memory.ts';
import { wholePages } from '../memory/footprint.ts';
import type { FileBody, Reader } from './inode.ts';

export interface Space {
  readonly sizeBytes: number;
  usedBytes: number;
  /** What its files take in the simulator. */
  heldBytes: number;
  /** The files of a tmpfs are memory: who pays how much. Null for a disk. */
  readonly payers: Map<Cgroup, number> | null;
  /** How many mounts show it, and how many of its files are open: with the last of both a tmpfs is gone. */
  mounts: number;
  opens: number;
}

/** What one file takes of it. */
export interface Extent {
  readonly space: Space;
  bytes: number;
  readonly payers: Map<Cgroup, number>;
  /** Open files. It stays while there is one, or a name. */
  opens: number;
  named: boolean;
  /** Of a disk's file: how much from its beginning has been read or written, and is in the page cache. */
  cachedBytes: number;
  /** What its bytes take in the simulator, where a run of the same costs nothing. */
  heldBytes: number;
}

/** All files together may hold so much in the simulator that does not repeat itself: a page has not much more. */
const mostHeldBytes = 2 ** 29;

export function newSpace(sizeBytes: number, isMemory: boolean, usedBytes = 0): Space {
  const payers = isMemory ? new Map<Cgroup, number>() : null;
  return { sizeBytes, usedBytes, heldBytes: 0, payers, mounts: 0, opens: 0 };
}

export function newExtent(space: Space): Extent {
  return { space, bytes: 0, payers: new Map(), opens: 0, named: true, cachedBytes: 0, heldBytes: 0 };
}

/** Bytes that a write at `offset` takes: what is there is written over, and a gap before it is a hole. */
export function growth({ bytes }: Extent, offset: number, length: number): number {
  if (offset + length <= bytes) return 0;
  return offset >= bytes + 4096 ? wholePages(length) : wholePages(offset + length) - bytes;
}

/** How many of `length` bytes there is room for. ENOSPC when for none. */
export function roomFor(body: FileBody, offset: number, length: number): number {
  const { extent } = body;
  if (!extent) return length;
  const free = extent.space.sizeBytes - extent.space.usedBytes;
  const missing = growth(extent, offset, length) - free;
  if (missing <= 0) return length;
  const fits = Math.max(0, length - missing);
  if (fits === 0) throw new Errno('ENOSPC');
  return fits;
}

/** The file takes more room or gives some back. ENOSPC. */
export function resize({ kernel, thread }: Reader, extent: Extent, byBytes: number): void {
  const { space } = extent;
  if (byBytes === 0) return;
  if (byBytes > space.sizeBytes - space.usedBytes) throw new Errno('ENOSPC');
  extent.bytes += byBytes;
  space.usedBytes += byBytes;
  if (!space.payers) return;
  if (byBytes > 0) pay(kernel, extent, thread?.task.cgroup ?? kernel.rootCgroup, byBytes);
  else giveBack(kernel, extent, -byBytes);
}

/**
 * ENOSPC, and a note, when the simulator has no room for a file that holds so many bytes, however large the disk is.
 */
export function requireHold(kernel: Kernel, extent: Extent, bytes: number): void {
  if (bytes <= extent.heldBytes || kernel.vfs.heldBytes + bytes - extent.heldBytes <= mostHeldBytes) return;
  const text = 'glassdock: more than 512 MiB that do not repeat themselves are not modelled: the disk takes no more';
  kernel.record({ type: 'note', pid: 0, topic: 'not modelled', text });
  throw new Errno('ENOSPC');
}

/** The file holds so many bytes now. */
export function hold(kernel: Kernel, extent: Extent, bytes: number): void {
  const more = bytes - extent.heldBytes;
  kernel.vfs.heldBytes += more;
  extent.space.heldBytes += more;
  extent.heldBytes = bytes;
}

function pay(kernel: Kernel, { space, payers }: Extent, cgroup: Cgroup, bytes: number): void {
  payers.set(cgroup, (payers.get(cgroup) ?? 0) + bytes);
  space.payers?.set(cgroup, (space.payers.get(cgroup) ?? 0) + bytes);
  charge(kernel, cgroup, 'shmem', bytes);
}

function giveBack(kernel: Kernel, extent: Extent, bytes: number): void {
  let left = bytes;
  for (const [cgroup, paid] of [...extent.payers].toReversed()) {
    const amount = Math.min(left, paid);
    pay(kernel, extent, cgroup, -amount);
    left -= amount;
    if (left === 0) return;
  }
}

export function extentOpened(extent: Extent): void {
  extent.opens += 1;
  extent.space.opens += 1;
}

export function extentClosed(kernel: Kernel, extent: Extent): void {
  extent.opens -= 1;
  extent.space.opens -= 1;
  freeUnused(kernel, extent);
  endUnused(kernel, extent.space);
}

/** A name of the file is gone; `links` are left. */
export function nameGone(kernel: Kernel, body: { readonly extent?: Extent | undefined }, links: number): void {
  if (!body.extent || links > 0) return;
  body.extent.named = false;
  freeUnused(kernel, body.extent);
}

function freeUnused(kernel: Kernel, extent: Extent): void {
  if (extent.named || extent.opens > 0) return;
  resize({ kernel, thread: null }, extent, -extent.bytes);
  hold(kernel, extent, 0);
}

export function mountGone(kernel: Kernel, space: Space): void {
  space.mounts -= 1;
  endUnused(kernel, space);
}

/** A tmpfs that nobody can reach any more is gone, and all its files with it. */
function endUnused(kernel: Kernel, space: Space): void {
  if (space.mounts > 0 || space.opens > 0 || !space.payers) return;
  for (const [cgroup, bytes] of space.payers) charge(kernel, cgroup, 'shmem', -bytes);
  space.payers.clear();
  space.usedBytes = 0;
  kernel.vfs.heldBytes -= space.heldBytes;
  space.heldBytes = 0;
}
