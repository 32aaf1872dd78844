/**
 * The way of a connection's first packet: out of its namespace, over devices, through bridges and rules, to the
 * namespace in which somebody may listen. Linux: net/ipv4/route.c, ip_output.c, ip_input.c, ip_forward.c.
 */
import type { ErrnoName } from '../errno.ts';
import { isInNetwork, isLoopbackAddress } from './internet-address.ts';
import { filterPacket } from './netfilter.ts';
import type { Packet, TableName, Verdict } from './netfilter.ts';
import type { Link, NetNamespace } from './network-layer.ts';

/** Where the packet came to, or the error that its sender gets, after some time. */
export type Delivery =
  | {
      readonly namespace: NetNamespace;
      /** As it arrived. */
      readonly packet: Packet;
      /** The address that it was sent from, before anybody translated it. */
      readonly source: string;
    }
  | { readonly errno: ErrnoName; readonly afterNs: number };

type Arrival = Omit<Extract<Delivery, { readonly packet: Packet }>, 'source'> | Refusal;
type Refusal = Extract<Delivery, { readonly errno: ErrnoName }>;

interface Route {
  readonly link: Link;
  /** The address on the link that the packet is handed to. */
  readonly nextHop: string;
}

/** Nobody answers: six more attempts, each twice as long after the one before. Linux: tcp_syn_retries. */
const unansweredNs = 127e9;
/** Nobody has the address on a link: three questions, one a second. Linux: the neighbour table's defaults. */
const unresolvedNs = 3.07e9;
/** Linux: IPDEFTTL. */
const longestWay = 64;

/**
 * Sends the first packet from `namespace` to `destination`. The packet's source is what the namespace's routes make of
 * it.
 */
export function deliver(
  namespace: NetNamespace,
  sourcePort: number,
  destination: string,
  destinationPort: number,
): Delivery {
  const source = sourceFor(namespace, destination);
  if (source === null) return refusal('ENETUNREACH');
  const packet: Packet = { source, sourcePort, destination, destinationPort, inDevice: '', outDevice: '' };
  packet.outDevice = outDeviceOf(namespace, destination);
  translate(packet, hook(namespace, 'nat', 'OUTPUT', packet), namespace);
  packet.outDevice = outDeviceOf(namespace, packet.destination);
  const verdict = hook(namespace, 'filter', 'OUTPUT', packet);
  if (verdict.target !== 'ACCEPT') return refusalBy(verdict);
  const arrived = leave(namespace, packet, longestWay);
  return 'errno' in arrived ? arrived : { ...arrived, source };
}

/** The address that a packet to `destination` leaves with; null without a route. */
export function sourceFor(namespace: NetNamespace, destination: string): string | null {
  if (isLocal(namespace, destination)) return destination;
  const route = routeTo(namespace, destination);
  return route === null ? null : addressOn(route.link);
}

/** Whether an address is the namespace's own. All of 127.0.0.0/8 is, once lo is up. */
export function isLocal(namespace: NetNamespace, address: string): boolean {
  if (isLoopbackAddress(address)) return namespace.links.get('lo')?.up === true;
  return [...namespace.links.values()].some((link) => link.up && hasAddress(link, address));
}

/** Out of the namespace, or over lo back into it. */
function leave(namespace: NetNamespace, packet: Packet, hops: number): Arrival {
  if (isLocal(namespace, packet.destination)) {
    packet.outDevice = 'lo';
    translate(packet, hook(namespace, 'nat', 'POSTROUTING', packet), namespace);
    return enter(namespace, { ...packet, inDevice: 'lo', outDevice: '' });
  }
  const route = routeTo(namespace, packet.destination);
  if (route === null) return refusal('ENETUNREACH');
  packet.outDevice = route.link.name;
  translate(packet, hook(namespace, 'nat', 'POSTROUTING', packet), namespace);
  const next = neighbour(route);
  if (next === null) return { errno: 'EHOSTUNREACH', afterNs: unresolvedNs };
  return arrive(next.namespace, { ...packet, inDevice: next.name, outDevice: '' }, hops - 1);
}

