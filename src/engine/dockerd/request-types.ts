/**
 * Of which types the fields of requests are, as far as something here reads them. moby: api/types/container, Config
 * and HostConfig; api/types/mount; go-connections, nat; go-units.
 */
import { flag, integer, listOf, nilListOf, mapOf, structure, text } from '../go-decoder.ts';
import type { Shape, Structure } from '../go-decoder.ts';

const string = text();
const int = integer('int');
const int64 = integer('int64');
const duration = integer('time.Duration');
const words: Shape = { is: 'words', go: 'strslice.StrSlice' };
const nothing = structure('struct {}', {});
const consoleSize: Shape = { is: 'list', go: '[2]uint', of: integer('uint', 0), length: 2 };

/** moby: api/types/container.Config, the same in a request and on the disk. */
const config: Structure['fields'] = {
  Hostname: string,
  Domainname: string,
  User: string,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: mapOf(nothing, 'nat.PortSet'),
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  Env: listOf(string),
  Cmd: words,
  Healthcheck: structure('v1.HealthcheckConfig', {
    Test: listOf(string),
    Interval: duration,
    Timeout: duration,
    StartPeriod: duration,
    StartInterval: duration,
    Retries: int,
  }),
  Image: string,
  Volumes: mapOf(nothing),
  WorkingDir: string,
  Entrypoint: words,
  ArgsEscaped: flag,
  NetworkDisabled: flag,
  MacAddress: string,
  OnBuild: listOf(string),
  Shell: words,
  Labels: mapOf(string),
  StopSignal: string,
  StopTimeout: int,
};

export const configShape = structure('container.Config', config);

const ulimit = structure('units.Ulimit', { Name: string, Hard: int64, Soft: int64 }, ['Name', 'Hard', 'Soft']);

const throttles = listOf(
  structure('blkiodev.ThrottleDevice', { Path: string, Rate: integer('uint64', 0) }, ['Path', 'Rate']),
  '[]*blkiodev.ThrottleDevice',
);
const weights = listOf(
  structure('blkiodev.WeightDevice', { Path: string, Weight: integer('uint16', 0, 65_535) }, ['Path', 'Weight']),
  '[]*blkiodev.WeightDevice',
);
const deviceFields: Structure['fields'] = { PathOnHost: string, PathInContainer: string, CgroupPermissions: string };
const devices = listOf(structure('container.DeviceMapping', deviceFields, Object.keys(deviceFields)));
const requestFields: Structure['fields'] = {
  Driver: string,
  Count: int,
  DeviceIDs: nilListOf(string),
  Capabilities: nilListOf(listOf(string)),
  Options: mapOf(string),
};
const deviceRequests = listOf(structure('container.DeviceRequest', requestFields, Object.keys(requestFields)));

const resources: Structure['fields'] = {
  CpuShares: int64,
  Memory: int64,
  NanoCpus: int64,
  CgroupParent: string,
  BlkioWeight: integer('uint16', 0, 65_535),
  BlkioWeightDevice: weights,
  BlkioDeviceReadBps: throttles,
  BlkioDeviceWriteBps: throttles,
  BlkioDeviceReadIOps: throttles,
  BlkioDeviceWriteIOps: throttles,
  CpuPeriod: int64,
  CpuQuota: int64,
  CpuRealtimePeriod: int64,
  CpuRealtimeRuntime: int64,
  CpusetCpus: string,
  CpusetMems: string,
  Devices: devices,
  DeviceCgroupRules: listOf(string),
  DeviceRequests: deviceRequests,
  KernelMemory: int64,
  KernelMemoryTCP: int64,
  MemoryReservation: int64,
  MemorySwap: int64,
  MemorySwappiness: int64,
  OomKillDisable: flag,
  PidsLimit: int64,
  Ulimits: listOf(ulimit, '[]*units.Ulimit'),
  CpuCount: int64,
  CpuPercent: int64,
  IOMaximumIOps: integer('uint64', 0),
  IOMaximumBandwidth: integer('uint64', 0),
};

const restartPolicy = structure(
  'container.RestartPolicy',
  { Name: text('container.RestartPolicyMode'), MaximumRetryCount: int },
  ['Name', 'MaximumRetryCount'],
);

const portBinding = structure('nat.PortBinding', { HostIp: string, HostPort: string }, ['HostIp', 'HostPort']);

export const portMapShape = mapOf(nilListOf(portBinding), 'nat.PortMap');

const logConfig = structure('container.LogConfig', { Type: string, Config: mapOf(string) }, ['Type', 'Config']);

