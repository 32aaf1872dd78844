/**
 * socket, bind, listen, connect, accept4, socketpair, shutdown, sendmsg and recvmsg for stream sockets. Man pages:
 * unix(7), tcp(7).
 */
import { O, type MessageText } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { describeAddress } from '../net/internet-address.ts';
import type { InternetAddress } from '../net/internet-address.ts';
import { recordCall } from '../record-call.ts';
import { wake } from '../scheduler.ts';
import { install, openFileOf, requireDescriptors } from '../vfs/file-table.ts';
import { createNamed } from '../vfs/names.ts';
import { anonymousInode, anonymousLocation, newOpenFile, type OpenFile, type OpenObject } from '../vfs/open-file.ts';
import { requirePermission } from '../vfs/permission.ts';
import { resolve } from '../vfs/vfs.ts';
import { notYet, Sleep, sleepUntil } from '../wait.ts';
import { connectInternet, listenInternet } from './internet-socket.ts';
import type { ListenAddress } from './internet-socket.ts';
import {
  createListener,
  enlist,
  createPair,
  receive,
  send,
  shutSocket,
  type Listener,
  type StreamSocket,
} from './socket-layer.ts';

export const socketCalls: CallTable = {
  listen,
  connect,
  accept4,
  socketpair: (kernel, thread) => {
    requireDescriptors(thread, 2);
    const [one, other] = createPair(kernel, thread.task.pid, thread.task.pid);
    return [installSocket(kernel, thread, one), installSocket(kernel, thread, other)];
  },
  shutdown: (kernel, thread, fd: number, how: 'read' | 'write') =>
    shutSocket(kernel, connected(thread, fd).socket, how),
  sendmsg: (kernel, thread, fd: number, data: string, fds: readonly number[]) => {
    const { socket, file } = connected(thread, fd);
    const files = fds.map((sent) => openFileOf(thread.task, sent));
    return send(kernel, thread, socket, data, files, file.nonBlocking);
  },
  recvmsg,
  peer: (_kernel, thread, fd: number) => {
    const { socket } = connected(thread, fd);
    return { pid: socket.peer?.user ?? socket.peerUser, connection: socket.connection };
  },
  getsockname: (_kernel, thread, fd: number) => {
    const { object } = openFileOf(thread.task, fd);
    if (object.kind === 'listener') return object.listener.port?.at ?? nowhere;
    return connected(thread, fd).socket.internet?.local ?? nowhere;
  },
  sendMessage: (kernel, thread, fd: number, message: MessageText) => {
    const { socket } = connected(thread, fd);
    const id = kernel.nextGlassId++;
    const ends = { connection: socket.connection, to: socket.peer?.user ?? socket.peerUser };
    kernel.record({ type: 'message.send', pid: thread.task.pid, id, ...ends, ...message });
    return { id, span: thread.span };
  },
  getpeername: (_kernel, thread, fd: number) => connected(thread, fd).socket.internet?.remote ?? nowhere,
};

/** A unix socket has no address and port. */
const nowhere: InternetAddress = { address: '', port: 0 };

/** socket + bind + listen. EADDRINUSE when the path exists, or the port is taken; EADDRNOTAVAIL, EACCES. */
function listen(kernel: Kernel, thread: Thread, on: string | ListenAddress, backlog: number): number {
  requireDescriptors(thread);
  if (typeof on !== 'string') {
    const listener = listenInternet(kernel, thread, on, backlog);
    const fd = installObject(kernel, thread, listener.inode, { kind: 'listener', listener });
    recordCall(kernel, thread, 'bind', `${fd}, ${describeAddress(listener.port?.at ?? on)}`, '0');
    recordCall(kernel, thread, 'listen', `${fd}, ${backlog}`, '0');
    return fd;
  }
  const path = on;
  const told = (fd: number, result: string): void => {
    recordCall(kernel, thread, 'bind', `${fd}, {sa_family=AF_UNIX, sun_path="${path}"}`, result);
  };
  const listener = createListener(kernel, thread.task, { namespace: thread.namespaces.net, path }, backlog);
  let inode;
  try {
    inode = createNamed(kernel, thread, path, { type: 'socket', mode: 0o777 }).dentry.inode;
  } catch (error) {
    if (!(error instanceof Errno) || error.errno !== 'EEXIST') throw error;
    told(thread.task.files.lowestFree(), 'EADDRINUSE');
    throw new Errno('EADDRINUSE');
  }
  if (inode.body.type !== 'socket') throw new Errno('EADDRINUSE');
  inode.body.listener = listener;
  enlist(listener);
  const fd = installObject(kernel, thread, listener.inode, { kind: 'listener', listener });
  told(fd, '0');
  recordCall(kernel, thread, 'listen', `${fd}, ${backlog}`, '0');
  return fd;
}

/** ECONNREFUSED when nobody listens. Sleeps while the backlog is full. */
function connect(kernel: Kernel, thread: Thread, to: string | InternetAddress): number | Sleep<number> {
  requireDescriptors(thread);
  if (typeof to === 'string') return connectUnix(kernel, thread, to);
  return connectInternet(kernel, thread, to, {
    holderOf: (listener) => holderOf(kernel, listener),
    install: (socket) => installSocket(kernel, thread, socket),
  });
}

