/**
 * The journal's schema: everything that can be said about the machine. One fact a line, in the order in which things
 * happened.
 *
 * This file is the one contract between the machine, which writes, and every reader. It holds types only; below it
 * there is nothing. Conventions: `pid` is the host's number of the process that the fact is about; text of the machine
 * is a byte string (one char a byte).
 */

/** Grows when a reader of the old schema could misread the new one. */
export const journalVersion = 1;

export const namespaceKinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];
/** Inode number of each of a task's eight namespaces, as /proc/PID/ns shows them. */
export type Namespaces = Readonly<Record<NamespaceKind, number>>;

/** How a task ended: by itself, or by a signal (its name). */
export type ExitStatus = { readonly code: number } | { readonly signal: string; readonly core?: boolean };

/**
 * What a file descriptor stands for. `id` is that of the open file description: two descriptors with one id share an
 * offset.
 */
export interface OpenFileFact {
  readonly id: number;
  readonly kind: 'file' | 'directory' | 'pipe' | 'fifo' | 'socket' | 'tty' | 'device' | 'anon' | 'namespace';
  /** As readlink /proc/PID/fd/N shows it: a path, `pipe:[12]`, `socket:[34]`, `anon_inode:[eventfd]`. */
  readonly name: string;
  readonly access: 'r' | 'w' | 'rw' | 'path';
  /** Inode number: joins the two ends of a pipe or fifo. */
  readonly inode: number;
}

/** Life of tasks. A new task has everything from `by` (its caller) but what the fact gives. */
export type TaskFact =
  | {
      readonly type: 'task.fork';
      readonly pid: number;
      readonly by: number;
      /** Another than `by` with CLONE_PARENT. */
      readonly parent: number;
      /** Its pid at each level, from the outermost (the host's) inwards. */
      readonly nsPids: readonly number[];
      readonly flags: readonly string[];
      /** Namespaces that differ from the caller's. */
      readonly namespaces?: Partial<Namespaces>;
    }
  | {
      readonly type: 'task.exec';
      readonly pid: number;
      readonly path: string;
      readonly argv: readonly string[];
      readonly comm: string;
      /** Descriptors that close-on-exec closed. */
      readonly closed: readonly number[];
    }
  | { readonly type: 'task.name'; readonly pid: number; readonly comm: string }
  /** It wrote another command line over its own, as setproctitle(3) does. */
  | { readonly type: 'task.title'; readonly pid: number; readonly argv: readonly string[] }
  | { readonly type: 'task.threads'; readonly pid: number; readonly count: number }
  | { readonly type: 'task.session'; readonly pid: number; readonly sid: number; readonly pgid: number }
  | { readonly type: 'task.subreaper'; readonly pid: number; readonly on: boolean }
  /** What it does from now on when this signal comes. execve(2) puts handlers back to the default. */
  | {
      readonly type: 'task.signal-action';
      readonly pid: number;
      readonly signal: string;
      readonly action: 'default' | 'ignore' | 'handler';
    }
  /** The signals that wait until it lets them in, all of them: rt_sigprocmask(2). */
  | { readonly type: 'task.signal-mask'; readonly pid: number; readonly blocked: readonly string[] }
  /** What the OOM killer adds to its points: -1000 (never) to 1000. */
  | { readonly type: 'task.oom-score'; readonly pid: number; readonly adjustment: number }
  | { readonly type: 'task.stop'; readonly pid: number; readonly on: boolean; readonly signal: string }
  | { readonly type: 'task.exit'; readonly pid: number; readonly status: ExitStatus }
  | {
      readonly type: 'task.reparent';
      readonly pid: number;
      readonly from: number;
      readonly to: number;
      readonly because: 'subreaper' | 'namespace-init';
    }
  | { readonly type: 'task.reap'; readonly pid: number; readonly by: number };

/** A notable system call. One that blocks is written twice: `enter`, and `return` with its result. */
export interface CallFact {
  readonly type: 'call';
  readonly pid: number;
  readonly call: string;
  /** As strace would print them, shortened. */
  readonly args: string;
  /** What it returned: a number or short text, or an errno's name. Absent on `enter`. */
  readonly result?: string;
  readonly phase?: 'enter' | 'return';
}

export type SignalFact =
  | {
      readonly type: 'signal.send';
      /** 0 is the kernel. */
      readonly from: number;
      readonly pid: number;
      readonly signal: string;
      /** `discarded`: pid 1 of a namespace has no handler for it. */
      readonly fate: 'queued' | 'ignored' | 'discarded' | 'blocked';
    }
  | {
      readonly type: 'signal.deliver';
      readonly pid: number;
      readonly signal: string;
      /** While a handler runs, its signal is blocked. */
      readonly action: 'handler' | 'terminate' | 'stop' | 'continue' | 'ignore';
    }
  /** rt_sigreturn(2): the handler has ended, and its signal may come again. */
  | { readonly type: 'signal.return'; readonly pid: number; readonly signal: string };

