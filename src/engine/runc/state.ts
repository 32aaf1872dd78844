/**
 * What runc keeps of a container between its invocations: `ROOT/ID/state.json`, and exec.fifo beside it while it waits
 * for start.
 */
import { exists } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFile, readFileIfAny, writeAll } from '../../programs/io.ts';
import { parseJson } from './bundle.ts';
import { decodeState } from './state-shape.ts';
import { RuncError } from './error.ts';
import { keep, type KeptResources } from './kept-resources.ts';
import type { Hooks, Spec } from './spec.ts';

/** runc: libcontainer's State. Fields and their order are those of the real state.json. */
export interface ContainerState {
  readonly id: string;
  readonly init_process_pid: number;
  /** When it began, as /proc/PID/stat has it: tells it from a later process with the same number. */
  readonly init_process_start: number;
  readonly created: string;
  readonly config: ContainerConfig;
  /** Where in /sys/fs/cgroup it is: version 2 has one tree, which has no name. */
  readonly cgroup_paths: { readonly ''?: string };
  readonly namespace_paths: Readonly<Record<string, string>>;
}

/** libcontainer's Config, as far as a later runc needs it. */
export interface ContainerConfig {
  readonly rootfs: string;
  readonly hostname: string;
  readonly namespaces: readonly { readonly type: string; readonly path: string }[];
  readonly cgroups: { readonly path: string; readonly Systemd: boolean; readonly unit: string } & KeptResources;
  readonly seccomp: boolean;
  readonly oom_score_adj: number | null;
  readonly Hooks: Hooks;
  readonly version: string;
  /** Its annotations, and `bundle=PATH`. */
  readonly labels: readonly string[];
}

export type ContainerStatus = 'created' | 'running' | 'paused' | 'stopped';

/** The version of the runtime specification that this runc implements. */
export const specVersion = '1.2.0';

/** Names of libcontainer for the namespaces that it joins and makes. */
const namespaceNames = {
  pid: 'NEWPID',
  network: 'NEWNET',
  ipc: 'NEWIPC',
  uts: 'NEWUTS',
  mount: 'NEWNS',
  cgroup: 'NEWCGROUP',
  user: 'NEWUSER',
  time: 'NEWTIME',
} as const;
const namespaceFiles: readonly (readonly [name: string, file: string])[] = [
  ['NEWCGROUP', 'cgroup'],
  ['NEWIPC', 'ipc'],
  ['NEWNET', 'net'],
  ['NEWNS', 'mnt'],
  ['NEWPID', 'pid'],
  ['NEWUSER', 'user'],
  ['NEWUTS', 'uts'],
];

/** The state of a container whose process is ready; `spec.root.path` is absolute. */
export function stateOf(
  spec: Spec,
  of: Pick<ContainerState, 'id' | 'init_process_pid' | 'init_process_start' | 'created'>,
  place: { readonly path: string; readonly unit: string; readonly bundle: string },
): ContainerState {
  return {
    ...of,
    config: {
      rootfs: spec.root.path,
      hostname: spec.hostname ?? '',
      namespaces: (spec.linux?.namespaces ?? []).map(({ type, path }) => ({
        type: namespaceNames[type],
        path: path ?? '',
      })),
      cgroups: {
        path: spec.linux?.cgroupsPath ?? '',
        ...keep(spec.linux?.resources, null),
        Systemd: place.unit !== '',
        unit: place.unit,
      },
      seccomp: spec.linux?.seccomp !== undefined,
      oom_score_adj: spec.process.oomScoreAdj ?? null,
      Hooks: spec.hooks ?? {},
      version: specVersion,
      labels: [
        ...Object.entries(spec.annotations ?? {}).map(([name, value]) => `${name}=${value}`),
        `bundle=${place.bundle}`,
      ],
    },
    cgroup_paths: { '': place.path },
    namespace_paths: Object.fromEntries(
      namespaceFiles.map(([name, file]) => [name, `/proc/${of.init_process_pid}/ns/${file}`]),
    ),
  };
}

/** Where the container was created from. */
export function bundleOf({ config }: ContainerState): string {
  return config.labels.findLast((label) => label.startsWith('bundle='))?.slice('bundle='.length) ?? '';
}

/** What `docker run --annotation` and config.json said, by name. libcontainer: utils.Annotations(). */
export function annotationsOf({ config }: ContainerState): Readonly<Record<string, string>> {
  const pairs = config.labels.map((label): readonly string[] => /^([^=]*)=(.*)$/s.exec(label)?.slice(1) ?? []);
  return Object.fromEntries(pairs.filter(([name]) => name !== 'bundle'));
}

/** Its directory in the cgroup tree. */
export function cgroupOf({ cgroup_paths }: ContainerState): string {
  return cgroup_paths[''] ?? '';
}

/** Reads a container's state. Throws a RuncError when there is none, or it is none. */
export function* loadState(root: string, id: string): Running<ContainerState> {
  try {
    return decodeState(id, parseJson(yield* readFile(`${root}/${id}/state.json`)));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new RuncError('container does not exist');
    throw error;
  }
}

/** Writes it to a file of its own first, so that no reader ever sees half of it. */
export function* saveState(root: string, state: ContainerState): Running<void> {
  yield* writeRenamed(
    `${root}/${state.id}/state-${yield* randomDigits()}`,
    `${root}/${state.id}/state.json`,
    JSON.stringify(state),
  );
}

/** Writes `text` under a temporary name, then gives the file its real one. */
export function* writeRenamed(temporary: string, path: string, text: string, mode = 0o600): Running<void> {
  const fd = yield* sys.open(temporary, O.RDWR | O.CREAT | O.EXCL | O.CLOEXEC, mode);
  yield* writeAll(fd, text);
  yield* sys.close(fd);
  yield* sys.rename(temporary, path);
}

/** Up to ten digits, as Go's os.CreateTemp appends. */
export function* randomDigits(): Running<string> {
  const bytes = yield* sys.getrandom(4);
  return String(Array.from(bytes).reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0));
}

/** The container's status as its process and its files tell it, now. runc: refreshState(). */
export function* statusOf(root: string, state: ContainerState): Running<ContainerStatus> {
  if ((yield* startTimeOf(state.init_process_pid)) !== state.init_process_start) return 'stopped';
  const frozen = (yield* readFileIfAny(`${cgroupOf(state)}/cgroup.freeze`)) ?? '0';
  if (frozen.trim() === '1') return 'paused';
  return (yield* exists(`${root}/${state.id}/exec.fifo`)) ? 'created' : 'running';
}

/** Field 22 of /proc/PID/stat; -1 when there is no such process, or it is a zombie. */
export function* startTimeOf(pid: number): Running<number> {
  const stat = yield* readFileIfAny(`/proc/${pid}/stat`);
  if (stat === null) return -1;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? -1 : Number(fields[19]);
}
