/**
 * What of Linux's system calls is there, what of each is left out, and why some are refused: the honest part. It stands
 * in MODEL.md too; a test compares.
 */

export interface CallSupport {
  /** Linux's name; with the option, where a call is many. */
  readonly call: string;
  /** Those of system-calls.ts that do it. Refused calls have none. */
  readonly handlers: readonly string[];
  readonly support: 'supported' | 'partial' | 'refused';
  /** What is left out, or why it is refused; empty for what is whole. */
  readonly note: string;
}

function whole(...calls: readonly string[]): readonly CallSupport[] {
  return calls.map((call) => ({ call, handlers: [call], support: 'supported', note: '' }));
}

function partial(call: string, note: string, handlers: readonly string[] = [call]): CallSupport {
  return { call, handlers, support: 'partial', note };
}

function refused(call: string, note: string): CallSupport {
  return { call, handlers: [], support: 'refused', note };
}

const tasks: readonly CallSupport[] = [
  partial(
    'clone',
    'Memory is shared, as after vfork; no CLONE_THREAD, CLONE_FILES, CLONE_INTO_CGROUP. fork is this one.',
  ),
  partial('execve', 'ELF files name a program of the simulator; `#!` works. No set-user-ID.'),
  partial('execveat', 'As execve.'),
  ...whole('exit_group', 'getpid', 'getppid', 'setsid', 'getsid', 'setpgid', 'getpgid'),
  partial(
    'wait4',
    'WNOHANG, WUNTRACED (continues are told with it), WNOWAIT; no resource usage, no __WALL. waitid is this one.',
  ),
  partial('kill', 'By process, group or all; not by thread id.'),
  partial(
    'rt_sigaction',
    'SIG_IGN, SIG_DFL, a handler, SA_RESTART; no sa_mask, SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO.',
  ),
  partial('rt_sigprocmask', 'One mask for the process: its leader takes the signals.'),
  ...whole('pause'),
  partial(
    'prctl',
    'PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, PR_SET_NAME, PR_CAPBSET_DROP; others are written down and change nothing.',
    ['prctl', 'confine'],
  ),
  partial('capset', 'Effective and permitted sets; none is inherited, no ambient ones.', ['confine']),
  partial('seccomp', 'Shown in /proc; nothing is filtered.', ['confine']),
  partial('bpf', 'Filters of devices, attached to a cgroup; a filter is its rules.', ['bpf', 'confine']),
  partial('setuid', 'One user and one group, set together; no saved or file-system ids.'),
  ...whole('setgroups', 'getuid'),
  partial(
    'getpriority',
    'Of a process; not of a group or a user. setpriority likewise: all threads of a process have it.',
    ['getpriority', 'setpriority'],
  ),
  partial('prlimit64', 'NOFILE, NPROC, FSIZE, AS, DATA, CPU and CORE act; the others are kept and told.'),
  partial('unshare', 'No CLONE_NEWTIME, CLONE_FILES.'),
  partial('setns', 'By a descriptor of /proc/PID/ns; not by pidfd.'),
  ...whole('sethostname', 'uname'),
  partial('ptrace', 'PTRACE_SEIZE, PTRACE_DETACH and what is told; the traced never stops, and nobody changes it.', [
    'ptraceSeize',
    'ptraceDetach',
    'ptraceRead',
  ]),
  refused('pidfd_open', 'Programs wait by number.'),
  refused('rt_sigqueueinfo', 'A signal carries no value.'),
  refused('sched_setaffinity', 'Processors are chosen for cgroups (cpuset.cpus), not for threads.'),
];

const timeAndMemory: readonly CallSupport[] = [
  ...whole('nanosleep', 'getrandom'),
  partial('clock_gettime', 'CLOCK_MONOTONIC and CLOCK_REALTIME, of virtual time.'),
  partial('futex', 'FUTEX_WAIT and FUTEX_WAKE (all) within a process; a wait may end early, as after a signal.', [
    'futexWait',
    'futexWake',
  ]),
  partial('mmap', 'An amount of anonymous memory, touched at once, which limits and the OOM killer act on; no files.'),
  ...whole('munmap'),
  refused('timer_create', 'Programs sleep, or poll with a deadline.'),
];

