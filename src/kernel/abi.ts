/** Numbers and shapes that programs and the kernel share, as in Linux's uapi headers. */
import type { ExitStatus, Fact, NamespaceKind } from '../journal/event.ts';
import type { ErrnoName } from './errno.ts';

/** open(2) flags; the numbers are x86-64's. */
export const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  EXCL: 0o200,
  NOCTTY: 0o400,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  NONBLOCK: 0o4000,
  DIRECTORY: 0o200000,
  NOFOLLOW: 0o400000,
  CLOEXEC: 0o2000000,
  PATH: 0o10000000,
} as const;

/** Bits of inotify(7) that are modelled. */
export const inotifyMasks = { IN_MODIFY: 0x2, IN_IGNORED: 0x8000 } as const;
export type InotifyMask = keyof typeof inotifyMasks;

/** What read(2) of an inotify descriptor gave: whole events of 16 bytes, without names. */
export function inotifyEvents(data: string): readonly { readonly watch: number; readonly mask: number }[] {
  const word = (at: number): number =>
    data.charCodeAt(at) |
    (data.charCodeAt(at + 1) << 8) |
    (data.charCodeAt(at + 2) << 16) |
    (data.charCodeAt(at + 3) << 24);
  return Array.from({ length: Math.floor(data.length / 16) }, (_, index) => ({
    watch: word(16 * index),
    mask: word(16 * index + 4),
  }));
}

/** Signal numbers of x86-64, by name. */
export const signalNumbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
  // Real-time signals, as glibc names them: it keeps 32 and 33 for itself.
  SIGRTMIN: 34,
  'SIGRTMIN+1': 35,
  'SIGRTMIN+2': 36,
  'SIGRTMIN+3': 37,
  'SIGRTMIN+4': 38,
  'SIGRTMIN+5': 39,
  'SIGRTMIN+6': 40,
  'SIGRTMIN+7': 41,
  'SIGRTMIN+8': 42,
  'SIGRTMIN+9': 43,
  'SIGRTMIN+10': 44,
  'SIGRTMIN+11': 45,
  'SIGRTMIN+12': 46,
  'SIGRTMIN+13': 47,
  'SIGRTMIN+14': 48,
  'SIGRTMIN+15': 49,
  'SIGRTMAX-14': 50,
  'SIGRTMAX-13': 51,
  'SIGRTMAX-12': 52,
  'SIGRTMAX-11': 53,
  'SIGRTMAX-10': 54,
  'SIGRTMAX-9': 55,
  'SIGRTMAX-8': 56,
  'SIGRTMAX-7': 57,
  'SIGRTMAX-6': 58,
  'SIGRTMAX-5': 59,
  'SIGRTMAX-4': 60,
  'SIGRTMAX-3': 61,
  'SIGRTMAX-2': 62,
  'SIGRTMAX-1': 63,
  SIGRTMAX: 64,
} as const;
export type SignalName = keyof typeof signalNumbers;

/** The signal's name for its number, or undefined. */
export function signalName(number: number): SignalName | undefined {
  return (Object.keys(signalNumbers) as SignalName[]).find((name) => signalNumbers[name] === number);
}

export type CloneFlag =
  | 'CLONE_VM'
  | 'CLONE_VFORK'
  | 'CLONE_PARENT'
  | 'CLONE_PIDFD'
  | 'CLONE_NEWNS'
  | 'CLONE_NEWUTS'
  | 'CLONE_NEWIPC'
  | 'CLONE_NEWPID'
  | 'CLONE_NEWNET'
  | 'CLONE_NEWUSER'
  | 'CLONE_NEWCGROUP'
  | 'CLONE_NEWTIME';
export const cloneFlagOf: Readonly<Record<NamespaceKind, CloneFlag>> = {
  cgroup: 'CLONE_NEWCGROUP',
  ipc: 'CLONE_NEWIPC',
  mnt: 'CLONE_NEWNS',
  net: 'CLONE_NEWNET',
  pid: 'CLONE_NEWPID',
  time: 'CLONE_NEWTIME',
  user: 'CLONE_NEWUSER',
  uts: 'CLONE_NEWUTS',
};

/** What fstat(2) tells. `mode` has the type bits of <sys/stat.h>; times are nanoseconds since boot. */
export interface Stat {
  readonly inode: number;
  readonly device: number;
  /** Which device a device file stands for; of all others 0, 0. */
  readonly rdev: { readonly major: number; readonly minor: number };
  readonly type: FileType;
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly modifiedNs: number;
}
export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character' | 'block';

/** What statfs(2) tells. */
export interface FileSystemStat {
  readonly fstype: string;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly free: number;
  /** Free to who is not user 0. */
  readonly available: number;
  readonly files: number;
  readonly filesFree: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  readonly inode: number;
}

/** Resources of prlimit64(2), in the order of their numbers. */
export type ResourceName =
  | 'RLIMIT_CPU'
  | 'RLIMIT_FSIZE'
  | 'RLIMIT_DATA'
  | 'RLIMIT_STACK'
  | 'RLIMIT_CORE'
  | 'RLIMIT_RSS'
  | 'RLIMIT_NPROC'
  | 'RLIMIT_NOFILE'
  | 'RLIMIT_MEMLOCK'
  | 'RLIMIT_AS'
  | 'RLIMIT_LOCKS'
  | 'RLIMIT_SIGPENDING'
  | 'RLIMIT_MSGQUEUE'
  | 'RLIMIT_NICE'
  | 'RLIMIT_RTPRIO'
  | 'RLIMIT_RTTIME';
/** Infinity is RLIM_INFINITY. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** What wait4(2) gives: whose state changed and how. */
export interface Waited {
  readonly pid: number;
  readonly status: ExitStatus | { readonly stopped: SignalName } | { readonly continued: true };
}

