/**
 * The structures that `--format` sees: Go's names of the fields, in their order. Where one is not what JSON calls it,
 * or JSON leaves it out when empty, it stands here too. moby: api/types, api/types/container.
 */
import type { GoType, StructType } from './go-value.ts';

const texts: GoType = { list: 'text' };
const textMap: GoType = { map: 'text' };
const anyList: GoType = { list: 'any' };

function struct(name: string, fields: StructType['fields']): StructType {
  return { name, fields };
}

/** The same type for several fields. */
function each(type: GoType, names: string): Readonly<Record<string, GoType>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

const emptyMap: GoType = { map: struct('struct {}', {}) };
const portSet: GoType = { map: struct('struct {}', {}), key: 'nat.Port' };
const ports: GoType = {
  map: { list: struct('nat.PortBinding', { HostIP: { json: 'HostIp', type: 'text' }, HostPort: 'text' }) },
  key: 'nat.Port',
};

const probe = struct('types.HealthcheckResult', { ...each('text', 'Start End'), ExitCode: 'number', Output: 'text' });
const health = struct('types.Health', {
  Status: 'text',
  FailingStreak: 'number',
  Log: { list: { pointer: probe } },
});
const healthcheck = struct('container.HealthConfig', {
  Test: texts,
  ...each('duration', 'Interval Timeout StartPeriod StartInterval'),
  Retries: 'number',
});

const state = struct('types.ContainerState', {
  Status: 'text',
  ...each('flag', 'Running Paused Restarting OOMKilled Dead'),
  ...each('number', 'Pid ExitCode'),
  ...each('text', 'Error StartedAt FinishedAt'),
  Health: { pointer: health },
});

const logConfig = struct('container.LogConfig', { Type: 'text', Config: textMap });
const restartPolicy = struct('container.RestartPolicy', { Name: 'text', MaximumRetryCount: 'number' });

/** Go: units.Ulimit.String(). */
const ulimit: StructType = {
  ...struct('units.Ulimit', { Name: 'text', ...each('number', 'Hard Soft') }),
  show: (limit) => `${String(limit.get('Name'))}=${String(limit.get('Soft'))}:${String(limit.get('Hard'))}`,
};

const mounts: GoType = {
  list: struct('types.MountPoint', {
    ...each('text', 'Type Name Source Destination Driver Mode'),
    RW: 'flag',
    Propagation: 'text',
  }),
};

const resources = struct('container.Resources', {
  CPUShares: { json: 'CpuShares', type: 'number' },
  Memory: 'number',
  NanoCPUs: { json: 'NanoCpus', type: 'number' },
  CgroupParent: 'text',
  BlkioWeight: 'number',
  ...each(anyList, 'BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps'),
  CPUPeriod: { json: 'CpuPeriod', type: 'number' },
  CPUQuota: { json: 'CpuQuota', type: 'number' },
  CPURealtimePeriod: { json: 'CpuRealtimePeriod', type: 'number' },
  CPURealtimeRuntime: { json: 'CpuRealtimeRuntime', type: 'number' },
  ...each('text', 'CpusetCpus CpusetMems'),
  Devices: anyList,
  DeviceCgroupRules: texts,
  DeviceRequests: anyList,
  ...each('number', 'KernelMemory KernelMemoryTCP MemoryReservation MemorySwap'),
  MemorySwappiness: { pointer: 'number' },
  OomKillDisable: { pointer: 'flag' },
  PidsLimit: { pointer: 'number' },
  Ulimits: { list: { pointer: ulimit } },
  CPUCount: { json: 'CpuCount', type: 'number' },
  CPUPercent: { json: 'CpuPercent', type: 'number' },
  ...each('number', 'IOMaximumIOps IOMaximumBandwidth'),
});

const hostConfigFields: StructType['fields'] = {
  Binds: texts,
  ContainerIDFile: 'text',
  LogConfig: logConfig,
  NetworkMode: 'text',
  PortBindings: ports,
  RestartPolicy: restartPolicy,
  AutoRemove: 'flag',
  VolumeDriver: 'text',
  VolumesFrom: texts,
  ConsoleSize: anyList,
  Annotations: textMap,
  CapAdd: texts,
  CapDrop: texts,
  CgroupnsMode: 'text',
  DNS: { json: 'Dns', type: texts },
  DNSOptions: { json: 'DnsOptions', type: texts },
  DNSSearch: { json: 'DnsSearch', type: texts },
  ExtraHosts: texts,
  GroupAdd: texts,
  IpcMode: 'text',
  Cgroup: 'text',
  Links: texts,
  OomScoreAdj: 'number',
  PidMode: 'text',
  ...each('flag', 'Privileged PublishAllPorts ReadonlyRootfs'),
  SecurityOpt: texts,
  ...each(textMap, 'StorageOpt Tmpfs'),
  ...each('text', 'UTSMode UsernsMode'),
  ShmSize: 'number',
  Sysctls: textMap,
  ...each('text', 'Runtime Isolation'),
  Resources: { json: '', type: resources },
  Mounts: anyList,
  MaskedPaths: texts,
  ReadonlyPaths: texts,
  Init: { pointer: 'flag' },
};

