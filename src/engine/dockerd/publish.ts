/**
 * Published ports: which host port, which rules, and a docker-proxy for each address family. moby:
 * libnetwork/portmapper, drivers/bridge/port_mapping_linux.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../../programs/io.ts';
import { spawn, waitFor } from '../../programs/spawn.ts';
import { answerOf, ApiError } from './api-error.ts';
import type { Container } from './container.ts';
import { addRule, deleteRule } from './firewall.ts';
import type { ContainerRule } from './firewall.ts';
import type { NetworkController, Sandbox } from './network.ts';
import { isAnyPort, releasePort, requestPort } from './port-allocator.ts';
import type { HostConfig, PortBinding } from './records.ts';

/** A port of a container on a port of the host, while the container runs. */
export interface Publication {
  /** `80/tcp`. */
  readonly port: string;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly rules: readonly ContainerRule[];
  holder: Proxy | ListeningSocket | null;
}

/** Passes on what the rules do not reach. */
interface Proxy {
  readonly type: 'proxy';
  readonly pid: number;
  hasEnded: boolean;
}

/** Of dockerd's own where there is no proxy: nobody else shall have the port. moby: portmapper, dummyProxy. */
interface ListeningSocket {
  readonly type: 'socket';
  readonly fd: number;
}

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
export function* publishPorts(controller: NetworkController, container: Container, sandbox: Sandbox): Running<void> {
  const { Config, Name, NetworkSettings } = container.record;
  const exposed = Config.ExposedPorts ?? {};
  const { publications } = sandbox;
  try {
    for (const [port, binding] of wantedBindings(container.host, exposed)) {
      yield* publish(controller, publications, addressIn(container), port, binding);
    }
  } catch (error) {
    const { status, message } = answerOf(error);
    const failure = `driver failed programming external connectivity on endpoint ${Name.slice(1)}`;
    throw new ApiError(status, `${failure} (${sandbox.endpoint}): ${message}`);
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
 * Publishes again, on the same ports, what a daemon had published whose proxies went with it. When one cannot be had
 * none is, the log says why, and the container is said to have them still. moby: libnetwork, drivers/bridge,
 * restorePortAllocations().
 */
export function* publishAgain(controller: NetworkController, sandbox: Sandbox, address: string): Running<void> {
  const former = sandbox.publications.splice(0);
  try {
    for (const { port, hostIp, hostPort } of former) {
      const isPair = former.some((one) => one.port === port && one.hostPort === hostPort && one.hostIp === '::');
      if (isPair && hostIp === '::') continue;
      const binding = { HostIp: isPair ? '' : hostIp, HostPort: String(hostPort) };
      yield* publish(controller, sandbox.publications, address, port, binding);
    }
  } catch (error) {
    const { message } = answerOf(error);
    for (const publication of sandbox.publications.splice(0)) yield* unpublish(controller, publication);
    const endpoint = sandbox.endpoint.slice(0, 7);
    yield* controller.log('warn', `Failed to reserve existing port mapping for endpoint ${endpoint}:${message}`);
  }
}

function addressIn({ record }: Container): string {
  return record.NetworkSettings.Networks['bridge']?.IPAddress ?? '';
}

/**
 * Publishes a container's port for each address family by itself; what it did stands in `done`, also when it fails
 * half-way. moby: drivers/bridge, allocatePort().
 *
 * @throws ApiError with libnetwork's words, without those that name the endpoint.
 */
function* publish(
  controller: NetworkController,
  done: Publication[],
  containerIp: string,
  port: string,
  binding: PortBinding,
): Running<void> {
  const { HostIp, HostPort } = binding;
  for (const hostIp of HostIp === '' ? ['0.0.0.0', '::'] : [HostIp]) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        done.push(yield* map(controller, containerIp, port, hostIp, HostPort));
        break;
      } catch (error) {
        const { message } = answerOf(error);
        const isAny = isAnyPort(HostPort);
        const which = isAny ? 'port' : `port ${HostPort.includes('-') ? HostPort : `${HostPort}-${HostPort}`}`;
        const retry = isAny ? `, retry: ${attempt}` : '';
        yield* controller.log('warn', `Failed to allocate and map ${which}: ${message}${retry}`);
        if (!isAny || attempt === mostAttempts) throw error;
      }
    }
  }
}

/** How often a port that nobody named is looked for: somebody else may listen on the first. */
const mostAttempts = 10;

