/** What a program takes before it asks for anything. */

export interface Footprint {
  /** Private pages that the loader, the C library or a runtime touches at once, bytes. */
  readonly anonBytes: number;
  /** Mapped pages of the executable and its libraries that are resident: the page cache's, charged to nobody here. */
  readonly fileBytes: number;
  /** Address space beside what it asks for later, bytes. */
  readonly virtualBytes: number;
}

export const pageBytes = 4096;
const kib = 1024;
const mib = 1024 * kib;

/**
 * A small C program. Recorded: a cgroup with nothing but busybox's `sleep` in it has memory.current 331776 (vm-01);
 * with `taskKernelBytes` this is that.
 */
export const smallProgram: Footprint = { anonBytes: 104 * kib, fileBytes: 1600 * kib, virtualBytes: 3060 * kib };

/** Stack, page tables and kernel objects of one process, charged to the cgroup that it was born in. */
export const taskKernelBytes = 220 * kib;

/** Page tables among these; the OOM killer's rule counts them. */
export const pageTableBytes = 44 * kib;

/** Pages that a forked child writes to before it does anything: its own copy. The rest it shares with its parent. */
export const forkedBytes = 44 * kib;

/** A program whose image has these sizes in MiB: private, file-backed, address space. */
export function footprint(anonMib: number, fileMib: number, virtualMib: number): Footprint {
  return { anonBytes: anonMib * mib, fileBytes: fileMib * mib, virtualBytes: virtualMib * mib };
}

/** Rounded up to whole pages. */
export function wholePages(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}
