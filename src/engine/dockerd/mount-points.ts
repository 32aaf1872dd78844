/**
 * A container's mounts: what `-v`, `--mount` and the image's VOLUMEs ask for. moby: volume/mounts/linux_parser.go,
 * daemon/volumes.go.
 */
import { exists, makeDirectories } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFile, writeAll } from '../../programs/io.ts';
import { goQuote } from '../go-text.ts';
import type { MountSpec } from '../runc/spec.ts';
import { ApiError, badRequest, serverError } from './api-error.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { emit } from './events.ts';
import { mountLayer, unmountLayer } from './graph-driver.ts';
import { randomHex } from './identifiers.ts';
import { resolveInRoot } from '../resolve-in-root.ts';
import type { ContainerConfig, HostConfig, MountPoint, MountRequest } from './records.ts';
import { anonymousLabel, checkVolume, createVolume, removeVolume } from './volumes.ts';

/** The words of a bind's third part, by what they are about: of each there may be one. moby: linux_parser.go. */
const modes = {
  access: /^(?:rw|ro)$/,
  label: /^[zZ]$/,
  copy: /^nocopy$/,
  propagation: /^r?(?:shared|slave|private)$/,
  consistency: /^(?:consistent|cached|delegated|default)$/,
};

/** What is wanted, before its volume is made. */
export interface Wanted extends MountPoint {
  /** The directory of the host is made when it is not there: `-v` does, `--mount` does not. */
  readonly isMadeIfMissing: boolean;
  /** Of a volume that is made for it. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** What its driver is told. */
  readonly options: readonly string[];
  /** An empty volume is filled with what the image has at its place. */
  readonly copies: boolean;
}

/** What is usual. */
const plainly = { isMadeIfMissing: false, labels: null, options: [], copies: true };

/** Everything that is wanted, the last of two for one place. Throws 400 with the parser's words. */
export function wantedMounts(
  config: ContainerConfig,
  host: HostConfig,
  others: ReadonlyMap<string, MountPoint>,
): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  const add = (mount: Wanted): void => {
    if (wanted.has(mount.Destination)) throw duplicate(mount);
    wanted.set(mount.Destination, mount);
  };
  for (const spec of host.Binds ?? []) {
    const bind = parseBind(spec, host);
    if (host.Tmpfs?.[bind.Destination] !== undefined) throw duplicate(bind);
    add(bind);
  }
  for (const mount of host.Mounts ?? []) add(parseMount(mount));
  for (const destination of Object.keys(config.Volumes ?? {})) {
    const clean = cleanPath(destination);
    if (wanted.has(clean) || host.Tmpfs?.[clean] !== undefined) continue;
    // Any is good here: a relative one, which the client sends for `-v data`, and the root itself.
    if (others.has(clean)) continue;
    const volume = { ...mountPoint('volume', '', clean, '', true), Mode: '', Driver: driverOf(host, 'local') };
    add({ ...volume, ...plainly });
  }
  // The container's own come before those of others.
  const taken = [...others.values()].filter(({ Destination }) => !wanted.has(Destination));
  return [
    ...taken.map((mount) => ({ ...mount, ...plainly, isMadeIfMissing: true, copies: false })),
    ...wanted.values(),
  ];
}

const duplicate = ({ Destination }: MountPoint): Error => badRequest(`Duplicate mount point: ${Destination}`);

function mountPoint(
  Type: MountPoint['Type'],
  source: string,
  Destination: string,
  Mode: string,
  RW: boolean,
): MountPoint {
  const isVolume = Type === 'volume';
  return {
    Type,
    Name: isVolume ? source : '',
    Source: Type === 'bind' ? source : '',
    Destination,
    Driver: isVolume ? 'local' : '',
    Mode: isVolume && Mode === '' ? 'z' : Mode,
    RW,
    Propagation: Type === 'bind' ? 'rprivate' : '',
  };
}

