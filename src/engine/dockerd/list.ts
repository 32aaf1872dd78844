/** What `docker ps` is told of containers. moby: daemon/list.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { parsePortRange } from '../docker/ports.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { badRequest, notFound, serverError } from './api-error.ts';
import { statusOf } from './container.ts';
import type { StateRecord } from './records.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { booleanFilter, isTrue, matchesLabels, matchesPattern, numberFilter, parseFilters } from './filters.ts';
import type { Filters } from './filters.ts';
import { writtenBytes } from './graph-driver.ts';
import { humanDuration } from './human-duration.ts';
import { findImageIfAny } from './image-store.ts';
import { linkNamesOf } from './links.ts';
import { describeMounts } from './mount-points.ts';
import type { ContainerRecord } from './records.ts';
import { integerOf } from './query-number.ts';

/** The answer to GET /containers/json: the newest first. */
export function* listContainers(daemon: Daemon, query: ReadonlyMap<string, string>): Running<unknown> {
  const { seconds } = yield* sys.realtime();
  const selection = selectionOf(daemon, query);
  const withSize = isTrue(query.get('size'));
  const list: unknown[] = [];
  for (const container of selected(daemon, selection)) {
    const size = withSize ? yield* sizesOf(daemon, container) : {};
    const Names = [container.record.Name, ...linkNamesOf(daemon, container)];
    list.push({ ...summary(container, Names, seconds), ...size });
  }
  return list;
}

/** How much a container has written, and how much its root holds with the image; in bytes. */
export function* sizesOf(
  daemon: Daemon,
  { layer, record }: Container,
): Running<{ readonly SizeRw: number; readonly SizeRootFs: number }> {
  const written = yield* writtenBytes(layer);
  return { SizeRw: written, SizeRootFs: written + (daemon.images.images.get(record.Image)?.size ?? 0) };
}

/** What a running container is besides. */
function asideOf({ Paused, Health }: StateRecord): string {
  if (Paused) return ' (Paused)';
  if (Health === undefined) return '';
  return Health.Status === 'starting' ? ' (health: starting)' : ` (${Health.Status})`;
}

/** `Up 7 seconds`, `Exited (0) 3 minutes ago`, `Created`. moby: State.String(). */
function statusText(container: Container, nowSeconds: number): string {
  const { State } = container.record;
  const since = (time: string): string => humanDuration(nowSeconds - (parseRfc3339(time)?.seconds ?? nowSeconds));
  if (State.Restarting) return `Restarting (${State.ExitCode}) ${since(State.FinishedAt)} ago`;
  if (State.Running) return `Up ${since(State.StartedAt)}${asideOf(State)}`;
  if (State.RemovalInProgress) return 'Removal In Progress';
  if (State.Dead) return 'Dead';
  if (statusOf(container) === 'created') return 'Created';
  return `Exited (${State.ExitCode}) ${since(State.FinishedAt)} ago`;
}

interface ListedPort {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

/** Each way to a port, and the ports that are only exposed. moby: container/view.go. */
function listedPorts({ NetworkSettings: { Ports } }: ContainerRecord): readonly ListedPort[] {
  return Object.entries(Ports).flatMap(([port, bindings]): readonly ListedPort[] => {
    const [number, kind = 'tcp'] = port.split('/');
    const own = { PrivatePort: Number(number), Type: kind };
    if (bindings === null) return [own];
    return bindings.map(({ HostIp, HostPort }) => ({
      IP: HostIp,
      PrivatePort: own.PrivatePort,
      PublicPort: Number(HostPort),
      Type: kind,
    }));
  });
}

function summary(container: Container, Names: readonly string[], nowSeconds: number): object {
  const { record, host } = container;
  return {
    Id: record.ID,
    Names,
    Image: record.Config.Image,
    ImageID: record.Image,
    Command: [record.Path, ...record.Args.map(quoted)].join(' '),
    Created: parseRfc3339(record.Created)?.seconds ?? 0,
    Ports: listedPorts(record),
    Labels: record.Config.Labels,
    State: statusOf(container),
    Status: statusText(container, nowSeconds),
    HostConfig: { NetworkMode: host.NetworkMode },
    NetworkSettings: { Networks: record.NetworkSettings.Networks },
    Mounts: describeMounts(container),
  };
}

/** An argument with a blank is shown in single quotes. */
function quoted(argument: string): string {
  return argument.includes(' ') ? `'${argument}'` : argument;
}

/** What a request asks to see. */
interface Selection {
  readonly filters: Filters;
  readonly all: boolean;
  /** 0 for no limit. */
  readonly limit: number;
  /** The containers must be younger than this one. */
  readonly since: Container | undefined;
  /** … older than this one. */
  readonly before: Container | undefined;
  readonly exitCodes: readonly number[] | undefined;
  /** Ids of images of which a container is to be made. */
  readonly images: ReadonlySet<string> | undefined;
  /** Whole ids of those that the filter names. */
  readonly ids: readonly string[] | undefined;
  readonly isTask: boolean | undefined;
  readonly publishes: readonly PortRange[] | undefined;
  readonly exposes: readonly PortRange[] | undefined;
}

interface PortRange {
  readonly start: number;
  readonly end: number;
  readonly protocol: string;
}

const knownFilters = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];
const states = ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'];
const healths = ['starting', 'healthy', 'unhealthy', 'none'];

