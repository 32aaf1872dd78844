/**
 * The default networks: `bridge` (docker0, 172.17.0.0/16, a veth pair a container), `none` and `host`. moby:
 * libnetwork.
 */
import { makeDirectories } from '../directories.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { dockerdDurations } from '../durations-docker.ts';
import type { Log } from '../log.ts';
import { ApiError, badRequest, notFound } from './api-error.ts';
import type { Container } from './container.ts';
import { timestampNow } from '../timestamp.ts';
import { unlinkIfAny } from '../unlink.ts';
import { namesIn, writeFile } from './disk.ts';
import { emit } from './events.ts';
import type { EventHub } from './events.ts';
import { requireIptables, setUpFirewall } from './firewall.ts';
import { randomHex } from './identifiers.ts';
import { newPortAllocator } from './port-allocator.ts';
import type { PortAllocator } from './port-allocator.ts';
import { publishPorts, unpublish } from './publish.ts';
import type { Publication } from './publish.ts';
import { execRoot } from './records.ts';
import type { EndpointRecord, NetworkSettingsRecord } from './records.ts';
import { readNetworkIds, removeOtherSandboxes, writeNetworkIds } from './sandbox-store.ts';

export const networkNames = ['bridge', 'host', 'none'] as const;
export type DefaultNetwork = (typeof networkNames)[number];

export interface NetworkController {
  /** Names its socket: /var/run/docker/libnetwork/NAME.sock. */
  readonly name: string;
  /** Network ids by network name. */
  readonly ids: Record<DefaultNetwork, string>;
  /** When this daemon has made them: the bridge is made anew at each start. */
  readonly created: string;
  /** docker0 was there when this daemon began, with its address. */
  readonly hadBridge: boolean;
  /** The ids are those of the last daemon. */
  readonly isRestored: boolean;
  readonly events: EventHub;
  /** Last numbers of the addresses in use: 172.17.0.N. */
  readonly used: Set<number>;
  readonly ports: PortAllocator;
  readonly log: Log;
  /** Where iptables is. */
  readonly iptables: string;
  /** Where docker-proxy is; null when the rules do without it. */
  readonly proxy: string | null;
}

/** A container's network while it runs. */
export interface Sandbox {
  readonly id: string;
  /** The file on which the network namespace is mounted. */
  readonly key: string;
  readonly endpoint: string;
  readonly network: DefaultNetwork;
  /** 0 without an address. */
  readonly number: number;
  readonly hostDevice: string;
  readonly containerDevice: string;
  isMounted: boolean;
  readonly publications: Publication[];
}

export const bridgeName = 'docker0';
/** Where containers with the host's network find it. moby: libnetwork/osl, GenerateKey("default"). */
export const hostNamespaceKey = `${execRoot}/netns/default`;
export const gateway = '172.17.0.1';
const drivers = { bridge: 'bridge', none: 'null', host: 'host' } as const;

/** The driver of a default network. */
export const driverOf = (network: DefaultNetwork): string => drivers[network];

/**
 * Makes docker0 and the controller.
 *
 * @throws ApiError where there is no iptables.
 */
export function* startNetwork(
  events: EventHub,
  log: Log,
  env: Environment,
  proxy: string | null,
): Running<NetworkController> {
  const iptables = yield* requireIptables(log, env);
  yield* makeDirectories(`${execRoot}/netns`);
  yield* makeDirectories(`${execRoot}/libnetwork`, 0o600);
  const links = yield* sys.netlink({ op: 'list' });
  const hadBridge = links.some(({ name }) => name === bridgeName);
  if (!hadBridge) {
    yield* sys.netlink({ op: 'add', kind: 'bridge', name: bridgeName });
    yield* sys.netlink({ op: 'address', name: bridgeName, cidr: `${gateway}/16` });
    yield* sys.netlink({ op: 'up', name: bridgeName });
  }
  yield* setUpFirewall(proxy === null);
  const known = yield* readNetworkIds();
  const ids = known ?? { bridge: yield* randomHex(32), host: yield* randomHex(32), none: yield* randomHex(32) };
  if (known === null) yield* writeNetworkIds(ids);
  return {
    name: yield* randomHex(6),
    ids,
    created: yield* timestampNow(),
    hadBridge,
    isRestored: known !== null,
    events,
    used: new Set([0, 1]),
    ports: yield* newPortAllocator(),
    log,
    iptables,
    proxy,
  };
}

/**
 * The network that a name, an id or the beginning of one means. Throws 404 for none, 400 for a beginning of several.
 * moby: daemon.FindNetwork().
 */
export function findNetwork({ ids }: NetworkController, term: string): DefaultNetwork {
  const named = networkNames.find((name) => ids[name] === term || name === term);
  if (named !== undefined) return named;
  const [found, ...others] = networkNames.filter((name) => ids[name].startsWith(term));
  if (found === undefined) throw notFound(`network ${term} not found`);
  if (others.length === 0) return found;
  throw badRequest(`network ${term} is ambiguous (${others.length + 1} matches found based on ID prefix)`);
}

