/** Unix stream sockets: connected pairs, and listeners on paths. Man page: unix(7); Linux: net/unix/af_unix.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { wake } from '../scheduler.ts';
import { sendSignal } from '../task/signal.ts';
import { releaseFile, type OpenFile } from '../vfs/open-file.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from '../wait.ts';

/** What the kernel as a whole knows of sockets. */
export interface SocketLayer {
  /** Number of the next connection: the same for both ends. */
  nextConnection: number;
}

export function createSocketLayer(): SocketLayer {
  return { nextConnection: 1 };
}

/** One end of a connection. */
export interface UnixSocket {
  readonly inode: number;
  readonly connection: number;
  /** The path it was connected to; empty for a pair. */
  readonly path: string;
  /** Host pid of the task that used this end last. */
  user: number;
  /** Null once the other end is closed. */
  peer: UnixSocket | null;
  /** Who the other end was, after it is closed too. */
  peerUser: number;
  readonly inbox: Segment[];
  /** Bytes in the inbox. */
  buffered: number;
  /** SHUT_RD and SHUT_WR. */
  readShut: boolean;
  writeShut: boolean;
  /** The other end was closed with unread bytes: the next read that finds nothing fails once. */
  reset: boolean;
  closed: boolean;
  /** Something to read, or the end. */
  readonly readable: WaitQueue;
  /** Room at the other end, or nobody there. */
  readonly writable: WaitQueue;
}

/** What one write put in: it carries its descriptors and its writer's span. */
interface Segment {
  data: string;
  files: readonly OpenFile[];
  readonly span: number;
}

export interface Listener {
  readonly inode: number;
  readonly path: string;
  readonly limit: number;
  owner: number;
  open: boolean;
  /** Server ends that nobody has accepted yet. */
  readonly backlog: UnixSocket[];
  readonly acceptable: WaitQueue;
  readonly roomy: WaitQueue;
}

/** Linux: the default of net.core.wmem_default. */
const bufferBytes = 212992;

export function createListener(kernel: Kernel, task: Task, path: string, limit: number): Listener {
  return {
    inode: nextInode(kernel),
    path,
    limit,
    owner: task.pid,
    open: true,
    backlog: [],
    acceptable: waitQueue(),
    roomy: waitQueue(),
  };
}

/** Two ends that are connected, both used by `first` and `second`. */
export function createPair(
  kernel: Kernel,
  first: number,
  second: number,
  path = '',
): readonly [UnixSocket, UnixSocket] {
  const connection = kernel.sockets.nextConnection;
  kernel.sockets.nextConnection += 1;
  const one = unconnected(kernel, connection, first, second, path);
  const other = unconnected(kernel, connection, second, first, path);
  one.peer = other;
  other.peer = one;
  return [one, other];
}

function unconnected(kernel: Kernel, connection: number, user: number, peerUser: number, path: string): UnixSocket {
  return {
    inode: nextInode(kernel),
    connection,
    path,
    user,
    peer: null,
    peerUser,
    inbox: [],
    buffered: 0,
    readShut: false,
    writeShut: false,
    reset: false,
    closed: false,
    readable: waitQueue(),
    writable: waitQueue(),
  };
}

/**
 * write(2) and sendmsg(2): takes what fits. EPIPE with SIGPIPE when the other end is gone. The files' references
 * go with the message.
 */
