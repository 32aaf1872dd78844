/**
 * Of which types the fields of config.v2.json are, and what stands for those that are not there. moby:
 * container.Container; daemon/network.Settings; volume/mounts.MountPoint; api/types.Health.
 */
import { flag, integer, listOf, mapOf, nilListOf, structure, text, time } from '../go-decoder.ts';
import type { Structure } from '../go-decoder.ts';
import { configShape, portMapShape } from './request-types.ts';

const string = text();
const int = integer('int');

const result = structure('types.HealthcheckResult', { Start: time, End: time, ExitCode: int, Output: string });
const healthFields: Structure['fields'] = {
  Status: string,
  FailingStreak: int,
  Log: listOf(result, '[]*types.HealthcheckResult'),
};
const health: Structure = {
  ...structure('container.Health', healthFields, Object.keys(healthFields)),
  embedded: { Status: 'Health', FailingStreak: 'Health', Log: 'Health' },
};

const state: Structure['fields'] = {
  Running: flag,
  Paused: flag,
  Restarting: flag,
  OOMKilled: flag,
  RemovalInProgress: flag,
  Dead: flag,
  Pid: int,
  ExitCode: int,
  Error: string,
  StartedAt: time,
  FinishedAt: time,
};

const addressFields = { MacAddress: string, NetworkID: string, EndpointID: string, Gateway: string, IPAddress: string };
const endpoint = structure('network.EndpointSettings', {
  ...addressFields,
  IPPrefixLen: int,
  DNSNames: nilListOf(string),
});

const settingsFields: Structure['fields'] = {
  Bridge: string,
  SandboxID: string,
  SandboxKey: string,
  HairpinMode: flag,
  LinkLocalIPv6Address: string,
  LinkLocalIPv6PrefixLen: int,
  Networks: mapOf(endpoint, 'map[string]*network.EndpointSettings'),
  Ports: portMapShape,
};

const mountPointFields: Structure['fields'] = {
  Source: string,
  Destination: string,
  RW: flag,
  Name: string,
  Driver: string,
  Type: text('mount.Type'),
  Mode: string,
  Propagation: text('mount.Propagation'),
};
const mountPoint = structure('mounts.MountPoint', mountPointFields, Object.keys(mountPointFields));

const fields: Structure['fields'] = {
  StreamConfig: structure('stream.Config', {}),
  State: structure('container.State', { ...state, Health: health }, Object.keys(state)),
  ID: string,
  Created: time,
  Managed: flag,
  Path: string,
  Args: listOf(string),
  Config: configShape,
  Image: text('image.ID'),
  ImageManifest: structure('v1.Descriptor', {}),
  NetworkSettings: structure('network.Settings', settingsFields, Object.keys(settingsFields)),
  LogPath: string,
  Name: string,
  Driver: string,
  OS: string,
  RestartCount: int,
  HasBeenStartedBefore: flag,
  HasBeenManuallyStopped: flag,
  MountPoints: mapOf(mountPoint, 'map[string]*mounts.MountPoint'),
  HostnamePath: string,
  HostsPath: string,
  ShmPath: string,
  ResolvConfPath: string,
  SecretReferences: listOf(structure('swarm.SecretReference', {}), '[]*swarm.SecretReference'),
};

const unneeded = ['ID', 'Config', 'ImageManifest', 'SecretReferences'];

/** A container without a configuration, or with a mount that is none, is the end of the real daemon, and of ours. */
export const containerShape = structure(
  'container.Container',
  fields,
  Object.keys(fields).filter((name) => !unneeded.includes(name)),
);