/** `SOURCE:DESTINATION[:MODE]`. */
function parseBind(spec: string, host: HostConfig): Wanted {
  const [source = '', destination = '', mode = '', ...more] = spec.split(':');
  const words = mode === '' ? [] : mode.split(',');
  // What the parser says has no kind, so it is a 500.
  if (more.length > 0 || source === '' || destination === '')
    throw serverError(`invalid volume specification: '${spec}'`);
  if (!areModes(words)) throw serverError(`invalid mode: ${mode}`);
  const isReadOnly = words.includes('ro');
  const type = source.startsWith('/') ? 'bind' : 'volume';
  const alien = type === 'bind' ? modes.copy : modes.propagation;
  const field = type === 'bind' ? 'VolumeOptions' : 'BindOptions';
  const wrong = words.some((word) => alien.test(word))
    ? `field ${field} must not be specified`
    : destinationRefusal(destination);
  if (wrong !== undefined)
    throw serverError(`invalid volume specification: '${spec}': invalid mount config for type "${type}": ${wrong}`);
  const clean = type === 'bind' ? cleanPath(source) : source;
  const mount = mountPoint(type, clean, cleanPath(destination), mode, !isReadOnly);
  const Driver = type === 'volume' ? driverOf(host, mount.Driver) : mount.Driver;
  return { ...mount, ...plainly, Driver, isMadeIfMissing: true, copies: !words.includes('nocopy') };
}

function areModes(words: readonly string[]): boolean {
  const kinds = words.map((word) => Object.values(modes).find((kind) => kind.test(word)));
  return !kinds.includes(undefined) && new Set(kinds).size === kinds.length;
}

/** `--volume-driver`, for volumes that say nothing themselves. */
function driverOf(host: HostConfig, otherwise: string): string {
  return host.VolumeDriver === '' ? otherwise : host.VolumeDriver;
}

function parseMount({ Type, Source = '', Target, ReadOnly = false, BindOptions, VolumeOptions }: MountRequest): Wanted {
  const invalid = (words: string) => badRequest(`invalid mount config for type ${goQuote(Type)}: ${words}`);
  if (Type !== 'bind' && Type !== 'volume' && Type !== 'tmpfs') throw invalid('mount type unknown');
  if (Target === '') throw invalid('field Target must not be empty');
  const wrong = destinationRefusal(Target);
  if (wrong !== undefined) throw invalid(wrong);
  if (Type === 'bind' && Source === '') throw invalid('field Source must not be empty');
  if (Type === 'bind' && !Source.startsWith('/')) {
    throw invalid(`invalid mount path: '${Source}' mount path must be absolute`);
  }
  if (Type === 'tmpfs' && Source !== '') throw invalid('field Source must not be specified');
  const propagation = BindOptions?.Propagation ?? '';
  if (propagation !== '' && !modes.propagation.test(propagation))
    throw invalid(`invalid propagation mode: ${propagation}`);
  const source = Type === 'bind' ? cleanPath(Source) : Source;
  const mount = mountPoint(Type, source, cleanPath(Target), '', !ReadOnly);
  if (Type !== 'volume') return { ...mount, ...plainly, ...(propagation === '' ? {} : { Propagation: propagation }) };
  const {
    Labels = null,
    NoCopy = false,
    Subpath = '',
    DriverConfig: { Name = '', Options = {} } = {},
  } = VolumeOptions ?? {};
  if (Subpath !== '') throw badRequest('glassdock: volume-subpath is not modelled yet');
  return {
    ...mount,
    ...plainly,
    Driver: Name || 'local',
    labels: Labels,
    options: Object.keys(Options),
    copies: !NoCopy,
  };
}

function destinationRefusal(destination: string): string | undefined {
  if (cleanPath(destination) === '/') return "invalid specification: destination can't be '/'";
  return destination.startsWith('/') ? undefined : `invalid mount path: '${destination}' mount path must be absolute`;
}

/** Go: filepath.Clean(). */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

function* missing(source: string): Running<string | null> {
  try {
    return (yield* exists(source)) ? null : `bind source path does not exist: ${source}`;
  } catch (error) {
    if (isErrno(error)) return `stat ${source}: ${strerror(error.errno).toLowerCase()}`;
    throw error;
  }
}

