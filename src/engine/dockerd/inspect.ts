/** What `docker inspect` and `docker ps` are told of containers. moby: daemon/inspect.go, list.go. */
import type { Running } from '../../kernel/abi.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import * as sys from '../../kernel/sys.ts';
import { statusOf } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { lowerDirectories, overlayRoot } from './graph-driver.ts';
import { humanDuration } from './human-duration.ts';
import { containerDirectory } from './records.ts';

/** The answer to GET /containers/{id}/json, in the real one's order of fields. */
export function* inspectContainer(container: Container): Running<unknown> {
  const { record, host, layer } = container;
  const { ID, State, NetworkSettings } = record;
  const directory = containerDirectory(ID);
  const bridge = NetworkSettings.Networks['bridge'];
  const { Running, Paused, Restarting, OOMKilled, Dead, Pid, ExitCode, StartedAt, FinishedAt } = State;
  const { Networks, ...settings } = NetworkSettings;
  return {
    Id: ID,
    Created: record.Created,
    Path: record.Path,
    Args: record.Args,
    State: {
      Status: statusOf(container),
      Running,
      Paused,
      Restarting,
      OOMKilled,
      Dead,
      Pid,
      ExitCode,
      Error: State.Error,
      StartedAt,
      FinishedAt,
    },
    Image: record.Image,
    ResolvConfPath: State.StartedAt.startsWith('0001') ? '' : `${directory}/resolv.conf`,
    HostnamePath: State.StartedAt.startsWith('0001') ? '' : `${directory}/hostname`,
    HostsPath: State.StartedAt.startsWith('0001') ? '' : `${directory}/hosts`,
    LogPath: State.StartedAt.startsWith('0001') ? '' : record.LogPath,
    Name: record.Name,
    RestartCount: record.RestartCount,
    Driver: record.Driver,
    Platform: record.OS,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: State.StartedAt.startsWith('0001') ? '' : 'docker-default',
    ExecIDs: container.execs.size === 0 ? null : [...container.execs.keys()],
    HostConfig: host,
    GraphDriver: {
      Data: {
        LowerDir: (yield* lowerDirectories(layer)).join(':'),
        MergedDir: `${overlayRoot}/${layer}/merged`,
        UpperDir: `${overlayRoot}/${layer}/diff`,
        WorkDir: `${overlayRoot}/${layer}/work`,
      },
      Name: 'overlay2',
    },
    Mounts: [],
    Config: record.Config,
    NetworkSettings: {
      ...settings,
      EndpointID: bridge?.EndpointID ?? '',
      Gateway: bridge?.Gateway ?? '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      IPAddress: bridge?.IPAddress ?? '',
      IPPrefixLen: bridge?.IPPrefixLen ?? 0,
      IPv6Gateway: '',
      MacAddress: bridge?.MacAddress ?? '',
      Networks,
    },
  };
}

/** `Up 7 seconds`, `Exited (0) 3 minutes ago`, `Created`. moby: State.String(). */
export function statusText(container: Container, nowSeconds: number): string {
  const { State } = container.record;
  const since = (time: string): string => humanDuration(nowSeconds - (parseRfc3339(time)?.seconds ?? nowSeconds));
  if (State.Running) return State.Paused ? `Up ${since(State.StartedAt)} (Paused)` : `Up ${since(State.StartedAt)}`;
  if (State.RemovalInProgress) return 'Removal In Progress';
  if (State.Dead) return 'Dead';
  if (statusOf(container) === 'created') return 'Created';
  return `Exited (${State.ExitCode}) ${since(State.FinishedAt)} ago`;
}

/** The answer to GET /containers/json: the newest first. */
export function* listContainers(daemon: Daemon, query: ReadonlyMap<string, string>): Running<unknown> {
  const { seconds } = yield* sys.realtime();
  const filters = parseFilters(query.get('filters') ?? '');
  const limit = Number(query.get('limit') ?? -1);
  const wantsAll = isTrue(query.get('all')) || limit > 0 || filters.has('status') || filters.has('exited');
  const all = [...daemon.containers.values()].toReversed();
  const shown = all.filter((one) => (wantsAll || one.record.State.Running) && matches(one, filters));
  return (limit > 0 ? shown.slice(0, limit) : shown).map((one) => summary(one, seconds));
}

function summary(container: Container, nowSeconds: number): unknown {
  const { record, host } = container;
  const ports = Object.keys(record.Config.ExposedPorts ?? {}).map((port) => {
    const [number, kind] = port.split('/');
    return { PrivatePort: Number(number), Type: kind ?? 'tcp' };
  });
  return {
    Id: record.ID,
    Names: [record.Name],
    Image: record.Config.Image,
    ImageID: record.Image,
    Command: [record.Path, ...record.Args.map(quoted)].join(' '),
    Created: parseRfc3339(record.Created)?.seconds ?? 0,
    Ports: record.State.Running ? ports : [],
    Labels: record.Config.Labels,
    State: statusOf(container),
    Status: statusText(container, nowSeconds),
    HostConfig: { NetworkMode: host.NetworkMode },
    NetworkSettings: { Networks: record.NetworkSettings.Networks },
    Mounts: [],
  };
}

/** moby: daemon/list.go: an argument with a blank is shown in single quotes. */
function quoted(argument: string): string {
  return argument.includes(' ') ? `'${argument}'` : argument;
}

/** `filters={"name":{"web":true}}`, or the older form with lists. */
export function parseFilters(text: string): ReadonlyMap<string, readonly string[]> {
  if (text === '') return new Map();
  const parsed = JSON.parse(text) as Record<string, Record<string, boolean> | readonly string[]>;
  return new Map(
    Object.entries(parsed).map(([name, values]) => [
      name,
      Array.isArray(values) ? (values as readonly string[]) : Object.keys(values),
    ]),
  );
}

export function isTrue(value: string | undefined): boolean {
  return ['1', 'true', 'True'].includes(value ?? '');
}

/** moby: includeContainerInList(): any value of a filter, all filters. */
function matches(container: Container, filters: ReadonlyMap<string, readonly string[]>): boolean {
  const { record } = container;
  const tests: Readonly<Record<string, (value: string) => boolean>> = {
    id: (value) => record.ID.startsWith(value),
    name: (value) => new RegExp(value).test(record.Name) || record.Name.slice(1) === value,
    status: (value) => statusOf(container) === value,
    exited: (value) => statusOf(container) === 'exited' && record.State.ExitCode === Number(value),
    ancestor: (value) =>
      [record.Config.Image, record.Image, record.Image.slice(7)].some(
        (name) => name === value || name === `${value}:latest` || name.split(':')[0] === value,
      ),
    label: (value) => {
      const [name = '', wanted] = value.split(/=(.*)/s);
      const found = record.Config.Labels[name];
      return found !== undefined && (wanted === undefined || found === wanted);
    },
    network: (value) => record.NetworkSettings.Networks[value] !== undefined,
  };
  return [...filters].every(([name, values]) => values.some((value) => tests[name]?.(value) ?? true));
}
