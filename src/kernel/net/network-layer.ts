/**
 * Network devices in network namespaces: what `ip link` and `ip addr` show, and what a connection's way is made of. Man
 * page: network_namespaces(7).
 */
import type { LinkFact } from '../../journal/event.ts';
import type { NetworkLink } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel } from '../kernel.ts';
import type { OwnedNamespace } from '../namespace/namespace.ts';
import type { UserNamespace } from '../namespace/user-namespace.ts';
import type { Settings } from '../namespace/sysctl.ts';
import type { Listener, StreamSocket } from '../socket/socket-layer.ts';
import { createNetfilter } from './netfilter.ts';
import type { Netfilter } from './netfilter.ts';

export interface NetworkLayer {
  nextIndex: number;
}

export interface NetNamespace extends OwnedNamespace {
  readonly kind: 'net';
  /** By name, in order of coming. */
  readonly links: Map<string, Link>;
  readonly netfilter: Netfilter;
  /** TCP sockets that listen, and ends of TCP connections. */
  readonly listeners: Set<Listener>;
  readonly connections: Set<StreamSocket>;
  /** Unix sockets that listen. */
  readonly unixListeners: Set<Listener>;
  readonly settings: Settings;
}

export interface Link {
  readonly index: number;
  name: string;
  readonly kind: NetworkLink['kind'];
  mac: string;
  up: boolean;
  master: Link | null;
  peer: Link | null;
  namespace: NetNamespace;
  readonly addresses: string[];
  readonly routes: { readonly to: string; readonly via: string }[];
}

export function createNetLayer(): NetworkLayer {
  return { nextIndex: 2 };
}

/** A namespace with nothing but lo, which is down. lo has index 1 everywhere. */
export function createNetNamespace(inode: number, owner: UserNamespace, settings: Settings): NetNamespace {
  const namespace: NetNamespace = {
    kind: 'net',
    inode,
    holders: 0,
    owner,
    links: new Map(),
    netfilter: createNetfilter(),
    listeners: new Set(),
    connections: new Set(),
    unixListeners: new Set(),
    settings,
  };
  namespace.links.set('lo', {
    index: 1,
    name: 'lo',
    kind: 'loopback',
    mac: '00:00:00:00:00:00',
    up: false,
    master: null,
    peer: null,
    namespace,
    addresses: [],
    routes: [],
  });
  return namespace;
}

/** The last holder is gone: its devices vanish, a veth with its other end. */
export function endNetNamespace(kernel: Kernel, namespace: NetNamespace): void {
  for (const link of namespace.links.values()) {
    if (link.kind !== 'loopback') removeLink(kernel, 0, link);
  }
  namespace.links.clear();
}

/** A new device, down. EEXIST. */
export function addLink(
  kernel: Kernel,
  pid: number,
  namespace: NetNamespace,
  kind: NetworkLink['kind'],
  name: string,
): Link {
  if (namespace.links.has(name)) throw new Errno('EEXIST');
  const index = kernel.net.nextIndex;
  kernel.net.nextIndex += 1;
  const mac = macOf(kind, index);
  const link: Link = {
    index,
    name,
    kind,
    mac,
    up: false,
    master: null,
    peer: null,
    namespace,
    addresses: [],
    routes: [],
  };
  namespace.links.set(name, link);
  recordLink(kernel, pid, 'add', link, kind);
  return link;
}

/** The device is gone, and a veth's other end with it. */
export function removeLink(kernel: Kernel, pid: number, link: Link): void {
  for (const gone of link.peer === null ? [link] : [link, link.peer]) {
    gone.namespace.links.delete(gone.name);
    for (const other of gone.namespace.links.values()) if (other.master === gone) other.master = null;
    recordLink(kernel, pid, 'remove', gone, '');
  }
}

/** ENODEV. */
export function linkOf(namespace: NetNamespace, name: string): Link {
  const link = namespace.links.get(name);
  if (link === undefined) throw new Errno('ENODEV');
  return link;
}

export function recordLink(kernel: Kernel, pid: number, op: LinkFact['op'], link: Link, value: string): void {
  kernel.record({ type: 'net.link', pid, op, namespace: link.namespace.inode, name: link.name, value });
}

/** The device has one address more. */
export function address(kernel: Kernel, pid: number, link: Link, cidr: string): void {
  link.addresses.push(cidr);
  recordLink(kernel, pid, 'address', link, cidr);
}

/** What the list request tells of a device. */
export function describeLink(link: Link): NetworkLink {
  const { index, name, kind, mac, up, addresses, routes } = link;
  return {
    index,
    name,
    kind,
    mac,
    up,
    master: link.master?.name ?? '',
    peerIndex: link.peer?.index ?? 0,
    addresses: [...addresses],
    routes: [...routes],
  };
}

/** Locally administered, and the same in every run: from the device's number. */
function macOf(kind: NetworkLink['kind'], index: number): string {
  const first = kind === 'bridge' ? '02:42' : kind === 'physical' ? '52:54' : 'ce:7a';
  const bytes = [(index * 89) & 0xff, (index * 151 + 40) & 0xff, (index >> 8) & 0xff, index & 0xff];
  return `${first}:${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
}
