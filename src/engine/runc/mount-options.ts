/**
 * The options of a mount in config.json: mount(2) flags, propagation, and text for the file system. runc:
 * parseMountOptions.
 */

export interface MountOptions {
  readonly flags: readonly string[];
  /** Set by a mount call of its own, after the mount. */
  readonly propagation: readonly string[];
  /** Read-only with all that is mounted below: by a call of its own, at the end. */
  readonly isReadOnlyBelow: boolean;
  readonly data: string;
}

const flagNames: Readonly<Record<string, readonly string[]>> = {
  bind: ['MS_BIND'],
  rbind: ['MS_BIND', 'MS_REC'],
  ro: ['MS_RDONLY'],
  nosuid: ['MS_NOSUID'],
  nodev: ['MS_NODEV'],
  noexec: ['MS_NOEXEC'],
  sync: ['MS_SYNCHRONOUS'],
  noatime: ['MS_NOATIME'],
  nodiratime: ['MS_NODIRATIME'],
  relatime: ['MS_RELATIME'],
  strictatime: ['MS_STRICTATIME'],
};
const propagationNames: Readonly<Record<string, readonly string[]>> = {
  private: ['MS_PRIVATE'],
  rprivate: ['MS_REC', 'MS_PRIVATE'],
  shared: ['MS_SHARED'],
  rshared: ['MS_REC', 'MS_SHARED'],
  slave: ['MS_SLAVE'],
  rslave: ['MS_REC', 'MS_SLAVE'],
  unbindable: ['MS_UNBINDABLE'],
  runbindable: ['MS_REC', 'MS_UNBINDABLE'],
};
/** As mount(2) takes them. Linux: include/uapi/linux/mount.h. */
const bits: Readonly<Record<string, number>> = {
  MS_RDONLY: 1,
  MS_NOSUID: 2,
  MS_NODEV: 4,
  MS_NOEXEC: 8,
  MS_SYNCHRONOUS: 16,
  MS_NOATIME: 1024,
  MS_NODIRATIME: 2048,
  MS_BIND: 4096,
  MS_REC: 16_384,
  MS_RELATIME: 2_097_152,
  MS_STRICTATIME: 16_777_216,
};

export function flagBits(flags: readonly string[]): number {
  return flags.reduce((sum, flag) => sum + (bits[flag] ?? 0), 0);
}

/** The defaults: no flag says them. */
const nothing = new Set('rw suid dev exec async atime diratime defaults nostrictatime norelatime'.split(' '));

export function parseMountOptions(options: readonly string[]): MountOptions {
  const flags = new Set<string>();
  const propagation: string[] = [];
  const data: string[] = [];
  let isReadOnlyBelow = false;
  for (const option of options) {
    if (nothing.has(option)) continue;
    const flag = flagNames[option];
    const spread = propagationNames[option];
    if (flag !== undefined) for (const name of flag) flags.add(name);
    else if (spread !== undefined) propagation.push(...spread);
    else if (option === 'rro') isReadOnlyBelow = true;
    else data.push(option);
  }
  return { flags: Array.from(flags), propagation, isReadOnlyBelow, data: data.join(',') };
}
