/**
 * Of which types the fields of a request to create a container are, as Go's decoder asks for them. moby:
 * api/types/container, Config and HostConfig.
 */
import type { CreateRequest } from './create.ts';

type Kind = 'string' | 'bool' | 'int' | '[]string' | 'map[string]string' | 'map[string]struct {}';

const config: Readonly<Record<string, Kind>> = {
  Hostname: 'string',
  Domainname: 'string',
  User: 'string',
  AttachStdin: 'bool',
  AttachStdout: 'bool',
  AttachStderr: 'bool',
  Tty: 'bool',
  OpenStdin: 'bool',
  StdinOnce: 'bool',
  Env: '[]string',
  Image: 'string',
  Volumes: 'map[string]struct {}',
  WorkingDir: 'string',
  Labels: 'map[string]string',
  StopSignal: 'string',
  StopTimeout: 'int',
};

const words = { string: 'string', number: 'number', boolean: 'bool', object: 'object' } as const;

/** What encoding/json says of the first field of another type; undefined when there is none. */
export function mismatchOf(body: CreateRequest): string | undefined {
  for (const [name, value] of Object.entries(body as Readonly<Record<string, unknown>>)) {
    const kind = config[name];
    if (kind === undefined || value === null || isOf(kind, value)) continue;
    const found = Array.isArray(value) ? 'array' : words[typeof value as keyof typeof words];
    return `json: cannot unmarshal ${found} into Go struct field ContainerConfigWrapper.Config.${name} of type ${kind}`;
  }
  return undefined;
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'string') return typeof value === 'string';
  if (kind === 'bool') return typeof value === 'boolean';
  if (kind === 'int') return typeof value === 'number';
  if (kind === '[]string') return Array.isArray(value);
  return typeof value === 'object' && !Array.isArray(value);
}