/** An embedded structure's fields are also its owner's. */
const hostConfig: StructType = {
  name: 'container.HostConfig',
  fields: hostConfigFields,
  promoted: resources.fields,
};

const config = struct('container.Config', {
  ...each('text', 'Hostname Domainname User'),
  ...each('flag', 'AttachStdin AttachStdout AttachStderr'),
  ExposedPorts: portSet,
  ...each('flag', 'Tty OpenStdin StdinOnce'),
  Env: texts,
  Cmd: texts,
  Healthcheck: { pointer: healthcheck },
  ArgsEscaped: 'flag',
  Image: 'text',
  Volumes: emptyMap,
  WorkingDir: 'text',
  Entrypoint: texts,
  NetworkDisabled: 'flag',
  MacAddress: 'text',
  OnBuild: texts,
  Labels: textMap,
  StopSignal: 'text',
  StopTimeout: { pointer: 'number' },
  Shell: texts,
});

const endpoint = struct('network.EndpointSettings', {
  IPAMConfig: { pointer: 'any' },
  ...each(texts, 'Links Aliases'),
  ...each('text', 'MacAddress NetworkID EndpointID Gateway IPAddress'),
  IPPrefixLen: 'number',
  ...each('text', 'IPv6Gateway GlobalIPv6Address'),
  GlobalIPv6PrefixLen: 'number',
  DriverOpts: textMap,
  DNSNames: texts,
});

const networkSettings = struct('types.NetworkSettings', {
  ...each('text', 'Bridge SandboxID SandboxKey'),
  Ports: ports,
  HairpinMode: 'flag',
  LinkLocalIPv6Address: 'text',
  LinkLocalIPv6PrefixLen: 'number',
  ...each(anyList, 'SecondaryIPAddresses SecondaryIPv6Addresses'),
  ...each('text', 'EndpointID Gateway GlobalIPv6Address'),
  GlobalIPv6PrefixLen: 'number',
  IPAddress: 'text',
  IPPrefixLen: 'number',
  ...each('text', 'IPv6Gateway MacAddress'),
  Networks: { map: { pointer: endpoint } },
});

const graphDriver = struct('types.GraphDriverData', { Data: textMap, Name: 'text' });

const containerBase = struct('types.ContainerJSONBase', {
  ID: { json: 'Id', type: 'text' },
  ...each('text', 'Created Path'),
  Args: texts,
  State: { pointer: state },
  ...each('text', 'Image ResolvConfPath HostnamePath HostsPath LogPath Name'),
  RestartCount: 'number',
  ...each('text', 'Driver Platform MountLabel ProcessLabel AppArmorProfile'),
  ExecIDs: texts,
  HostConfig: { pointer: hostConfig },
  GraphDriver: graphDriver,
  SizeRw: { pointer: 'number' },
  SizeRootFs: { pointer: 'number' },
});

/** The answer to GET /containers/{id}/json. */
export const containerType: StructType = {
  name: 'types.ContainerJSON',
  fields: {
    ContainerJSONBase: { json: '', type: { pointer: containerBase } },
    Mounts: mounts,
    Config: { pointer: config },
    NetworkSettings: { pointer: networkSettings },
  },
  promoted: containerBase.fields,
};

/** The answer to GET /images/{name}/json. */
export const imageType: StructType = struct('types.ImageInspect', {
  ID: { json: 'Id', type: 'text' },
  ...each(texts, 'RepoTags RepoDigests'),
  ...each('text', 'Parent Comment Created Container'),
  ContainerConfig: { pointer: config },
  ...each('text', 'DockerVersion Author'),
  Config: { pointer: config },
  ...each('text', 'Architecture Variant Os OsVersion'),
  ...each('number', 'Size VirtualSize'),
  GraphDriver: graphDriver,
  RootFS: struct('types.RootFS', { Type: 'text', Layers: texts }),
  Metadata: struct('image.Metadata', { LastTagTime: 'text' }),
});

/** The answer to GET /volumes/{name}. */
export const volumeType: StructType = struct('volume.Volume', {
  ClusterVolume: { pointer: 'any' },
  ...each('text', 'CreatedAt Driver'),
  Labels: textMap,
  ...each('text', 'Mountpoint Name'),
  Options: textMap,
  Scope: 'text',
  Status: { map: 'any' },
  UsageData: { pointer: 'any' },
});

const ipamConfig = struct('network.IPAMConfig', {
  ...each('text', 'Subnet IPRange Gateway'),
  AuxAddress: { json: 'AuxiliaryAddresses', type: textMap },
});

const endpointResource = struct(
  'types.EndpointResource',
  each('text', 'Name EndpointID MacAddress IPv4Address IPv6Address'),
);

