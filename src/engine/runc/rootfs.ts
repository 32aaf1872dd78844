/**
 * Furnishing the container's root file system and moving into it. Runs in `runc init`, inside the new mount namespace.
 */
import { exists, makeDirectories } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { resolveInRoot } from '../resolve-in-root.ts';
import { RuncError } from './error.ts';
import { flagBits, parseMountOptions } from './mount-options.ts';
import type { MountOptions } from './mount-options.ts';
import { hasNamespace } from './spec.ts';
import type { DeviceSpec, MountSpec, Spec } from './spec.ts';

/**
 * Mounts all that config.json names, in its order, and makes the devices. runc: libcontainer/rootfs_linux.go,
 * prepareRootfs().
 */
export function* prepareRoot(spec: Spec): Running<void> {
  const root = spec.root.path;
  yield* sys.mount('', '/', '', ['MS_REC', 'MS_SLAVE']);
  yield* makeParentPrivate(root);
  yield* sys.mount(root, root, '', ['MS_BIND', 'MS_REC']);
  // A relative destination is one below the root. runc: createLibcontainerMount().
  for (const mount of spec.mounts ?? [])
    yield* mountInto(root, { ...mount, destination: mount.destination.replace(/^(?=[^/])/, '/') });
  if (hasOwnDev(spec)) yield* makeDevices(root, spec.linux?.devices ?? []);
}

/** In a directory of somebody else's runc makes no devices. runc: needsSetupDev(). */
function hasOwnDev({ mounts = [] }: Spec): boolean {
  return !mounts.some(
    ({ destination, options = [] }) => destination === '/dev' && parseMountOptions(options).flags.includes('MS_BIND'),
  );
}

/**
 * pivot_root refuses a root whose parent mount is shared: what is no mount point is tried upwards. runc:
 * rootfsParentMountPrivate().
 */
function* makeParentPrivate(root: string): Running<void> {
  for (let path = root; ; path = path.slice(0, path.lastIndexOf('/')) || '/') {
    try {
      yield* sys.mount('', path, '', ['MS_PRIVATE']);
      return;
    } catch (error) {
      if (!isErrno(error, 'EINVAL') || path === '/') throw error;
    }
  }
}

/** Throws a RuncError that names the mount. */
function* mountInto(root: string, mount: MountSpec): Running<void> {
  try {
    yield* mountOne(root, mount);
  } catch (error) {
    if (!(error instanceof RuncError) && !isErrno(error)) throw error;
    const why = error instanceof RuncError ? error.message : strerror(error.errno).toLowerCase();
    const { source = '', destination } = mount;
    throw new RuncError(
      `error during container init: error mounting "${source}" to rootfs at "${destination}": ${why}`,
    );
  }
}

/** runc: mountToRootfs(). */
function* mountOne(root: string, mount: MountSpec): Running<void> {
  const options = parseMountOptions(mount.options ?? []);
  const { flags, propagation, data } = options;
  const { target, covered } = yield* targetOf(root, mount, flags);
  if (flags.includes('MS_BIND')) {
    yield* bindTo(target, mount, options);
  } else {
    const type = mount.type === 'cgroup' ? 'cgroup2' : (mount.type ?? '');
    if (type === 'proc' || type === 'sysfs') yield* makeDirectoriesIn(root, target);
    const mode = covered === null ? '' : `mode=0${covered.toString(8)}${data === '' ? '' : ','}`;
    yield* mountOrTell(mount, target, type, flags, `${mode}${data}`);
    if (propagation.length > 0) yield* sys.mount('', target, '', propagation);
  }
}

/** A path of the container as one of the host's, which does not lead out of the root. Throws securejoin's words. */
function* pathIn(root: string, path: string): Running<string> {
  try {
    return `${root}${yield* resolveInRoot(root, path, true)}`;
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`SecureJoin ${root}/${path}: ${strerror(error.errno).toLowerCase()}`);
  }
}

