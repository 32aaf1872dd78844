/**
 * A kernel that has just been loaded: a root file system, a root cgroup, the eight first namespaces, and pid 1 about to
 * run.
 */
import type { Fact, JournalEvent } from '../journal/event.ts';
import { namespaceKinds } from '../journal/event.ts';
import type { Program, Running } from './abi.ts';
import { countPids } from './cgroup/pids.ts';
import { joinCgroup, rootCgroup } from './cgroup/tree.ts';
import { processors } from './cpu/processors.ts';
import { eventQueue } from './event-queue.ts';
import type { Executable, Kernel, Task } from './kernel.ts';
import { hold } from './namespace/holders.ts';
import type { NamespaceSet } from './namespace/namespace.ts';
import { allocatePids, createPidNamespace } from './namespace/pid-namespace.ts';
import { firstUserNamespace } from './namespace/user-namespace.ts';
import { createNetLayer, createNetNamespace, recordLink } from './net/network-layer.ts';
import { kernelRelease } from './release.ts';
import { seededRandom } from './random.ts';
import { kernelLog, printk } from './kernel-log.ts';
import type { Footprint } from './memory/footprint.ts';
import { smallProgram } from './memory/footprint.ts';
import { machineMemory } from './memory/machine-memory.ts';
import { emptyMemory, execMemory } from './memory/task-memory.ts';
import { startThread } from './scheduler.ts';
import { createSocketLayer } from './socket/socket-layer.ts';
import { mapExecutable } from './task/executable.ts';
import { enrol } from './task/groups.ts';
import { firstLimits } from './task/limits.ts';
import { nobodyTraces, traceFact } from './trace/trace.ts';
import { firstContext } from './vfs/context.ts';
import { FileTable } from './vfs/file-table.ts';
import { existsAt } from './vfs/host-files.ts';
import { recordMoved } from './vfs/mount-tree.ts';
import { createVfs, resolve } from './vfs/vfs.ts';
import { waitQueue } from './wait.ts';
import { allPowers } from './task/powers.ts';

/** Inode numbers of the first namespaces, as every Linux host has them. Linux: include/linux/proc_ns.h. */
const firstInodes = {
  uts: 4026531838,
  ipc: 4026531839,
  user: 4026531837,
  pid: 4026531836,
  cgroup: 4026531835,
  time: 4026531834,
  net: 4026531840,
  mnt: 4026531841,
} as const;
const firstOwnInode = 4026532200;

export interface KernelOptions {
  readonly seed: number;
  readonly model: string;
  readonly bootUnixSeconds: number;
  readonly hostname: string;
  readonly programs: ReadonlyMap<string, Program>;
  readonly footprints?: ReadonlyMap<string, Footprint>;
  readonly isAwaited?: (task: Task) => boolean;
  readonly lineOut?: (line: number, data: string) => void;
  /** Takes each event as it happens. */
  readonly sink: (event: JournalEvent) => void;
}

export function createKernel(options: KernelOptions): Kernel {
  const owner = firstUserNamespace(firstInodes.user);
  const kernel: Kernel = {
    nowNs: 0,
    limitNs: 0,
    bootUnixSeconds: options.bootUnixSeconds,
    queue: eventQueue(),
    random: seededRandom(options.seed),
    tasks: new Map(),
    groups: new Map(),
    sessions: new Map(),
    rootPidNamespace: createPidNamespace({ nextInode: 0 }, null, owner, firstInodes.pid),
    rootCgroup: rootCgroup(1),
    programs: options.programs,
    footprints: options.footprints ?? new Map<string, Footprint>(),
    memory: machineMemory(),
    cpu: processors(),
    log: kernelLog(),
    vfs: createVfs({ mountNamespaceInode: firstInodes.mnt, owner, nowNs: 0 }),
    sockets: createSocketLayer(),
    net: createNetLayer(),
    settings: new Map(),
    tracing: nobodyTraces(),
    terminals: new Map(),
    current: null,
    nextInode: firstOwnInode,
    nextOpenFileId: 1,
    nextGlassId: 1,
    lastSeq: -1,
    isAwaited: options.isAwaited ?? (() => true),
    lineOut: options.lineOut ?? (() => {}),
    record: (fact) => stamp(kernel, fact, options.sink),
  };
  kernel.record({
    type: 'boot',
    version: 1,
    model: options.model,
    seed: options.seed,
    bootUnixSeconds: options.bootUnixSeconds,
    hostname: options.hostname,
  });
  return kernel;
}