/** Under which name a container that is made has its network; what nobody knows fails at the start. */
export function networkNameOf(controller: NetworkController, mode: string): string {
  if (mode === 'default') return 'bridge';
  try {
    return findNetwork(controller, mode);
  } catch (error) {
    if (error instanceof ApiError) return mode;
    throw error;
  }
}

/**
 * Gives a starting container its network: an address, and a veth pair of which one end waits on the host. moby:
 * initializeNetworking().
 */
export function* allocateNetwork(controller: NetworkController, container: Container): Running<void> {
  const settings = container.record.NetworkSettings;
  const network = findNetwork(controller, Object.keys(settings.Networks)[0] ?? 'bridge');
  const hasHostNetwork = container.host.NetworkMode === 'host';
  const id = yield* randomHex(32);
  const suffixes = [(yield* randomHex(4)).slice(0, 7), (yield* randomHex(4)).slice(0, 7)] as const;
  const sandbox: Sandbox = {
    id,
    key: hasHostNetwork ? hostNamespaceKey : `${execRoot}/netns/${id.slice(0, 12)}`,
    endpoint: yield* randomHex(32),
    network,
    number: network === 'bridge' ? nextNumber(controller) : 0,
    hostDevice: `veth${suffixes[0]}`,
    containerDevice: `veth${suffixes[1]}`,
    isMounted: false,
    publications: [],
  };
  container.sandbox = sandbox;
  yield* sys.compute(dockerdDurations.allocateNetwork);
  if (network === 'bridge') yield* makeVethPair(sandbox);
  if (hasHostNetwork) yield* keepHostNamespace();
  settings.SandboxID = id;
  settings.SandboxKey = sandbox.key;
  const name = container.record.Name.slice(1);
  const dnsNames = network !== 'bridge' ? [name, container.record.ID.slice(0, 12)] : null;
  fillEndpoint(settings, sandbox, controller.ids[network], dnsNames);
  if (network === 'bridge') yield* publishPorts(controller, container, sandbox);
  yield* emitNetworkEvent(controller, container, 'connect', network);
}

/** The host's own network namespace under a name that every container on the network `host` joins. */
function* keepHostNamespace(): Running<void> {
  if ((yield* namesIn(`${execRoot}/netns`)).includes('default')) return;
  yield* writeFile(hostNamespaceKey, '');
  yield* sys.mount('/proc/self/ns/net', hostNamespaceKey, '', ['MS_BIND']);
}

function* makeVethPair(sandbox: Sandbox): Running<void> {
  yield* sys.netlink({ op: 'add', kind: 'veth', name: sandbox.hostDevice, peer: sandbox.containerDevice });
  yield* sys.netlink({ op: 'master', name: sandbox.hostDevice, master: bridgeName });
  yield* sys.netlink({ op: 'up', name: sandbox.hostDevice });
}

function nextNumber(controller: NetworkController): number {
  let number = 2;
  while (controller.used.has(number)) number += 1;
  controller.used.add(number);
  return number;
}

/** An address of docker0's network. */
export function addressOf(number: number): string {
  return `172.17.${Math.floor(number / 256)}.${number % 256}`;
}

/** moby: netutils.GenerateMACFromIP(). */
function macOf(number: number): string {
  const bytes = [2, 66, 172, 17, Math.floor(number / 256), number % 256];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function fillEndpoint(
  settings: NetworkSettingsRecord,
  sandbox: Sandbox,
  networkId: string,
  dnsNames: readonly string[] | null,
): void {
  const endpoint = (settings.Networks[sandbox.network] ??= emptyEndpoint());
  endpoint.NetworkID = networkId;
  endpoint.EndpointID = sandbox.endpoint;
  endpoint.DNSNames = dnsNames;
  if (sandbox.number === 0) return;
  endpoint.Gateway = gateway;
  endpoint.IPAddress = addressOf(sandbox.number);
  endpoint.IPPrefixLen = 16;
  endpoint.MacAddress = macOf(sandbox.number);
}

/** An endpoint as a container has it that is not started. */
export function emptyEndpoint(): EndpointRecord {
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    MacAddress: '',
    NetworkID: '',
    EndpointID: '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DriverOpts: null,
    DNSNames: null,
  };
}

/**
 * The prestart hook's request: the container's network namespace exists now. It is kept alive by a mount, and its end
 * of the veth pair is moved in and set up. Runs in a coroutine of its own, because it wears the namespace for a while
 * (setns in one thread). moby: Sandbox.SetKey().
 */
