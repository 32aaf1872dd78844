/**
 * The host's devices in a container: `--device`, `--privileged`; what asks for a driver that nobody has, `--gpus`.
 * moby: daemon/oci_linux.go, WithDevices(), oci/devices_linux.go, daemon/devices.go; containerd: oci/utils_unix.go.
 */
import type { DeviceRule, Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords } from '../../programs/io.ts';
import { isDeviceRule } from '../docker/device-option.ts';
import { goQuote } from '../go-text.ts';
import type { DeviceSpec } from '../runc/spec.ts';
import { serverError } from './api-error.ts';
import type { DeviceMapping, HostConfig } from './records.ts';

export interface Devices {
  /** What runc makes beside the devices that every container has. */
  readonly made: readonly DeviceSpec[];
  /** Who may do what with which. */
  readonly rules: readonly DeviceRule[];
}

/** moby: DefaultLinuxSpec(): refuse all, then allow the harmless ones, and not FUSE. */
const usualRules: readonly DeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 9, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 8, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 0, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 1, access: 'rwm' },
  { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
];

/** Looks at the host's device nodes. Throws an ApiError for what is none, and for a driver that nobody has. */
export function* devicesOf(host: HostConfig): Running<Devices> {
  const devices = host.Privileged ? yield* privileged(host.Devices) : yield* chosen(host);
  const [request] = host.DeviceRequests ?? [];
  if (request !== undefined) {
    const capabilities = (request.Capabilities ?? []).map((set) => `[${set.join(' ')}]`).join(' ');
    throw serverError(
      `could not select device driver ${goQuote(request.Driver ?? '')} with capabilities: [${capabilities}]`,
    );
  }
  return devices;
}

/** The usual rules stand twice in what dockerd sends (asked of a real engine). */
function* chosen(host: HostConfig): Running<Devices> {
  const made: DeviceSpec[] = [];
  const rules: DeviceRule[] = [...usualRules, ...usualRules];
  for (const mapping of host.Devices) {
    const found = yield* atPath(mapping);
    made.push(...found);
    for (const { type, major, minor } of found)
      rules.push({ allow: true, type, major, minor, access: mapping.CgroupPermissions });
  }
  rules.push(...(host.DeviceCgroupRules ?? []).map(ruleOf));
  return { made, rules };
}

/** `c 1:* rw`. moby: oci/oci.go, AppendDevicePermissionsFromCgroupRules(). */
function ruleOf(text: string): DeviceRule {
  if (!isDeviceRule(text)) throw serverError(`invalid device cgroup rule format: '${text}'`);
  const [type = '', numbers = '', access = ''] = text.split(' ');
  const [major = '', minor = ''] = numbers.split(':');
  return { allow: true, type, major: numberOf(text, 'major', major), minor: numberOf(text, 'minor', minor), access };
}

function numberOf(rule: string, which: 'major' | 'minor', text: string): number {
  if (text === '*') return -1;
  if (Number(text) >= 2 ** 63) throw serverError(`invalid ${which} value in device cgroup rule format: '${rule}'`);
  return Number(text);
}

/** All that the host has, and anything may be done with it. */
function* privileged(mappings: readonly DeviceMapping[]): Running<Devices> {
  const made = [...(yield* below('/dev'))];
  for (const mapping of mappings)
    if (mapping.PathOnHost !== mapping.PathInContainer) made.push(...(yield* atPath(mapping)));
  return { made, rules: [...usualRules, { allow: true, access: 'rwm' }] };
}

/** A node, or those in a directory. moby: DevicesFromPath(). */
function* atPath({ PathOnHost, PathInContainer }: DeviceMapping): Running<readonly DeviceSpec[]> {
  const refuse = (words: string): Error =>
    serverError(`error gathering device information while adding custom device ${goQuote(PathOnHost)}: ${words}`);
  try {
    const node = nodeAt(PathOnHost, yield* sys.stat(PathOnHost));
    if (node !== null) return [{ ...node, path: PathInContainer }];
  } catch (error) {
    if (isErrno(error)) throw refuse(errnoWords(error).toLowerCase());
    throw error;
  }
  const found = yield* below(PathOnHost);
  if (found.length === 0) throw refuse('not a device node');
  return found.map((node) => ({ ...node, path: PathInContainer + node.path.slice(PathOnHost.length) }));
}

const notOurs: ReadonlySet<string> = new Set('pts shm fd mqueue .lxc .lxd-mounts .udev console'.split(' '));

/** containerd: getDevices(). */
function* below(directory: string): Running<readonly DeviceSpec[]> {
  const found: DeviceSpec[] = [];
  for (const name of yield* namesIn(directory)) {
    if (notOurs.has(name)) continue;
    const path = `${directory}/${name}`;
    const about = yield* sys.lstat(path);
    if (about.type === 'directory') found.push(...(yield* below(path)));
    const node = nodeAt(path, about);
    if (node !== null) found.push(node);
  }
  return found;
}

function* namesIn(directory: string): Running<readonly string[]> {
  try {
    return (yield* sys.readdir(directory)).map(({ name }) => name);
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
}

function nodeAt(path: string, { type, rdev, mode, uid, gid }: Stat): DeviceSpec | null {
  if (type !== 'character' && type !== 'block') return null;
  return { path, type: type === 'block' ? 'b' : 'c', ...rdev, fileMode: mode & 0o7777, uid, gid };
}
