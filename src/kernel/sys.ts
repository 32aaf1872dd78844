/**
 * The system calls as programs call them: `const fd = yield* open('/etc/passwd', O.RDONLY)`. Names, arguments and
 * errors are Linux's; a failure is thrown as an Errno. Import as `import * as sys from '…/kernel/sys.ts'`.
 *
 * Which call is supported, partial or refused stands in system-calls.ts, with the reason.
 */
import type {
  CloneFlag,
  DeviceRule,
  DirectoryEntry,
  Environment,
  FileSystemStat,
  InotifyMask,
  MessageText,
  NetlinkRequest,
  NetworkLink,
  PollRequest,
  PollResult,
  PowerChange,
  ProgramFact,
  ResourceLimit,
  ResourceName,
  Running,
  SignalAction,
  SignalHandler,
  SignalName,
  SocketMessage,
  Stat,
  TerminalModes,
  TraceRecord,
  Waited,
} from './abi.ts';
import type { DetailLevel, NamespaceKind, Namespaces } from '../journal/event.ts';
import type { InternetAddress } from './net/internet-address.ts';
import type { Chain } from './net/netfilter.ts';
import type { NetfilterRequest } from './net/netfilter-calls.ts';
import type { ListenAddress, TcpSocketState } from './socket/internet-socket.ts';
import { call } from './trap.ts';

// Tasks

/**
 * clone(2) without CLONE_THREAD: a child process that runs `child` and ends with its exit code. The caller's memory is
 * shared as the closure sees it, as after vfork(2). With CLONE_VFORK the caller sleeps until the child execs or ends.
 * Returns the child's pid in the caller's namespace.
 */
export const clone = (child: () => Running, ...flags: readonly CloneFlag[]) => call<number>('clone', child, flags);
/**
 * fork(2). `handler` is what the child has, in its own copy of the memory, for the signals that the caller catches;
 * without it the caller's handlers run in the child, on the caller's memory.
 */
export const fork = (child: () => Running, handler?: SignalHandler) => call<number>('clone', child, [], handler);
/**
 * Another coroutine in this process, as a goroutine: no tid, shares all; ends with the process. Its result is dropped;
 * an uncaught Errno ends the process.
 */
export const go = (body: () => Running<void>) => call<void>('go', body, true);
/**
 * As `go`, for a coroutine that carries bytes for as long as they come: whoever runs the machine does not wait until
 * there are no more.
 */
export const goCarrying = (body: () => Running<void>) => call<void>('go', body, false);
/**
 * The number of kernel threads (tids) that the process shows, its leader included; new ones take the next pids of each
 * level.
 */
export const setThreads = (count: number) => call<void>('setThreads', count);
/** execve(2): returns only by throwing. The file's content names the program (`elf()`), or is a `#!` script. */
export const execve = (path: string, argv: readonly string[], env: Environment) =>
  call<never>('execve', path, argv, env);
/** execveat(2) with AT_EMPTY_PATH: the program is an open file, as fexecve(3) has it. */
export const execveat = (fd: number, argv: readonly string[], env: Environment) =>
  call<never>('execveat', fd, argv, env);
export const exit = (code: number) => call<never>('exit_group', code);
/**
 * wait4(2): pid -1 any child, 0 own group, > 0 that child, < -1 that group. Null with `nohang` and nothing to tell;
 * `peek` is WNOWAIT. ECHILD.
 */
export const wait4 = (
  pid: number,
  options?: { readonly nohang?: boolean; readonly untraced?: boolean; readonly peek?: boolean },
) => call<Waited | null>('wait4', pid, options ?? {});
export const getpid = () => call<number>('getpid');
export const getppid = () => call<number>('getppid');
export const setsid = () => call<number>('setsid');
export const setpgid = (pid: number, pgid: number) => call<void>('setpgid', pid, pgid);
export const getpgid = (pid: number) => call<number>('getpgid', pid);
export const getsid = (pid: number) => call<number>('getsid', pid);
/** kill(2): pid > 0 a process, 0 own group, < -1 that group, -1 all it may. Signal 0 only asks. */
export const kill = (pid: number, signal: SignalName | 0) => call<void>('kill', pid, signal);
/**
 * rt_sigaction(2). Returns the old action. Interrupted calls restart (SA_RESTART) unless `restart` is false (then
 * EINTR).
 */
export const sigaction = (signal: SignalName, action: SignalAction, restart = true) =>
  call<SignalAction>('rt_sigaction', signal, action, restart);
