/** state.json as Go's decoder reads it, whoever wrote it. libcontainer: State, configs/. */
import { decodeAs, flag, integer, listOf, mapOf, structure, text, UnmarshalTypeError } from '../go-decoder.ts';
import type { Shape, Structure } from '../go-decoder.ts';
import { Panic, RuncError } from './error.ts';
import type { ContainerConfig, ContainerState } from './state.ts';

const string = text();
const int64 = integer('int64');
const uint64 = integer('uint64', 0);

/** One whose fields are all there: at their zero when they are not given. */
const full = (go: string, fields: Structure['fields']): Structure => structure(go, fields, Object.keys(fields));

/** `owner`: the structure embedded in it that these fields are of. */
const embedding = (shape: Structure, owner: string, fields: readonly string[]): Structure => {
  return { ...shape, embedded: Object.fromEntries(fields.map((field) => [field, owner])) };
};

const resources: Structure['fields'] = {
  memory: int64,
  memory_reservation: int64,
  memory_swap: int64,
  cpu_shares: uint64,
  cpu_quota: int64,
  cpu_period: uint64,
  cpuset_cpus: string,
  cpuset_mems: string,
  pids_limit: int64,
  blkio_weight: integer('uint16', 0, 65_535),
};
const cgroups = embedding(
  full('configs.Cgroup', { path: string, ...resources, Systemd: flag, unit: string }),
  'Resources',
  Object.keys(resources),
);
const hook = embedding(
  structure('configs.CommandHook', { path: string, args: listOf(string), env: listOf(string) }, ['path']),
  'Command',
  ['path', 'args', 'env'],
);
const namespace = full('configs.Namespace', { type: text('configs.NamespaceType'), path: string });

const config: Structure['fields'] = {
  rootfs: string,
  hostname: string,
  namespaces: listOf(namespace, 'configs.Namespaces'),
  // A pointer, as the next two are: nil when it is not given.
  cgroups,
  seccomp: flag,
  oom_score_adj: integer('int'),
  Hooks: mapOf(listOf(hook), 'map[configs.HookName][]configs.CommandHook'),
  version: string,
  labels: listOf(string),
};
const pointers = new Set<string>(['cgroups', 'seccomp', 'oom_score_adj'] satisfies Pointers[]);
const baseState: Readonly<Record<string, Shape>> = {
  id: string,
  init_process_pid: integer('int'),
  init_process_start: uint64,
  created: text('time.Time'),
  config: structure(
    'configs.Config',
    config,
    Object.keys(config).filter((name) => !pointers.has(name)),
  ),
};
const state = embedding(
  full('libcontainer.State', {
    ...baseState,
    cgroup_paths: mapOf(string),
    namespace_paths: mapOf(string, 'map[configs.NamespaceType]string'),
  }),
  'BaseState',
  Object.keys(baseState),
);

/** What runc 1.1.15 was seen to say of a state.json of `null`, above the frames that each command has of its own. */
const nilState = {
  call: 'github.com/opencontainers/runc/libcontainer.(*LinuxFactory).Load(...)',
  at: 'github.com/opencontainers/runc/libcontainer/factory_linux.go:226 +0xca',
  pc: '0x7d11ca',
};

/**
 * The state of container `id`: the name is its directory's, whatever the file says. runc: factory_linux.go, Load().
 */
export function decodeState(id: string, value: unknown): ContainerState {
  if (value === null) throw new Panic(nilState);
  const read = typed(value);
  const { cgroups: place } = read.config;
  if (place === undefined) throw new RuncError('cgroups/manager.New: config must not be nil');
  const { seccomp = false, oom_score_adj = null } = read.config;
  const created = read.created === '' ? '0001-01-01T00:00:00Z' : read.created;
  return { ...read, id, created, config: { ...read.config, cgroups: place, seccomp, oom_score_adj } };
}

type Pointers = 'cgroups' | 'seccomp' | 'oom_score_adj';
type Read = Omit<ContainerState, 'config'> & {
  readonly config: Omit<ContainerConfig, Pointers> & Partial<Pick<ContainerConfig, Pointers>>;
};

function typed(value: unknown): Read {
  try {
    return decodeAs(state, value) as Read;
  } catch (error) {
    throw error instanceof UnmarshalTypeError ? new RuncError(error.message) : error;
  }
}
