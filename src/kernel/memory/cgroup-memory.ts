/**
 * The memory controller's counters of one cgroup, itself and all below it. Linux: mm/memcontrol.c, mm/page_counter.c;
 * Documentation/admin-guide/cgroup-v2.rst, "Memory".
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { cgroupPath } from '../cgroup/tree.ts';
import type { Kernel } from '../kernel.ts';
import { wake } from '../scheduler.ts';
import { controlChanged } from '../vfs/inotify.ts';

export type MemoryKind = 'anon' | 'shmem' | 'kernel';
export type MemoryEvent = 'low' | 'high' | 'max' | 'oom' | 'oom_kill' | 'oom_group_kill';
const eventNames: readonly MemoryEvent[] = ['low', 'high', 'max', 'oom', 'oom_kill', 'oom_group_kill'];

export interface CgroupMemory {
  /** Bytes by kind, those below included. */
  readonly bytes: Record<MemoryKind, number>;
  peakBytes: number;
  swapBytes: number;
  swapPeakBytes: number;
  /** Limits, Infinity for `max`. */
  maxBytes: number;
  highBytes: number;
  swapMaxBytes: number;
  /** memory.oom.group: all or none. */
  oomGroup: boolean;
  /** Its own and those below; its own. */
  readonly events: Record<MemoryEvent, number>;
  readonly localEvents: Record<MemoryEvent, number>;
  /** Of how many of the limit's steps the journal was last told. */
  toldSteps: number;
}

export function cgroupMemory(): CgroupMemory {
  return {
    bytes: { anon: 0, shmem: 0, kernel: 0 },
    peakBytes: 0,
    swapBytes: 0,
    swapPeakBytes: 0,
    maxBytes: Number.POSITIVE_INFINITY,
    highBytes: Number.POSITIVE_INFINITY,
    swapMaxBytes: Number.POSITIVE_INFINITY,
    oomGroup: false,
    events: { low: 0, high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 },
    localEvents: { low: 0, high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 },
    toldSteps: 0,
  };
}

/** memory.current. */
export function currentBytes({ memory: { bytes } }: Cgroup): number {
  return bytes.anon + bytes.shmem + bytes.kernel;
}

/**
 * Charges a cgroup and all above it, whatever their limits: what may not exceed one asks `tightest` before. A negative
 * amount gives back, and wakes who waits for memory.
 */
export function charge(kernel: Kernel, cgroup: Cgroup, kind: MemoryKind, bytes: number): void {
  if (bytes === 0) return;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const { memory } = level;
    memory.bytes[kind] += bytes;
    const current = currentBytes(level);
    // What is forced in beyond a limit is reclaimed or killed for at once: the counter never shows it.
    memory.peakBytes = Math.max(memory.peakBytes, Math.min(current, memory.maxBytes));
    tell(kernel, level, current);
  }
  if (bytes < 0) wake(kernel, kernel.memory.freed);
}

/** Likewise for swap space. */
export function chargeSwap(kernel: Kernel, cgroup: Cgroup, bytes: number): void {
  kernel.memory.swapUsedBytes += bytes;
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    level.memory.swapBytes += bytes;
    level.memory.swapPeakBytes = Math.max(level.memory.swapPeakBytes, level.memory.swapBytes);
  }
}

export interface Tightest {
  readonly level: Cgroup;
  /** Bytes that still go in; negative when the limit is exceeded already. */
  readonly roomBytes: number;
}

/** The level whose limit leaves least room; of two the lower one. */
export function tightest(kernel: Kernel, cgroup: Cgroup): Tightest {
  let found: Tightest = { level: cgroup, roomBytes: Number.POSITIVE_INFINITY };
  for (let level: Cgroup | null = cgroup; level; level = level.parent) {
    const limit = level.parent ? level.memory.maxBytes : kernel.memory.usableBytes;
    const roomBytes = limit - currentBytes(level);
    if (roomBytes < found.roomBytes) found = { level, roomBytes };
  }
  return found;
}

/** Counts an event here and above, tells whoever watches the files, and the journal if it is told. */
export function raise(kernel: Kernel, cgroup: Cgroup, event: MemoryEvent, times = 1): void {
  cgroup.memory.localEvents[event] += times;
  controlChanged(kernel, cgroup, 'memory.events.local');
  for (let level: Cgroup | null = cgroup; level?.parent; level = level.parent) {
    level.memory.events[event] += times;
    controlChanged(kernel, level, 'memory.events');
    if (event !== 'high') recordEvents(kernel, level);
  }
}

function recordEvents(kernel: Kernel, cgroup: Cgroup): void {
  const value = eventsText(cgroup.memory.events).trimEnd().replaceAll('\n', ', ');
  kernel.record({ type: 'cgroup.write', pid: 0, path: cgroupPath(cgroup), file: 'memory.events', value });
}

/** memory.events, memory.events.local. */
export function eventsText(events: Readonly<Record<MemoryEvent, number>>): string {
  return eventNames.map((name) => `${name} ${events[name]}\n`).join('');
}

/** Another limit: the fill is told as a share of it. */
export function tellFill(kernel: Kernel, cgroup: Cgroup): void {
  cgroup.memory.toldSteps = -1;
  tell(kernel, cgroup, currentBytes(cgroup));
}

/** A limited cgroup's fill is worth a line at each of so many steps to its limit: what a meter can show. */
const fillSteps = 64;

function tell(kernel: Kernel, cgroup: Cgroup, current: number): void {
  const { memory } = cgroup;
  if (memory.maxBytes === Number.POSITIVE_INFINITY || !cgroup.parent || cgroup.removed) return;
  const steps = Math.floor((fillSteps * current) / Math.max(1, memory.maxBytes));
  if (steps === memory.toldSteps) return;
  memory.toldSteps = steps;
  kernel.record({
    type: 'cgroup.write',
    pid: 0,
    path: cgroupPath(cgroup),
    file: 'memory.current',
    value: String(current),
  });
}
