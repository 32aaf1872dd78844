/** Which capabilities a container's first process has. moby: oci/caps. */
import { capabilityNames } from '../../kernel/abi.ts';
import { badRequest } from './api-error.ts';
import type { HostConfig } from './records.ts';

/** moby: oci/caps, DefaultCapabilities(). Their bits make 00000000a80425fb. */
const defaultCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

const all = 'ALL';
const known: readonly string[] = capabilityNames.map((name) => `CAP_${name}`);

/**
 * `net_admin` as `CAP_NET_ADMIN`; `ALL` stays. moby: NormalizeLegacyCapabilities().
 *
 * @param field for the error's words: `CapAdd` or `CapDrop`.
 */
export function normalisedCapabilities(given: readonly string[], field: 'CapAdd' | 'CapDrop'): readonly string[] {
  return given.map((name) => {
    const upper = name.toUpperCase();
    if (upper === all) return all;
    const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    if (!known.includes(full)) throw badRequest(`invalid ${field}: unknown capability: "${full}"`);
    return full;
  });
}

/** The defaults, with what was added and without what was dropped. moby: TweakCapabilities(). */
export function capabilitiesOf({ CapAdd, CapDrop, Privileged }: HostConfig): readonly string[] {
  if (Privileged) return known;
  const added = normalisedCapabilities(CapAdd ?? [], 'CapAdd');
  const dropped = normalisedCapabilities(CapDrop ?? [], 'CapDrop');
  if (added.includes(all)) return known.filter((name) => !dropped.includes(name));
  if (dropped.includes(all)) return added;
  const kept = defaultCapabilities.filter((name) => !dropped.includes(name));
  return [...kept, ...added.filter((name) => !kept.includes(name))];
}
