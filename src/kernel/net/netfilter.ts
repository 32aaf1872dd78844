/**
 * Packet filtering and address translation: tables of chains of rules, which the first packet of a connection goes
 * through; what follows on the connection goes the same way, as conntrack has it. Man pages: iptables(8),
 * iptables-extensions(8).
 */
import { Errno } from '../errno.ts';
import { isInNetwork } from './internet-address.ts';

export type TableName = 'filter' | 'nat';

/** A condition on a packet that may be turned round (`! -i docker0`); '' holds for every packet. */
export interface Condition {
  readonly value: string;
  readonly isNot: boolean;
}

/** Holds for every packet. */
export const noCondition: Condition = { value: '', isNot: false };

export interface Rule {
  readonly protocol: Condition;
  /** Networks. */
  readonly source: Condition;
  readonly destination: Condition;
  readonly inDevice: Condition;
  readonly outDevice: Condition;
  /** A port, or `8000:8010`. */
  readonly sourcePort: Condition;
  readonly destinationPort: Condition;
  /** `LOCAL`: an address of this namespace's own. */
  readonly sourceType: Condition;
  readonly destinationType: Condition;
  /** `NEW`, `ESTABLISHED`, …; none for any. */
  readonly states: readonly string[];
  readonly comment: string;
  /** ACCEPT, DROP, REJECT, RETURN, DNAT, SNAT, MASQUERADE, a chain; '' only counts. */
  readonly target: string;
  /** `172.17.0.2:80`, for DNAT and SNAT. */
  readonly to: string;
}

export interface CountedRule {
  readonly rule: Rule;
  packets: number;
  bytes: number;
}

export interface Chain {
  readonly name: string;
  /** Null for a chain of the user's own, which only `RETURN`s at its end. */
  policy: 'ACCEPT' | 'DROP' | null;
  rules: CountedRule[];
  packets: number;
  bytes: number;
}

/** Chains by name, the built-in ones first. */
export type Table = Map<string, Chain>;
export type Netfilter = Readonly<Record<TableName, Table>>;

/** What rules look at. Devices are '' where the packet has none (yet). */
export interface Packet {
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
  inDevice: string;
  outDevice: string;
}

/** What becomes of a packet at a hook: `to` is the new address (and port) of a translation. */
export interface Verdict {
  readonly target: 'ACCEPT' | 'DROP' | 'REJECT' | 'DNAT' | 'SNAT' | 'MASQUERADE';
  readonly to: string;
}

/** A TCP segment without data but with its options, as the counters have it. */
const synBytes = 60;

const builtIn: Readonly<Record<TableName, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};
const targets: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'REJECT', 'DNAT', 'SNAT', 'MASQUERADE']);

/** Tables whose chains are empty and let everything pass. */
export function createNetfilter(): Netfilter {
  const table = (name: TableName): Table => new Map(builtIn[name].map((chain) => [chain, newChain(chain, 'ACCEPT')]));
  return { filter: table('filter'), nat: table('nat') };
}

export function newChain(name: string, policy: Chain['policy']): Chain {
  return { name, policy, rules: [], packets: 0, bytes: 0 };
}

/** The chain of that name; ENOENT. */
export function chainOf(table: Table, name: string): Chain {
  const chain = table.get(name);
  if (chain === undefined) throw new Errno('ENOENT');
  return chain;
}

/** Sends a packet through a built-in chain. `isLocal` tells the namespace's own addresses. */
export function filterPacket(
  table: Table,
  hook: string,
  packet: Packet,
  isLocal: (address: string) => boolean,
): Verdict {
  const chain = chainOf(table, hook);
  const verdict = walk(table, chain, packet, isLocal);
  if (verdict !== null) return verdict;
  chain.packets += 1;
  chain.bytes += synBytes;
  return { target: chain.policy ?? 'ACCEPT', to: '' };
}

/** Null at the chain's end, and on RETURN: the caller goes on. */
function walk(table: Table, chain: Chain, packet: Packet, isLocal: (address: string) => boolean): Verdict | null {
  for (const counted of chain.rules) {
    const { rule } = counted;
    if (!applies(rule, packet, isLocal)) continue;
    counted.packets += 1;
    counted.bytes += synBytes;
    if (rule.target === 'RETURN') return null;
    if (targets.has(rule.target)) return { target: rule.target as Verdict['target'], to: rule.to };
    const next = table.get(rule.target);
    const verdict = next === undefined ? null : walk(table, next, packet, isLocal);
    if (verdict !== null) return verdict;
  }
  return null;
}

function applies(rule: Rule, packet: Packet, isLocal: (address: string) => boolean): boolean {
  const holds = ({ value, isNot }: Condition, test: (value: string) => boolean): boolean =>
    value === '' || test(value) !== isNot;
  const isOfType = (address: string) => (type: string) => type === 'LOCAL' && isLocal(address);
  return (
    holds(rule.protocol, (protocol) => protocol === 'tcp' || protocol === 'all') &&
    holds(rule.source, (network) => isInNetwork(packet.source, network)) &&
    holds(rule.destination, (network) => isInNetwork(packet.destination, network)) &&
    holds(rule.inDevice, (device) => isDevice(packet.inDevice, device)) &&
    holds(rule.outDevice, (device) => isDevice(packet.outDevice, device)) &&
    holds(rule.sourcePort, (ports) => isInRange(packet.sourcePort, ports)) &&
    holds(rule.destinationPort, (ports) => isInRange(packet.destinationPort, ports)) &&
    holds(rule.sourceType, isOfType(packet.source)) &&
    holds(rule.destinationType, isOfType(packet.destination)) &&
    // Only the first packet of a connection goes through the rules.
    (rule.states.length === 0 || rule.states.includes('NEW'))
  );
}

/** `veth+` stands for every device whose name begins so. */
function isDevice(name: string, pattern: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function isInRange(port: number, ports: string): boolean {
  const [first = '', last = first] = ports.split(':');
  return port >= Number(first) && port <= Number(last);
}
