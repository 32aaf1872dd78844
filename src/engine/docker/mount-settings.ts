/** What `-v` and `--mount` put into the request. docker: parse(), loader.ParseVolume(), opts.MountOpt. */
import { fromUtf8 } from '../../kernel/bytes.ts';
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
  // The same said twice is said once.
  const specs = [...new Set(volumes)];
  const isUnnamed = (spec: string): boolean => sectionsOf(spec).length === 1;
  const binds = specs.filter((spec) => !isUnnamed(spec)).map((spec) => absolute(spec, workingDirectory));
  const unnamed = specs.filter(isUnnamed);
  return {
    volumes: Object.fromEntries(unnamed.map((path) => [path, {}])),
    binds: binds.length === 0 ? null : binds,
    mounts: mounts.flatMap((text) => mountRequest(text, workingDirectory)),
  };
}

/**
 * A volume's parts between the colons. One that follows a single letter belongs to a drive of Windows: `a:/a` is one
 * path.
 */
export function sectionsOf(spec: string): readonly string[] {
  if (spec.length <= 2) return [spec];
  const sections = [''];
  for (const char of spec) {
    const last = sections.at(-1) ?? '';
    if (char !== ':' || /^\p{L}$/u.test(fromUtf8(last))) sections[sections.length - 1] = last + char;
    else sections.push('');
  }
  return sections;
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
