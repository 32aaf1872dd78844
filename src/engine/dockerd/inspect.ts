/** What `docker inspect` is told of a container. moby: daemon/inspect.go. */
import type { Running } from '../../kernel/abi.ts';
import { statusOf, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { linksOf } from './links.ts';
import { describeMounts } from './mount-points.ts';
import { lowerDirectories, overlayRoot } from './graph-driver.ts';

/**
 * The answer to GET /containers/{id}/json, in the real one's order of fields.
 *
 * @param sizes `SizeRw` and `SizeRootFs` when they were asked for.
 */
export function* inspectContainer(daemon: Daemon, container: Container, sizes: object = {}): Running<unknown> {
  yield* untilUnlocked(container);
  const { record, host, layer } = container;
  const { ID, State, NetworkSettings } = record;
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
      ...(State.Health === undefined ? {} : { Health: State.Health }),
    },
    Image: record.Image,
    ResolvConfPath: record.ResolvConfPath,
    HostnamePath: record.HostnamePath,
    HostsPath: record.HostsPath,
    LogPath: State.StartedAt.startsWith('0001') ? '' : record.LogPath,
    Name: record.Name,
    RestartCount: record.RestartCount,
    Driver: record.Driver,
    Platform: record.OS,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: State.StartedAt.startsWith('0001') ? '' : 'docker-default',
    ExecIDs: container.execs.size === 0 ? null : [...container.execs.keys()],
    HostConfig: { ...host, Links: shownLinks(daemon, container) },
    GraphDriver: {
      Data: {
        LowerDir: (yield* lowerDirectories(layer)).join(':'),
        MergedDir: `${overlayRoot}/${layer}/merged`,
        UpperDir: `${overlayRoot}/${layer}/diff`,
        WorkDir: `${overlayRoot}/${layer}/work`,
      },
      Name: 'overlay2',
    },
    ...sizes,
    Mounts: describeMounts(container),
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

/** Those that are left, by the names of now. */
function shownLinks(daemon: Daemon, container: Container): readonly string[] | null {
  const links = linksOf(daemon, container).map(({ path, child }) => `${child.record.Name}:${path}`);
  return links.length === 0 ? null : links;
}