interface Mountpoint {
  /** Where it is on the host. */
  readonly target: string;
  /** The mode of what a tmpfs covers, which it takes over; else null. */
  readonly covered: number | null;
}

/** No link is followed to where proc and sysfs go: they must be where one looks for them. */
function* targetOf(root: string, mount: MountSpec, flags: readonly string[]): Running<Mountpoint> {
  const { type = '', destination } = mount;
  if (type !== 'proc' && type !== 'sysfs') return yield* makeMountpoint(root, mount, flags);
  const target = `${root}${destination}`;
  try {
    if ((yield* sys.lstat(target)).type === 'directory') return { target, covered: null };
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return { target, covered: null };
  }
  throw new RuncError(`filesystem "${type}" must be mounted on ordinary directory`);
}

/** runc: createMountpoint(). */
function* makeMountpoint(root: string, mount: MountSpec, flags: readonly string[]): Running<Mountpoint> {
  const { destination, source = '', type } = mount;
  try {
    const target = yield* pathIn(root, destination);
    yield* requireOutsideProc(root, target, mount, flags);
    const isFile = flags.includes('MS_BIND') && (yield* typeOfSource(source)) !== 'directory';
    const covered = type === 'tmpfs' ? yield* modeOf(target) : null;
    if (isFile) yield* makeFile(root, target);
    else if (covered === null) yield* makeDirectoriesIn(root, target);
    return { target, covered };
  } catch (error) {
    if (!(error instanceof RuncError)) throw error;
    throw new RuncError(`create mount destination for ${destination} mount: ${error.message}`);
  }
}

function* typeOfSource(source: string): Running<string> {
  try {
    return (yield* sys.stat(source)).type;
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`bind mount source stat: stat ${source}: ${strerror(error.errno).toLowerCase()}`);
  }
}

/**
 * Makes a directory below the root, and those above it that are missing: each is held until the next one is open, as
 * long as somebody might put a link in its place. Throws a RuncError. runc: libcontainer/utils, MkdirAllInRoot().
 *
 * @param target without links.
 */
function* makeDirectoriesIn(root: string, target: string): Running<void> {
  let path = root;
  let held = yield* openDirectory(path);
  for (const name of target
    .slice(root.length)
    .split('/')
    .filter((each) => each !== '')) {
    path += `/${name}`;
    let call = 'mkdirat';
    try {
      if (!(yield* exists(path))) yield* sys.mkdir(path, 0o755);
      call = 'openat';
      const next = yield* openDirectory(path);
      yield* sys.close(held);
      held = next;
    } catch (error) {
      yield* sys.close(held);
      if (!isErrno(error)) throw error;
      const what = error.errno === 'ENOTDIR' ? 'cannot mkdir in' : call;
      throw new RuncError(`${what} ${path}: ${strerror(error.errno).toLowerCase()}`);
    }
  }
  yield* sys.close(held);
}

const openDirectory = (path: string): Running => sys.open(path, O.RDONLY | O.DIRECTORY | O.CLOEXEC);

const isBindFlag = (flag: string): boolean => flag === 'MS_BIND' || flag === 'MS_REC';

/** runc: mountPropagate(), mountError.Error(). */
function* mountOrTell(
  { source = '', destination }: MountSpec,
  target: string,
  type: string,
  flags: readonly string[],
  data: string,
): Running<void> {
  // Held while it is mounted on, so that nobody puts another directory in its place.
  const fd = yield* sys.open(target, O.PATH | O.CLOEXEC);
  try {
    yield* sys.mount(source, target, type, flags, data);
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const bits = flagBits(flags);
    const asked = `${bits === 0 ? '' : `, flags: 0x${bits.toString(16)}`}${data === '' ? '' : `, data: ${data}`}`;
    const mount = `mount ${source === '' ? '' : `${source}:`}${destination} (via /proc/self/fd/${fd})${asked}`;
    throw new RuncError(`${mount}: ${strerror(error.errno).toLowerCase()}`);
  }
}