export type NamespaceFact =
  | {
      readonly type: 'namespace.create';
      readonly pid: number;
      readonly kind: NamespaceKind;
      readonly inode: number;
      /** A mount namespace begins as a copy of this one. */
      readonly copyOf?: number;
    }
  | { readonly type: 'namespace.enter'; readonly pid: number; readonly kind: NamespaceKind; readonly inode: number }
  | { readonly type: 'namespace.end'; readonly kind: NamespaceKind; readonly inode: number };

/** Paths are those of the host's cgroup2 tree: `/` is its root. `pid` is who did it; 0 is the kernel. */
export type CgroupFact =
  | { readonly type: 'cgroup.create'; readonly pid: number; readonly path: string }
  | { readonly type: 'cgroup.remove'; readonly pid: number; readonly path: string }
  | { readonly type: 'cgroup.move'; readonly pid: number; readonly path: string; readonly by: number }
  | {
      readonly type: 'cgroup.write';
      readonly pid: number;
      readonly path: string;
      readonly file: string;
      readonly value: string;
    };

/**
 * The OOM killer chose this task: `by` asked for memory that the limit of `cgroup` (`/`: the machine's own) did not
 * give. `score` is the points by which it chose, `residentBytes` what the victim had. SIGKILL follows.
 */
export interface OomFact {
  readonly type: 'oom.kill';
  readonly pid: number;
  readonly by: number;
  readonly cgroup: string;
  readonly score: number;
  readonly residentBytes: number;
}

export type MountFact =
  | {
      readonly type: 'mount.add';
      readonly pid: number;
      /** Inode of the mount namespace. */
      readonly namespace: number;
      readonly id: number;
      readonly target: string;
      readonly fstype: string;
      readonly source: string;
      readonly options: string;
    }
  | {
      readonly type: 'mount.remove';
      readonly pid: number;
      readonly namespace: number;
      readonly id: number;
      /** Ids of the mounts on top of it, which go with it. */
      readonly above?: readonly number[];
    }
  | {
      /** pivot_root and what follows from it: these mounts of the namespace are so from now on, the others stay. */
      readonly type: 'mount.table';
      readonly pid: number;
      readonly namespace: number;
      readonly mounts: readonly {
        readonly id: number;
        readonly target: string;
        readonly fstype: string;
        readonly source: string;
        readonly options: string;
      }[];
    };

export type DescriptorFact =
  | {
      readonly type: 'fd.open';
      readonly pid: number;
      readonly fd: number;
      readonly file: OpenFileFact;
      readonly closeOnExec: boolean;
    }
  | {
      readonly type: 'fd.duplicate';
      readonly pid: number;
      readonly from: number;
      readonly fd: number;
      readonly closeOnExec: boolean;
    }
  | { readonly type: 'fd.flag'; readonly pid: number; readonly fd: number; readonly closeOnExec: boolean }
  | { readonly type: 'fd.close'; readonly pid: number; readonly fd: number };

/** Bytes in pipes, fifos and terminals. */
export type StreamFact =
  | {
      readonly type: 'stream.write';
      readonly pid: number;
      readonly inode: number;
      readonly data: string;
      /** How many were written, where `data` is their beginning only. */
      readonly bytes?: number;
    }
  | { readonly type: 'stream.read'; readonly pid: number; readonly inode: number; readonly bytes: number }
  | { readonly type: 'terminal.output'; readonly terminal: number; readonly data: string }
  | { readonly type: 'terminal.input'; readonly terminal: number; readonly data: string }
  | { readonly type: 'terminal.resize'; readonly terminal: number; readonly rows: number; readonly columns: number };

/** Network devices, in the network namespace with this inode. */
export interface LinkFact {
  readonly type: 'net.link';
  readonly pid: number;
  readonly op: 'add' | 'remove' | 'move' | 'rename' | 'up' | 'master' | 'address' | 'route' | 'no address';
  readonly namespace: number;
  readonly name: string;
  /** `move`: its next namespace; `rename`: the new name; `master`: the bridge; of an address: CIDR; `add`: kind. */
  readonly value: string;
}

/** DNAT: who connected to `asked` talks to `reached`, because a rule of its nat table says so. */
export interface TranslationFact {
  readonly type: 'net.translate';
  readonly pid: number;
  /** `10.0.2.15:8080`. */
  readonly asked: string;
  readonly reached: string;
}

