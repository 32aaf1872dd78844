/** Calls about files, descriptors and sockets. */
import { O, type PollRequest, type PollResult, type SocketMessage, type Stat } from '../../../kernel/abi.ts';
import { bytesOf, octal, quote, somewhere } from './quote.ts';
import type { ShapeOf } from './shown-call.ts';

/** Paths are quoted whole, numbers as they are. */
const paths =
  (name: string, before = ''): ShapeOf =>
  (args) => ({
    name,
    entry: before + args.map((arg) => (typeof arg === 'string' ? quote(arg) : String(arg))).join(', '),
  });

const pathAndMode =
  (name: string): ShapeOf =>
  ([path, mode]) => ({ name, entry: `${quote(String(path))}, ${octal(mode)}` });

const openFlags = [
  'CREAT',
  'EXCL',
  'NOCTTY',
  'TRUNC',
  'APPEND',
  'NONBLOCK',
  'DIRECTORY',
  'NOFOLLOW',
  'CLOEXEC',
  'PATH',
];

function openWords(flags: number): string {
  const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_RDWR'][flags & 3] ?? '';
  const names = openFlags.filter((name) => (flags & O[name as keyof typeof O]) !== 0);
  return [access, ...names.map((name) => `O_${name}`)].join('|');
}

const fileTypes = {
  file: 'S_IFREG',
  directory: 'S_IFDIR',
  symlink: 'S_IFLNK',
  fifo: 'S_IFIFO',
  socket: 'S_IFSOCK',
  character: 'S_IFCHR',
  block: 'S_IFBLK',
} as const;

function statWords(value: unknown): string {
  if (value === null) return somewhere;
  const { type, mode, size } = value as Stat;
  return `{st_mode=${fileTypes[type]}|${octal(mode & 0o7777).padStart(4, '0')}, st_size=${size}, ...}`;
}

const statAt =
  (flags: string): ShapeOf =>
  ([path]) => ({
    name: 'newfstatat',
    entry: `AT_FDCWD, ${quote(String(path))}, `,
    exit: (value) => `${statWords(value)}, ${flags}`,
    result: () => '0',
  });

const dup: ShapeOf = ([from, to, closeOnExec]) => {
  if (to !== -1) {
    const entry = `${String(from)}, ${String(to)}`;
    return closeOnExec === true ? { name: 'dup3', entry: `${entry}, O_CLOEXEC` } : { name: 'dup2', entry };
  }
  return closeOnExec === true
    ? { name: 'fcntl', entry: `${String(from)}, F_DUPFD_CLOEXEC, 0` }
    : { name: 'dup', entry: String(from) };
};

const fcntl: ShapeOf = ([fd, operation, on]) => {
  const value = operation === 'F_SETFD' ? 'FD_CLOEXEC' : 'O_RDONLY|O_NONBLOCK';
  const off = operation === 'F_SETFD' ? '0' : 'O_RDONLY';
  return { name: 'fcntl', entry: `${String(fd)}, ${String(operation)}, ${on === true ? value : off}` };
};

const poll: ShapeOf = ([requests, timeoutNs]) => {
  const list = requests as readonly PollRequest[];
  const events = list.map(({ fd, events: wanted }) => {
    const names = wanted.map((event) => (event === 'in' ? 'POLLIN' : 'POLLOUT'));
    return `{fd=${fd}, events=${names.join('|') || '0'}}`;
  });
  const timeout = timeoutNs === undefined ? '-1' : String(Math.round(Number(timeoutNs) / 1e6));
  return {
    name: 'poll',
    entry: `[${events.join(', ')}], ${list.length}, ${timeout}`,
    result: (value) => {
      const ready = value as readonly PollResult[];
      return ready.length === 0 ? '0 (Timeout)' : `${ready.length} ([${ready.map(readyWords).join(', ')}])`;
    },
  };
};

function readyWords(result: PollResult): string {
  const names = [result.in ? 'POLLIN' : '', result.out ? 'POLLOUT' : '', result.hangup ? 'POLLHUP' : ''];
  return `{fd=${result.fd}, revents=${names.filter(Boolean).join('|')}}`;
}

const pair = (value: unknown): string => (value === null ? somewhere : `[${(value as readonly number[]).join(', ')}]`);

function messageWords(data: string, fds: readonly number[]): string {
  const control =
    fds.length === 0
      ? 'msg_controllen=0'
      : `msg_control=[{cmsg_len=${16 + 4 * fds.length}, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, ` +
        `cmsg_data=[${fds.join(', ')}]}], msg_controllen=${16 + 8 * Math.ceil(fds.length / 2)}`;
  return `{msg_name=NULL, msg_namelen=0, msg_iov=[${data}], msg_iovlen=1, ${control}, msg_flags=0}`;
}

const terminal =
  (request: string, words: (args: readonly unknown[]) => string = () => '{...}'): ShapeOf =>
  (args) => ({ name: 'ioctl', entry: `${String(args[0])}, ${request}, ${words(args)}`, result: () => '0' });

const whences: Readonly<Record<string, string>> = { set: 'SEEK_SET', current: 'SEEK_CUR', end: 'SEEK_END' };

