/** How ip(8) words a device: names, flags, states, addresses. */
import type { NetworkLink } from '../../kernel/abi.ts';
import type { Flavour } from './options.ts';

/** `eth0@if5`: a veth's other end by number when it is elsewhere, by name when it is here. */
export function fullName(link: NetworkLink, links: readonly NetworkLink[]): string {
  if (link.kind !== 'veth' || link.peerIndex === 0) return link.name;
  return `${link.name}@${peerHere(link, links)?.name ?? `if${link.peerIndex}`}`;
}

function peerHere({ index, peerIndex }: NetworkLink, links: readonly NetworkLink[]): NetworkLink | undefined {
  return links.find((other) => other.index === peerIndex && other.peerIndex === index);
}

/**
 * A cable that leads somewhere: a bridge needs a port that is up, a veth its other end (one in another namespace is
 * taken to be up).
 */
function hasCarrier(link: NetworkLink, links: readonly NetworkLink[]): boolean {
  if (link.kind === 'bridge') return links.some((port) => port.master === link.name && port.up);
  return link.kind === 'veth' ? (peerHere(link, links)?.up ?? true) : true;
}

export function flagsOf(link: NetworkLink, links: readonly NetworkLink[]): readonly string[] {
  const carrier = hasCarrier(link, links);
  return [
    ...(link.up && !carrier ? ['NO-CARRIER'] : []),
    ...(link.kind === 'loopback' ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST']),
    ...(link.up ? ['UP'] : []),
    ...(link.up && carrier ? ['LOWER_UP'] : []),
    ...(link.kind === 'veth' && peerHere(link, links)?.up === false ? ['M-DOWN'] : []),
  ];
}

export function stateOf(link: NetworkLink, links: readonly NetworkLink[]): string {
  if (!link.up) return 'DOWN';
  if (link.kind === 'loopback') return 'UNKNOWN';
  if (hasCarrier(link, links)) return 'UP';
  return link.kind === 'veth' ? 'LOWERLAYERDOWN' : 'DOWN';
}

/** The two lines about the device itself. */
export function describeLink(
  link: NetworkLink,
  links: readonly NetworkLink[],
  object: 'address' | 'link',
  flavour: Flavour,
): readonly [string, string] {
  const isLoopback = link.kind === 'loopback';
  const broadcast = isLoopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';
  const hardware = `    link/${isLoopback ? 'loopback' : 'ether'} ${link.mac} brd ${broadcast}`;
  const start = `${link.index}: ${fullName(link, links)}: `;
  const discipline = link.up ? (link.kind === 'physical' ? 'pfifo_fast' : 'noqueue') : 'noop';
  const queue = isLoopback || link.kind === 'physical' || !link.up ? 'qlen 1000' : '';
  const size = `mtu ${isLoopback ? 65536 : 1500} qdisc ${discipline} `;
  const master = link.master === '' ? '' : `master ${link.master} `;
  if (flavour === 'busybox') {
    // busybox looks for the other end by its number, does not find it here, and takes it to be down.
    const flags = [
      ...flagsOf(link, links),
      ...(link.kind === 'veth' && peerHere(link, links) === undefined ? ['M-DOWN'] : []),
    ];
    return [`${start}<${flags.join(',')}> ${size}${master}${queue}`, hardware];
  }
  const elsewhere = link.kind === 'veth' && peerHere(link, links) === undefined;
  const number = links.filter((other) => other.kind === 'veth' && peerHere(other, links) === undefined).indexOf(link);
  const state = `state ${stateOf(link, links)} ${object === 'link' ? 'mode DEFAULT ' : ''}`;
  return [
    `${start}<${flagsOf(link, links).join(',')}> ${size}${master}${state}group default ${queue}`,
    `${hardware}${elsewhere ? ` link-netnsid ${number}` : ''}`,
  ];
}

/** `inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0` */
export function lineOf(cidr: string, link: NetworkLink): string {
  const scope = link.kind === 'loopback' ? 'host' : cidr.startsWith('fe80') ? 'link' : 'global';
  if (cidr.includes(':')) return `inet6 ${cidr} scope ${scope} `;
  return `inet ${cidr}${scope === 'host' ? '' : ` brd ${broadcastOf(cidr)}`} scope ${scope} ${link.name}`;
}

/** 172.17.0.0/16 for 172.17.0.2/16. */
export function networkOf(cidr: string): string {
  const { bits, prefix } = parse(cidr);
  return `${dotted(bits - (bits % 2 ** (32 - prefix)))}/${prefix}`;
}

function broadcastOf(cidr: string): string {
  const { bits, prefix } = parse(cidr);
  const size = 2 ** (32 - prefix);
  return dotted(bits - (bits % size) + size - 1);
}

/** Whether an IPv4 address is in the network of `cidr`. */
export function inNetwork(address: string, cidr: string): boolean {
  return !cidr.includes(':') && networkOf(`${address}/${cidr.split('/')[1] ?? '32'}`) === networkOf(cidr);
}

function parse(cidr: string): { readonly bits: number; readonly prefix: number } {
  const [address = '', prefix = '32'] = cidr.split('/');
  return { bits: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), prefix: Number(prefix) };
}

function dotted(bits: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.');
}

export const busyboxIpUsage =
  'BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.\n\n' +
  'Usage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]\n\n' +
  'OPTIONS := -f[amily] inet|inet6|link | -o[neline]\n\n' +
  'ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]\n' +
  'ip route list|flush|add|del|change|append|replace|test ROUTE\n' +
  'ip link set IFACE [up|down] [arp on|off] [multicast on|off]\n' +
  '\t[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]\n\t[master IFACE | nomaster] [netns PID]\n';
