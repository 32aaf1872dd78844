/** What dockerd says of a field of the wrong type in a container's two files, each asked of 26.1.5. */
import { expect, test } from 'vitest';
import { decodeAs } from '../go-decoder.ts';
import { containerShape } from './load-shape.ts';
import { hostConfigShape } from './request-types.ts';

/** `{"Config":{"Env":"x"}}` from `Config.Env` and "x". */
const fileWith = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

const refusalOf = (shape: typeof hostConfigShape, path: string, json: string): string => {
  try {
    decodeAs(shape, fileWith(path, JSON.parse(json)));
    return '';
  } catch (error) {
    return (error as Error).message.replace('json: cannot unmarshal ', '');
  }
};

test.each([
  ['Created', '3', 'Time.UnmarshalJSON: input is not a JSON string'],
  ['Created', '"x"', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ['Created', '""', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['Managed', '3', 'number into Go struct field Container.Managed of type bool'],
  ['Path', '3', 'number into Go struct field Container.Path of type string'],
  ['Args', '"x"', 'string into Go struct field Container.Args of type []string'],
  ['Args', '[3]', 'number into Go struct field Container.Args of type string'],
  ['Config', '3', 'number into Go struct field Container.Config of type container.Config'],
  ['Config', '[]', 'array into Go struct field Container.Config of type container.Config'],
  ['Config.Env', '"x"', 'string into Go struct field Config.Config.Env of type []string'],
  ['Config.Env', '[3]', 'number into Go struct field Config.Config.Env of type string'],
  ['Config.Cmd', '3', 'number into Go struct field Config.Config.Cmd of type string'],
  ['Config.Cmd', '[3]', 'array into Go struct field Config.Config.Cmd of type string'],
  ['Config.Entrypoint', '3', 'number into Go struct field Config.Config.Entrypoint of type string'],
  ['Config.Labels', '[]', 'array into Go struct field Config.Config.Labels of type map[string]string'],
  ['Config.Labels', '{"a": 3}', 'number into Go struct field Config.Config.Labels of type string'],
  ['Config.Tty', '"x"', 'string into Go struct field Config.Config.Tty of type bool'],
  ['Config.StopTimeout', '"x"', 'string into Go struct field Config.Config.StopTimeout of type int'],
  ['Config.StopTimeout', '1.5', 'number 1.5 into Go struct field Config.Config.StopTimeout of type int'],
  ['Config.StopSignal', '3', 'number into Go struct field Config.Config.StopSignal of type string'],
  ['Config.Volumes', '[]', 'array into Go struct field Config.Config.Volumes of type map[string]struct {}'],
  ['Config.Volumes', '{"a": 3}', 'number into Go struct field Config.Config.Volumes of type struct {}'],
  ['Config.ExposedPorts', '[]', 'array into Go struct field Config.Config.ExposedPorts of type nat.PortSet'],
  ['Config.Healthcheck', '3', 'number into Go struct field Config.Config.Healthcheck of type v1.HealthcheckConfig'],
  [
    'Config.Healthcheck',
    '{"Test": "x"}',
    'string into Go struct field HealthcheckConfig.Config.Healthcheck.Test of type []string',
  ],
  ['Config.Image', '3', 'number into Go struct field Config.Config.Image of type string'],
  ['Image', '3', 'number into Go struct field Container.Image of type image.ID'],
  ['NetworkSettings', '3', 'number into Go struct field Container.NetworkSettings of type network.Settings'],
  [
    'NetworkSettings.Networks',
    '3',
    'number into Go struct field Settings.NetworkSettings.Networks of type map[string]*network.EndpointSettings',
  ],
  [
    'NetworkSettings.Networks',
    '{"bridge": 3}',
    'number into Go struct field Settings.NetworkSettings.Networks of type network.EndpointSettings',
  ],
  ['NetworkSettings.Ports', '3', 'number into Go struct field Settings.NetworkSettings.Ports of type nat.PortMap'],
  [
    'NetworkSettings.Ports',
    '{"80/tcp": 3}',
    'number into Go struct field Settings.NetworkSettings.Ports of type []nat.PortBinding',
  ],
  [
    'NetworkSettings.Ports',
    '{"80/tcp": [{"HostIp": 3}]}',
    'number into Go struct field PortBinding.NetworkSettings.Ports.HostIp of type string',
  ],
  ['NetworkSettings.SandboxID', '3', 'number into Go struct field Settings.NetworkSettings.SandboxID of type string'],
  ['LogPath', '3', 'number into Go struct field Container.LogPath of type string'],
  ['Name', '3', 'number into Go struct field Container.Name of type string'],
  ['Driver', '3', 'number into Go struct field Container.Driver of type string'],
  ['OS', '3', 'number into Go struct field Container.OS of type string'],
  ['RestartCount', '"x"', 'string into Go struct field Container.RestartCount of type int'],
  ['HasBeenStartedBefore', '"x"', 'string into Go struct field Container.HasBeenStartedBefore of type bool'],
  ['HasBeenManuallyStopped', '3', 'number into Go struct field Container.HasBeenManuallyStopped of type bool'],
  ['MountPoints', '3', 'number into Go struct field Container.MountPoints of type map[string]*mounts.MountPoint'],
  ['MountPoints', '[]', 'array into Go struct field Container.MountPoints of type map[string]*mounts.MountPoint'],
  ['MountPoints', '{"/data": 3}', 'number into Go struct field Container.MountPoints of type mounts.MountPoint'],
  [
    'MountPoints',
    '{"/data": {"Type": 3}}',
    'number into Go struct field MountPoint.MountPoints.Type of type mount.Type',
  ],
  ['MountPoints', '{"/data": {"RW": "x"}}', 'string into Go struct field MountPoint.MountPoints.RW of type bool'],
  ['HostnamePath', '3', 'number into Go struct field Container.HostnamePath of type string'],
  ['HostsPath', '3', 'number into Go struct field Container.HostsPath of type string'],
  ['ShmPath', '3', 'number into Go struct field Container.ShmPath of type string'],
  ['ResolvConfPath', '3', 'number into Go struct field Container.ResolvConfPath of type string'],
  ['StreamConfig', '3', 'number into Go struct field Container.StreamConfig of type stream.Config'],
  ['ImageManifest', '3', 'number into Go struct field Container.ImageManifest of type v1.Descriptor'],
  ['SecretReferences', '3', 'number into Go struct field Container.SecretReferences of type []*swarm.SecretReference'],
  ['State.Pid', '"x"', 'string into Go struct field State.State.Pid of type int'],
  ['State.Pid', '1.5', 'number 1.5 into Go struct field State.State.Pid of type int'],
  ['State.StartedAt', '"x"', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ['State.StartedAt', '""', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['State.StartedAt', '3', 'Time.UnmarshalJSON: input is not a JSON string'],
  ['State.Health', '3', 'number into Go struct field State.State.Health of type container.Health'],
  ['State.Health', '{"Status": 3}', 'number into Go struct field Health.State.Health.Health.Status of type string'],
  [
    'State.Health',
    '{"Log": 3}',
    'number into Go struct field Health.State.Health.Health.Log of type []*types.HealthcheckResult',
  ],
  [
    'State.Health',
    '{"Log": [3]}',
    'number into Go struct field Health.State.Health.Health.Log of type types.HealthcheckResult',
  ],
  [
    'State.Health',
    '{"Log": [{"Start": "x"}]}',
    'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
  ],
])('config.v2.json: %s is %s', (path, json, words) => {
  expect(refusalOf(containerShape, path, json)).toBe(words);
});

test.each([
  ['Binds', '"x"', 'string into Go struct field HostConfig.Binds of type []string'],
  ['Binds', '[3]', 'number into Go struct field HostConfig.Binds of type string'],
  ['LogConfig', '3', 'number into Go struct field HostConfig.LogConfig of type container.LogConfig'],
  ['NetworkMode', '3', 'number into Go struct field HostConfig.NetworkMode of type container.NetworkMode'],
  ['PortBindings', '3', 'number into Go struct field HostConfig.PortBindings of type nat.PortMap'],
  ['PortBindings', '{"80": [3]}', 'number into Go struct field HostConfig.PortBindings of type nat.PortBinding'],
  ['RestartPolicy', '3', 'number into Go struct field HostConfig.RestartPolicy of type container.RestartPolicy'],
  [
    'RestartPolicy',
    '{"Name": 3}',
    'number into Go struct field RestartPolicy.RestartPolicy.Name of type container.RestartPolicyMode',
  ],
  ['AutoRemove', '"x"', 'string into Go struct field HostConfig.AutoRemove of type bool'],
  ['Memory', '"x"', 'string into Go struct field HostConfig.Resources.Memory of type int64'],
  ['Memory', '1.5', 'number 1.5 into Go struct field HostConfig.Resources.Memory of type int64'],
  ['ShmSize', '"x"', 'string into Go struct field HostConfig.ShmSize of type int64'],
  ['Runtime', '3', 'number into Go struct field HostConfig.Runtime of type string'],
  ['ConsoleSize', '3', 'number into Go struct field HostConfig.ConsoleSize of type [2]uint'],
  ['ConsoleSize', '["x", 1]', 'string into Go struct field HostConfig.ConsoleSize of type uint'],
  ['Mounts', '3', 'number into Go struct field HostConfig.Mounts of type []mount.Mount'],
  ['Mounts', '[3]', 'number into Go struct field HostConfig.Mounts of type mount.Mount'],
  ['Mounts', '[{"Type": 3}]', 'number into Go struct field Mount.Mounts.Type of type mount.Type'],
  ['Tmpfs', '3', 'number into Go struct field HostConfig.Tmpfs of type map[string]string'],
  ['Tmpfs', '{"a": 3}', 'number into Go struct field HostConfig.Tmpfs of type string'],
  ['Ulimits', '3', 'number into Go struct field HostConfig.Resources.Ulimits of type []*units.Ulimit'],
  ['Ulimits', '[3]', 'number into Go struct field HostConfig.Resources.Ulimits of type units.Ulimit'],
  ['Ulimits', '[{"Name": 3}]', 'number into Go struct field Ulimit.Resources.Ulimits.Name of type string'],
  ['IpcMode', '3', 'number into Go struct field HostConfig.IpcMode of type container.IpcMode'],
  ['PidMode', '3', 'number into Go struct field HostConfig.PidMode of type container.PidMode'],
  ['MaskedPaths', '"x"', 'string into Go struct field HostConfig.MaskedPaths of type []string'],
  ['Init', '"x"', 'string into Go struct field HostConfig.Init of type bool'],
  ['PidsLimit', '"x"', 'string into Go struct field HostConfig.Resources.PidsLimit of type int64'],
  ['PidsLimit', '1.5', 'number 1.5 into Go struct field HostConfig.Resources.PidsLimit of type int64'],
  ['OomKillDisable', '"x"', 'string into Go struct field HostConfig.Resources.OomKillDisable of type bool'],
  ['Devices', '3', 'number into Go struct field HostConfig.Resources.Devices of type []container.DeviceMapping'],
  ['Devices', '[3]', 'number into Go struct field HostConfig.Resources.Devices of type container.DeviceMapping'],
  ['Sysctls', '3', 'number into Go struct field HostConfig.Sysctls of type map[string]string'],
  ['ExtraHosts', '3', 'number into Go struct field HostConfig.ExtraHosts of type []string'],
  [
    'BlkioWeightDevice',
    '[3]',
    'number into Go struct field HostConfig.Resources.BlkioWeightDevice of type blkiodev.WeightDevice',
  ],
])('hostconfig.json: %s is %s', (path, json, words) => {
  expect(refusalOf(hostConfigShape, path, json)).toBe(words);
});
