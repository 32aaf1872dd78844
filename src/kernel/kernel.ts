/** The kernel's own tables: what there is. What may be done with it stands in the folders beside, a rule a file. */
import type { ExitStatus, Fact } from '../journal/event.ts';
import type { Program, Request, Running, SignalAction, SignalName, Waited } from './abi.ts';
import type { Cgroup } from './cgroup/cgroup.ts';
import type { Processors } from './cpu/processors.ts';
import type { Work } from './cpu/work.ts';
import type { Due, EventQueue } from './event-queue.ts';
import type { KernelLog } from './kernel-log.ts';
import type { Footprint } from './memory/footprint.ts';
import type { MachineMemory } from './memory/machine-memory.ts';
import type { TaskMemory } from './memory/task-memory.ts';
import type { NamespaceSet, PidNamespace } from './namespace/namespace.ts';
import type { Settings } from './namespace/sysctl.ts';
import type { Random } from './random.ts';
import type { Membership } from './task/groups.ts';
import type { ResourceLimits } from './task/limits.ts';
import type { FileSystemContext } from './vfs/context.ts';
import type { FileTable } from './vfs/file-table.ts';
import type { Location } from './vfs/mount.ts';
import type { VirtualFileSystem } from './vfs/vfs.ts';
import type { Sleep, WaitQueue } from './wait.ts';
import type { Terminal } from './tty/terminal.ts';
import type { SocketLayer } from './socket/socket-layer.ts';
import type { Tracing } from './trace/trace.ts';
import type { NetworkLayer } from './net/network-layer.ts';
import type { Powers } from './task/powers.ts';

export interface Kernel {
  /** Virtual time, nanoseconds since boot. */
  nowNs: number;
  /** Unix time of the boot in seconds: a constant. */
  readonly bootUnixSeconds: number;
  readonly queue: EventQueue;
  readonly random: Random;
  /** Every task by its host pid, zombies included, in order of birth. */
  readonly tasks: Map<number, Task>;
  /** Process groups and sessions that have a member. */
  readonly groups: Membership;
  readonly sessions: Membership;
  readonly rootPidNamespace: PidNamespace;
  readonly rootCgroup: Cgroup;
  /** Executables by the name that an ELF file of ours carries. */
  readonly programs: ReadonlyMap<string, Program>;
  /** What their images take in memory; a small one's where nothing is said. */
  readonly footprints: ReadonlyMap<string, Footprint>;
  readonly memory: MachineMemory;
  readonly cpu: Processors;
  readonly log: KernelLog;
  readonly vfs: VirtualFileSystem;
  readonly sockets: SocketLayer;
  readonly net: NetworkLayer;
  /** Of /proc/sys, what no namespace has for itself. */
  readonly settings: Settings;
  readonly tracing: Tracing;
  /**
   * Terminals by number of the machine's own consoles (the host shells' ones); a pty of a container is in its devpts
   * only.
   */
  readonly terminals: Map<number, Terminal>;
  /** The thread that runs at this moment: facts are stamped with its span and cause. */
  current: Thread | null;
  /** Next inode number of the kernel's own objects: pipes, sockets, namespaces. */
  nextInode: number;
  nextOpenFileId: number;
  nextGlassId: number;
  /** The time up to which the machine may run at this moment: a thread that goes on without a break stops there. */
  limitNs: number;
  /** Whose work whoever runs the machine waits for; it changes nothing in the machine. */
  readonly isAwaited: (task: Task) => boolean;
  /** Takes what is written to the lines out of the machine, /dev/hvcN. */
  readonly lineOut: (line: number, data: string) => void;
  /** Seq of the last event that was recorded. */
  lastSeq: number;
  /** Writes a fact into the journal; returns its seq. */
  readonly record: (fact: Fact) => number;
}

/** What a task runs: the path at its execve(2), and the file, which is the same wherever it is moved to. */
export interface Executable {
  readonly path: string;
  /** Null for a pid 1 whose program is in no file. */
  readonly location: Location | null;
}