function connectUnix(kernel: Kernel, thread: Thread, path: string): number | Sleep<number> {
  const address = `{sa_family=AF_UNIX, sun_path="${path}"}`;
  try {
    // An abstract name: nobody binds one here. Man page: unix(7).
    if (path.startsWith('\0')) throw new Errno('ECONNREFUSED');
    const { inode } = resolve(kernel, thread, path).dentry;
    const listener = inode.body.type === 'socket' ? inode.body.listener : null;
    if (listener?.open !== true) throw new Errno('ECONNREFUSED');
    requirePermission(thread, inode, 'w');
    return sleepUntil([listener.roomy], () => {
      if (!listener.open) throw new Errno('ECONNREFUSED');
      if (listener.backlog.length > listener.limit) return notYet;
      const [client, server] = createPair(kernel, thread.task.pid, holderOf(kernel, listener), path);
      listener.backlog.push(server);
      const fd = installSocket(kernel, thread, client);
      recordCall(kernel, thread, 'connect', `${fd}, ${address}`, '0');
      wake(kernel, listener.acceptable);
      return fd;
    });
  } catch (error) {
    if (error instanceof Errno) recordCall(kernel, thread, 'connect', address, error.errno);
    throw error;
  }
}

/**
 * Who will accept: the task that did last, or, when that is gone, the latest one that has the listening socket (a shim
 * that its helper started).
 */
function holderOf(kernel: Kernel, listener: Listener): number {
  const owner = kernel.tasks.get(listener.owner);
  if (owner && owner.state !== 'zombie') return listener.owner;
  const holder = [...kernel.tasks.values()].findLast((task) =>
    [...task.files.values()].some(({ file }) => file.object.kind === 'listener' && file.object.listener === listener),
  );
  return holder?.pid ?? listener.owner;
}

/** Sleeps until a client has connected. */
function accept4(kernel: Kernel, thread: Thread, fd: number): number | Sleep<number> {
  const file = openFileOf(thread.task, fd);
  const listener = listenerOf(file);
  listener.owner = thread.task.pid;
  return sleepUntil([listener.acceptable], () => {
    requireDescriptors(thread);
    const server = listener.backlog.shift();
    if (server === undefined) {
      if (file.nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    server.user = thread.task.pid;
    const accepted = installSocket(kernel, thread, server);
    const from = server.internet === null ? `{sun_path="${listener.path}"}` : describeAddress(server.internet.remote);
    recordCall(kernel, thread, 'accept4', `${fd}, ${from}`, String(accepted), 'return');
    wake(kernel, listener.roomy);
    return accepted;
  });
}

/**
 * The files of the message get the lowest free descriptors, marked close-on-exec as every Go program asks for; those
 * for which there is none are closed. Linux: net/core/scm.c, scm_detach_fds().
 */
function recvmsg(kernel: Kernel, thread: Thread, fd: number, count: number): unknown {
  const { socket, file } = connected(thread, fd);
  const finish = (segment: { readonly data: string; readonly files: readonly OpenFile[] }): unknown => ({
    data: segment.data,
    fds: segment.files.flatMap((sent) => installSent(kernel, thread, sent)),
  });
  const received = receive(kernel, thread, socket, count, file.nonBlocking);
  if (!(received instanceof Sleep)) return finish(received);
  return new Sleep(received.queues, () => {
    const segment = received.attempt();
    return segment === notYet ? notYet : finish(segment);
  });
}

function installSent(kernel: Kernel, thread: Thread, sent: OpenFile): readonly number[] {
  try {
    return [install(kernel, thread, sent, true)];
  } catch (error) {
    if (error instanceof Errno && error.errno === 'EMFILE') return [];
    throw error;
  }
}

function installSocket(kernel: Kernel, thread: Thread, socket: StreamSocket): number {
  return installObject(kernel, thread, socket.inode, { kind: 'socket', socket });
}

function installObject(kernel: Kernel, thread: Thread, number: number, object: OpenObject): number {
  const name = `socket:[${number}]`;
  const inode = anonymousInode(kernel, 'socket', number, { type: 'socket', listener: null }, 0o777);
  const file = newOpenFile(kernel, O.RDWR, anonymousLocation(kernel, inode, name), name, object);
  return install(kernel, thread, file, true);
}

function connected(thread: Thread, fd: number): { readonly socket: StreamSocket; readonly file: OpenFile } {
  const file = openFileOf(thread.task, fd);
  if (file.object.kind === 'listener') throw new Errno('ENOTCONN');
  if (file.object.kind !== 'socket') throw new Errno('ENOTSOCK');
  return { socket: file.object.socket, file };
}

function listenerOf(file: OpenFile): Listener {
  if (file.object.kind === 'socket') throw new Errno('EINVAL');
  if (file.object.kind !== 'listener') throw new Errno('ENOTSOCK');
  return file.object.listener;
}
