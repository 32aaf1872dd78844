/** What `-e trace=` takes: names of calls and of their groups. strace: src/linux/x86_64/syscallent.h. */

/** Groups by name; a call may be in several. */
const groups: Readonly<Record<string, string>> = {
  file:
    'access chdir chmod chown chroot creat execve execveat faccessat faccessat2 fchmodat fchownat getcwd ' +
    'inotify_add_watch link linkat lstat mkdir mkdirat mknod mknodat mount newfstatat open openat openat2 pivot_root ' +
    'quotactl readlink readlinkat rename renameat renameat2 rmdir stat statfs statx symlink symlinkat truncate umount2 ' +
    'unlink unlinkat utimensat',
  process:
    'arch_prctl clone clone3 execve execveat exit exit_group fork kill pidfd_send_signal rt_sigqueueinfo tgkill tkill ' +
    'unshare vfork wait4 waitid',
  network:
    'accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg ' +
    'sendto setsockopt shutdown socket socketpair',
  signal:
    'kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn ' +
    'rt_sigsuspend rt_sigtimedwait sigaltstack signalfd signalfd4 tgkill tkill',
  ipc: 'msgctl msgget msgrcv msgsnd semctl semget semop shmat shmctl shmdt shmget',
  desc:
    'close dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 fallocate fchmod fchown fcntl flock ' +
    'fstat fsync ftruncate getdents64 inotify_add_watch inotify_init1 inotify_rm_watch ioctl lseek memfd_create mmap ' +
    'newfstatat openat pidfd_open pipe2 poll ppoll pread64 pselect6 pwrite64 read readv select setns timerfd_create ' +
    'write writev',
  memory: 'brk madvise mlock mmap mprotect mremap munmap',
  creds:
    'capget capset getegid geteuid getgid getgroups getresgid getresuid getuid prctl setgid setgroups setresgid ' +
    'setresuid setuid',
  stat: 'stat',
  lstat: 'lstat',
  fstat: 'fstat fstatat64 newfstatat',
  '%stat': 'fstat lstat newfstatat stat statx',
  statfs: 'statfs',
  fstatfs: 'fstatfs',
  '%statfs': 'fstatfs statfs ustat',
  clock: 'clock_getres clock_gettime clock_settime gettimeofday',
  pure: 'getegid geteuid getgid getpgrp getpid getppid gettid getuid',
};

/** Calls of Linux that are in no group. */
const others =
  'alarm clock_nanosleep futex getpgid getpgrp getpriority getrandom getrlimit getrusage getsid io_uring_setup ' +
  'keyctl bpf nanosleep personality prlimit64 reboot restart_syscall rseq sched_getaffinity sched_setaffinity ' +
  'sched_yield seccomp set_robust_list set_tid_address setdomainname sethostname setpgid setpriority setrlimit setsid ' +
  'splice sync sysinfo syslog tee timer_create times umask uname vmsplice';

const words = (text: string): readonly string[] => text.split(' ');
const all: ReadonlySet<string> = new Set([...Object.values(groups).flatMap(words), ...words(others)]);

export type CallFilter = (call: string) => boolean;

/**
 * `process,signal`, `%file`, `!read,write`, `all`, `none`, `/REGEX`, `?name`. What names no call is given back as text.
 */
export function callFilter(expression: string): CallFilter | { readonly invalid: string } {
  const inverts = expression.startsWith('!');
  const chosen = new Set<string>();
  for (const part of (inverts ? expression.slice(1) : expression).split(',')) {
    const found = callsOf(part.replace(/^\?/, '').replace(/@(64|32|x32)$/, ''));
    if (!found && !part.startsWith('?')) return { invalid: part };
    for (const call of found ?? []) chosen.add(call);
  }
  return (call) => chosen.has(call) !== inverts;
}

function callsOf(name: string): Iterable<string> | undefined {
  if (name === 'all') return all;
  if (name === 'none') return [];
  const group = groups[name.replace(/^%/, '')];
  // Groups with one per cent sign had none once, and are still known so; but where a call has the name.
  if (group !== undefined && (name.startsWith('%') || !all.has(name))) return words(group);
  if (name.startsWith('/')) return [...all].filter((call) => new RegExp(name.slice(1)).test(call));
  return all.has(name) ? [name] : undefined;
}
