/** TCP over IPv4, and over ::1: who may listen where, and where a connection comes to. Man pages: ip(7), tcp(7). */
import { Errno } from '../errno.ts';
import type { ErrnoName } from '../errno.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { deliver, isLocal } from '../net/deliver.ts';
import type { Delivery } from '../net/deliver.ts';
import { describeAddress, isIpv6, numberOfAddress } from '../net/internet-address.ts';
import type { InternetAddress } from '../net/internet-address.ts';
import { numbersIn } from '../namespace/sysctl.ts';
import type { NetNamespace } from '../net/network-layer.ts';
import { recordCall } from '../record-call.ts';
import { wake } from '../scheduler.ts';
import { notYet, Sleep, sleepUntil } from '../wait.ts';
import { createListener, createPair, enlist } from './socket-layer.ts';
import type { InternetEnd, Listener, StreamSocket } from './socket-layer.ts';
import { isCapable } from '../task/powers.ts';

/** Where to listen. */
export interface ListenAddress extends InternetAddress {
  /** IPV6_V6ONLY: `::` takes no IPv4 connections. */
  readonly ipv6Only?: boolean;
}

/** A TCP socket as ss(8) and /proc/net/tcp list it. */
export interface TcpSocketState {
  readonly state: 'LISTEN' | 'ESTAB' | 'CLOSE-WAIT' | 'FIN-WAIT-2';
  readonly local: InternetAddress;
  readonly remote: InternetAddress;
  readonly inode: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * EADDRNOTAVAIL for an address of somebody else, EADDRINUSE, EACCES below ip_unprivileged_port_start for others than
 * root.
 */
export function listenInternet(kernel: Kernel, thread: Thread, on: ListenAddress, backlog: number): Listener {
  const namespace = thread.namespaces.net;
  if (!wildcards.has(on.address) && !isLocal(namespace, on.address)) throw new Errno('EADDRNOTAVAIL');
  const isIpv6Only = on.ipv6Only ?? false;
  const port = on.port === 0 ? freePort(kernel, namespace) : on.port;
  const [firstUnprivileged = 0] = numbersIn(namespace.settings, 'net.ipv4.ip_unprivileged_port_start');
  if (port < firstUnprivileged && !isCapable(thread.task, 'NET_BIND_SERVICE', namespace.owner))
    throw new Errno('EACCES');
  const [mostBacklog = 0] = numbersIn(namespace.settings, 'net.core.somaxconn');
  const place = { namespace, at: { address: on.address, port }, isIpv6Only };
  const takes = (families: Listener['port']): boolean =>
    families !== null && families.at.port === port && overlap(families, place);
  if ([...namespace.listeners].some((other) => takes(other.port))) throw new Errno('EADDRINUSE');
  const listener = createListener(kernel, thread.task, place, Math.min(backlog, mostBacklog));
  enlist(listener);
  return listener;
}

type Place = NonNullable<Listener['port']>;

/** Whether two sockets would be asked for one address. */
function overlap(one: Place, other: Place): boolean {
  const families = ({ at, isIpv6Only }: Place): readonly boolean[] =>
    isIpv6(at.address) ? (at.address === '::' && !isIpv6Only ? [true, false] : [true]) : [false];
  if (!families(one).some((family) => families(other).includes(family))) return false;
  return wildcards.has(one.at.address) || wildcards.has(other.at.address) || one.at.address === other.at.address;
}

/** Who listens on an address of the namespace: the exact one before the wildcards. */
function listenerAt(namespace: NetNamespace, { address, port }: InternetAddress): Listener | null {
  const here = [...namespace.listeners].filter((listener) => listener.port?.at.port === port);
  const on = (wanted: string): Listener | undefined => here.find((listener) => listener.port?.at.address === wanted);
  const dual = here.find(({ port: place }) => place?.at.address === '::' && !place.isIpv6Only);
  return on(address) ?? (isIpv6(address) ? on('::') : (on('0.0.0.0') ?? dual)) ?? null;
}

/** What connecting needs of the descriptors. */
export interface Installer {
  /** Host pid of who will accept. */
  readonly holderOf: (listener: Listener) => number;
  readonly install: (socket: StreamSocket) => number;
}

/** connect(2): the first packet finds its way, or the caller gets an error, some only after a while. */
export function connectInternet(
  kernel: Kernel,
  thread: Thread,
  to: InternetAddress,
  { holderOf, install }: Installer,
): number | Sleep<number> {
  const namespace = thread.namespaces.net;
  const fail = (errno: ErrnoName): never => {
    recordCall(kernel, thread, 'connect', describeAddress(to), errno);
    throw new Errno(errno);
  };
  // INADDR_ANY is this machine itself.
  const destination = to.address === '0.0.0.0' ? '127.0.0.1' : to.address === '::' ? '::1' : to.address;
  const sourcePort = freePort(kernel, namespace);
  const delivery = firstPacket(namespace, sourcePort, { address: destination, port: to.port });
  if ('errno' in delivery) {
    if (delivery.afterNs === 0) return fail(delivery.errno);
    const untilNs = kernel.nowNs + delivery.afterNs;
    return new Sleep<number>([], () => notYet, { untilNs, expired: () => fail(delivery.errno) });
  }
  const { packet } = delivery;
  const arrived = { address: packet.destination, port: packet.destinationPort };
  const listener = listenerAt(delivery.namespace, arrived);
  if (listener === null) return fail('ECONNREFUSED');
  // An IPv6 socket tells IPv4 addresses as mapped ones: ipv6(7).
  const mapped = ({ address, port }: InternetAddress): InternetAddress =>
    listener.port?.at.address === '::' && !isIpv6(address) ? { address: `::ffff:${address}`, port } : { address, port };
  const ends = [
    endOf(namespace, { address: delivery.source, port: sourcePort }, { ...to, address: destination }, true),
    endOf(delivery.namespace, mapped(arrived), mapped({ address: packet.source, port: packet.sourcePort }), false),
  ] as const;
  return sleepUntil([listener.roomy], () => {
    if (!listener.open) return fail('ECONNREFUSED');
    if (listener.backlog.length > listener.limit) return notYet;
    const [client, server] = createPair(kernel, thread.task.pid, holderOf(listener), '', ends);
    listener.backlog.push(server);
    const fd = install(client);
    if (arrived.address !== destination || arrived.port !== to.port) {
      const told = { asked: `${destination}:${to.port}`, reached: `${arrived.address}:${arrived.port}` };
      kernel.record({ type: 'net.translate', pid: thread.task.pid, ...told });
    }
    recordCall(kernel, thread, 'connect', `${fd}, ${describeAddress(to)}`, '0');
    wake(kernel, listener.acceptable);
    return fd;
  });
}

function endOf(
  namespace: NetNamespace,
  local: InternetAddress,
  remote: InternetAddress,
  isClient: boolean,
): InternetEnd {
  return { namespace, local, remote, isClient, lastRequest: '', lastArrival: 0 };
}

/** IPv6 stays on this machine. */
function firstPacket(namespace: NetNamespace, sourcePort: number, to: InternetAddress): Delivery {
  if (!isIpv6(to.address)) {
    if (numberOfAddress(to.address) === null) throw new Errno('EINVAL');
    return deliver(namespace, sourcePort, to.address, to.port);
  }
  if (to.address !== '::1' || !isLocal(namespace, '::1')) return { errno: 'ENETUNREACH', afterNs: 0 };
  const packet = {
    source: '::1',
    sourcePort,
    destination: '::1',
    destinationPort: to.port,
    inDevice: 'lo',
    outDevice: '',
  };
  return { namespace, packet, source: '::1' };
}

function freePort(kernel: Kernel, namespace: NetNamespace): number {
  const used = new Set([...namespace.connections].map(({ internet }) => internet?.local.port));
  for (const { port } of namespace.listeners) used.add(port?.at.port);
  const [first = 0, last = 0] = numbersIn(namespace.settings, 'net.ipv4.ip_local_port_range');
  const count = last - first + 1;
  let port = first + (kernel.random.next() % count);
  for (let tried = 0; used.has(port); tried += 1) {
    if (tried === count) throw new Errno('EADDRNOTAVAIL');
    port = port === last ? first : port + 1;
  }
  return port;
}

/** Those that listen first, in order of coming. */
export function tcpSocketsOf(namespace: NetNamespace): readonly TcpSocketState[] {
  const listening = [...namespace.listeners].map((listener): TcpSocketState => {
    const local = listener.port?.at ?? { address: '', port: 0 };
    const remote = { address: isIpv6(local.address) ? '::' : '0.0.0.0', port: 0 };
    const { inode, backlog, limit } = listener;
    return { state: 'LISTEN', local, remote, inode, receiveQueue: backlog.length, sendQueue: limit };
  });
  const connected = [...namespace.connections].flatMap((socket): readonly TcpSocketState[] => {
    const { internet, inode, buffered, peer } = socket;
    if (internet === null) return [];
    const state = socket.writeShut ? 'FIN-WAIT-2' : peer === null || peer.writeShut ? 'CLOSE-WAIT' : 'ESTAB';
    const { local, remote } = internet;
    return [{ state, local, remote, inode, receiveQueue: buffered, sendQueue: peer?.buffered ?? 0 }];
  });
  return [...listening, ...connected];
}
