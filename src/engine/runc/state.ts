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
import { RuncError } from './error.ts';
import type { Spec } from './spec.ts';

export interface ContainerState {
  readonly id: string;
  readonly init_process_pid: number;
  /** When it began, as /proc/PID/stat has it: tells it from a later process with the same number. */
  readonly init_process_start: string;
  readonly created: string;
  readonly bundle: string;
  /** Where in /sys/fs/cgroup it is. */
  readonly cgroup_path: string;
  readonly systemd_unit: string;
  readonly config: Spec;
}

export type ContainerStatus = 'created' | 'running' | 'paused' | 'stopped';

/** Reads a container's state. Throws a RuncError when there is none. */
export function* loadState(root: string, id: string): Running<ContainerState> {
  try {
    return JSON.parse(yield* readFile(`${root}/${id}/state.json`)) as ContainerState;
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
export function* writeRenamed(temporary: string, path: string, text: string): Running<void> {
  const fd = yield* sys.open(temporary, O.RDWR | O.CREAT | O.EXCL | O.CLOEXEC, 0o600);
  yield* writeAll(fd, text);
  yield* sys.close(fd);
  yield* sys.rename(temporary, path);
}

/** Up to ten digits, as Go's os.CreateTemp appends. */
export function* randomDigits(): Running<string> {
  const bytes = yield* sys.getrandom(4);
  return String(Array.from(bytes).reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0));
}

/** The container's status as its process and its files tell it, now. */
export function* statusOf(root: string, state: ContainerState): Running<ContainerStatus> {
  if ((yield* startTimeOf(state.init_process_pid)) !== state.init_process_start) return 'stopped';
  if (yield* exists(`${root}/${state.id}/exec.fifo`)) return 'created';
  const frozen = (yield* readFileIfAny(`${state.cgroup_path}/cgroup.freeze`)) ?? '0';
  return frozen.trim() === '1' ? 'paused' : 'running';
}

/** Field 22 of /proc/PID/stat; empty when there is no such process, or it is a zombie. */
export function* startTimeOf(pid: number): Running<string> {
  const stat = yield* readFileIfAny(`/proc/${pid}/stat`);
  if (stat === null) return '';
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}
