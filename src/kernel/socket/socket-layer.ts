/**
 * Stream sockets: connected pairs, and listeners on paths or ports. Man pages: unix(7), tcp(7); Linux:
 * net/unix/af_unix.c, net/ipv4/tcp.c.
 */
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { hold, release } from '../namespace/holders.ts';
import type { InternetAddress } from '../net/internet-address.ts';
import type { NetNamespace } from '../net/network-layer.ts';
import { wake } from '../scheduler.ts';
import { sendSignal } from '../task/signal.ts';
import { releaseFile, type OpenFile } from '../vfs/open-file.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from '../wait.ts';
import { recordArrival, recordDeparture } from './segment-facts.ts';

/** What the kernel as a whole knows of sockets. */
export interface SocketLayer {
  /** Number of the next connection: the same for both ends. */
  nextConnection: number;
}

export function createSocketLayer(): SocketLayer {
  return { nextConnection: 1 };
}

/** One end of a connection. */
export interface StreamSocket {
  readonly inode: number;
  readonly connection: number;
  /** The path it was connected to; empty for a pair and for TCP. */
  readonly path: string;
  /** Null for a unix socket. */
  readonly internet: InternetEnd | null;
  /** Host pid of the task that used this end last. */
  user: number;
  /** Null once the other end is closed. */
  peer: StreamSocket | null;
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

/** One end of a TCP connection, in its network namespace, with the addresses as it sees them. */
export interface InternetEnd {
  readonly namespace: NetNamespace;
  readonly local: InternetAddress;
  readonly remote: InternetAddress;
  /** It called connect(2). */
  readonly isClient: boolean;
  /** What it asked last, as a packet capture names it; an answer is told by it. */
  lastRequest: string;
  /** The newest segment that was read here, by the journal's number. */
  lastArrival: number;
}

/** What one write put in: it carries its descriptors, its writer's span, and the journal's number of a TCP segment. */
interface Segment {
  data: string;
  files: readonly OpenFile[];
  readonly span: number;
  readonly message: number;
}

export interface Listener {
  readonly inode: number;
  readonly path: string;
  /** Where it was made. */
  readonly namespace: NetNamespace;
  /** Null on a path. */
  readonly port: ListeningPort | null;
  readonly limit: number;
  owner: number;
  open: boolean;
  /** Server ends that nobody has accepted yet. */
  readonly backlog: StreamSocket[];
  readonly acceptable: WaitQueue;
  readonly roomy: WaitQueue;
}

/** Where a TCP socket listens. */
export interface ListeningPort {
  readonly namespace: NetNamespace;
  readonly at: InternetAddress;
  /** IPV6_V6ONLY: `::` takes no IPv4 connections. */
  readonly isIpv6Only: boolean;
}

/** Linux: the default of net.core.wmem_default. */
const bufferBytes = 212992;

export function createListener(
  kernel: Kernel,
  task: Task,
  on: { readonly namespace: NetNamespace; readonly path: string } | ListeningPort,
  limit: number,
): Listener {
  const port = 'path' in on ? null : on;
  return {
    inode: nextInode(kernel),
    path: 'path' in on ? on.path : '',
    namespace: on.namespace,
    port,
    limit,
    owner: task.pid,
    open: true,
    backlog: [],
    acceptable: waitQueue(),
    roomy: waitQueue(),
  };
}

/** It listens from now on, and its namespace lasts as long. */
export function enlist(listener: Listener): void {
  const { namespace, port } = listener;
  (port === null ? namespace.unixListeners : namespace.listeners).add(listener);
  hold(namespace);
}

/** Two ends that are connected, used by `first` and `second`; over TCP, where `ends` are. */
export function createPair(
  kernel: Kernel,
  first: number,
  second: number,
  path = '',
  ends: readonly [InternetEnd, InternetEnd] | null = null,
): readonly [StreamSocket, StreamSocket] {
  const connection = kernel.sockets.nextConnection;
  kernel.sockets.nextConnection += 1;
  const one = unconnected(kernel, connection, [first, second], path, ends?.[0] ?? null);
  const other = unconnected(kernel, connection, [second, first], path, ends?.[1] ?? null);
  one.peer = other;
  other.peer = one;
  return [one, other];
}

function unconnected(
  kernel: Kernel,
  connection: number,
  [user, peerUser]: readonly [number, number],
  path: string,
  internet: InternetEnd | null,
): StreamSocket {
  if (internet !== null) hold(internet.namespace);
  const socket: StreamSocket = {
    inode: nextInode(kernel),
    connection,
    path,
    internet,
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
  internet?.namespace.connections.add(socket);
  return socket;
}

/**
 * write(2) and sendmsg(2): takes what fits. EPIPE with SIGPIPE when the other end is gone. The files' references
 * go with the message.
 */
export function send(
  kernel: Kernel,
  thread: Thread,
  socket: StreamSocket,
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
    if (taken !== '' || files.length > 0) {
      const message = recordDeparture(kernel, thread, socket, taken);
      peer.inbox.push({ data: taken, files, span: thread.span, message });
    }
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
  socket: StreamSocket,
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
      if (count === 0 || isAtEnd(socket)) return { data: '', files: [], span: 0, message: 0 };
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    for (const { message } of socket.inbox) recordArrival(kernel, thread, socket, message);
    const taken = takeFrom(socket.inbox, count);
    socket.buffered -= taken.data.length;
    thread.peerSpan = taken.span;
    if (socket.peer !== null) wake(kernel, socket.peer.writable);
    return taken;
  });
}

