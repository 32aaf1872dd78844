/**
 * config.v2.json and hostconfig.json: a container on dockerd's disk, under the names that moby's Go structures give.
 */

/** moby: container.State. Times are RFC 3339. */
export interface StateRecord {
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  RemovalInProgress: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  /** Only of a container with a health check. */
  Health?: HealthRecord;
}

/** moby: api/types.Health. */
export interface HealthRecord {
  Status: 'starting' | 'healthy' | 'unhealthy';
  FailingStreak: number;
  /** The last five results. */
  Log: readonly HealthLogEntry[];
}

export interface HealthLogEntry {
  readonly Start: string;
  readonly End: string;
  /** -1 when there is none. */
  readonly ExitCode: number;
  readonly Output: string;
}

/** moby: api/types/container.HealthConfig. Times in nanoseconds; 0 and what is not there are the defaults. */
export interface HealthConfig {
  /** `['CMD-SHELL', LINE]`, `['CMD', WORD...]`, `['NONE']`; empty: the image's. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** moby: api/types/container.Config. Fields that `omitempty` leaves out are optional here. */
export interface ContainerConfig {
  readonly Hostname: string;
  readonly Domainname: string;
  readonly User: string;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly Env: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck?: HealthConfig;
  readonly Image: string;
  readonly Volumes: Readonly<Record<string, Record<string, never>>> | null;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[] | null;
  readonly OnBuild: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
}

/**
 * moby: api/types/container.HostConfig, as far as something reads it; the rest is passed through to `docker inspect`.
 */
export interface HostConfig {
  readonly Binds: readonly string[] | null;
  readonly Privileged: boolean;
  readonly MaskedPaths: readonly string[] | null;
  readonly ReadonlyPaths: readonly string[] | null;
  readonly SecurityOpt: readonly string[] | null;
  readonly Runtime: string;
  readonly VolumesFrom: readonly string[] | null;
  readonly VolumeDriver: string;
  readonly Mounts?: readonly MountRequest[];
  readonly PortBindings: Readonly<Record<string, readonly PortBinding[] | null>> | null;
  readonly PublishAllPorts: boolean;
  readonly NetworkMode: string;
  readonly Isolation: string;
  /** The slice of its cgroup; '' is the daemon's. */
  readonly CgroupParent: string;
  readonly AutoRemove: boolean;
  readonly ConsoleSize: readonly [number, number];
  readonly ShmSize: number;
  readonly IpcMode: string;
  readonly PidMode: string;
  readonly UTSMode: string;
  readonly CgroupnsMode: string;
  readonly Annotations?: Readonly<Record<string, string>>;
  readonly StorageOpt?: Readonly<Record<string, string>>;
  readonly CapAdd: readonly string[] | null;
  readonly CapDrop: readonly string[] | null;
  readonly GroupAdd: readonly string[] | null;
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly OomScoreAdj: number;
  readonly ReadonlyRootfs: boolean;
  /** Options by mount point. */
  readonly Tmpfs?: Readonly<Record<string, string>>;
  readonly Ulimits: readonly Ulimit[];
  readonly Init?: boolean;
  readonly CpuShares: number;
  readonly CpuPeriod: number;
  readonly CpuQuota: number;
  readonly CpuPercent: number;
  readonly CpusetCpus: string;
  readonly CpusetMems: string;
  readonly NanoCpus: number;
  readonly Memory: number;
  /** Memory and swap together; -1 without a limit. */
  readonly MemorySwap: number;
  readonly MemoryReservation: number;
  readonly MemorySwappiness: number | null;
  readonly OomKillDisable: boolean | null;
  readonly PidsLimit: number | null;
  readonly BlkioWeight: number;
  readonly ExtraHosts: readonly string[] | null;
  readonly Links: readonly string[] | null;
  readonly Dns: readonly string[];
  readonly DnsOptions: readonly string[];
  readonly DnsSearch: readonly string[];
  readonly Devices: readonly DeviceMapping[];
  readonly DeviceCgroupRules: readonly string[] | null;
  readonly DeviceRequests: readonly DeviceRequest[] | null;
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** moby: api/types/container.DeviceMapping. */
export interface DeviceMapping {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  /** Of `rwm`. */
  readonly CgroupPermissions: string;
}

/** moby: api/types/container.DeviceRequest: devices of whichever driver can do all that is listed. */
export interface DeviceRequest {
  readonly Driver?: string;
  /** -1 is all. */
  readonly Count?: number;
  readonly DeviceIDs?: readonly string[] | null;
  readonly Capabilities?: readonly (readonly string[])[] | null;
  readonly Options?: Readonly<Record<string, string>>;
}

/** go-units: Ulimit. -1 is no limit. */
export interface Ulimit {
  readonly Name: string;
  readonly Hard: number;
  readonly Soft: number;
}

/** moby: volume/mounts.MountPoint. */
export interface MountPoint {
  readonly Type: 'bind' | 'volume' | 'tmpfs';
  /** Of a volume; else empty. */
  readonly Name: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/** moby: api/types/mount.Mount. */
export interface MountRequest {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: { readonly Propagation?: string };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Subpath?: string;
    readonly DriverConfig?: { readonly Name?: string; readonly Options?: Readonly<Record<string, string>> };
  };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

/** go-connections: nat.PortBinding. Empty strings stand for any. */
export interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

/** moby: daemon/network.EndpointSettings. */
export interface EndpointRecord {
  readonly IPAMConfig: null;
  readonly Links: null;
  readonly Aliases: null;
  MacAddress: string;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly DriverOpts: null;
  DNSNames: readonly string[] | null;
}

/** moby: daemon/network.Settings. */
export interface NetworkSettingsRecord {
  readonly Bridge: string;
  SandboxID: string;
  SandboxKey: string;
  /** Null for a port that is exposed and not published. */
  Ports: Record<string, readonly PortBinding[] | null>;
  readonly HairpinMode: boolean;
  readonly LinkLocalIPv6Address: string;
  readonly LinkLocalIPv6PrefixLen: number;
  readonly SecondaryIPAddresses: null;
  readonly SecondaryIPv6Addresses: null;
  readonly Networks: Record<string, EndpointRecord>;
}

/** moby: container.Container as it is written to config.v2.json. */
export interface ContainerRecord {
  readonly StreamConfig: Record<string, never>;
  readonly State: StateRecord;
  readonly ID: string;
  readonly Created: string;
  readonly Managed: boolean;
  readonly Path: string;
  readonly Args: readonly string[];
  /** Replaced as a whole: a container that shares another's network takes its host name. */
  Config: ContainerConfig;
  readonly Image: string;
  readonly ImageManifest: null;
  readonly NetworkSettings: NetworkSettingsRecord;
  readonly LogPath: string;
  Name: string;
  readonly Driver: string;
  readonly OS: string;
  RestartCount: number;
  HasBeenStartedBefore: boolean;
  HasBeenManuallyStopped: boolean;
  /** By destination. */
  readonly MountPoints: Record<string, MountPoint>;
  /** The three files that are mounted into it: its own, or those of the container whose network it shares. */
  HostnamePath: string;
  HostsPath: string;
  /** What others may mount as their /dev/shm; '' when it is nobody else's. */
  ShmPath: string;
  ResolvConfPath: string;
}

/** Where dockerd keeps its things: `--data-root` and `--exec-root`. */
export const dataRoot = '/var/lib/docker';
export const execRoot = '/var/run/docker';

/** A container's directory on disk. */
export function containerDirectory(id: string): string {
  return `${dataRoot}/containers/${id}`;
}