/** rt_sigprocmask(2) for the process. Returns the old mask. */
export const sigprocmask = (how: 'block' | 'unblock' | 'set', signals: readonly SignalName[]) =>
  call<readonly SignalName[]>('rt_sigprocmask', how, signals);
/** pause(2): sleeps until a handler has run; throws EINTR. */
export const pause = () => call<never>('pause');
export const setChildSubreaper = (on: boolean) => call<void>('prctl', 'PR_SET_CHILD_SUBREAPER', on);
/** Sent when the thread that forked this process ends. 0 clears. */
export const setParentDeathSignal = (signal: SignalName | 0) => call<void>('prctl', 'PR_SET_PDEATHSIG', signal);
/** PR_SET_NAME: at most 15 bytes are kept. */
export const setName = (comm: string) => call<void>('prctl', 'PR_SET_NAME', comm);
/** PR_SET_MM_ARG_START, as setproctitle(3) uses it: what /proc/PID/cmdline shows from now on. */
export const setTitle = (title: string) => call<void>('prctl', 'PR_SET_MM', title);
/**
 * Other prctl(2) options, capset(2), seccomp(2), keyctl(2), bpf(2): written in the journal; of these only
 * what is left of the caller's powers is kept.
 */
export const confine = (name: string, args: string, left: PowerChange = {}) => call<void>('confine', name, args, left);
/** bpf(2), BPF_PROG_ATTACH of a filter of devices, as the rules that it was made from. */
export const attachDeviceFilter = (cgroup: string, rules: readonly DeviceRule[]) => call<void>('bpf', cgroup, rules);
export const setgroups = (groups: readonly number[]) => call<void>('setgroups', groups);
export const setuid = (uid: number, gid: number) => call<void>('setuid', uid, gid);
export const getuid = () => call<number>('getuid');
/** getpriority(2) and setpriority(2): the nice value of a process, 0 for the caller. */
export const getPriority = (pid: number) => call<number>('getpriority', pid);
export const setPriority = (pid: number, nice: number) => call<void>('setpriority', pid, nice);
export const umask = (mask: number) => call<number>('umask', mask);
/** prlimit64(2): a process's limit (pid 0: the caller's), and `wanted` for it from now on. Returns the old one. */
export const prlimit = (pid: number, resource: ResourceName, wanted: ResourceLimit | null = null) =>
  call<ResourceLimit>('prlimit64', pid, resource, wanted);

/**
 * ptrace(2), PTRACE_SEIZE: what the process does is told to the caller from now on, with `followForks` its new children
 * too. Returns the number of its threads. ESRCH, EPERM.
 */
export const ptraceSeize = (pid: number, followForks: boolean) => call<number>('ptraceSeize', pid, followForks);
/** PTRACE_DETACH. ESRCH. */
export const ptraceDetach = (pid: number) => call<void>('ptraceDetach', pid);
/** What waitpid(2) and PTRACE_GET_SYSCALL_INFO tell a tracer: the next thing; null when nobody is traced any more. */
export const ptraceRead = () => call<TraceRecord | null>('ptraceRead');

// Memory

/**
 * mmap(2) with MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE: takes memory and touches every page of it; returns its
 * address. A program that holds much calls it for what it holds: the cgroup's limits, memory.high and the OOM killer
 * then act on it. ENOMEM.
 */
export const mmap = (bytes: number) => call<number>('mmap', bytes);
/** munmap(2): the mapping at `address`, or its last `bytes`. EINVAL. */
export const munmap = (address: number, bytes: number) => call<void>('munmap', address, bytes);
/** No call of Linux but an instruction: reads at an address. SIGSEGV where nothing is mapped. */
export const load = (address: number) => call<void>('load', address);

// Time and chance

/** Sleeps for nanoseconds of virtual time. */
export const nanosleep = (ns: number) => call<void>('nanosleep', ns, false);
/** nanosleep(2) as a part of a request, an exit or a clean-up: whoever runs the machine waits for its end. */
export const delay = (ns: number) => call<void>('nanosleep', ns, true);
/** Uses the processor for nanoseconds of virtual time: the work between two system calls. */
export const compute = (ns: number) => call<void>('compute', ns);
/** clock_gettime(CLOCK_MONOTONIC): ns since boot. */
export const monotonic = () => call<number>('clock_gettime', 'CLOCK_MONOTONIC');
/**
 * clock_gettime(CLOCK_REALTIME): Unix time in ns is `bootUnixSeconds * 1e9 + monotonic`, too large for a number: so two
 * numbers.
 */
