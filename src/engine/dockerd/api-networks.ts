/** The calls on networks: there are the three that every daemon has. moby: api/server/router/network. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { ApiError } from './api-error.ts';
import type { Daemon } from './daemon.ts';
import { emit } from './events.ts';
import { booleanFilter, matchesLabels, matchesPattern, parseFilters } from './filters.ts';
import type { Filters } from './filters.ts';
import { bridgeName, driverOf, findNetwork, gateway, networkNames } from './network.ts';
import type { DefaultNetwork } from './network.ts';
import { untilOf } from './prune.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';

export const networkRoutes: readonly Route[] = [
  route('GET', '/networks', function* (daemon, exchange) {
    const filters = parseFilters(exchange.request.query.get('filters') ?? '', known);
    const listed = wantedNetworks(daemon, filters).map((name) => describe(daemon, name));
    yield* exchange.json(200, listed);
  }),
  route('POST', '/networks/prune', function* (daemon, exchange) {
    const filters = parseFilters(exchange.request.query.get('filters') ?? '', ['label', 'label!', 'until']);
    untilOf(filters, (yield* sys.realtime()).seconds);
    yield* emit(daemon.events, 'network', 'prune', '', { reclaimed: '0' });
    yield* exchange.json(200, { NetworksDeleted: null });
  }),
  route('GET', '/networks/([^/]+)', function* (daemon, exchange, reference) {
    const name = findNetwork(daemon.network, reference);
    yield* exchange.json(200, { ...describe(daemon, name), Containers: members(daemon, name) });
  }),
  // oxlint-disable-next-line require-yield -- none of the three can go, so it only refuses
  route('DELETE', '/networks/([^/]+)', function* (daemon, _exchange, reference): Running<void> {
    const name = findNetwork(daemon.network, reference);
    throw new ApiError(403, `${name} is a pre-defined network and cannot be removed`);
  }),
];

const known = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

/** moby: daemon/network/filter.go, FilterNetworks(). Throws 400, or 500, for a value that there is not. */
function wantedNetworks({ network }: Daemon, filters: Filters): readonly DefaultNetwork[] {
  const has = (filter: string, value: string): boolean => filters.get(filter)?.includes(value) ?? true;
  // Those that are always there are not left over.
  const isDangling = filters.has('dangling') && booleanFilter(filters, 'dangling') === true;
  const wrongType = filters.get('type')?.find((type) => type !== 'builtin' && type !== 'custom');
  if (wrongType !== undefined) throw new ApiError(500, `invalid filter: 'type'='${wrongType}'`);
  if (isDangling || !has('type', 'builtin')) return [];
  return networkNames.filter(
    (name) =>
      matchesPattern(filters, 'name', name) &&
      matchesPattern(filters, 'id', network.ids[name]) &&
      has('driver', driverOf(name)) &&
      has('scope', 'local') &&
      matchesLabels(filters, {}),
  );
}

const bridgeOptions = {
  'com.docker.network.bridge.default_bridge': 'true',
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.name': bridgeName,
  'com.docker.network.driver.mtu': '1500',
};

/** As recorded (vm-25). */
function describe({ network }: Daemon, name: DefaultNetwork): object {
  const isBridge = name === 'bridge';
  return {
    Name: name,
    Id: network.ids[name],
    Created: network.created,
    Scope: 'local',
    Driver: driverOf(name),
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: null,
      Config: isBridge ? [{ Subnet: '172.17.0.0/16', Gateway: gateway }] : null,
    },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: {},
    Options: isBridge ? bridgeOptions : {},
    Labels: {},
  };
}

/** Who is on it at this moment, by id. */
function members(daemon: Daemon, name: DefaultNetwork): object {
  const connected = [...daemon.containers.values()].flatMap(({ record, sandbox }) => {
    const endpoint = record.NetworkSettings.Networks[name];
    if (sandbox?.network !== name || endpoint === undefined) return [];
    const { EndpointID, MacAddress, IPAddress, IPPrefixLen } = endpoint;
    const IPv4Address = IPAddress === '' ? '' : `${IPAddress}/${IPPrefixLen}`;
    return [[record.ID, { Name: record.Name.slice(1), EndpointID, MacAddress, IPv4Address, IPv6Address: '' }] as const];
  });
  return Object.fromEntries(connected.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
