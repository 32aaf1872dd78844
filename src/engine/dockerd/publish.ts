/**
 * Published ports: which host port, which rules, and a docker-proxy for each address family. moby:
 * libnetwork/portmapper, drivers/bridge/port_mapping_linux.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, readFileIfAny } from '../../programs/io.ts';
import { spawn, waitFor } from '../../programs/spawn.ts';
import { ApiError } from './api-error.ts';
import type { Container } from './container.ts';
import { addRule, deleteRule } from './firewall.ts';
import type { ContainerRule } from './firewall.ts';
import type { Sandbox } from './network.ts';
import type { HostConfig, PortBinding } from './records.ts';

/** A port of a container on a port of the host, while the container runs. */
export interface Publication {
  /** `80/tcp`. */
  readonly port: string;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly rules: readonly ContainerRule[];
  proxy: Proxy | null;
}

interface Proxy {
  readonly pid: number;
  hasEnded: boolean;
}

/** moby: portallocator. */
export interface PortAllocator {
  /** Host ports that are given away, as `tcp 0.0.0.0 8080`. */
  readonly taken: Set<string>;
  /** From where a port comes that nobody named. */
  readonly range: readonly number[];
}

/** With the range that the kernel has as the daemon starts. moby: getDynamicPortRange(), and what it falls back on. */
export function* newPortAllocator(): Running<PortAllocator> {
  const range = (yield* readFileIfAny('/proc/sys/net/ipv4/ip_local_port_range')) ?? '49153\t65535';
  return { taken: new Set(), range: range.trim().split('\t').map(Number) };
}

const program = '/usr/sbin/docker-proxy';