/** Into a namespace through a device: for itself, or to be handed on. */
function arrive(namespace: NetNamespace, packet: Packet, hops: number): Arrival {
  // A loopback address from outside is a martian: dropped.
  if (hops <= 0 || isLoopbackAddress(packet.destination)) return { errno: 'ETIMEDOUT', afterNs: unansweredNs };
  translate(packet, hook(namespace, 'nat', 'PREROUTING', packet), namespace);
  if (isLocal(namespace, packet.destination)) return enter(namespace, packet);
  packet.outDevice = outDeviceOf(namespace, packet.destination);
  if (packet.outDevice === '') return refusal('ENETUNREACH');
  const verdict = hook(namespace, 'filter', 'FORWARD', packet);
  if (verdict.target !== 'ACCEPT') return refusalBy(verdict);
  return leave(namespace, packet, hops);
}

function enter(namespace: NetNamespace, packet: Packet): Arrival {
  const verdict = hook(namespace, 'filter', 'INPUT', packet);
  return verdict.target === 'ACCEPT' ? { namespace, packet } : refusalBy(verdict);
}

function hook(namespace: NetNamespace, table: TableName, name: string, packet: Packet): Verdict {
  return filterPacket(namespace.netfilter[table], name, packet, (address) => isLocal(namespace, address));
}

/** What a rule of the nat table does to the packet. */
function translate(packet: Packet, { target, to }: Verdict, namespace: NetNamespace): void {
  const [address = '', port = ''] = to.split(':');
  if (target === 'DNAT') {
    if (address !== '') packet.destination = address;
    if (port !== '') packet.destinationPort = Number(port);
  }
  if (target === 'SNAT' && address !== '') packet.source = address;
  if (target === 'MASQUERADE') {
    const link = namespace.links.get(packet.outDevice);
    packet.source = (link === undefined ? null : addressOn(link)) ?? packet.source;
  }
}

function outDeviceOf(namespace: NetNamespace, destination: string): string {
  if (isLocal(namespace, destination)) return 'lo';
  return routeTo(namespace, destination)?.link.name ?? '';
}

/** The longest prefix wins: networks on the links, then the default. */
function routeTo(namespace: NetNamespace, destination: string): Route | null {
  const links = [...namespace.links.values()].filter(({ up, kind }) => up && kind !== 'loopback');
  const onLink = links.find(({ addresses }) => addresses.some((cidr) => isInNetwork(destination, cidr)));
  if (onLink !== undefined) return { link: onLink, nextHop: destination };
  for (const link of links) {
    const route = link.routes.find(({ to }) => to !== 'default' && isInNetwork(destination, to));
    if (route !== undefined) return { link, nextHop: route.via === '' ? destination : route.via };
  }
  for (const link of links) {
    const route = link.routes.find(({ to }) => to === 'default');
    if (route !== undefined) return { link, nextHop: route.via === '' ? destination : route.via };
  }
  return null;
}

/** The device that has the next hop's address, over a veth pair or a bridge. Linux: net/bridge, drivers/net/veth.c. */
function neighbour({ link, nextHop }: Route): Link | null {
  if (link.kind === 'bridge') return behindPorts(link, nextHop);
  const other = link.peer;
  if (other === null || !other.up) return null;
  const bridge = other.master;
  if (bridge === null) return hasAddress(other, nextHop) ? other : null;
  if (!bridge.up) return null;
  return hasAddress(bridge, nextHop) ? bridge : behindPorts(bridge, nextHop);
}

function behindPorts(bridge: Link, address: string): Link | null {
  for (const port of bridge.namespace.links.values()) {
    const far = port.master === bridge && port.up ? port.peer : null;
    if (far !== null && far.up && hasAddress(far, address)) return far;
  }
  return null;
}

function hasAddress({ addresses }: Link, address: string): boolean {
  return addresses.some((cidr) => cidr.split('/')[0] === address);
}

function addressOn({ addresses }: Link): string | null {
  return addresses.find((cidr) => !cidr.includes(':'))?.split('/')[0] ?? null;
}

function refusal(errno: ErrnoName): Refusal {
  return { errno, afterNs: 0 };
}

/** REJECT answers, by default with `port unreachable`; DROP does not. */
function refusalBy({ target }: Verdict): Refusal {
  return target === 'REJECT' ? refusal('ECONNREFUSED') : { errno: 'ETIMEDOUT', afterNs: unansweredNs };
}