/** One port on one address; nothing of it remains when it fails. moby: portmapper, MapRange(). */
function* map(
  controller: NetworkController,
  containerIp: string,
  port: string,
  hostIp: string,
  wanted: string,
): Running<Publication> {
  const [containerPort = '', protocol = 'tcp'] = port.split('/');
  const hostPort = requestPort(controller.ports, protocol, hostIp, wanted);
  const { iptables, proxy } = controller;
  const isHairpin = proxy === null;
  const rules = hostIp.includes(':') ? [] : rulesOf(hostIp, hostPort, protocol, containerIp, containerPort, isHairpin);
  const publication: Publication = { port, hostIp, hostPort, rules, holder: null };
  try {
    for (const rule of rules) yield* addRule(iptables, rule);
    publication.holder = isHairpin
      ? yield* holdPort(protocol, hostIp, hostPort)
      : yield* startProxy(proxy, protocol, hostIp, hostPort, containerIp, containerPort);
    return publication;
  } catch (error) {
    if (error instanceof ApiError || isErrno(error)) yield* unpublish(controller, publication);
    throw error;
  }
}

/** Takes a port back: the proxy is told to end, the rules are deleted, the number is free. */
export function* unpublish({ ports, iptables }: NetworkController, publication: Publication): Running<void> {
  const { holder, rules, hostIp, hostPort, port } = publication;
  if (holder?.type === 'socket') yield* sys.close(holder.fd);
  if (holder?.type === 'proxy' && !holder.hasEnded) {
    yield* sys.kill(holder.pid, 'SIGINT');
    while (!holder.hasEnded) yield* sys.futexWait(holder);
  }
  for (const rule of rules) yield* deleteRule(iptables, rule);
  releasePort(ports, port.split('/')[1] ?? 'tcp', hostIp, hostPort);
}

/** The three rules of a port, with the words in the recorded order (vm-01b). */
function rulesOf(
  hostIp: string,
  hostPort: number,
  protocol: string,
  containerIp: string,
  containerPort: string,
  isHairpin: boolean,
): readonly ContainerRule[] {
  const to = ['-p', protocol, '-d', hostIp === '0.0.0.0' ? '0/0' : hostIp, '--dport', String(hostPort)];
  const destination = `${containerIp}:${containerPort}`;
  const device = ['!', '-i', 'docker0'];
  const own = ['-p', protocol, '-d', containerIp, '--dport', containerPort];
  return [
    {
      table: 'nat',
      chain: 'DOCKER',
      words: [...to, '-j', 'DNAT', '--to-destination', destination, ...(isHairpin ? [] : device)],
    },
    { table: 'filter', chain: 'DOCKER', words: [...device, '-o', 'docker0', ...own, '-j', 'ACCEPT'] },
    {
      table: 'nat',
      chain: 'POSTROUTING',
      words: ['-p', protocol, '-s', containerIp, '-d', containerIp, '--dport', containerPort, '-j', 'MASQUERADE'],
    },
  ];
}

/** Without UDP there is nothing to listen on. */
function* holdPort(protocol: string, address: string, port: number): Running<ListeningSocket | null> {
  if (protocol !== 'tcp') return null;
  const isIpv6 = address.includes(':');
  try {
    const fd = yield* sys.listen({ address, port, ipv6Only: isIpv6 }, 4096);
    yield* sys.setCloseOnExec(fd, true);
    return { type: 'socket', fd };
  } catch (error) {
    if (!isErrno(error)) throw error;
    const spot = isIpv6 ? `tcp6 [${address}]:${port}` : `tcp4 ${address}:${port}`;
    throw new ApiError(500, `listen ${spot}: bind: ${error.message.toLowerCase()}`);
  }
}

/** Waits until the proxy listens. It dies with the coroutine that forked it, so that one stays for its end. */
function* startProxy(
  program: string,
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
      const proxy: Proxy = {
        type: 'proxy',
        pid: yield* spawn({ path: program, argv, env: {}, fds, before }),
        hasEnded: false,
      };
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
  const report = started.failure === '' ? yield* readAll(reader) : '';
  yield* sys.close(reader);
  yield* sys.close(devNull);
  if (started.failure !== '') throw new ApiError(500, started.failure);
  if (report === '0\n' && started.proxy !== null) return started.proxy;
  throw new ApiError(500, `Error starting userland proxy: ${report.replace(/^1\n/, '')}`);
}
