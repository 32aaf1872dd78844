/**
 * The part of a container's settings that is about the host: the request's words, the daemon's defaults. moby:
 * daemon/daemon_unix.go, adaptContainerSettings().
 */
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { ApiError, badRequest } from './api-error.ts';
import { maskedPaths, readonlyPaths } from './hidden-paths.ts';
import type { HostConfig } from './records.ts';

/**
 * What a request means that says nothing, in the order in which `docker inspect` shows it. What is undefined here is
 * shown only when it is set.
 */
const defaults = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: 'json-file', Config: {} },
  NetworkMode: 'default',
  PortBindings: {},
  RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  ConsoleSize: [0, 0],
  Annotations: undefined,
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: 'private',
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: 'private',
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  StorageOpt: undefined,
  Tmpfs: undefined,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 67_108_864,
  Sysctls: undefined,
  Runtime: 'runc',
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIOps: [],
  BlkioDeviceWriteIOps: [],
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: [],
  DeviceCgroupRules: null,
  DeviceRequests: null,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: null,
  PidsLimit: null,
  Ulimits: [],
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
  Mounts: undefined,
  MaskedPaths: maskedPaths,
  ReadonlyPaths: readonlyPaths,
  Init: undefined,
} as const;

/**
 * The request's settings on the daemon's defaults, before they are checked: what means "nothing" becomes null. moby:
 * postContainersCreate().
 */
export function normalised(given: Partial<HostConfig>): HostConfig {
  const all = { ...defaults, ...given } as HostConfig;
  const { PidsLimit, MemorySwappiness, OomKillDisable, LogConfig } = all;
  return {
    ...all,
    Runtime: all.Runtime || defaults.Runtime,
    LogConfig: { Type: LogConfig.Type || 'json-file', Config: inOrder(LogConfig.Config) },
    PidsLimit: PidsLimit !== null && PidsLimit > 0 ? PidsLimit : null,
    MemorySwappiness: MemorySwappiness === -1 ? null : MemorySwappiness,
    OomKillDisable: OomKillDisable === true ? true : null,
  };
}

/**
 * What the daemon makes of checked settings: defaults that depend on others, ids for the names of containers whose
 * namespaces are shared. What cgroup v2 has no file for is dropped: the caller was warned.
 */
export function adaptHostConfig(daemon: Daemon, host: HostConfig): HostConfig {
  const { Memory, MemorySwap, ShmSize, CgroupnsMode } = host;
  return {
    ...host,
    NetworkMode: byId(daemon, host.NetworkMode),
    IpcMode: host.IpcMode === '' ? 'private' : byId(daemon, host.IpcMode, badRequest),
    PidMode: byId(daemon, host.PidMode, badRequest),
    SecurityOpt: securityOptions(host),
    ...(host.Privileged ? { MaskedPaths: null, ReadonlyPaths: null } : {}),
    CgroupnsMode: CgroupnsMode === '' ? 'private' : CgroupnsMode,
    ShmSize: ShmSize === 0 ? defaults.ShmSize : ShmSize,
    MemorySwap: Memory > 0 && MemorySwap === 0 ? 2 * Memory : MemorySwap,
    MemorySwappiness: null,
    OomKillDisable: null,
  };
}

/** Labels would keep such a container from what it shares with the host. moby: daemon.generateSecurityOpt(). */
function securityOptions({ SecurityOpt, Privileged, IpcMode, PidMode }: HostConfig): readonly string[] | null {
  if (!Privileged && IpcMode !== 'host' && PidMode !== 'host') return SecurityOpt;
  return [...(SecurityOpt ?? []), 'label=disable'];
}

/** The name or id in `container:X`; undefined for a mode of another kind. */
export function containerOfMode(mode: string): string | undefined {
  return mode.startsWith('container:') ? mode.slice('container:'.length) : undefined;
}

/**
 * `container:NAME` as `container:ID`: a later renaming changes nothing. An unknown name is refused, or without a
 * `refusal` fails at the start.
 */
function byId(daemon: Daemon, mode: string, refusal?: (words: string) => ApiError): string {
  const name = containerOfMode(mode);
  if (name === undefined || name === '') return mode;
  try {
    return `container:${findContainer(daemon, name).record.ID}`;
  } catch (error) {
    if (error instanceof ApiError && refusal !== undefined) throw refusal(error.message);
    if (error instanceof ApiError) return mode;
    throw error;
  }
}

/** Go writes a map in the order of its keys. */
function inOrder(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