export const realtime = () =>
  call<{ readonly seconds: number; readonly ns: number }>('clock_gettime', 'CLOCK_REALTIME');
/** getrandom(2): that many bytes from the machine's seeded generator. */
export const getrandom = (bytes: number) => call<string>('getrandom', bytes);

// Between the coroutines of one process

/**
 * futex(2), FUTEX_WAIT on an object of the process's memory: sleeps until `futexWake(key)`; false after `timeoutNs`.
 * Check your condition in a loop.
 */
export const futexWait = (key: object, timeoutNs?: number) => call<boolean>('futexWait', key, timeoutNs, false);
/** futexWait whose deadline is part of a request, an exit or a clean-up, as in `delay`. */
export const futexDelay = (key: object, timeoutNs?: number) => call<boolean>('futexWait', key, timeoutNs, true);
export const futexWake = (key: object) => call<void>('futexWake', key);

// Files

/**
 * open(2): returns the lowest free descriptor. Opening a fifo blocks until the other end is opened (not with
 * O_NONBLOCK, nor O_RDWR).
 */
export const open = (path: string, flags: number, mode = 0o666) => call<number>('open', path, flags, mode);
/** read(2): at most `count` bytes; '' at end of file. Blocks; EAGAIN on a non-blocking descriptor. */
export const read = (fd: number, count = 65536) => call<string>('read', fd, count);
/**
 * write(2): returns how many bytes were taken; blocks while a pipe is full. EPIPE and SIGPIPE when nobody can read. Use
 * `writeAll` of programs/io.ts for all.
 */
export const write = (fd: number, data: string) => call<number>('write', fd, data);
export const close = (fd: number) => call<void>('close', fd);
/** pipe2(2): [read end, write end]. */
export const pipe2 = (flags = 0) => call<readonly [number, number]>('pipe2', flags);
/** dup3(2): `to` becomes a copy of `from`; -1 for the lowest free. */
export const dup = (from: number, to = -1, closeOnExec = false) => call<number>('dup3', from, to, closeOnExec);
export const setCloseOnExec = (fd: number, on: boolean) => call<void>('fcntl', fd, 'F_SETFD', on);
export const setNonBlocking = (fd: number, on: boolean) => call<void>('fcntl', fd, 'F_SETFL', on);
/** fcntl(2) with F_SETPIPE_SZ: rounded up to a power of two; returns what it is now. EBUSY, EPERM. */
export const setPipeSize = (fd: number, bytes: number) => call<number>('pipeSize', fd, bytes);
export const getPipeSize = (fd: number) => call<number>('pipeSize', fd, null);
export const seek = (fd: number, offset: number, whence: 'set' | 'current' | 'end') =>
  call<number>('lseek', fd, offset, whence);
/** poll(2): those of `requests` that are ready; [] after `timeoutNs` (0: at once; undefined: never). */
export const poll = (requests: readonly PollRequest[], timeoutNs?: number) =>
  call<readonly PollResult[]>('poll', requests, timeoutNs);
export const stat = (path: string) => call<Stat>('stat', path);
export const lstat = (path: string) => call<Stat>('lstat', path);
export const fstat = (fd: number) => call<Stat>('fstat', fd);
/** getdents64(2) on a path: entries in name order, without . and .. */
export const readdir = (path: string) => call<readonly DirectoryEntry[]>('getdents64', path);
export const mkdir = (path: string, mode = 0o777) => call<void>('mkdir', path, mode);
export const rmdir = (path: string) => call<void>('rmdir', path);
export const unlink = (path: string) => call<void>('unlink', path);
export const rename = (from: string, to: string) => call<void>('rename', from, to);
export const link = (from: string, to: string) => call<void>('link', from, to);
export const symlink = (target: string, path: string) => call<void>('symlink', target, path);
export const readlink = (path: string) => call<string>('readlink', path);
export const mkfifo = (path: string, mode = 0o666) => call<void>('mknod', path, 'fifo', mode);
/** mknod(2) of a socket that nobody listens on. */
export const mksocket = (path: string, mode: number) => call<void>('mknod', path, 'socket', mode);
export const mknod = (path: string, type: 'character' | 'block', mode: number, major: number, minor: number) =>
  call<void>('mknod', path, type, mode, major, minor);
