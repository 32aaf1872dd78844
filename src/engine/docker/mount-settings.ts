/** What `-v` and `--mount` put into the request. docker: parse(), loader.ParseVolume(), opts.MountOpt. */
import type { MountRequest } from '../dockerd/records.ts';
import { readMount } from './mount-option.ts';

export interface MountSettings {
  /** `-v /data`: volumes that nobody names. */
  readonly volumes: Readonly<Record<string, Record<string, never>>>;
  readonly binds: readonly string[] | null;
  readonly mounts: readonly MountRequest[];
}

/** @param workingDirectory the CLI's own, for `./data`; null when it is gone. */
export function mountSettings(
  volumes: readonly string[],
  mounts: readonly string[],
  workingDirectory: string | null,
): MountSettings {
  const binds = volumes.filter((spec) => spec.includes(':')).map((spec) => absolute(spec, workingDirectory));
  const unnamed = volumes.filter((spec) => !spec.includes(':'));
  return {
    volumes: Object.fromEntries(unnamed.map((path) => [path, {}])),
    binds: binds.length === 0 ? null : binds,
    mounts: mounts.flatMap((text) => mountRequest(text, workingDirectory)),
  };
}

/** Only a path that begins with a dot is the CLI's to make absolute. */
function absolute(spec: string, workingDirectory: string | null): string {
  if (!spec.startsWith('.') || workingDirectory === null) return spec;
  const [source = '', rest = ''] = spec.split(/:(.*)/s);
  const parts = workingDirectory.split('/').filter((part) => part !== '');
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}:${rest}`;
}

/** The flag's check has refused what cannot be read. */
function mountRequest(text: string, workingDirectory: string | null): readonly MountRequest[] {
  const mount = readMount(text, workingDirectory);
  return 'error' in mount ? [] : [mount];
}