/** moby: foldFilter(). Throws 400 for a filter or a value that there is not, 404 for a container. */
function selectionOf(daemon: Daemon, query: ReadonlyMap<string, string>): Selection {
  const filters = parseFilters(query.get('filters') ?? '', knownFilters);
  const exitCodes = numberFilter(filters, 'exited');
  const noState = filters.get('status')?.find((value) => !states.includes(value));
  if (noState !== undefined) throw badRequest(`invalid filter 'status=${noState}'`);
  const isTask = booleanFilter(filters, 'is-task');
  const noHealth = filters.get('health')?.find((value) => !healths.includes(value));
  if (noHealth !== undefined) throw badRequest(`unrecognized filter value for health: ${noHealth}`);
  const named = (name: string): Container | undefined =>
    filters
      .get(name)
      ?.map((value) => containerNamed(daemon, value))
      .at(-1);
  const before = named('before');
  const since = named('since');
  const images = filters.get('ancestor')?.flatMap((name) => findImageIfAny(daemon.images, name)?.id ?? []);
  return {
    filters,
    all: isTrue(query.get('all')) || filters.has('status'),
    limit: Math.max(0, integerOf(query.get('limit'), 0)),
    since,
    before,
    exitCodes,
    images: images === undefined ? undefined : withDescendants(daemon, new Set(images)),
    ids: filters.get('id')?.flatMap((prefix) => onlyWithPrefix(daemon, prefix)),
    isTask,
    publishes: portsOf(filters, 'publish'),
    exposes: portsOf(filters, 'expose'),
  };
}

/** By its whole id or a name. Throws 404. moby: idOrNameFilter(). */
function containerNamed({ containers, names }: Daemon, value: string): Container {
  const found = containers.get(value) ?? containers.get(names.get(value.replace(/^\//, '')) ?? '');
  if (found === undefined) throw notFound(`No such container: ${value}`);
  return found;
}

/** What fits several ids fits none. moby: filterByNameIDMatches(). */
function onlyWithPrefix({ containers }: Daemon, prefix: string): readonly string[] {
  const matches = [...containers.keys()].filter((id) => id.startsWith(prefix));
  return prefix !== '' && matches.length === 1 ? matches : [];
}

/** An image's descendants are made from it as well. moby: populateImageFilterByParents(). */
function withDescendants({ images }: Daemon, ids: Set<string>): ReadonlySet<string> {
  for (const id of ids) for (const image of images.images.values()) if (image.parent === id) ids.add(image.id);
  return ids;
}

/** The ports that a filter names, singly or as a range. moby: portOp(). */
function portsOf(filters: Filters, name: 'publish' | 'expose'): readonly PortRange[] | undefined {
  return filters.get(name)?.map((value) => {
    const [ports = '', protocol = 'tcp'] = value.split('/');
    const range = parsePortRange(ports);
    if ('error' in range) throw serverError(`error while looking up for ${name} ${value}: ${range.error}`);
    return { ...range, protocol };
  });
}

/** moby: reduceContainers(): the newest first. */
function selected(daemon: Daemon, selection: Selection): readonly Container[] {
  const { limit, since, before } = selection;
  const chosen: Container[] = [];
  let isBefore = before === undefined;
  for (const container of [...daemon.containers.values()].toReversed()) {
    if (container === since || (limit > 0 && chosen.length === limit)) break;
    if (isBefore && isWanted(container, selection)) chosen.push(container);
    if (container === before) isBefore = true;
  }
  return chosen;
}

/** moby: includeContainerInList(). */
function isWanted(container: Container, selection: Selection): boolean {
  const { filters, all, limit, exitCodes, images } = selection;
  const { State, Name, ID, Config, NetworkSettings, Image } = container.record;
  if (!State.Running && !all && limit === 0) return false;
  if (!matchesPattern(filters, 'name', Name) && !matchesPattern(filters, 'name', Name.slice(1))) return false;
  if (selection.ids?.includes(ID) === false || !matchesLabels(filters, Config.Labels)) return false;
  // No container belongs to a service.
  if (selection.isTask === true || !hasVolume(filters, container.record)) return false;
  if (exitCodes !== undefined && (statusOf(container) !== 'exited' || !exitCodes.includes(State.ExitCode)))
    return false;
  if (!(filters.get('status') ?? [statusOf(container)]).includes(statusOf(container))) return false;
  const health = State.Health?.Status ?? 'none';
  if (!(filters.get('health') ?? [health]).includes(health)) return false;
  if (images !== undefined && !images.has(Image)) return false;
  return hasNetwork(filters, NetworkSettings.Networks) && hasPort(container, selection);
}

/** By its name, or that of its source or its place. */
function hasVolume(filters: Filters, { MountPoints }: ContainerRecord): boolean {
  const wanted = filters.get('volume');
  if (wanted === undefined) return true;
  return Object.values(MountPoints).some(
    ({ Name, Source, Destination }) => wanted.includes(Name || Source) || wanted.includes(Destination),
  );
}

function hasNetwork(filters: Filters, networks: Readonly<Record<string, { readonly NetworkID: string }>>): boolean {
  const wanted = filters.get('network');
  if (wanted === undefined) return true;
  return Object.entries(networks).some(([name, { NetworkID }]) =>
    wanted.some((value) => value === name || NetworkID.startsWith(value)),
  );
}

/** Of both filters one is enough. A port that is exposed and not open on a network does not count. */
function hasPort({ record }: Container, { publishes, exposes }: Selection): boolean {
  if (publishes === undefined && exposes === undefined) return true;
  return listedPorts(record).some(
    ({ PrivatePort, PublicPort = 0, Type }) =>
      includesPort(publishes, PublicPort, Type) || includesPort(exposes, PrivatePort, Type),
  );
}

function includesPort(ranges: readonly PortRange[] | undefined, port: number, type: string): boolean {
  return ranges?.some(({ start, end, protocol }) => start <= port && port <= end && protocol === type) === true;
}