export const chmod = (path: string, mode: number) => call<void>('chmod', path, mode);
export const chown = (path: string, uid: number, gid: number) => call<void>('chown', path, uid, gid);
export const truncate = (path: string, size: number) => call<void>('truncate', path, size);
/** fallocate(2) from the file's beginning: ENOSPC when the file system has not so much room. */
export const fallocate = (fd: number, length: number) => call<void>('fallocate', fd, length);
/** flock(2) with LOCK_EX and LOCK_NB: EAGAIN while another open file has the lock. It goes with the last descriptor. */
export const flock = (fd: number) => call<void>('flock', fd);
/** statfs(2): size and free room of the file system that `path` is on. */
export const statfs = (path: string) => call<FileSystemStat>('statfs', path);
export const utimens = (path: string) => call<void>('utimensat', path);
/** access(2) with X_OK and so on: throws EACCES. */
export const access = (path: string, mode: 'r' | 'w' | 'x' | 'f') => call<void>('access', path, mode);
export const chdir = (path: string) => call<void>('chdir', path);
export const fchdir = (fd: number) => call<void>('fchdir', fd);
export const getcwd = () => call<string>('getcwd');
export const memfdCreate = (name: string) => call<number>('memfd_create', name);
/** epoll_create1(2) and eventfd2(2): descriptors that are only counted. */
export const epollCreate = () => call<number>('epoll_create1');
export const eventfd = () => call<number>('eventfd2');

/** inotify_init1(2): a descriptor to poll and read events from (`inotifyEvents` of abi.ts takes them apart). */
export const inotifyInit = (flags = 0) => call<number>('inotify_init1', flags);
/** inotify_add_watch(2): returns the watch's number in the events. ENOENT. */
export const inotifyAddWatch = (fd: number, path: string, mask: readonly InotifyMask[]) =>
  call<number>('inotify_add_watch', fd, path, mask);
export const inotifyRemoveWatch = (fd: number, watch: number) => call<void>('inotify_rm_watch', fd, watch);

// Mounts

/**
 * mount(2). `flags` are names: MS_BIND, MS_REC, MS_RDONLY, MS_REMOUNT, MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_NOSUID,
 * MS_NODEV, MS_NOEXEC, …
 */
export const mount = (source: string, target: string, fstype: string, flags: readonly string[], data = '') =>
  call<void>('mount', source, target, fstype, flags, data);
/** mount_setattr(2): an attribute is set for a mount, and with AT_RECURSIVE for all below it. */
export const mountSetattr = (target: string, flags: readonly 'AT_RECURSIVE'[], set: 'MOUNT_ATTR_RDONLY') =>
  call<void>('mount_setattr', target, flags, set);
export const umount2 = (target: string, flags: readonly ('MNT_DETACH' | 'MNT_FORCE')[] = []) =>
  call<void>('umount2', target, flags);
export const pivotRoot = (newRoot: string, putOld: string) => call<void>('pivot_root', newRoot, putOld);
export const chroot = (path: string) => call<void>('chroot', path);

// Namespaces

export const unshare = (...flags: readonly CloneFlag[]) => call<void>('unshare', flags);
/**
 * setns(2) for this coroutine: `fd` is of /proc/PID/ns/KIND or of a bind mount of one. A pid namespace counts for
 * children only.
 */
export const setns = (fd: number, kind: NamespaceKind) => call<void>('setns', fd, kind);
export const sethostname = (name: string) => call<void>('sethostname', name);
export const uname = () =>
  call<{
    readonly sysname: string;
    readonly nodename: string;
    readonly release: string;
    readonly version: string;
    readonly machine: string;
  }>('uname');
/** Inode numbers of the calling thread's namespaces. */
export const namespaces = () => call<Namespaces>('namespaces');

// Sockets

/**
 * socket(SOCK_STREAM) + connect(2) to a path (AF_UNIX) or an address and port (AF_INET): ECONNREFUSED when nobody
 * listens, ENOENT, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT. Sleeps while the backlog is full.
 */
export const connect = (to: string | InternetAddress) => call<number>('connect', to);
/**
 * socket + bind + listen on a path, or on an address and port; `0.0.0.0` and `::` are all of the namespace's. Port 0
 * takes a free one. EADDRINUSE, EADDRNOTAVAIL, EACCES.
 */