function takeFrom(inbox: Segment[], count: number): Segment {
  const span = inbox[0]?.span ?? 0;
  const taken: Segment = { data: '', files: [], span, message: 0 };
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
export function isAtEnd(socket: StreamSocket): boolean {
  return socket.readShut || socket.peer === null || socket.peer.writeShut;
}

/** Whether a write would not sleep. */
export function hasRoom(socket: StreamSocket): boolean {
  return socket.peer === null || socket.writeShut || socket.peer.buffered < bufferBytes;
}

/** shutdown(2). */
export function shutSocket(kernel: Kernel, socket: StreamSocket, how: 'read' | 'write'): void {
  if (socket.peer === null) throw new Errno('ENOTCONN');
  if (how === 'read') socket.readShut = true;
  else socket.writeShut = true;
  wakeBoth(kernel, socket);
  wakeBoth(kernel, socket.peer);
}

/** The last descriptor of this end is closed. */
export function closeSocket(kernel: Kernel, socket: StreamSocket): void {
  if (socket.closed) return;
  socket.closed = true;
  const { peer, internet } = socket;
  if (peer !== null) {
    peer.reset = socket.inbox.length > 0;
    peer.peerUser = socket.user;
    peer.peer = null;
    wakeBoth(kernel, peer);
  }
  socket.peer = null;
  for (const { files } of socket.inbox) for (const file of files) releaseFile(kernel, file);
  socket.inbox.length = 0;
  if (internet === null) return;
  internet.namespace.connections.delete(socket);
  release(kernel, internet.namespace);
}

/**
 * Nobody listens any more: who has not been accepted finds its connection reset. The path's name stays, a port is free.
 */
export function closeListener(kernel: Kernel, listener: Listener): void {
  listener.open = false;
  listener.namespace.listeners.delete(listener);
  listener.namespace.unixListeners.delete(listener);
  for (const end of listener.backlog) {
    const client = end.peer;
    closeSocket(kernel, end);
    if (client !== null) client.reset = true;
  }
  listener.backlog.length = 0;
  wake(kernel, listener.acceptable);
  wake(kernel, listener.roomy);
  release(kernel, listener.namespace);
}

function wakeBoth(kernel: Kernel, socket: StreamSocket): void {
  wake(kernel, socket.readable);
  wake(kernel, socket.writable);
}

function nextInode(kernel: Kernel): number {
  const inode = kernel.nextInode;
  kernel.nextInode += 1;
  return inode;
}