/** A process: Linux's thread group. It has one coroutine or more, and one kernel thread (tid) or more. */
export interface Task {
  /** The host's number; the number at each level is in `nsPids`, outermost first. */
  readonly pid: number;
  readonly nsPids: readonly number[];
  /** Tids of kernel threads beside the leader, a list of numbers per level each. */
  extraTids: (readonly number[])[];
  parent: Task | null;
  readonly children: Set<Task>;
  comm: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  executable: Executable;
  state: 'alive' | 'stopped' | 'zombie' | 'reaped';
  exitStatus: ExitStatus | null;
  /** State changes that wait4 has not told yet: a stop, a continue. */
  untold: Waited['status'] | null;
  readonly pidNamespace: PidNamespace;
  /** The task's namespaces; a coroutine may wear others for a while (setns in one thread). */
  namespaces: NamespaceSet;
  /** Where its next children are born. Linux: pid_ns_for_children. */
  pidNamespaceForChildren: PidNamespace;
  cgroup: Cgroup;
  /** Changed by `regroup` alone. */
  sid: number;
  pgid: number;
  controllingTerminal: Terminal | null;
  isSubreaper: boolean;
  parentDeathSignal: SignalName | 0;
  readonly actions: Map<SignalName, { readonly action: SignalAction; readonly restart: boolean }>;
  blocked: Set<SignalName>;
  readonly pending: SignalName[];
  readonly threads: Thread[];
  /** Woken by each change of a child; wait4 sleeps here. */
  readonly childChanges: WaitQueue;
  /** Woken when it execs or ends; a vfork parent sleeps here. */
  readonly vforkDone: WaitQueue;
  hasExeced: boolean;
  files: FileTable;
  fs: FileSystemContext;
  uid: number;
  gid: number;
  /** The supplementary ones, in order. */
  groups: readonly number[];
  powers: Powers;
  oomScoreAdj: number;
  /** -20 to 19: the higher, the more of the processors it leaves to others. */
  nice: number;
  readonly memory: TaskMemory;
  limits: ResourceLimits;
  readonly startedNs: number;
  /** Processor time used, ns. */
  cpuNs: number;
  /** What of it was used before it came to its cgroup. */
  cpuBeforeNs: number;
  /** The use at which RLIMIT_CPU raises a signal. */
  cpuAlarmNs: number;
}

/** A coroutine of a task: a stack of generators, of which signal handlers lie on top. */
export interface Thread {
  readonly id: number;
  readonly task: Task;
  readonly frames: Frame[];
  /** What it is asleep in; null while it runs or is due in the queue. */
  sleep: Sleep | null;
  /** The planned end of that sleep. */
  expiry: Due | null;
  /** The call it is asleep in, for /proc and the journal. */
  call: Request | null;
  /** What the next resume gives to the top frame. */
  outcome: Outcome;
  /** What became of the call that its program yields next, where that is made already. */
  trapped: Trapped | null;
  state: 'ready' | 'asleep' | 'ended';
  /** Distinguishes a wake-up that is due from an earlier one that was overtaken. */
  wakeTicket: number;
  /** Calls since it slept last for longer than a moment. */
  streak: number;
  /** When it fell asleep; Infinity from the first call after that on. */
  asleepSinceNs: number;
  /** Processor time since it slept last, ns. */
  busyNs: number;
  /** What part of a processor it has: less than 1 where it shares. */
  rate: number;
  /** The piece of a computation that is under way. */
  work: Work | null;
  namespaces: NamespaceSet;
  /** Root and working directory: the task's, until it takes a mount namespace of its own. */
  fs: FileSystemContext;
  span: number;
  /** Seq of the event that woke it; stamped on what it writes next. */
  cause: number | undefined;
  /** Span of the writer of what it last read from a socket. */
  peerSpan: number;
  readonly isLeader: boolean;
  /** False for one that carries bytes for as long as they come: its steps count as anybody's. */
  readonly isAwaited: boolean;
}

export interface Frame {
  readonly run: Running<unknown>;
  /**
   * For a signal handler: the signal that is blocked while it runs, and the sleep that it interrupted or the result
   * that waits below it.
   */
  readonly handles?: {
    readonly signal: SignalName;
    readonly outcome: Outcome;
    readonly sleep: Sleep | null;
    readonly call: Request | null;
    readonly restart: boolean;
  };
}

/** Whether the thread may go on at once; or the error of the kernel's own that stops the machine. */
export type Trapped = { readonly goesOn: boolean } | { readonly broken: unknown };

export type Outcome = { readonly value: unknown } | { readonly error: unknown } | null;

/** A system call: its arguments are those of sys.ts; it returns a value, a Sleep, or throws an Errno. */
// A table keyed by name is the one place where a call's arguments lose their types.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type CallHandler = (kernel: Kernel, thread: Thread, ...args: any[]) => unknown;
export type CallTable = Readonly<Record<string, CallHandler>>;