/**
 * Throws 400 for a `--mount` whose source is not there, or a volume that cannot be made. moby:
 * validateMountConfigImpl().
 */
export function* checkSources(wanted: readonly Wanted[]): Running<void> {
  for (const { Type, Name, Source, Driver, options, isMadeIfMissing } of wanted) {
    if (Type === 'volume') checkVolume(Name || (yield* randomHex(32)), Driver, options);
    if (Type !== 'bind' || isMadeIfMissing) continue;
    const why = yield* missing(Source);
    if (why !== null) throw badRequest(`invalid mount config for type "bind": ${why}`);
  }
}

/** Makes the volumes of a new container, and fills the empty ones with what its image has at their place. */
export function* setUpMountPoints(daemon: Daemon, container: Container, wanted: readonly Wanted[]): Running<void> {
  const { MountPoints } = container.record;
  for (const { isMadeIfMissing: _, labels, options: __, copies: ___, ...mount } of wanted) {
    if (mount.Type !== 'volume') {
      MountPoints[mount.Destination] = mount;
      continue;
    }
    const volume = yield* createVolume(daemon, mount.Name, labels);
    MountPoints[mount.Destination] = { ...mount, Name: volume.Name, Source: volume.Mountpoint };
  }
  const filled = wanted.filter(({ Type, copies }) => Type === 'volume' && copies);
  if (filled.length === 0) return;
  const root = yield* mountLayer(container.layer);
  for (const { Destination } of filled) {
    const Source = MountPoints[Destination]?.Source ?? '';
    const target = `${root}${yield* resolveInRoot(root, Destination, true, serverError)}`;
    yield* makeDirectories(target);
    if ((yield* sys.stat(target)).type !== 'directory') throw serverError(`source ${target} is not directory`);
    if ((yield* sys.readdir(Source)).length === 0) yield* copyInto(target, Source);
  }
  yield* unmountLayer(container.layer);
}

/** moby: container.CopyImagePathContent(). */
function* copyInto(from: string, to: string): Running<void> {
  const own = yield* sys.stat(from);
  yield* sys.chmod(to, own.mode & 0o7777);
  yield* sys.chown(to, own.uid, own.gid);
  for (const { name, type } of yield* sys.readdir(from)) {
    const source = `${from}/${name}`;
    const target = `${to}/${name}`;
    if (type === 'symlink') {
      yield* sys.symlink(yield* sys.readlink(source), target);
      continue;
    }
    if (type === 'directory') {
      yield* sys.mkdir(target);
      yield* copyInto(source, target);
      continue;
    }
    if (type !== 'file') continue;
    const { mode, uid, gid } = yield* sys.stat(source);
    const fd = yield* sys.open(target, O.WRONLY | O.CREAT | O.CLOEXEC, mode & 0o777);
    yield* writeAll(fd, yield* readFile(source));
    yield* sys.close(fd);
    yield* sys.chown(target, uid, gid);
  }
}

/** What runc mounts, those nearer the root first. A directory that `-v` names is made. moby: setupMounts(). */
export function* prepareMounts(daemon: Daemon, container: Container): Running<void> {
  const { ID, MountPoints } = container.record;
  for (const { Type, Name, Source, Destination, RW } of Object.values(MountPoints)) {
    if (Type === 'bind') yield* makeSource(Source);
    if (Type !== 'volume') continue;
    // Somebody removed the directory behind the daemon's back.
    yield* makeDirectories(Source);
    const attributes = { container: ID, destination: Destination, driver: 'local', propagation: '' };
    yield* emit(daemon.events, 'volume', 'mount', Name, { ...attributes, 'read/write': String(RW) });
  }
}

/** A file in the way is left for runc to find. moby: volume/mounts, MountPoint.Setup(). */
function* makeSource(source: string): Running<void> {
  try {
    yield* makeDirectories(source);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.errno === 'ENOTDIR') return;
    // A link to nowhere is something, and no directory.
    const why = error.errno === 'ELOOP' ? 'file exists' : strerror(error.errno).toLowerCase();
    throw serverError(`error while creating mount source path '${source}': mkdir ${source}: ${why}`);
  }
}

