/** What `-v` and `--mount` put into the request. docker: parse(), loader.ParseVolume(), opts.MountOpt. */
import type { MountRequest } from '../dockerd/records.ts';
import { parseBytes } from './size.ts';

export interface MountSettings {
  /** `-v /data`: volumes that nobody names. */
  readonly volumes: Readonly<Record<string, Record<string, never>>>;
  readonly binds: readonly string[] | null;
  readonly mounts: readonly MountRequest[];
}

/** @param workingDirectory the CLI's own, for `./data`. */
export function mountSettings(
  volumes: readonly string[],
  mounts: readonly string[],
  workingDirectory: string,
): MountSettings {
  const binds = volumes.filter((spec) => spec.includes(':')).map((spec) => absolute(spec, workingDirectory));
  const unnamed = volumes.filter((spec) => !spec.includes(':'));
  return {
    volumes: Object.fromEntries(unnamed.map((path) => [path, {}])),
    binds: binds.length === 0 ? null : binds,
    mounts: mounts.map(mountRequest),
  };
}

/** Only a path that begins with a dot is the CLI's to make absolute. */
function absolute(spec: string, workingDirectory: string): string {
  if (!spec.startsWith('.')) return spec;
  const [source = '', rest = ''] = spec.split(/:(.*)/s);
  const parts = workingDirectory.split('/').filter((part) => part !== '');
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}:${rest}`;
}

function mountRequest(text: string): MountRequest {
  const fields = new Map(
    text.split(',').map((field): [string, string] => {
      const [name = '', value = 'true'] = field.split(/=(.*)/s);
      return [name.toLowerCase(), value];
    }),
  );
  const field = (...names: readonly string[]): string | undefined =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const Source = field('source', 'src');
  const readOnly = field('readonly', 'ro');
  const propagation = field('bind-propagation');
  return {
    Type: (field('type') ?? 'volume').toLowerCase(),
    ...(Source === undefined ? {} : { Source }),
    Target: field('target', 'dst', 'destination') ?? '',
    ...tmpfsOptions(field('tmpfs-size'), field('tmpfs-mode')),
    ...(propagation === undefined ? {} : { BindOptions: { Propagation: propagation } }),
    ...(/^(?:1|t|true)$/i.test(readOnly ?? '') ? { ReadOnly: true } : {}),
  };
}

function tmpfsOptions(size: string | undefined, mode: string | undefined): Pick<MountRequest, 'TmpfsOptions'> {
  if (size === undefined && mode === undefined) return {};
  const bytes = parseBytes(size ?? '0');
  return {
    TmpfsOptions: {
      ...(bytes !== undefined && bytes > 0 ? { SizeBytes: bytes } : {}),
      ...(mode === undefined ? {} : { Mode: Number.parseInt(mode, 8) }),
    },
  };
}