export const fileShapes: Readonly<Record<string, ShapeOf>> = {
  open: ([path, flags, mode]) => ({
    name: 'openat',
    entry:
      `AT_FDCWD, ${quote(String(path))}, ${openWords(Number(flags))}` +
      ((Number(flags) & O.CREAT) !== 0 ? `, ${octal(mode)}` : ''),
  }),
  openpt: ([path]) => ({
    name: 'openat',
    entry: `AT_FDCWD, ${quote(String(path))}, O_RDWR|O_NOCTTY|O_CLOEXEC`,
    result: (value) => String((value as { readonly master: number }).master),
  }),
  read: ([fd, count], text) => ({
    name: 'read',
    entry: `${String(fd)}, `,
    exit: (value) => `${value === null ? somewhere : text(bytesOf(value))}, ${String(count)}`,
    result: (value) => String(bytesOf(value).length),
  }),
  write: ([fd, data], text) => ({
    name: 'write',
    entry: `${String(fd)}, ${text(String(data))}, ${String(data).length}`,
  }),
  close: paths('close'),
  pipe2: ([flags]) => ({
    name: 'pipe2',
    entry: '',
    exit: (value) => `${pair(value)}, ${(Number(flags) & O.CLOEXEC) === 0 ? '0' : 'O_CLOEXEC'}`,
    result: () => '0',
  }),
  dup3: dup,
  fcntl,
  flock: ([fd]) => ({ name: 'flock', entry: `${String(fd)}, LOCK_EX|LOCK_NB` }),
  poll,
  lseek: ([fd, offset, whence]) => ({
    name: 'lseek',
    entry: `${String(fd)}, ${String(offset)}, ${whences[String(whence)] ?? ''}`,
  }),
  stat: statAt('0'),
  lstat: statAt('AT_SYMLINK_NOFOLLOW'),
  fstat: ([fd]) => ({
    name: 'newfstatat',
    entry: `${String(fd)}, "", `,
    exit: (value) => `${statWords(value)}, AT_EMPTY_PATH`,
    result: () => '0',
  }),
  mkdir: pathAndMode('mkdir'),
  chmod: pathAndMode('chmod'),
  rmdir: paths('rmdir'),
  unlink: paths('unlink'),
  rename: paths('rename'),
  link: paths('link'),
  symlink: paths('symlink'),
  chown: paths('chown'),
  truncate: paths('truncate'),
  chdir: paths('chdir'),
  chroot: paths('chroot'),
  statfs: ([path]) => ({ name: 'statfs', entry: `${quote(String(path))}, {...}`, result: () => '0' }),
  umask: ([mask]) => ({ name: 'umask', entry: octal(mask), result: octal }),
  access: ([path, mode]) => ({
    name: 'access',
    entry: `${quote(String(path))}, ${mode === 'f' ? 'F_OK' : `${String(mode).toUpperCase()}_OK`}`,
  }),
  getcwd: () => ({
    name: 'getcwd',
    entry: '',
    exit: (value) => `${value === null ? somewhere : quote(bytesOf(value))}, 4096`,
    result: (value) => String(bytesOf(value).length + 1),
  }),
  readlink: ([path]) => ({
    name: 'readlink',
    entry: `${quote(String(path))}, `,
    exit: (value) => `${value === null ? somewhere : quote(bytesOf(value))}, 4096`,
    result: (value) => String(bytesOf(value).length),
  }),
  memfd_create: ([name]) => ({ name: 'memfd_create', entry: `${quote(String(name))}, MFD_CLOEXEC` }),
  epoll_create1: () => ({ name: 'epoll_create1', entry: 'EPOLL_CLOEXEC' }),
  eventfd2: () => ({ name: 'eventfd2', entry: '0, EFD_CLOEXEC|EFD_NONBLOCK' }),
  inotify_add_watch: ([fd, path, mask]) => ({
    name: 'inotify_add_watch',
    entry: `${String(fd)}, ${quote(String(path))}, ${(mask as readonly string[]).join('|')}`,
  }),
  socketpair: () => ({
    name: 'socketpair',
    entry: 'AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, ',
    exit: pair,
    result: () => '0',
  }),
  shutdown: ([fd, how]) => ({
    name: 'shutdown',
    entry: `${String(fd)}, ${how === 'read' ? 'SHUT_RD' : 'SHUT_WR'}`,
  }),
  sendmsg: ([fd, data, fds], text) => {
    const bytes = `{iov_base=${text(String(data))}, iov_len=${String(data).length}}`;
    return { name: 'sendmsg', entry: `${String(fd)}, ${messageWords(bytes, fds as readonly number[])}, 0` };
  },
  recvmsg: ([fd, count], text) => ({
    name: 'recvmsg',
    entry: `${String(fd)}, `,
    exit: (value) => {
      const { data, fds } = (value ?? { data: '', fds: [] }) as SocketMessage;
      return `${messageWords(`{iov_base=${text(data)}, iov_len=${String(count)}}`, fds)}, MSG_CMSG_CLOEXEC`;
    },
    result: (value) => String((value as SocketMessage).data.length),
  }),
  isatty: (args, text) => ({
    ...terminal('TCGETS')(args, text),
    result: (value) => (value === true ? '0' : '-1 ENOTTY (Inappropriate ioctl for device)'),
  }),
  tcgetattr: terminal('TCGETS'),
  tcsetattr: terminal('TCSETSW'),
  tcgetpgrp: terminal('TIOCGPGRP', () => '[...]'),
  tcsetpgrp: terminal('TIOCSPGRP', ([, pgid]) => `[${String(pgid)}]`),
  tiocsctty: terminal('TIOCSCTTY', () => '0'),
  tiocgwinsz: terminal('TIOCGWINSZ'),
};
