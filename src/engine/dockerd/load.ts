/** A container's two files, as they stand on disk: whoever may have written them. moby: daemon.load(). */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { decodeAs, flag, integer, structure, text, UnmarshalTypeError } from '../go-decoder.ts';
import type { Shape } from '../go-decoder.ts';
import { decodeJson } from '../go-json.ts';
import { neverTime } from '../timestamp.ts';
import type { Daemon } from './daemon.ts';
import { normalised } from './host-config.ts';
import { containerDirectory } from './records.ts';
import type { ContainerRecord, HostConfig, StateRecord } from './records.ts';
import { hostConfigShape } from './request-types.ts';

export interface Loaded {
  readonly record: ContainerRecord;
  readonly host: HostConfig;
  readonly layer: string;
}

const time = text('time.Time');
const state: Readonly<Record<Exclude<keyof StateRecord, 'Health'>, Shape>> = {
  Running: flag,
  Paused: flag,
  Restarting: flag,
  OOMKilled: flag,
  RemovalInProgress: flag,
  Dead: flag,
  Pid: integer('int'),
  ExitCode: integer('int'),
  Error: text(),
  StartedAt: time,
  FinishedAt: time,
};
const fields = { ID: text(), Driver: text(), State: structure('container.State', state, Object.keys(state)) };
const shape = structure('container.Container', fields, ['Driver', 'State']);

type File = ContainerRecord & { readonly LayerID: string };

/** Null for one that cannot be read, which is logged, and for one of another storage driver. */
export function* loadContainer(daemon: Daemon, id: string): Running<Loaded | null> {
  try {
    const file = yield* decoded<File>(`${containerDirectory(id)}/config.v2.json`, shape);
    const host = yield* decoded<HostConfig>(`${containerDirectory(id)}/hostconfig.json`, hostConfigShape);
    if (file === null || host === null) return null;
    const { LayerID: layer, ...record } = file;
    if ((record.ID ?? id) !== id) throw new LoadError(`Container ${record.ID} is stored at ${id}`);
    if (record.Driver !== 'overlay2') {
      const why = `not restoring container because it was created with another storage driver (${record.Driver})`;
      yield* daemon.log('debug', why, { container: id });
      return null;
    }
    const { StartedAt, FinishedAt } = record.State;
    const times = { StartedAt: StartedAt || neverTime, FinishedAt: FinishedAt || neverTime };
    const whole = { ...record, ID: id, State: { ...record.State, ...times } };
    return { record: whole, host: { ...normalised({}), ...host }, layer };
  } catch (error) {
    if (!(error instanceof LoadError || error instanceof UnmarshalTypeError)) throw error;
    yield* daemon.log('error', 'failed to load container', { container: id, error: error.message });
    return null;
  }
}

class LoadError extends Error {}

/** What it says, over the zeros of what it has to say. Null without such a file. */
function* decoded<T extends object>(path: string, as: Shape): Running<T | null> {
  const text = yield* readFileIfAny(path);
  if (text === null) return null;
  const read = decodeJson(text);
  if ('complaint' in read) throw new LoadError(read.complaint);
  const known = decodeAs(as, read.value) as T;
  return { ...(read.value as T | null), ...known };
}
