/**
 * The options of a mount in config.json: mount(2) flags, propagation, and text for the file system. runc:
 * parseMountOptions.
 */

export interface MountOptions {
  readonly flags: readonly string[];
  /** Set by a mount call of its own, after the mount. */
  readonly propagation: readonly string[];
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
};
/** The defaults: no flag says them. */
const nothing = new Set(['rw', 'suid', 'dev', 'exec', 'async', 'atime', 'defaults', 'nostrictatime', 'norelatime']);

export function parseMountOptions(options: readonly string[]): MountOptions {
  const flags = new Set<string>();
  const propagation: string[] = [];
  const data: string[] = [];
  for (const option of options) {
    if (nothing.has(option)) continue;
    const flag = flagNames[option];
    const spread = propagationNames[option];
    if (flag !== undefined) for (const name of flag) flags.add(name);
    else if (spread !== undefined) propagation.push(...spread);
    else data.push(option);
  }
  return { flags: Array.from(flags), propagation, data: data.join(',') };
}