/** The container has ended: its volumes are free. */
export function* releaseMounts(daemon: Daemon, container: Container): Running<void> {
  for (const { Type, Name } of Object.values(container.record.MountPoints)) {
    if (Type !== 'volume') continue;
    yield* emit(daemon.events, 'volume', 'unmount', Name, { container: container.record.ID, driver: 'local' });
  }
}

/** The entries of the OCI spec. */
export function mountSpecs({ record, host }: Container): readonly MountSpec[] {
  const depth = (path: string): number => path.split('/').length;
  return Object.values(record.MountPoints)
    .toSorted((one, other) => depth(one.Destination) - depth(other.Destination))
    .map(({ Type, Source, Destination, RW, Propagation }): MountSpec => {
      if (Type === 'tmpfs') {
        const wanted = host.Mounts?.find(({ Target }) => cleanPath(Target) === Destination)?.TmpfsOptions;
        const options = ['noexec', 'nosuid', 'nodev', ...(RW ? [] : ['ro']), ...tmpfsSettings(wanted)];
        return { destination: Destination, type: 'tmpfs', source: 'tmpfs', options };
      }
      return {
        destination: Destination,
        type: 'bind',
        source: Source,
        // Read-only means all that is mounted below, too. A volume's propagation is the kernel's own (asked of 26.1.5).
        options: ['rbind', ...(RW ? [] : ['rro']), ...(Propagation === '' ? [] : [Propagation])],
      };
    });
}

/** What the network knows of the container, as files. moby: container.NetworkMounts(). */
export function networkMounts({ record, host }: Container): readonly MountSpec[] {
  const files: readonly (readonly [name: string, source: string])[] = [
    ['resolv.conf', record.ResolvConfPath],
    ['hostname', record.HostnamePath],
    ['hosts', record.HostsPath],
  ];
  return files.map(([name, source]) => {
    return {
      destination: `/etc/${name}`,
      type: 'bind',
      source,
      options: ['rbind', ...(host.ReadonlyRootfs ? ['rro'] : []), 'rprivate'],
    };
  });
}

/** moby: volume/mounts, linux_parser.go, ConvertTmpfsOptions(). */
function tmpfsSettings({ SizeBytes, Mode }: NonNullable<MountRequest['TmpfsOptions']> = {}): readonly string[] {
  return [
    ...(Mode === undefined ? [] : [`mode=${Mode.toString(8)}`]),
    ...(SizeBytes === undefined ? [] : [`size=${sizeOf(SizeBytes)}`]),
  ];
}

/** In the greatest unit without a remainder. */
function sizeOf(bytes: number): string {
  const units = ['', 'k', 'm', 'g'];
  let size = bytes;
  let unit = 0;
  while (unit < 3 && size % 1024 === 0) {
    size /= 1024;
    unit += 1;
  }
  return `${size}${units[unit]}`;
}

/** `rm -v` and `run --rm`: volumes that nobody named go with their container. moby: removeMountPoints(). */
export function* removeAnonymousVolumes(daemon: Daemon, container: Container): Running<void> {
  for (const { Type, Name } of Object.values(container.record.MountPoints)) {
    if (Type !== 'volume' || daemon.volumes.get(Name)?.Labels?.[anonymousLabel] === undefined) continue;
    try {
      yield* removeVolume(daemon, Name, true);
    } catch (error) {
      // Another container has it, by --volumes-from.
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
}

/** As `docker inspect` shows them. */
export function describeMounts({ record }: Container): readonly object[] {
  return Object.values(record.MountPoints).map(
    ({ Type, Name, Source, Destination, Driver, Mode, RW, Propagation }) => ({
      Type,
      ...(Name === '' ? {} : { Name }),
      Source,
      Destination,
      ...(Driver === '' ? {} : { Driver }),
      Mode,
      RW,
      Propagation,
    }),
  );
}
