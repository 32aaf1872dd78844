/**
 * The io controller: bytes and requests to the disk, those below included. What is read a second time comes from the
 * page cache; io.max is kept and slows nobody.
 *
 * Linux: block/blk-cgroup.c; Documentation/admin-guide/cgroup-v2.rst, "IO".
 */
import { pageBytes, wholePages } from '../memory/footprint.ts';
import type { Extent } from '../vfs/space.ts';
import type { Cgroup } from './cgroup.ts';

export interface CgroupIo {
  readBytes: number;
  writtenBytes: number;
  reads: number;
  writes: number;
}

export function cgroupIo(): CgroupIo {
  return { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 };
}

/** Bytes up to `end` of a disk's file are read: the pages that the page cache does not have come from the disk. */
export function countRead(cgroup: Cgroup, extent: Extent | undefined, end: number): void {
  if (!extent || extent.space.payers || end <= extent.cachedBytes) return;
  const bytes = wholePages(end) - wholePages(extent.cachedBytes);
  extent.cachedBytes = end;
  if (bytes === 0) return;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    level.io.readBytes += bytes;
    level.io.reads += 1;
  }
}

/**
 * Bytes up to `end` are written: whole pages go to the disk, and stay in the page cache. What is appended to a page
 * goes with it, not a second time.
 */
export function countWrite(cgroup: Cgroup, extent: Extent | undefined, end: number, bytes: number): void {
  if (!extent || extent.space.payers || bytes === 0) return;
  const start = end - bytes;
  const written = wholePages(end) - (start === extent.cachedBytes ? wholePages(start) : start - (start % pageBytes));
  extent.cachedBytes = Math.max(extent.cachedBytes, end);
  if (written === 0) return;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    level.io.writtenBytes += written;
    level.io.writes += 1;
  }
}

/** io.stat: a line for the disk, once something has gone to it. */
export function ioStat({ io }: Cgroup): string {
  if (io.reads + io.writes === 0) return '';
  const figures = [`rbytes=${io.readBytes}`, `wbytes=${io.writtenBytes}`, `rios=${io.reads}`, `wios=${io.writes}`];
  return `254:0 ${figures.join(' ')} dbytes=0 dios=0\n`;
}