export const listen = (on: string | ListenAddress, backlog = 128) => call<number>('listen', on, backlog);
/** getsockname(2) and getpeername(2) of a TCP socket; without an address for a unix one. */
export const getsockname = (fd: number) => call<InternetAddress>('getsockname', fd);
export const getpeername = (fd: number) => call<InternetAddress>('getpeername', fd);
/** accept4(2): sleeps until a client connects. */
export const accept = (fd: number) => call<number>('accept4', fd);
export const socketpair = () => call<readonly [number, number]>('socketpair');
/** shutdown(2): no more is written ('write'), read ('read'). */
export const shutdown = (fd: number, how: 'read' | 'write') => call<void>('shutdown', fd, how);
export const sendmsg = (fd: number, data: string, fds: readonly number[]) => call<number>('sendmsg', fd, data, fds);
export const recvmsg = (fd: number, count = 65536) => call<SocketMessage>('recvmsg', fd, count);
/**
 * SO_PEERCRED: the host pid at the other end as the journal names it; 0 while nobody has accepted. `connection` is the
 * socket pair's number.
 */
export const peer = (fd: number) => call<{ readonly pid: number; readonly connection: number }>('peer', fd);

// Terminals

/** open /dev/ptmx in the caller's devpts: the master; the slave is `/dev/pts/${number}`. */
export const openpt = (ptmx = '/dev/ptmx') =>
  call<{ readonly master: number; readonly number: number }>('openpt', ptmx);
export const isatty = (fd: number) => call<boolean>('isatty', fd);
export const tcgetattr = (fd: number) => call<TerminalModes>('tcgetattr', fd);
export const tcsetattr = (fd: number, modes: Partial<TerminalModes>) => call<void>('tcsetattr', fd, modes);
export const tcsetpgrp = (fd: number, pgid: number) => call<void>('tcsetpgrp', fd, pgid);
export const tcgetpgrp = (fd: number) => call<number>('tcgetpgrp', fd);
/** TIOCSCTTY: the session leader takes this terminal as its controlling one. */
export const setControllingTerminal = (fd: number) => call<void>('tiocsctty', fd);
export const getWindowSize = (fd: number) =>
  call<{ readonly rows: number; readonly columns: number }>('tiocgwinsz', fd);
export const setWindowSize = (fd: number, rows: number, columns: number) => call<void>('tiocswinsz', fd, rows, columns);

// Network devices, and the glass itself

/** rtnetlink(7) on a socket of the calling coroutine's network namespace: devices, addresses, routes. */
export const netlink = (request: NetlinkRequest) => call<readonly NetworkLink[]>('netlink', request);
/** NETLINK_NETFILTER in the same way: packet filter rules and address translation. `list` gives the table's chains. */
export const netfilter = (request: NetfilterRequest) => call<readonly Chain[]>('netfilter', request);
/** Not of Linux, which has /proc/net/tcp and sock_diag(7) for it: the TCP sockets of the calling namespace. */
export const tcpSockets = () => call<readonly TcpSocketState[]>('tcpSockets');
/** Not of Linux: writes a fact of the program's own into the journal, at no cost of time. Returns its seq. */
export const journal = (fact: ProgramFact) => call<number>('journal', fact);
/** Not of Linux: a fresh number for a span or a message. */
export const glassId = () => call<number>('glassId');
/**
 * Not of Linux: writes into the journal that a message goes out on a socket. Returns its number and the caller's span,
 * for whoever reads it to say so.
 */
export const sendMessage = (fd: number, message: MessageText) =>
  call<{ readonly id: number; readonly span: number }>('sendMessage', fd, message);
/** Not of Linux: writes that a message has arrived; with `span` what follows belongs to its sender's span. */
export const receiveMessage = (id: number, span?: number) => call<void>('receiveMessage', id, span);
/**
 * Not of Linux: the calling coroutine's current span (0: none); what it writes from now on belongs to it, and what it
 * forks inherits it.
 */
export const getSpan = () => call<number>('getSpan');
export const setSpan = (span: number) => call<void>('setSpan', span);
/**
 * Not of Linux: writes the beginning of a span and enters it. `parent` is the span above it: the present one when
 * absent, none when 0. Returns its number and the span that was left.
 */
export const openSpan = (name: string, level: DetailLevel, parent?: number) =>
  call<{ readonly id: number; readonly outer: number }>('openSpan', name, level, parent);
/** Not of Linux: writes the end of a span, with what became of it unless it went well, and goes back to `outer`. */
export const closeSpan = (id: number, outer: number, outcome?: string) => call<void>('closeSpan', id, outer, outcome);
/**
 * Not of Linux: the span of whoever wrote what this coroutine last read from a socket (0: none). Joins a request's work
 * to its caller's.
 */
export const peerSpan = () => call<number>('peerSpan');