function stamp(kernel: Kernel, fact: Fact, sink: (event: JournalEvent) => void): number {
  const seq = ++kernel.lastSeq;
  const { current } = kernel;
  // Whoever records a fact made it for that, so it becomes the event: to copy each costs more than all the rest.
  const event = fact as Fact & { seq: number; timeNs: number; span?: number; cause?: number };
  event.seq = seq;
  event.timeNs = kernel.nowNs;
  if (current && current.span !== 0) event.span = current.span;
  if (current?.cause !== undefined) {
    if (current.cause >= 0 && current.cause !== seq - 1) event.cause = current.cause;
    current.cause = undefined;
  }
  sink(event);
  if (kernel.tracing.tracers.size > 0) traceFact(kernel, fact);
  return seq;
}

/** The eight namespaces that the host begins with. */
function firstNamespaces(kernel: Kernel, hostname: string): NamespaceSet {
  const { owner } = kernel.rootPidNamespace;
  return {
    cgroup: { kind: 'cgroup', inode: firstInodes.cgroup, holders: 0, owner, rootPath: '/' },
    ipc: { kind: 'ipc', inode: firstInodes.ipc, holders: 0, owner, settings: new Map() },
    time: { kind: 'time', inode: firstInodes.time, holders: 0, owner },
    user: owner,
    mnt: kernel.vfs.rootNamespace,
    net: createNetNamespace(firstInodes.net, owner, new Map()),
    pid: kernel.rootPidNamespace,
    uts: { kind: 'uts', inode: firstInodes.uts, holders: 0, owner, hostname, domainname: '(none)' },
  };
}

/** A bench's pid 1 may be in no file. */
function executableAt(kernel: Kernel, path: string): Executable {
  return { path, location: existsAt(kernel, path) ? resolve(kernel, null, path) : null };
}

/** Starts pid 1 of the host with the first namespaces. */
export function startInit(
  kernel: Kernel,
  hostname: string,
  comm: string,
  argv: readonly string[],
  run: () => Running,
): Task {
  const namespaces = firstNamespaces(kernel, hostname);
  const nsPids = allocatePids(kernel.rootPidNamespace);
  const init: Task = {
    pid: 1,
    nsPids,
    namespaces,
    pidNamespace: namespaces.pid,
    pidNamespaceForChildren: namespaces.pid,
    parent: null,
    children: new Set(),
    extraTids: [],
    comm,
    argv,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', LANG: 'C.UTF-8' },
    executable: executableAt(kernel, argv[0] ?? comm),
    state: 'alive',
    exitStatus: null,
    untold: null,
    cgroup: kernel.rootCgroup,
    sid: 1,
    pgid: 1,
    controllingTerminal: null,
    isSubreaper: false,
    parentDeathSignal: 0,
    actions: new Map(),
    blocked: new Set(),
    pending: [],
    threads: [],
    childChanges: waitQueue(),
    vforkDone: waitQueue(),
    hasExeced: true,
    files: new FileTable(),
    fs: firstContext(kernel.vfs.rootNamespace),
    uid: 0,
    gid: 0,
    groups: [],
    powers: allPowers,
    oomScoreAdj: 0,
    nice: 0,
    memory: emptyMemory(),
    limits: firstLimits,
    startedNs: 0,
    cpuNs: 0,
    cpuBeforeNs: 0,
    cpuAlarmNs: Number.POSITIVE_INFINITY,
  };
  enrol(kernel, init);
  namespaces.pid.tasks.set(1, init);
  namespaces.pid.init = init;
  countPids(kernel.rootCgroup, 1);
  joinCgroup(kernel, kernel.rootCgroup, init);
  holdAll(kernel, namespaces);
  mapExecutable(init, init.executable);
  execMemory(kernel, init, kernel.footprints.get(comm) ?? smallProgram);
  recordMoved(kernel, 1, namespaces.mnt, [...namespaces.mnt.mounts]);
  for (const link of namespaces.net.links.values()) recordLink(kernel, 1, 'add', link, link.kind);
  hold(namespaces.pid);
  tellOfInit(kernel, init);
  startThread(kernel, init, run(), null, true);
  return init;
}

function holdAll(kernel: Kernel, namespaces: NamespaceSet): void {
  for (const kind of namespaceKinds) {
    hold(namespaces[kind]);
    kernel.record({ type: 'namespace.create', pid: 1, kind, inode: namespaces[kind].inode });
  }
}

function tellOfInit(kernel: Kernel, { nsPids, executable: { path }, argv, comm }: Task): void {
  printk(kernel, 'notice', `Linux version ${kernelRelease} (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC`);
  printk(kernel, 'info', `Run ${path} as init process`);
  kernel.record({ type: 'task.fork', pid: 1, by: 0, parent: 0, nsPids, flags: [] });
  kernel.record({ type: 'task.exec', pid: 1, path, argv, comm, closed: [] });
}
