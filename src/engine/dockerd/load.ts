/** A container's two files, as they stand on disk: whoever may have written them. moby: daemon.load(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny } from '../../programs/io.ts';
import { decodeAs, UnmarshalTypeError } from '../go-decoder.ts';
import type { Shape } from '../go-decoder.ts';
import { decodeJson } from '../go-json.ts';
import type { Daemon } from './daemon.ts';
import { normalised } from './host-config.ts';
import { containerShape } from './load-shape.ts';
import { emptyEndpoint } from './network.ts';
import { containerDirectory } from './records.ts';
import type { ContainerConfig, ContainerRecord, HostConfig } from './records.ts';
import { hostConfigShape } from './request-types.ts';

export interface Loaded {
  readonly record: ContainerRecord;
  readonly host: HostConfig;
  readonly layer: string;
}

/** A pointer to nothing that the real daemon follows: Go's runtime ends it. */
class NilPointer extends Error {}

type File = ContainerRecord & { readonly LayerID: string };

/** Null for one that cannot be read, which is logged, and for one of another storage driver. */
export function* loadContainer(daemon: Daemon, id: string): Running<Loaded | null> {
  try {
    const file = yield* decoded<File>(`${containerDirectory(id)}/config.v2.json`, containerShape);
    const host = yield* decoded<HostConfig>(`${containerDirectory(id)}/hostconfig.json`, hostConfigShape);
    if (file === null || host === null) return null;
    const { LayerID: layer, ...record } = file;
    if ((record.ID ?? id) !== id) throw new LoadError(`Container ${record.ID} is stored at ${id}`);
    if (record.Driver !== 'overlay2') {
      const why = `not restoring container because it was created with another storage driver (${record.Driver})`;
      yield* daemon.log('debug', why, { container: id });
      return null;
    }
    return { record: completed(id, record), host: { ...normalised({}), ...host }, layer };
  } catch (error) {
    if (error instanceof NilPointer) yield* panic();
    if (!(error instanceof LoadError || error instanceof UnmarshalTypeError)) throw error;
    yield* daemon.log('error', 'failed to load container', { container: id, error: error.message });
    return null;
  }
}

class LoadError extends Error {}

interface Pointers {
  readonly Driver?: string;
  readonly Config?: object | null;
  readonly MountPoints?: Readonly<Record<string, object | null>> | null;
}

/** A container of this storage driver has a configuration, and its mounts are some. */
function requirePointers(file: Pointers | null): void {
  if (file?.Driver !== 'overlay2') return;
  if ((file.Config ?? null) === null || Object.values(file.MountPoints ?? {}).includes(null)) throw new NilPointer();
}

/** Asked of 26.1.5: Register() and lazyInitializeVolume() follow the pointer. */
function* panic(): Running<void> {
  const words = 'panic: runtime error: invalid memory address or nil pointer dereference';
  yield* print(`${words}\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x41 pc=0x5647b4aa4946]\n`, 2);
  yield* sys.exit(2);
}

/** What it says, and the zeros of what it does not. */
function completed(id: string, record: ContainerRecord): ContainerRecord {
  const { NetworkSettings: settings } = record;
  const networks = Object.entries(settings.Networks).map(
    ([name, endpoint]) => [name, { ...emptyEndpoint(), ...endpoint }] as const,
  );
  return {
    ...record,
    ID: id,
    Config: { ...emptyConfig, ...record.Config },
    NetworkSettings: {
      ...settings,
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      Networks: Object.fromEntries(networks),
    },
    LogPath: record.LogPath || `${containerDirectory(id)}/${id}-json.log`,
  };
}

const emptyConfig: ContainerConfig = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: {},
};

/** What it says, over the zeros of what it has to say. Null without such a file. */
function* decoded<T extends object>(path: string, as: Shape): Running<T | null> {
  const text = yield* readFileIfAny(path);
  if (text === null) return null;
  const read = decodeJson(text);
  if ('complaint' in read) throw new LoadError(read.complaint);
  const known = decodeAs(as, read.value) as T;
  requirePointers(read.value as Pointers | null);
  return { ...(read.value as T | null), ...known };
}
