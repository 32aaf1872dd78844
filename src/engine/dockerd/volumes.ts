/**
 * Volumes of the driver `local`: directories under /var/lib/docker/volumes that outlive containers. moby:
 * volume/service, volume/local.
 */
import { bytesUnder, makeDirectories, removeTree } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { goQuote } from '../go-text.ts';
import { timestampNow } from '../timestamp.ts';
import { badRequest, conflict, notFound } from './api-error.ts';
import type { Daemon } from './daemon.ts';
import { namesIn, readJson, writeAtomically } from './disk.ts';
import { emit } from './events.ts';
import { matchesLabels } from './filters.ts';
import type { Filters } from './filters.ts';
import { randomHex } from './identifiers.ts';
import { dataRoot } from './records.ts';

/** As the API gives it, and as it stands beside its directory. The real daemon has a bolt database for it. */
export interface Volume {
  readonly CreatedAt: string;
  readonly Driver: 'local';
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: null;
  readonly Scope: 'local';
}

const root = `${dataRoot}/volumes`;
/** What tells a volume that nobody named. */
export const anonymousLabel = 'com.docker.volume.anonymous';

/** Reads every volume's record from disk. */
export function* loadVolumes(): Running<Map<string, Volume>> {
  yield* makeDirectories(root, 0o701);
  const volumes = new Map<string, Volume>();
  for (const name of yield* namesIn(root)) {
    const volume = (yield* readJson(`${root}/${name}/metadata.json`)) as Volume | null;
    if (volume !== null) volumes.set(name, volume);
  }
  return volumes;
}

/** Throws 400 for a name or an option that cannot be, 404 for a driver that is not there. moby: volume/local. */
export function checkVolume(name: string, driver: string, options: readonly string[]): void {
  const refusal = (words: string) => badRequest(`create ${name}: ${words}`);
  if (driver !== 'local')
    throw notFound(`create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`);
  if (name.length < 2) throw refusal('volume name is too short, names should be at least two alphanumeric characters');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
    throw refusal(
      `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are ` +
        'allowed. If you intended to pass a host directory, use absolute path',
    );
  const alien = options.find((option) => !/^(?:type|o|device|size)$/.test(option));
  if (alien !== undefined) throw refusal(`invalid option: "${alien}"`);
  if (options.length > 0) throw badRequest('glassdock: volume-opt is not modelled yet');
}

/**
 * The volume of that name, made if there is none; '' makes one without a name.
 *
 * @throws ApiError 400 for a name that cannot be, 404 for a driver that is not there.
 */
export function* createVolume(
  daemon: Daemon,
  name: string,
  labels: Readonly<Record<string, string>> | null,
  driver = 'local',
): Running<Volume> {
  const known = daemon.volumes.get(name);
  if (known !== undefined) return known;
  const own = name === '' ? yield* randomHex(32) : name;
  checkVolume(own, driver, []);
  const Mountpoint = `${root}/${own}/_data`;
  yield* makeDirectories(`${root}/${own}`, 0o701);
  yield* makeDirectories(Mountpoint, 0o755);
  const volume: Volume = {
    CreatedAt: (yield* timestampNow()).replace(/\.\d+Z$/, 'Z'),
    Driver: 'local',
    Labels: name === '' ? { ...labels, [anonymousLabel]: '' } : labels,
    Mountpoint,
    Name: own,
    Options: null,
    Scope: 'local',
  };
  yield* writeAtomically(`${root}/${own}/metadata.json`, JSON.stringify(volume));
  daemon.volumes.set(own, volume);
  yield* emit(daemon.events, 'volume', 'create', own, { driver: 'local' });
  return volume;
}

/** Throws 404 `get NAME: no such volume`. */
export function findVolume(daemon: Daemon, name: string): Volume {
  const volume = daemon.volumes.get(name);
  if (volume === undefined) throw notFound(`get ${name}: no such volume`);
  return volume;
}

/** Ids of the containers that have a volume mounted, running or not. */
function usersOf(daemon: Daemon, name: string): readonly string[] {
  return [...daemon.containers.values()]
    .filter(({ record }) => Object.values(record.MountPoints).some((mount) => mount.Name === name))
    .map(({ record }) => record.ID);
}

/** Throws 404, or 409 while a container has it. With `force` a missing one is no error. */
export function* removeVolume(daemon: Daemon, name: string, force: boolean): Running<void> {
  if (force && !daemon.volumes.has(name)) return;
  findVolume(daemon, name);
  const users = usersOf(daemon, name);
  if (users.length > 0) throw conflict(`remove ${name}: volume is in use - [${users.join(', ')}]`);
  daemon.volumes.delete(name);
  yield* removeTree(`${root}/${name}`);
  yield* emit(daemon.events, 'volume', 'destroy', name, { driver: 'local' });
}

/** Volumes in order of their names; `dangling` ones are in no container. */
export function listVolumes(daemon: Daemon, isDangling: boolean | undefined): readonly Volume[] {
  return [...daemon.volumes.values()]
    .filter(({ Name }) => isDangling === undefined || (usersOf(daemon, Name).length === 0) === isDangling)
    .toSorted((one, other) => (one.Name < other.Name ? -1 : 1));
}

/** Removes what no container has: what nobody named, or `all`. */
export function* pruneVolumes(daemon: Daemon, filters: Filters): Running<object> {
  const all = filters.get('all')?.some(isYes) === true;
  const unwanted = filters.get('label!') ?? [];
  const gone = listVolumes(daemon, true).filter(({ Labels }) => {
    const labels = Labels ?? {};
    const isUnwanted = unwanted.length > 0 && matchesLabels(new Map([['label', unwanted]]), labels);
    return (all || labels[anonymousLabel] !== undefined) && matchesLabels(filters, labels) && !isUnwanted;
  });
  let bytes = 0;
  for (const { Name, Mountpoint } of gone) {
    bytes += yield* bytesUnder(Mountpoint);
    yield* removeVolume(daemon, Name, false);
  }
  yield* emit(daemon.events, 'volume', 'prune', '', { reclaimed: String(bytes) });
  return { VolumesDeleted: gone.map(({ Name }) => Name), SpaceReclaimed: bytes };
}

/** What Go's strconv.ParseBool() reads. Throws 400 for anything else. */
function isYes(text: string): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw badRequest(`invalid filter 'all': strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}