export function* setKey(sandbox: Sandbox, namespacePath: string, rebuildHosts: () => Running<void>): Running<void> {
  yield* writeFile(sandbox.key, '');
  yield* sys.mount(namespacePath, sandbox.key, '', ['MS_BIND']);
  sandbox.isMounted = true;
  yield* inNamespace(sandbox.key, function* () {
    yield* sys.netlink({ op: 'up', name: 'lo' });
  });
  yield* rebuildHosts();
  if (sandbox.number === 0) return;
  const namespaceFd = yield* sys.open(sandbox.key, 0);
  yield* sys.netlink({ op: 'move', name: sandbox.containerDevice, namespaceFd });
  yield* sys.close(namespaceFd);
  yield* inNamespace(sandbox.key, function* () {
    yield* sys.netlink({ op: 'rename', name: sandbox.containerDevice, to: 'eth0' });
    yield* sys.netlink({ op: 'mac', name: 'eth0', mac: macOf(sandbox.number) });
    yield* sys.netlink({ op: 'address', name: 'eth0', cidr: `${addressOf(sandbox.number)}/16` });
    yield* sys.netlink({ op: 'up', name: 'eth0' });
    yield* sys.netlink({ op: 'route', name: 'eth0', to: 'default', via: gateway });
  });
}

function* inNamespace(path: string, body: () => Running<void>): Running<void> {
  const own = yield* sys.open('/proc/self/ns/net', 0);
  const other = yield* sys.open(path, 0);
  yield* sys.setns(other, 'net');
  yield* body();
  yield* sys.setns(own, 'net');
  yield* sys.close(other);
  yield* sys.close(own);
}

/** Takes everything down again. moby: releaseNetwork(). */
export function* releaseNetwork(controller: NetworkController, container: Container): Running<void> {
  const { sandbox } = container;
  // One that ended with no daemon there keeps what its settings say, its ports too: of its sandbox nobody knows yet.
  if (sandbox === null) return;
  container.sandbox = null;
  container.record.NetworkSettings.Ports = {};
  yield* sys.compute(dockerdDurations.releaseNetwork);
  for (const publication of sandbox.publications) yield* unpublish(controller, publication);
  if (sandbox.number !== 0) {
    yield* removeDevice(sandbox.hostDevice);
    controller.used.delete(sandbox.number);
  }
  if (sandbox.isMounted) {
    yield* dropNamespaceFile(sandbox.key);
  }
  // Its settings name the sandbox still.
  const settings = container.record.NetworkSettings;
  settings.Networks[sandbox.network] = { ...emptyEndpoint(), NetworkID: controller.ids[sandbox.network] };
  yield* emitNetworkEvent(controller, container, 'disconnect', sandbox.network);
}

/**
 * What a daemon that was killed left behind: mounted namespaces, ends of veth pairs, published ports and records, but
 * for those in use. When none is, the default bridge is made anew, under another id (recorded: vm-27). moby:
 * libnetwork, sandboxCleanup(); initBridgeDriver().
 */
export function* removeStaleSandboxes(controller: NetworkController, kept: readonly Sandbox[]): Running<void> {
  if (kept.length === 0 && controller.isRestored) {
    controller.ids.bridge = yield* randomHex(32);
    yield* writeNetworkIds(controller.ids);
  }
  for (const name of yield* namesIn(`${execRoot}/netns`)) {
    const path = `${execRoot}/netns/${name}`;
    if (kept.some(({ key }) => key === path)) continue;
    yield* dropNamespaceFile(path);
  }
  yield* removeOtherSandboxes(controller, kept);
  for (const { name, master } of yield* sys.netlink({ op: 'list' }))
    if (master === bridgeName && !kept.some(({ hostDevice }) => hostDevice === name)) yield* removeDevice(name);
  if (kept.length > 0)
    yield* controller.log('info', 'there are running containers, updated network configuration will not take affect');
  else if (controller.hadBridge) {
    const words = `Default bridge (${bridgeName}) is assigned with an IP address 172.17.0.0/16.`;
    yield* controller.log('info', `${words} Daemon option --bip can be used to set a preferred IP address`);
  }
}

/** A container's end and the clean-up after a killed daemon may both be at it: that it is gone is no error. */
function* dropNamespaceFile(path: string): Running<void> {
  try {
    yield* sys.umount2(path, ['MNT_DETACH']);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOENT')) throw error;
  }
  yield* unlinkIfAny(path);
}

function* removeDevice(name: string): Running<void> {
  try {
    yield* sys.netlink({ op: 'remove', name });
  } catch (error) {
    // It went with its other end when the namespace ended.
    if (!isErrno(error)) throw error;
  }
}

function* emitNetworkEvent(
  controller: NetworkController,
  container: Container,
  action: 'connect' | 'disconnect',
  network: DefaultNetwork,
): Running<void> {
  const attributes = { container: container.record.ID, name: network, type: driverOf(network) };
  yield* emit(controller.events, 'network', action, controller.ids[network], attributes);
}