/** runc: mountToRootfs(), setRecAttr(). */
function* bindTo(target: string, mount: MountSpec, options: MountOptions): Running<void> {
  const { flags, propagation, isReadOnlyBelow } = options;
  yield* mountOrTell(mount, target, '', flags, '');
  if (propagation.length > 0) yield* sys.mount('', target, '', propagation);
  // Flags other than bind's own act only in a second call.
  if (!flags.every(isBindFlag)) yield* sys.mount(mount.source ?? '', target, '', [...flags, 'MS_REMOUNT']);
  if (isReadOnlyBelow) yield* sys.mountSetattr(target, ['AT_RECURSIVE'], 'MOUNT_ATTR_RDONLY');
}

/** What lxcfs imitates may be covered all the same. runc: checkProcMount(). */
const mayBeCovered = new Set(
  'cpuinfo diskstats meminfo stat swaps uptime loadavg slabinfo net/dev'.split(' ').map((name) => `/proc/${name}`),
);

function* requireOutsideProc(
  root: string,
  target: string,
  { source = '', destination }: MountSpec,
  flags: readonly string[],
): Running<void> {
  const path = target.slice(root.length);
  if (path !== '/proc' && !path.startsWith('/proc/')) return;
  if (path === '/proc' && flags.includes('MS_BIND') && (yield* sys.statfs(source)).fstype === 'proc') return;
  if (mayBeCovered.has(path)) return;
  const why = path === '/proc' ? 'not of type proc' : 'inside /proc';
  throw new RuncError(`check proc-safety of ${destination} mount: "${target}" cannot be mounted because it is ${why}`);
}

function* makeFile(root: string, path: string): Running<void> {
  try {
    yield* makeDirectoriesIn(root, path.slice(0, path.lastIndexOf('/')));
  } catch (error) {
    if (!(error instanceof RuncError)) throw error;
    throw new RuncError(`make parent dir of file bind-mount: ${error.message}`);
  }
  if (yield* exists(path)) return;
  yield* sys.close(yield* sys.open(path, O.WRONLY | O.CREAT | O.CLOEXEC, 0o755));
}