/** A span is a piece of work with a beginning and an end; spans nest. What "step over" steps over. */
export type SpanFact =
  | {
      readonly type: 'span.open';
      readonly id: number;
      readonly parent?: number;
      readonly pid: number;
      readonly name: string;
      readonly level: DetailLevel;
    }
  | { readonly type: 'span.close'; readonly id: number; readonly pid: number; readonly outcome?: string };
export type DetailLevel = 'story' | 'engine' | 'kernel';

/** `TCP`: a segment between two programs of the machine, told as a packet capture would. */
export type Protocol = 'HTTP' | 'gRPC' | 'ttrpc' | 'D-Bus' | 'hook' | 'HTTPS' | 'TCP';
/** A message between two processes. Where it is on its way is a function of the two facts' places. */
export type MessageFact =
  | {
      readonly type: 'message.send';
      readonly pid: number;
      readonly id: number;
      readonly connection: number;
      readonly protocol: Protocol;
      readonly kind: 'request' | 'response' | 'event';
      /**
       * `POST /v1.45/containers/create?name=web`, `/containerd.services.tasks.v1.Tasks/Create`, an event's topic; a
       * response repeats its request's.
       */
      readonly label: string;
      /** HTTP status, or gRPC code as text: `201`, `0`. */
      readonly status?: string;
      /** The message's body, shortened, as JSON text. */
      readonly body?: string;
      /** The other end's process; 0 when nobody has accepted the connection yet. */
      readonly to: number;
    }
  | { readonly type: 'message.receive'; readonly pid: number; readonly id: number };

/**
 * A state machine of the engine has taken a transition. `from` is absent when it begins, and is `to` for one that acts
 * and leads nowhere.
 */
export interface MachineFact {
  readonly type: 'machine';
  readonly pid: number;
  /** `dockerd`, `container`, `pull`, `exec`, `task`, `shim process`, `OCI container`, `runc init`, … */
  readonly machine: string;
  /** Whose machine: a container id, an exec id; empty for the daemon's own. */
  readonly object: string;
  readonly from?: string;
  readonly to: string;
  readonly event: string;
}

/** What dockerd knows of a container, whenever it changes. As on its disk. */
export interface ContainerFact {
  readonly type: 'container';
  readonly pid: number;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly restartCount: number;
  /** Host pid of its first process and of its shim, 0 when there is none. */
  readonly taskPid: number;
  readonly shimPid: number;
  readonly removed: boolean;
  /** While it is restarting: how long dockerd waits before it tries. */
  readonly restartDelayNs?: number;
}

/** How dockerd is set, whenever it reads its configuration. */
export interface DaemonFact {
  readonly type: 'daemon';
  readonly pid: number;
  readonly liveRestore: boolean;
}

/** A docker event (`docker events`), a note of ours (`not modelled`), a place where folklore and recording differ. */
export type NoteFact =
  | {
      readonly type: 'docker.event';
      readonly pid: number;
      readonly line: string;
      readonly action: string;
      readonly object: string;
    }
  | { readonly type: 'note'; readonly pid: number; readonly topic: string; readonly text: string };

export interface BootFact {
  readonly type: 'boot';
  readonly version: number;
  readonly model: string;
  readonly seed: number;
  /** Unix time of the boot, seconds: a constant. */
  readonly bootUnixSeconds: number;
  readonly hostname: string;
}

/** What a person did: typed into a terminal, opened one. The inputs and the seed are all that a rerun needs. */
export interface InputFact {
  readonly type: 'input';
  readonly terminal: number;
  readonly action: 'open' | 'data' | 'resize' | 'hangup';
  readonly data: string;
}

export type Fact =
  | TaskFact
  | CallFact
  | SignalFact
  | NamespaceFact
  | CgroupFact
  | OomFact
  | MountFact
  | DescriptorFact
  | StreamFact
  | LinkFact
  | TranslationFact
  | SpanFact
  | MessageFact
  | MachineFact
  | ContainerFact
  | DaemonFact
  | NoteFact
  | BootFact
  | InputFact;

/** A fact with its place: one line of the journal. */
export type JournalEvent = Fact & Stamp;
export interface Stamp {
  /** 0, 1, 2, …: no gaps. */
  readonly seq: number;
  /** Nanoseconds since boot. */
  readonly timeNs: number;
  /** The span that the writing thread was in. */
  readonly span?: number;
  /** The event that woke the writer: a write, an exit, a signal. Absent when it just went on. */
  readonly cause?: number;
}
