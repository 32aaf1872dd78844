/**
 * The errors that system calls fail with, and the words that perror(3) has for them (glibc's; musl's and busybox's are
 * the same here).
 */
const messages = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  E2BIG: [7, 'Argument list too long'],
  ENOEXEC: [8, 'Exec format error'],
  EBADF: [9, 'Bad file descriptor'],
  ECHILD: [10, 'No child processes'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EFAULT: [14, 'Bad address'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  EMFILE: [24, 'Too many open files'],
  ENOTTY: [25, 'Inappropriate ioctl for device'],
  ETXTBSY: [26, 'Text file busy'],
  EFBIG: [27, 'File too large'],
  ENOSPC: [28, 'No space left on device'],
  ESPIPE: [29, 'Illegal seek'],
  EROFS: [30, 'Read-only file system'],
  EPIPE: [32, 'Broken pipe'],
  ERANGE: [34, 'Numerical result out of range'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOSYS: [38, 'Function not implemented'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  ENOTSOCK: [88, 'Socket operation on non-socket'],
  EOPNOTSUPP: [95, 'Operation not supported'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ECONNRESET: [104, 'Connection reset by peer'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTUNREACH: [113, 'No route to host'],
} as const;

export type ErrnoName = keyof typeof messages;

/** V8 keeps the stack of each error that is made, as deep as this says. To others it is nothing. */
const stacks = Error as typeof Error & { stackTraceLimit?: number };

/** A system call's failure, thrown into the program that called. */
export class Errno extends Error {
  readonly errno: ErrnoName;
  constructor(errno: ErrnoName) {
    // Nobody reads the stack of a call's failure, and V8 takes longer for it than the call did.
    const limit = stacks.stackTraceLimit ?? 10;
    stacks.stackTraceLimit = 0;
    super(messages[errno][1]);
    stacks.stackTraceLimit = limit;
    this.errno = errno;
  }
}

/** perror(3)'s words for an errno: `No such file or directory`. */
export function strerror(errno: ErrnoName): string {
  return messages[errno][1];
}

export function isErrno(error: unknown, ...names: ErrnoName[]): error is Errno {
  return error instanceof Errno && (names.length === 0 || names.includes(error.errno));
}

/** The number of an errno, as some programs print it. */
export function errnoNumber(errno: ErrnoName): number {
  return messages[errno][0];
}