/** A program in execution: it yields system calls and returns its exit code. */
export type Running<T = number> = Generator<Request, T, unknown>;
/** What an executable file names: called with its arguments (argv[0] included) and environment. */
export type Program = (argv: readonly string[], env: Environment) => Running;
export type Environment = Readonly<Record<string, string>>;

/** A system call on its way into the kernel. */
export interface Request {
  readonly call: string;
  readonly args: readonly unknown[];
}

/** `ignore` is SIG_IGN, `default` SIG_DFL; a function runs in the process between two of its system calls. */
export type SignalHandler = (signal: SignalName) => Running<void>;
export type SignalAction = 'default' | 'ignore' | SignalHandler;

export interface PollRequest {
  readonly fd: number;
  readonly events: readonly ('in' | 'out')[];
}
export interface PollResult {
  readonly fd: number;
  readonly in: boolean;
  readonly out: boolean;
  /** POLLHUP or POLLERR. */
  readonly hangup: boolean;
}

/** termios' local modes that are modelled, and window size. */
export interface TerminalModes {
  readonly canonical: boolean;
  readonly echo: boolean;
  readonly signals: boolean;
  /** OPOST|ONLCR: a newline goes out as CR LF. */
  readonly outputCrLf: boolean;
  /** ICRNL: a CR comes in as newline. */
  readonly inputCrToNl: boolean;
}

/** Where a signal came from, as siginfo_t has it; pids as the tracer sees them. */
export type SignalInfo =
  | { readonly from: 'kernel' }
  | { readonly from: 'process'; readonly pid: number; readonly uid: number }
  | { readonly from: 'child'; readonly pid: number; readonly uid: number; readonly status: Waited['status'] };

/** What a tracer is told. A call that sleeps is told twice; `noted` is the journal's own line of a call. */
export type TraceEvent =
  | { readonly type: 'attached' }
  | { readonly type: 'enter'; readonly request: Request }
  | {
      readonly type: 'return';
      readonly request: Request;
      readonly durationNs: number;
      readonly value?: unknown;
      readonly errno?: ErrnoName;
    }
  | { readonly type: 'noted'; readonly call: string; readonly args: string; readonly result: string }
  | { readonly type: 'signal'; readonly signal: SignalName; readonly info: SignalInfo }
  | { readonly type: 'stop'; readonly signal: SignalName }
  | { readonly type: 'exit'; readonly status: ExitStatus };
export interface TraceRecord {
  readonly timeNs: number;
  readonly pid: number;
  /** Which coroutine of the process; 0 for what concerns all. */
  readonly thread: number;
  readonly event: TraceEvent;
}

/** A message over a unix socket, with the file descriptors that came along (SCM_RIGHTS). */
export interface SocketMessage {
  readonly data: string;
  readonly fds: readonly number[];
}

/** A network device request, as rtnetlink(7) takes; see `sys.netlink`. */
export type NetlinkRequest =
  | { readonly op: 'add'; readonly kind: 'veth' | 'bridge'; readonly name: string; readonly peer?: string }
  | { readonly op: 'remove'; readonly name: string }
  | { readonly op: 'rename'; readonly name: string; readonly to: string }
  | { readonly op: 'master'; readonly name: string; readonly master: string }
  | { readonly op: 'up'; readonly name: string }
  | { readonly op: 'address'; readonly name: string; readonly cidr: string }
  | { readonly op: 'mac'; readonly name: string; readonly mac: string }
  | { readonly op: 'route'; readonly name: string; readonly to: string; readonly via: string }
  | { readonly op: 'move'; readonly name: string; readonly namespaceFd: number }
  | { readonly op: 'list' };
export interface NetworkLink {
  readonly index: number;
  readonly name: string;
  readonly kind: 'loopback' | 'veth' | 'bridge' | 'physical';
  readonly mac: string;
  readonly up: boolean;
  readonly master: string;
  /** Index of a veth's other end. */
  readonly peerIndex: number;
  readonly addresses: readonly string[];
  readonly routes: readonly { readonly to: string; readonly via: string }[];
}

/** Every capability of Linux 6.12, in the order of their numbers. */
export const capabilityNames = [
  ...(['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'] as const),
  ...(['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK'] as const),
  ...(['IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN'] as const),
  ...(['SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE'] as const),
  ...(['AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM'] as const),
  ...(['BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'] as const),
] as const;
export type CapabilityName = (typeof capabilityNames)[number];

/**
 * What members of a cgroup may do with devices. A type and numbers that are not said mean all; an access that is not
 * said is none. OCI: linux.resources.devices.
 */
export interface DeviceRule {
  readonly allow: boolean;
  /** `b`, `c` or `a`. */
  readonly type?: string;
  readonly major?: number;
  readonly minor?: number;
  readonly access?: string;
}

/** What a call takes away from its caller: which capabilities are left, whether a filter stands before each call. */
export interface PowerChange {
  readonly bounding?: readonly string[];
  readonly effective?: readonly string[];
  readonly isFiltered?: true;
  readonly hasNoNewPrivileges?: true;
}

/** What a program may write into the journal about itself: spans, messages, its machines' transitions, notes. */
export type ProgramFact = DistributiveOmit<
  Extract<
    Fact,
    {
      type:
        | 'span.open'
        | 'span.close'
        | 'message.send'
        | 'message.receive'
        | 'machine'
        | 'container'
        | 'daemon'
        | 'docker.event'
        | 'note'
        | 'call';
    }
  >,
  'pid'
>;
/** What a program says of a message that it sends: the kernel knows the rest. */
export type MessageText = Omit<Extract<Fact, { type: 'message.send' }>, 'type' | 'pid' | 'id' | 'connection' | 'to'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