export function send(
  kernel: Kernel,
  thread: Thread,
  socket: UnixSocket,
  data: string,
  files: readonly OpenFile[],
  nonBlocking: boolean,
): number | Sleep<number> {
  return sleepUntil([socket.writable], () => {
    socket.user = thread.task.pid;
    const { peer } = socket;
    if (peer === null || socket.writeShut || peer.readShut) {
      sendSignal(kernel, thread.task, thread.task, 'SIGPIPE');
      throw new Errno('EPIPE');
    }
    const room = bufferBytes - peer.buffered;
    if (room <= 0 && data !== '') {
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const taken = data.slice(0, room);
    for (const file of files) file.references += 1;
    if (taken !== '' || files.length > 0) peer.inbox.push({ data: taken, files, span: thread.span });
    peer.buffered += taken.length;
    wake(kernel, peer.readable);
    return taken.length;
  });
}

/**
 * read(2) and recvmsg(2): bytes up to where another writer's begin, and the files that came with them. '' at the end.
 * ECONNRESET once, when the other end was closed with bytes unread.
 */
export function receive(
  kernel: Kernel,
  thread: Thread,
  socket: UnixSocket,
  count: number,
  nonBlocking: boolean,
): Segment | Sleep<Segment> {
  return sleepUntil([socket.readable], () => {
    socket.user = thread.task.pid;
    if (socket.inbox.length === 0 || count === 0) {
      if (socket.reset) {
        socket.reset = false;
        throw new Errno('ECONNRESET');
      }
      if (count === 0 || isAtEnd(socket)) return { data: '', files: [], span: 0 };
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const taken = takeFrom(socket.inbox, count);
    socket.buffered -= taken.data.length;
    thread.peerSpan = taken.span;
    if (socket.peer !== null) wake(kernel, socket.peer.writable);
    return taken;
  });
}

function takeFrom(inbox: Segment[], count: number): Segment {
  const span = inbox[0]?.span ?? 0;
  const taken: Segment = { data: '', files: [], span };
  for (let first = inbox[0]; first !== undefined; first = inbox[0]) {
    if (taken.data.length >= count || first.span !== span || (taken.data !== '' && first.files.length > 0)) break;
    const part = first.data.slice(0, count - taken.data.length);
    taken.data += part;
    if (first.files.length > 0) taken.files = first.files;
    first.files = [];
    first.data = first.data.slice(part.length);
    if (first.data !== '') break;
    inbox.shift();
  }
  return taken;
}

/** Nothing more will come. */
export function isAtEnd(socket: UnixSocket): boolean {
  return socket.readShut || socket.peer === null || socket.peer.writeShut;
}

/** Whether a write would not sleep. */
export function hasRoom(socket: UnixSocket): boolean {
  return socket.peer === null || socket.writeShut || socket.peer.buffered < bufferBytes;
}

/** shutdown(2). */
export function shutSocket(kernel: Kernel, socket: UnixSocket, how: 'read' | 'write'): void {
  if (socket.peer === null) throw new Errno('ENOTCONN');
  if (how === 'read') socket.readShut = true;
  else socket.writeShut = true;
  wakeBoth(kernel, socket);
  wakeBoth(kernel, socket.peer);
}

/** The last descriptor of this end is closed. */
export function closeSocket(kernel: Kernel, socket: UnixSocket): void {
  if (socket.closed) return;
  socket.closed = true;
  const { peer } = socket;
  if (peer !== null) {
    peer.reset = socket.inbox.length > 0;
    peer.peerUser = socket.user;
    peer.peer = null;
    wakeBoth(kernel, peer);
  }
  socket.peer = null;
  for (const { files } of socket.inbox) for (const file of files) releaseFile(kernel, file);
  socket.inbox.length = 0;
}

/** Nobody listens any more: who has not been accepted finds its connection reset. The path's name stays. */
export function closeListener(kernel: Kernel, listener: Listener): void {
  listener.open = false;
  for (const end of listener.backlog) {
    const client = end.peer;
    closeSocket(kernel, end);
    if (client !== null) client.reset = true;
  }
  listener.backlog.length = 0;
  wake(kernel, listener.roomy);
}

function wakeBoth(kernel: Kernel, socket: UnixSocket): void {
  wake(kernel, socket.readable);
  wake(kernel, socket.writable);
}

function nextInode(kernel: Kernel): number {
  const inode = kernel.nextInode;
  kernel.nextInode += 1;
  return inode;
}
