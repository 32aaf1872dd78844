/** The part of the request that is about the host: namespaces, limits, mounts. docker: opts.go, parse(). */
import type { CreateRequest } from '../dockerd/create.ts';
import type { DeviceRequest, Ulimit } from '../dockerd/records.ts';
import { deviceMapping } from './device-option.ts';
import { readGpuRequest } from './gpu-request.ts';
import { boolFlag, isSet, listFlag, numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';

type HostRequest = NonNullable<CreateRequest['HostConfig']>;

/** `--pid`, `--ipc`, `--uts`, `--cgroupns`, and what a container may do. */
export function confinement(flags: ParsedFlags): HostRequest {
  const tmpfs = listFlag(flags, 'tmpfs').map((text): [string, string] => {
    const [path = '', options = ''] = text.split(/:(.*)/s);
    return [path, options];
  });
  const driver = stringFlag(flags, 'log-driver');
  return {
    LogConfig: { Type: driver, Config: pairsOf(listFlag(flags, 'log-opt')) },
    ContainerIDFile: stringFlag(flags, 'cidfile'),
    Privileged: boolFlag(flags, 'privileged'),
    VolumesFrom: listOrNull(flags, 'volumes-from'),
    Runtime: stringFlag(flags, 'runtime'),
    VolumeDriver: stringFlag(flags, 'volume-driver'),
    Links: listOrNull(flags, 'link'),
    ExtraHosts: listOrNull(flags, 'add-host')?.map(extraHost) ?? null,
    Dns: listFlag(flags, 'dns').map((address) => address.trim()),
    DnsOptions: [...listFlag(flags, 'dns-option'), ...listFlag(flags, 'dns-opt')],
    DnsSearch: listFlag(flags, 'dns-search'),
    Devices: listFlag(flags, 'device').map(deviceMapping),
    DeviceCgroupRules: listOrNull(flags, 'device-cgroup-rule'),
    DeviceRequests: gpuRequests(flags),
    ...sysctls(flags),
    ...annotations(flags),
    ...storageOptions(flags),
    CapAdd: listOrNull(flags, 'cap-add'),
    CapDrop: listOrNull(flags, 'cap-drop'),
    GroupAdd: listOrNull(flags, 'group-add'),
    PidMode: stringFlag(flags, 'pid'),
    IpcMode: stringFlag(flags, 'ipc'),
    UTSMode: stringFlag(flags, 'uts'),
    CgroupnsMode: stringFlag(flags, 'cgroupns'),
    Isolation: stringFlag(flags, 'isolation'),
    ReadonlyRootfs: boolFlag(flags, 'read-only'),
    OomScoreAdj: numberFlag(flags, 'oom-score-adj'),
    ShmSize: numberFlag(flags, 'shm-size'),
    CgroupParent: stringFlag(flags, 'cgroup-parent'),
    ...(tmpfs.length === 0 ? {} : { Tmpfs: Object.fromEntries(tmpfs) }),
    ...(isSet(flags, 'init') ? { Init: boolFlag(flags, 'init') } : {}),
  };
}

function annotations(flags: ParsedFlags): HostRequest {
  const given = listFlag(flags, 'annotation');
  return given.length === 0 ? {} : { Annotations: pairsOf(given) };
}

function storageOptions(flags: ParsedFlags): HostRequest {
  const given = listFlag(flags, 'storage-opt');
  return given.length === 0 ? {} : { StorageOpt: pairsOf(given) };
}

/** What a container may use. */
export function limits(flags: ParsedFlags): HostRequest {
  return {
    CpuShares: numberFlag(flags, 'cpu-shares'),
    CpuPeriod: numberFlag(flags, 'cpu-period'),
    CpuQuota: numberFlag(flags, 'cpu-quota'),
    CpusetCpus: stringFlag(flags, 'cpuset-cpus'),
    CpusetMems: stringFlag(flags, 'cpuset-mems'),
    NanoCpus: numberFlag(flags, 'cpus'),
    Memory: numberFlag(flags, 'memory'),
    MemoryReservation: numberFlag(flags, 'memory-reservation'),
    MemorySwap: numberFlag(flags, 'memory-swap'),
    MemorySwappiness: numberFlag(flags, 'memory-swappiness'),
    OomKillDisable: boolFlag(flags, 'oom-kill-disable'),
    PidsLimit: numberFlag(flags, 'pids-limit'),
    BlkioWeight: numberFlag(flags, 'blkio-weight'),
    Ulimits: ulimits(flags),
  };
}

/** `NAME:ADDRESS`, also of `NAME=ADDRESS` and `NAME=[ADDRESS]`. docker: opts.ValidateExtraHost(). */
function extraHost(text: string): string {
  return text.replace(/^([^:=]*)[:=]\[?(.*?)\]?$/s, '$1:$2');
}

/** `--gpus`; null without. */
function gpuRequests(flags: ParsedFlags): readonly DeviceRequest[] | null {
  const read = listFlag(flags, 'gpus').map(readGpuRequest);
  const requests = read.flatMap((request) => ('error' in request ? [] : [request]));
  return requests.length === 0 ? null : requests;
}

function sysctls(flags: ParsedFlags): HostRequest {
  const given = listFlag(flags, 'sysctl');
  return given.length === 0 ? {} : { Sysctls: pairsOf(given) };
}

/** `A=1` as a pair; a name alone means nothing said. */
function pairsOf(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((text): [string, string] => {
      const [name = '', value = ''] = text.split(/=(.*)/s);
      return [name, value];
    }),
  );
}

function listOrNull(flags: ParsedFlags, name: string): readonly string[] | null {
  const list = listFlag(flags, name);
  return list.length === 0 ? null : list;
}

/** `nofile=100:200`; one limit of a kind, the last one given, in order of name. docker: opts.UlimitOpt. */
function ulimits(flags: ParsedFlags): readonly Ulimit[] {
  const byName = new Map<string, Ulimit>();
  for (const text of listFlag(flags, 'ulimit')) {
    const [Name = '', limits = ''] = text.split(/=(.*)/s);
    const [soft = '', hard = soft] = limits.split(':');
    byName.set(Name, { Name, Hard: Number(hard), Soft: Number(soft) });
  }
  return [...byName.values()].toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
}