const mountFields: Structure['fields'] = {
  Type: text('mount.Type'),
  Source: string,
  Target: string,
  ReadOnly: flag,
  BindOptions: structure('mount.BindOptions', { Propagation: text('mount.Propagation') }),
  Consistency: text('mount.Consistency'),
  VolumeOptions: structure('mount.VolumeOptions', {
    NoCopy: flag,
    Labels: mapOf(string),
    Subpath: string,
    DriverConfig: structure('mount.Driver', { Name: string, Options: mapOf(string) }),
  }),
  TmpfsOptions: structure('mount.TmpfsOptions', {
    SizeBytes: int64,
    Mode: integer('fs.FileMode', 0, 2 ** 32 - 1),
  }),
};
const mount = structure('mount.Mount', mountFields, ['Type', 'Target']);

const embeddedIn = (fields: Structure['fields'], owner: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, owner]));

/** Of a container, in its request and on disk. */
export const hostConfigShape: Shape = {
  is: 'structure',
  go: 'container.HostConfig',
  embedded: embeddedIn(resources, 'Resources'),
  fields: {
    ...resources,
    Binds: listOf(string),
    ContainerIDFile: string,
    VolumeDriver: string,
    VolumesFrom: listOf(string),
    Runtime: string,
    LogConfig: logConfig,
    NetworkMode: text('container.NetworkMode'),
    PortBindings: portMapShape,
    RestartPolicy: restartPolicy,
    AutoRemove: flag,
    ConsoleSize: consoleSize,
    Annotations: mapOf(string),
    CapAdd: words,
    CapDrop: words,
    CgroupnsMode: text('container.CgroupnsMode'),
    Dns: listOf(string),
    DnsOptions: listOf(string),
    DnsSearch: listOf(string),
    ExtraHosts: listOf(string),
    GroupAdd: listOf(string),
    IpcMode: text('container.IpcMode'),
    Cgroup: text('container.CgroupSpec'),
    Links: listOf(string),
    OomScoreAdj: int,
    PidMode: text('container.PidMode'),
    Privileged: flag,
    PublishAllPorts: flag,
    ReadonlyRootfs: flag,
    SecurityOpt: listOf(string),
    StorageOpt: mapOf(string),
    Tmpfs: mapOf(string),
    UTSMode: text('container.UTSMode'),
    UsernsMode: text('container.UsernsMode'),
    ShmSize: int64,
    Sysctls: mapOf(string),
    Isolation: text('container.Isolation'),
    Mounts: listOf(mount),
    MaskedPaths: listOf(string),
    ReadonlyPaths: listOf(string),
    Init: flag,
  },
};

const endpoint = structure('network.EndpointSettings', {
  IPAMConfig: structure('network.EndpointIPAMConfig', {
    IPv4Address: string,
    IPv6Address: string,
    LinkLocalIPs: listOf(string),
  }),
  Links: listOf(string),
  Aliases: listOf(string),
  MacAddress: string,
  NetworkID: string,
  DriverOpts: mapOf(string),
});
const networkingConfig = structure('network.NetworkingConfig', { EndpointsConfig: mapOf(endpoint) });

/** Of POST /containers/create. */
export const createShape: Shape = {
  is: 'structure',
  go: 'runconfig.ContainerConfigWrapper',
  embedded: embeddedIn(config, 'Config'),
  fields: { ...config, HostConfig: hostConfigShape, NetworkingConfig: networkingConfig },
};

/** Of POST /containers/{id}/update. */
export const updateShape: Shape = {
  is: 'structure',
  go: 'container.UpdateConfig',
  embedded: embeddedIn(resources, 'Resources'),
  fields: { ...resources, RestartPolicy: restartPolicy },
};

/** Of POST /containers/{id}/exec. */
export const execShape = structure('types.ExecConfig', {
  User: string,
  Privileged: flag,
  Tty: flag,
  ConsoleSize: consoleSize,
  AttachStdin: flag,
  AttachStderr: flag,
  AttachStdout: flag,
  Detach: flag,
  DetachKeys: string,
  Env: listOf(string),
  WorkingDir: string,
  Cmd: listOf(string),
});

/** Of POST /exec/{id}/start. */
export const execStartShape = structure('types.ExecStartCheck', { Detach: flag, Tty: flag, ConsoleSize: consoleSize });

/** POST /volumes/create. */
export interface VolumeRequest {
  readonly Name: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** The same as it comes. */
export const volumeShape = structure('volume.CreateOptions', {
  Name: string,
  Driver: string,
  Labels: mapOf(string),
});