function* modeOf(path: string): Running<number | null> {
  try {
    return (yield* sys.stat(path)).mode & 0o7777;
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

/** The devices that every container has (OCI runtime specification, "Default Devices"). */
const devices = [
  ['null', 1, 3],
  ['random', 1, 8],
  ['full', 1, 7],
  ['tty', 5, 0],
  ['zero', 1, 5],
  ['urandom', 1, 9],
] as const;
const links = [
  ['pts/ptmx', 'ptmx'],
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
] as const;

function* makeDevices(root: string, own: readonly DeviceSpec[]): Running<void> {
  const mask = yield* sys.umask(0);
  for (const device of own) yield* makeDevice(root, device);
  for (const [name, major, minor] of devices)
    yield* makeDevice(root, { path: `/dev/${name}`, type: 'c', major, minor, fileMode: 0o666 });
  yield* sys.umask(mask);
  for (const [target, name] of links) yield* linkUnlessThere(target, `${root}/dev/${name}`);
}

/** What is there stays. runc: rootfs_linux.go, setupDevSymlinks(). */
function* linkUnlessThere(target: string, path: string): Running<void> {
  try {
    yield* sys.symlink(target, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** What is there already stays. runc: createDeviceNode(), mknodDevice(). */
function* makeDevice(root: string, device: DeviceSpec): Running<void> {
  const { path, type, major, minor, fileMode = 0, uid = 0, gid = 0 } = device;
  const target = yield* pathIn(root, path);
  if (path === '/dev/ptmx' || (yield* exists(target))) return;
  yield* makeDirectories(target.slice(0, target.lastIndexOf('/')));
  if (type === 'p') yield* sys.mkfifo(target, fileMode);
  else yield* sys.mknod(target, type === 'b' ? 'block' : 'character', fileMode, major, minor);
  if (uid !== 0 || gid !== 0) yield* sys.chown(target, uid, gid);
}

/**
 * Makes the new root the process's root; in the host's mount namespace for itself alone. runc: pivotRoot(), chroot();
 * the trick with "." is pivot_root(2)'s own.
 */
export function* enterRoot(spec: Spec): Running<void> {
  yield* sys.chdir(spec.root.path);
  if (!hasNamespace(spec, 'mount')) {
    yield* sys.chroot('.');
    yield* sys.chdir('/');
    return;
  }
  yield* sys.pivotRoot('.', '.');
  yield* sys.mount('', '.', '', ['MS_REC', 'MS_SLAVE']);
  yield* sys.umount2('.', ['MNT_DETACH']);
  yield* sys.chdir('/');
  if (hasOwnDev(spec)) yield* reopenNull();
}

/** What stands in the container's standard streams is to be its own. runc: reOpenDevNull(). */
function* reopenNull(): Running<void> {
  try {
    yield* sys.close(yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC));
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = strerror(error.errno).toLowerCase();
    throw new RuncError(
      `error during container init: error reopening /dev/null inside container: open /dev/null: ${why}`,
    );
  }
}

/** What is done from inside: the host name, sysctls, paths made read-only or hidden. */
export function* finishRoot(spec: Spec): Running<void> {
  if ((spec.hostname ?? '') !== '') yield* setHostname(spec.hostname ?? '');
  for (const [name, value] of Object.entries(spec.linux?.sysctl ?? {})) yield* writeSysctl(name, value);
  for (const path of spec.linux?.readonlyPaths ?? []) yield* makeReadOnly(path, spec.mounts ?? []);
  for (const path of spec.linux?.maskedPaths ?? []) yield* hide(path);
  if (spec.root.readonly === true && hasNamespace(spec, 'mount'))
    yield* sys.mount('', '/', '', ['MS_REMOUNT', 'MS_BIND', 'MS_RDONLY']);
}

function* setHostname(name: string): Running<void> {
  try {
    yield* sys.sethostname(name);
  } catch (error) {
    if (isErrno(error))
      throw new RuncError(`error during container init: sethostname: ${strerror(error.errno).toLowerCase()}`);
    throw error;
  }
}

/** runc: writeSystemProperty(). */
function* writeSysctl(name: string, value: string): Running<void> {
  const path = `/proc/sys/${name.replaceAll('.', '/')}`;
  let verb = 'open';
  try {
    const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, 0o644);
    verb = 'write';
    if (value !== '') yield* sys.write(fd, value);
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`error during container init: ${verb} ${path}: ${strerror(error.errno).toLowerCase()}`);
  }
}

/** With the flags that the mount has in which it is. */
function* makeReadOnly(path: string, mounts: readonly MountSpec[]): Running<void> {
  const around = mounts.findLast(({ destination }) => path.startsWith(`${destination}/`));
  const kept = parseMountOptions(around?.options ?? []).flags.filter((flag) => /^MS_NO(?:SUID|DEV|EXEC)$/.test(flag));
  try {
    yield* sys.mount(path, path, '', ['MS_BIND', 'MS_REC']);
    yield* sys.mount(path, path, '', ['MS_BIND', 'MS_REMOUNT', 'MS_RDONLY', ...kept]);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** A file is covered by /dev/null, a directory by an empty tmpfs; what is not there needs no cover. */
function* hide(path: string): Running<void> {
  try {
    yield* sys.mount('/dev/null', path, '', ['MS_BIND']);
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) yield* sys.mount('tmpfs', path, 'tmpfs', ['MS_RDONLY']);
    else if (!isErrno(error, 'ENOENT')) throw error;
  }
}
