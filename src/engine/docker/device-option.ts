/** `--device SOURCE[:PLACE][:rwm]`. docker: opts.go, validateDevice(), parseLinuxDevice(). */
import type { DeviceMapping } from '../dockerd/records.ts';

/** What is wrong with it, or undefined. */
export function checkDevice(spec: string): string | undefined {
  const { source, place, mode, more } = partsOf(spec);
  if (source === '' || more) return `bad format for path: ${spec}`;
  if (!isMode(mode)) return `bad mode specified: ${mode}`;
  return place.startsWith('/') ? undefined : `${place} is not an absolute path`;
}

/** What the engine is asked for. */
export function deviceMapping(spec: string): DeviceMapping {
  const { source, place, mode } = partsOf(spec);
  return { PathOnHost: source, PathInContainer: place, CgroupPermissions: mode };
}

/** `--device-cgroup-rule`. docker: opts.go, validateDeviceCgroupRule(). */
export function checkDeviceRule(text: string): string | undefined {
  return isDeviceRule(text) ? undefined : `invalid device cgroup format '${text}'`;
}

/** `c 1:* rw`. docker and moby: deviceCgroupRuleRegexp. */
export function isDeviceRule(text: string): boolean {
  return /^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text);
}

function partsOf(spec: string) {
  const [source = '', second, third, ...more] = spec.split(':');
  const isPlace = second !== undefined && (third !== undefined || !isMode(second));
  return { source, place: isPlace ? second : source, mode: (isPlace ? third : second) ?? 'rwm', more: more.length > 0 };
}

function isMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