/** The answer to GET /networks/{id}. */
export const networkType: StructType = struct('types.NetworkResource', {
  Name: 'text',
  ID: { json: 'Id', type: 'text' },
  ...each('text', 'Created Scope Driver'),
  EnableIPv6: 'flag',
  IPAM: struct('network.IPAM', { Driver: 'text', Options: textMap, Config: { list: ipamConfig } }),
  ...each('flag', 'Internal Attachable Ingress'),
  ConfigFrom: struct('network.ConfigReference', { Network: 'text' }),
  ConfigOnly: 'flag',
  Containers: { map: endpointResource },
  ...each(textMap, 'Options Labels'),
  Peers: anyList,
  Services: { map: 'any' },
});

const platform = struct('system.platformInfo', { Name: 'text' });

const clientVersion = struct('system.clientVersion', {
  Platform: { pointer: platform },
  Version: 'text',
  APIVersion: { json: 'ApiVersion', type: 'text' },
  ...each('text', 'DefaultAPIVersion GitCommit GoVersion Os Arch BuildTime Context'),
});

const serverVersion = struct('types.Version', {
  Platform: platform,
  Components: {
    list: struct('types.ComponentVersion', { ...each('text', 'Name Version'), Details: textMap }),
  },
  Version: 'text',
  APIVersion: { json: 'ApiVersion', type: 'text' },
  ...each('text', 'MinAPIVersion GitCommit GoVersion Os Arch KernelVersion'),
  Experimental: 'flag',
  BuildTime: 'text',
});

/** `docker version --format` */
export const versionType: StructType = struct('system.versionInfo', {
  Client: clientVersion,
  Server: { pointer: serverVersion },
});

const commit = struct('system.Commit', each('text', 'ID Expected'));

const indexInfo = struct('registry.IndexInfo', { Name: 'text', Mirrors: texts, ...each('flag', 'Secure Official') });

const swarm = struct('swarm.Info', {
  ...each('text', 'NodeID NodeAddr LocalNodeState'),
  ControlAvailable: 'flag',
  Error: 'text',
  RemoteManagers: anyList,
  ...each('number', 'Nodes Managers'),
  Cluster: { pointer: struct('swarm.ClusterInfo', {}) },
  Warnings: texts,
});

const registry = struct('registry.ServiceConfig', {
  ...each(texts, 'AllowNondistributableArtifactsCIDRs AllowNondistributableArtifactsHostnames InsecureRegistryCIDRs'),
  IndexConfigs: { map: { pointer: indexInfo } },
  Mirrors: texts,
});

/** `docker info --format`. What is not here is as JSON has it. */
export const infoType: StructType = {
  name: 'system.dockerInfo',
  isOpen: true,
  fields: {
    CPUCfsPeriod: { json: 'CpuCfsPeriod', type: 'flag' },
    CPUCfsQuota: { json: 'CpuCfsQuota', type: 'flag' },
    BridgeNfIP6tables: { json: 'BridgeNfIp6tables', type: 'flag' },
    HTTPProxy: { json: 'HttpProxy', type: 'text' },
    HTTPSProxy: { json: 'HttpsProxy', type: 'text' },
    Swarm: swarm,
    RegistryConfig: { pointer: registry },
    Plugins: struct('system.PluginsInfo', each(texts, 'Volume Network Authorization Log')),
    ...each(commit, 'ContainerdCommit RuncCommit InitCommit'),
    ...each(texts, 'Labels SecurityOptions Warnings ServerErrors'),
    ...each(anyList, 'GenericResources DefaultAddressPools'),
    ...each('flag', 'KernelMemoryTCP'),
    ...each('text', 'ProductLicense UserName'),
  },
  hidden: ['CpuCfsPeriod', 'CpuCfsQuota', 'BridgeNfIp6tables', 'HttpProxy', 'HttpsProxy'],
};

/** `docker events --format` */
export const eventType: StructType = struct('events.Message', {
  Status: { json: 'status', type: 'text' },
  ID: { json: 'id', type: 'text' },
  From: { json: 'from', type: 'text' },
  Type: { text: 'events.Type' },
  Action: { text: 'events.Action' },
  Actor: struct('events.Actor', { ID: 'text', Attributes: textMap }),
  Scope: { json: 'scope', type: 'text' },
  Time: { json: 'time', type: 'number' },
  TimeNano: { json: 'timeNano', type: 'number' },
});

const contextEndpoint = struct('docker.EndpointMeta', { Host: 'text', SkipTLSVerify: 'flag' });

const contextMetadata = struct('store.Metadata', {
  Name: 'text',
  Metadata: struct('command.DockerContext', { Description: 'text', AdditionalFields: { map: 'any' } }),
  Endpoints: { map: contextEndpoint },
});

/** `docker context inspect --format` */
export const contextType: StructType = {
  name: 'context.contextWithTLSListing',
  fields: {
    Metadata: { json: '', type: contextMetadata },
    TLSMaterial: { map: 'any' },
    Storage: struct('store.StorageInfo', each('text', 'MetadataPath TLSPath')),
  },
  promoted: contextMetadata.fields,
};
