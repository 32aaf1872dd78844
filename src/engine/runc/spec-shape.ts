/** config.json as Go's decoder reads it, whoever wrote it. runtime-spec: specs-go/config.go. */
import { decodeAs, flag, integer, listOf, mapOf, structure, text, UnmarshalTypeError } from '../go-decoder.ts';
import type { Structure } from '../go-decoder.ts';
import { Panic, RuncError } from './error.ts';
import type { ProcessSpec, Spec } from './spec.ts';

const string = text();
const words = listOf(string);
const int64 = integer('int64');
const uint64 = integer('uint64', 0, 2 ** 64);
const uint32 = integer('uint32', 0, 2 ** 32 - 1);
const uint = integer('uint', 0);

const sets = ['bounding', 'effective', 'inheritable', 'permitted', 'ambient'];
const limit = structure('specs.POSIXRlimit', { type: string, hard: uint64, soft: uint64 }, ['type', 'hard', 'soft']);
const process = structure(
  'specs.Process',
  {
    terminal: flag,
    consoleSize: structure('specs.Box', { height: uint, width: uint }, ['height', 'width']),
    user: structure('specs.User', { uid: uint32, gid: uint32, additionalGids: listOf(uint32) }, ['uid', 'gid']),
    args: words,
    env: words,
    cwd: string,
    capabilities: structure('specs.LinuxCapabilities', Object.fromEntries(sets.map((name) => [name, words]))),
    rlimits: listOf(limit),
    noNewPrivileges: flag,
    oomScoreAdj: integer('int'),
  },
  ['user', 'args', 'cwd'],
);

const mount = structure('specs.Mount', { destination: string, type: string, source: string, options: words }, [
  'destination',
]);

const hooks = listOf(
  structure('specs.Hook', { path: string, args: words, env: words, timeout: integer('int') }, ['path']),
);
const moments = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];

const deviceRule = structure(
  'specs.LinuxDeviceCgroup',
  { allow: flag, type: string, major: int64, minor: int64, access: string },
  ['allow'],
);

const resources = structure('specs.LinuxResources', {
  devices: listOf(deviceRule, '[]specs.LinuxDeviceCgroup'),
  memory: structure('specs.LinuxMemory', { limit: int64, reservation: int64, swap: int64 }),
  cpu: structure('specs.LinuxCPU', { shares: uint64, quota: int64, period: uint64, cpus: string, mems: string }),
  pids: structure('specs.LinuxPids', { limit: int64 }),
  blockIO: structure('specs.LinuxBlockIO', { weight: integer('uint16', 0, 65_535) }),
});

const device = structure(
  'specs.LinuxDevice',
  {
    path: string,
    type: string,
    major: int64,
    minor: int64,
    fileMode: integer('fs.FileMode', 0),
    uid: uint32,
    gid: uint32,
  },
  ['path', 'type', 'major', 'minor'],
);

const namespace = structure('specs.LinuxNamespace', { type: text('specs.LinuxNamespaceType'), path: string }, ['type']);

const spec = structure('specs.Spec', {
  ociVersion: string,
  process,
  root: structure('specs.Root', { path: string, readonly: flag }, ['path']),
  hostname: string,
  mounts: listOf(mount),
  hooks: structure('specs.Hooks', Object.fromEntries(moments.map((moment) => [moment, hooks]))),
  annotations: mapOf(string),
  linux: structure('specs.Linux', {
    sysctl: mapOf(string),
    devices: listOf(device),
    resources,
    cgroupsPath: string,
    namespaces: listOf(namespace),
    seccomp: structure('specs.LinuxSeccomp', {}),
    maskedPaths: words,
    readonlyPaths: words,
  }),
});

/** What runc 1.1.15 was seen to say of a config.json of `null`, above the frames that each command has of its own. */
const nilSpec = {
  call: 'main.loadSpec({0x9cff56, 0xb})',
  at: 'github.com/opencontainers/runc/spec.go:129 +0x28f',
  pc: '0x8545ef',
};

/** runc: spec.go, loadSpec(). */
export function decodeSpec(value: unknown): Partial<Spec> {
  if (value === null) throw new Panic(nilSpec);
  return typed(spec, value) as Partial<Spec>;
}

/** The file of `runc exec --process`. runc: exec.go, getProcess(). */
export function decodeProcess(value: unknown): ProcessSpec {
  return typed(process, value) as ProcessSpec;
}

function typed(shape: Structure, value: unknown): unknown {
  try {
    return decodeAs(shape, value);
  } catch (error) {
    throw error instanceof UnmarshalTypeError ? new RuncError(error.message) : error;
  }
}