/** What a container wants published: each port with where, in the order of the ports. */
function wantedBindings(
  host: HostConfig,
  exposed: Readonly<Record<string, unknown>>,
): readonly (readonly [port: string, binding: PortBinding])[] {
  const bound = host.PortBindings ?? {};
  const all = host.PublishAllPorts ? Object.keys(exposed).filter((port) => (bound[port] ?? []).length === 0) : [];
  const wanted = [
    ...Object.entries(bound).flatMap(([port, bindings]) => (bindings ?? []).map((binding) => [port, binding] as const)),
    ...all.map((port) => [port, { HostIp: '', HostPort: '' }] as const),
  ];
  return wanted.toSorted(([one], [other]) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
}

/**
 * Publishes what a starting container wants. moby: "Programming external connectivity on endpoint".
 *
 * @throws ApiError with libnetwork's words.
 */
export function* publishPorts(allocator: PortAllocator, container: Container, sandbox: Sandbox): Running<void> {
  const { Config, Name, NetworkSettings } = container.record;
  const exposed = Config.ExposedPorts ?? {};
  const { publications } = sandbox;
  try {
    for (const [port, binding] of wantedBindings(container.host, exposed)) {
      yield* publish(allocator, publications, addressIn(container), port, binding);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const failure = `driver failed programming external connectivity on endpoint ${Name.slice(1)}`;
    throw new ApiError(error.status, `${failure} (${sandbox.endpoint}): ${error.message}`);
  }
  NetworkSettings.Ports = Object.fromEntries(
    Object.keys(exposed).map((port) => {
      const bindings = publications
        .filter((publication) => publication.port === port)
        .map(({ hostIp, hostPort }) => ({ HostIp: hostIp, HostPort: String(hostPort) }));
      return [port, bindings.length === 0 ? null : bindings];
    }),
  );
}

/**
 * Publishes again, on the same ports, what a daemon had published whose proxies went with it. moby: libnetwork,
 * drivers/bridge, restorePortAllocations().
 */
export function* publishAgain(allocator: PortAllocator, sandbox: Sandbox, address: string): Running<void> {
  const former = sandbox.publications.splice(0);
  for (const { port, hostIp, hostPort } of former) {
    const isPair = former.some((other) => other.port === port && other.hostPort === hostPort && other.hostIp === '::');
    if (isPair && hostIp === '::') continue;
    const binding = { HostIp: isPair ? '' : hostIp, HostPort: String(hostPort) };
    yield* publish(allocator, sandbox.publications, address, port, binding);
  }
}

function addressIn({ record }: Container): string {
  return record.NetworkSettings.Networks['bridge']?.IPAddress ?? '';
}

/**
 * Publishes a container's port; what it did stands in `done`, also when it fails half-way.
 *
 * @throws ApiError with libnetwork's words, without those that name the endpoint.
 */
function* publish(
  allocator: PortAllocator,
  done: Publication[],
  containerIp: string,
  port: string,
  binding: PortBinding,
): Running<void> {
  const [containerPort = '', protocol = 'tcp'] = port.split('/');
  const families = binding.HostIp === '' ? ['0.0.0.0', '::'] : [binding.HostIp];
  const hostPort = allocate(allocator, protocol, families, binding.HostPort);
  for (const hostIp of families) {
    const isIpv6 = hostIp.includes(':');
    const rules = isIpv6 ? [] : rulesOf(hostIp, hostPort, protocol, containerIp, containerPort);
    const publication: Publication = { port, hostIp, hostPort, rules, proxy: null };
    done.push(publication);
    for (const rule of rules) {
      if (!(yield* addRule(rule))) throw new ApiError(500, `Error: iptables failed: ${rule.words.join(' ')}`);
    }
    publication.proxy = yield* startProxy(protocol, hostIp, hostPort, containerIp, containerPort);
  }
}

/** Takes a port back: the proxy is told to end, the rules are deleted, the number is free. */
export function* unpublish(allocator: PortAllocator, publication: Publication): Running<void> {
  const { proxy, rules, hostIp, hostPort, port } = publication;
  if (proxy !== null && !proxy.hasEnded) {
    yield* sys.kill(proxy.pid, 'SIGINT');
    while (!proxy.hasEnded) yield* sys.futexWait(proxy);
  }
  for (const rule of rules) yield* deleteRule(rule);
  allocator.taken.delete(`${port.split('/')[1] ?? 'tcp'} ${hostIp} ${hostPort}`);
}

function allocate(
  { taken, range }: PortAllocator,
  protocol: string,
  families: readonly string[],
  wanted: string,
): number {
  const [first = 0, last = first] = wanted === '' ? range : wanted.split('-').map(Number);
  const isTaken = (hostIp: string, port: number): boolean => {
    const wildcard = hostIp.includes(':') ? '::' : '0.0.0.0';
    const others = [...taken].map((entry) => entry.split(' '));
    return others.some(
      ([name = '', ip = '', number = '']) =>
        name === protocol &&
        Number(number) === port &&
        (ip === hostIp || ip === wildcard || (hostIp === wildcard && ip.includes(':') === hostIp.includes(':'))),
    );
  };
  for (let port = first; port <= last; port += 1) {
    const free = families.every((hostIp) => !isTaken(hostIp, port));
    if (!free) continue;
    for (const hostIp of families) taken.add(`${protocol} ${hostIp} ${port}`);
    return port;
  }
  const spot = families.find((hostIp) => isTaken(hostIp, first)) ?? '0.0.0.0';
  const words = wanted.includes('-') || wanted === '' ? 'all ports are allocated' : 'port is already allocated';
  throw new ApiError(500, `Bind for ${spot.includes(':') ? `[${spot}]` : spot}:${first} failed: ${words}`);
}

/** The three rules of a port, with the words in the recorded order (vm-01b). */
function rulesOf(
  hostIp: string,
  hostPort: number,
  protocol: string,
  containerIp: string,
  containerPort: string,
): readonly ContainerRule[] {
  const to = ['-p', protocol, '-d', hostIp === '0.0.0.0' ? '0/0' : hostIp, '--dport', String(hostPort)];
  const destination = `${containerIp}:${containerPort}`;
  const device = ['!', '-i', 'docker0'];
  const own = ['-p', protocol, '-d', containerIp, '--dport', containerPort];
  return [
    {
      table: 'nat',
      chain: 'DOCKER',
      words: [...to, '-j', 'DNAT', '--to-destination', destination, ...device],
    },
    { table: 'filter', chain: 'DOCKER', words: [...device, '-o', 'docker0', ...own, '-j', 'ACCEPT'] },
    {
      table: 'nat',
      chain: 'POSTROUTING',
      words: ['-p', protocol, '-s', containerIp, '-d', containerIp, '--dport', containerPort, '-j', 'MASQUERADE'],
    },
  ];
}

/** Waits until the proxy listens. It dies with the coroutine that forked it, so that one stays for its end. */
function* startProxy(
  protocol: string,
  hostIp: string,
  hostPort: number,
  containerIp: string,
  containerPort: string,
): Running<Proxy> {
  const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const argv = [
    program,
    '-proto',
    protocol,
    '-host-ip',
    hostIp,
    '-host-port',
    String(hostPort),
    '-container-ip',
    containerIp,
    '-container-port',
    containerPort,
  ];
  const started: { proxy: Proxy | null; failure: string } = { proxy: null, failure: '' };
  yield* sys.go(function* () {
    try {
      const before = (): Running<void> => sys.setParentDeathSignal('SIGTERM');
      const fds = { 0: devNull, 1: devNull, 2: devNull, 3: writer };
      const proxy: Proxy = { pid: yield* spawn({ path: program, argv, env: {}, fds, before }), hasEnded: false };
      started.proxy = proxy;
      yield* sys.close(writer);
      yield* sys.futexWake(started);
      yield* waitFor(proxy.pid);
      proxy.hasEnded = true;
      yield* sys.futexWake(proxy);
    } catch (error) {
      if (!isErrno(error)) throw error;
      started.failure = `fork/exec ${program}: ${error.message.toLowerCase()}`;
      yield* sys.close(writer);
      yield* sys.futexWake(started);
    }
  });
  while (started.proxy === null && started.failure === '') yield* sys.futexWait(started);
  const report = started.failure === '' ? yield* readAll(reader) : `1\n${started.failure}`;
  yield* sys.close(reader);
  yield* sys.close(devNull);
  if (report === '0\n' && started.proxy !== null) return started.proxy;
  throw new ApiError(500, `Error starting userland proxy: ${report.replace(/^1\n/, '')}`);
}