const files: readonly CallSupport[] = [
  partial(
    'open',
    'The flags of sys.ts; no O_SYNC, O_DIRECT, O_TMPFILE. openat is this one, from the working directory.',
  ),
  partial('read', 'No readv, no pread: lseek before it.'),
  partial('write', 'No writev, no pwrite: lseek before it.'),
  ...whole(
    'close',
    'pipe2',
    'lseek',
    'umask',
    'chdir',
    'fchdir',
    'getcwd',
    'mkdir',
    'rmdir',
    'unlink',
    'link',
    'symlink',
    'readlink',
  ),
  partial('dup3', 'dup and dup2 too; onto itself it changes nothing.'),
  partial('fcntl', 'F_SETFD, F_SETFL with O_NONBLOCK, F_SETPIPE_SZ and F_GETPIPE_SZ; no locks, no leases.', [
    'fcntl',
    'pipeSize',
  ]),
  partial('poll', 'POLLIN, POLLOUT, POLLHUP; epoll and select are this one.'),
  partial('stat', 'One time stamp, that of the last change.'),
  partial('lstat', 'One time stamp, that of the last change.'),
  partial('fstat', 'One time stamp, that of the last change.'),
  partial('getdents64', 'By path, all entries at once, in order of name.'),
  partial('rename', 'No RENAME_EXCHANGE, RENAME_NOREPLACE.'),
  partial('mknod', 'Fifos, sockets, character and block devices.'),
  partial('chmod', 'No access control lists, no set-user-ID.'),
  partial('chown', 'By user 0 only.'),
  partial('truncate', 'By path.'),
  partial('fallocate', 'From the beginning; no holes are punched.'),
  partial('flock', 'LOCK_EX with LOCK_NB; not shared, and given up with the last descriptor only.'),
  partial('statfs', 'Size and room of ext4 and tmpfs; the others have no end.'),
  partial('utimensat', 'To the present time.'),
  partial('access', 'One question at a time.'),
  partial('memfd_create', 'No seals.'),
  partial('epoll_create1', 'A descriptor that counts; poll waits.'),
  partial('eventfd2', 'A descriptor that counts; threads wake each other by futexes.'),
  partial('inotify_init1', 'IN_MODIFY of files, control files of cgroups among them; no directories’ events.'),
  ...whole('inotify_add_watch', 'inotify_rm_watch'),
  refused('io_uring_setup', 'Programs wait in the calls themselves.'),
  refused('setxattr', 'Extended attributes are not modelled; an overlay’s whiteouts are devices.'),
];

const mounts: readonly CallSupport[] = [
  partial(
    'mount',
    'ext4, overlay, tmpfs, proc, sysfs, cgroup2, devpts, mqueue; binds, remounts, propagation. No quotas.',
  ),
  partial('mount_setattr', 'MOUNT_ATTR_RDONLY, set.'),
  partial('umount2', 'MNT_DETACH; MNT_FORCE is as without.'),
  ...whole('pivot_root', 'chroot'),
  refused('fsopen', 'The newer mount calls are not modelled; runc falls back to mount.'),
];

const sockets: readonly CallSupport[] = [
  partial('connect', 'SOCK_STREAM of AF_UNIX, AF_INET and AF_INET6 (::1 only); makes the socket too.'),
  partial('listen', 'SOCK_STREAM of AF_UNIX, AF_INET and AF_INET6; makes and binds the socket too.'),
  ...whole('accept4', 'getsockname', 'getpeername'),
  partial('socketpair', 'AF_UNIX, SOCK_STREAM.'),
  ...whole('shutdown'),
  partial('sendmsg', 'Data and descriptors (SCM_RIGHTS).'),
  partial('recvmsg', 'Data and descriptors (SCM_RIGHTS).'),
  partial('getsockopt', 'SO_PEERCRED’s pid.', ['peer']),
  partial(
    'netlink',
    'rtnetlink’s devices, addresses and routes, as one request each; NETLINK_NETFILTER’s filter and nat tables, which ' +
      'the first packet of a connection goes through; the TCP sockets that sock_diag lists.',
    ['netlink', 'netfilter', 'tcpSockets'],
  ),
  refused('socket(SOCK_DGRAM)', 'Of the protocols there is TCP: no UDP, no ICMP, no raw packet.'),
];

const terminals: readonly CallSupport[] = [
  partial('open(/dev/ptmx)', 'TIOCGPTN and TIOCSPTLCK are in it.', ['openpt']),
  partial(
    'ioctl(TCGETS, TCSETS)',
    'Canonical mode, echo, signals, and CR against newline; no speeds, no other control characters.',
    ['tcgetattr', 'tcsetattr', 'isatty'],
  ),
  partial('ioctl(TIOCSPGRP, TIOCGPGRP)', 'With job control: SIGTTIN, SIGTTOU, orphaned groups.', [
    'tcsetpgrp',
    'tcgetpgrp',
  ]),
  partial('ioctl(TIOCSCTTY)', 'No stealing of another session’s terminal.', ['tiocsctty']),
  partial('ioctl(TIOCGWINSZ, TIOCSWINSZ)', 'Rows and columns; no pixels.', ['tiocgwinsz', 'tiocswinsz']),
];

/** Every call of Linux that is there or might be asked for, by what it is about. */
export const callSupport: readonly { readonly about: string; readonly calls: readonly CallSupport[] }[] = [
  { about: 'Tasks, signals, namespaces', calls: tasks },
  { about: 'Time, chance, memory', calls: timeAndMemory },
  { about: 'Files', calls: files },
  { about: 'Mounts', calls: mounts },
  { about: 'Sockets and network devices', calls: sockets },
  { about: 'Terminals', calls: terminals },
];

/** Handlers that stand for no call of Linux: work between two calls, coroutines, and the glass itself. */
export const ownCalls: readonly string[] = [
  'compute',
  'load',
  'go',
  'setThreads',
  'namespaces',
  'journal',
  'glassId',
  'sendMessage',
  'receiveMessage',
  'getSpan',
  'setSpan',
  'openSpan',
  'closeSpan',
  'peerSpan',
];

/** The table as MODEL.md has it. */
export function systemCallsTable(): string {
  const rows = callSupport.flatMap(({ about, calls }) => [
    `### ${about}\n\n| call | | what is left out, or why |\n|---|---|---|`,
    ...calls.map(({ call, support, note }) => `| \`${call}\` | ${support} | ${note} |`),
    '',
  ]);
  return rows.join('\n');
}
