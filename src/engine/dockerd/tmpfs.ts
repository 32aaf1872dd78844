/** `--tmpfs`: file systems in memory. moby: daemon/oci_linux.go, WithMounts(); moby/sys/mount, MergeTmpfsOptions(). */
import type { MountSpec } from '../runc/spec.ts';
import { serverError } from './api-error.ts';
import type { HostConfig } from './records.ts';

/** Flags that undo each other, or say the same: the last one given counts. */
const flags: readonly (readonly string[])[] = [
  ['ro', 'rw'],
  ['suid', 'nosuid'],
  ['dev', 'nodev'],
  ['exec', 'noexec'],
  ['sync', 'async'],
  ['atime', 'noatime'],
  ['diratime', 'nodiratime'],
  ['relatime', 'norelatime'],
  ['strictatime', 'nostrictatime'],
  ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'],
];
const settings: readonly string[] = ['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol'];

/** The mounts, with options that the user's go before. Throws the real words for an option that tmpfs has not. */
export function tmpfsMounts({ Tmpfs = {} }: HostConfig): readonly MountSpec[] {
  return Object.entries(Tmpfs).map(([destination, text]) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: merged(['noexec', 'nosuid', 'nodev', 'rprivate', ...(text === '' ? [] : text.split(','))]),
  }));
}

function merged(options: readonly string[]): readonly string[] {
  const kept: string[] = [];
  const taken = new Set<string>();
  for (const option of options.toReversed()) {
    if (option === 'defaults') continue;
    const [name = '', value] = option.split(/=(.*)/s);
    const flag = flags.find((names) => names.includes(option));
    if (flag === undefined && (value === undefined || !settings.includes(name))) {
      throw serverError(`invalid tmpfs option "${name}"`);
    }
    const key = flag?.[0] ?? name;
    if (taken.has(key)) continue;
    taken.add(key);
    kept.unshift(option);
  }
  return kept;
}
