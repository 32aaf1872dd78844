/** The value of `--mount`. docker: opts/mount.go, MountOpt.Set(). */
import { cleanPath } from './copy-paths.ts';
import { readCsvRecord } from './csv-record.ts';
import type { MountRequest } from '../dockerd/records.ts';
import { parseBytes } from './size.ts';

/** What has been read so far; the keys of a record set it one after the other. */
interface Draft {
  type: string;
  source: string;
  target: string;
  readOnly: boolean;
  consistency: string;
  bind: Record<string, string | boolean> | undefined;
  volume: VolumeDraft | undefined;
  tmpfs: { SizeBytes?: number; Mode?: number } | undefined;
}

interface VolumeDraft {
  noCopy: boolean;
  subpath: string;
  driver: string;
  readonly labels: Map<string, string>;
  readonly options: Map<string, string>;
}

/** What one key does with its value; the words with which it refuses it. */
type Setter = (draft: Draft, value: string, key: string, workingDirectory: string | null) => string | undefined;

/**
 * Reads `type=bind,source=/tmp,target=/data`. The refusal's words follow `invalid argument "…" for "--mount" flag: `.
 *
 * @param workingDirectory the CLI's own, for `source=./data`; null when it is gone.
 */
export function readMount(text: string, workingDirectory: string | null): MountRequest | { readonly error: string } {
  const record = readCsvRecord(text);
  if ('error' in record) return record;
  const draft: Draft = {
    type: 'volume',
    source: '',
    target: '',
    readOnly: false,
    consistency: '',
    bind: undefined,
    volume: undefined,
    tmpfs: undefined,
  };
  for (const field of record.fields) {
    const [name = '', given] = field.split(/=(.*)/s);
    const key = name.toLowerCase();
    if (given === undefined && !flags.has(key)) return { error: `invalid field '${field}' must be a key=value pair` };
    const setter = setters[key];
    if (setter === undefined) return { error: `unexpected key '${key}' in '${field}'` };
    const error = setter(draft, given ?? 'true', key, workingDirectory);
    if (error !== undefined) return { error };
  }
  const error = refusalOf(draft);
  return error === undefined ? requestOf(draft) : { error };
}

/** What may stand without a value. */
const flags: ReadonlySet<string> = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']);

function refusalOf({ type, target, readOnly, bind, volume, tmpfs }: Draft): string | undefined {
  if (type === '') return 'type is required';
  if (target === '') return 'target is required';
  for (const [kind, options] of Object.entries({ volume, bind, tmpfs })) {
    if (options !== undefined && kind !== type) return `cannot mix '${kind}-*' options with mount type '${type}'`;
  }
  const recursion = (how: string, needs: string): string =>
    `option 'bind-recursive=${how}' requires '${needs}' to be specified in conjunction`;
  if (bind?.['ReadOnlyNonRecursive'] === true && !readOnly) return recursion('writable', 'readonly');
  if (bind?.['ReadOnlyForceRecursive'] !== true) return undefined;
  if (!readOnly) return recursion('readonly', 'readonly');
  return bind['Propagation'] === 'rprivate' ? undefined : recursion('readonly', 'bind-propagation=rprivate');
}

/** In the order of the API's structure, which `docker inspect` shows. moby: api/types/mount. */
function requestOf({ type, source, target, readOnly, consistency, bind, volume, tmpfs }: Draft): MountRequest {
  const pairs = (map: ReadonlyMap<string, string>): Record<string, string> =>
    Object.fromEntries([...map].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return {
    Type: type,
    ...(source === '' ? {} : { Source: source }),
    Target: target,
    ...(readOnly ? { ReadOnly: true } : {}),
    ...(consistency === '' ? {} : { Consistency: consistency }),
    ...(bind === undefined ? {} : { BindOptions: bind }),
    ...(volume === undefined
      ? {}
      : {
          VolumeOptions: {
            ...(volume.noCopy ? { NoCopy: true } : {}),
            ...(volume.labels.size === 0 ? {} : { Labels: pairs(volume.labels) }),
            ...(volume.subpath === '' ? {} : { Subpath: volume.subpath }),
            DriverConfig: {
              ...(volume.driver === '' ? {} : { Name: volume.driver }),
              ...(volume.options.size === 0 ? {} : { Options: pairs(volume.options) }),
            },
          },
        }),
    ...(tmpfs === undefined ? {} : { TmpfsOptions: tmpfs }),
  };
}

const setters: Readonly<Record<string, Setter>> = {
  type: (draft, value) => void (draft.type = value.toLowerCase()),
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadOnly,
  ro: setReadOnly,
  consistency: (draft, value) => void (draft.consistency = value.toLowerCase()),
  'bind-propagation': (draft, value) => setBind(draft, 'Propagation', value.toLowerCase()),
  'bind-nonrecursive': (draft, value, key) => withBoolean(key, value, (isSet) => setBind(draft, 'NonRecursive', isSet)),
  'bind-recursive': setRecursion,
  'volume-subpath': (draft, value) => void (volumeOf(draft).subpath = value),
  'volume-nocopy': (draft, value, key) => withBoolean(key, value, (isSet) => void (volumeOf(draft).noCopy = isSet)),
  'volume-label': (draft, value) => setPair(volumeOf(draft).labels, value),
  'volume-driver': (draft, value) => void (volumeOf(draft).driver = value),
  'volume-opt': (draft, value) => setPair(volumeOf(draft).options, value),
  'tmpfs-size': (draft, value, key) => {
    const bytes = parseBytes(value);
    if (bytes === undefined) return `invalid value for ${key}: ${value}`;
    draft.tmpfs = { ...draft.tmpfs, ...(bytes === 0 ? {} : { SizeBytes: bytes }) };
    return undefined;
  },
  'tmpfs-mode': (draft, value, key) => {
    if (!/^[0-7]+$/.test(value)) return `invalid value for ${key}: ${value}`;
    draft.tmpfs = { ...draft.tmpfs, Mode: Number.parseInt(value, 8) };
    return undefined;
  },
};

/** Only a path that begins with a dot is the CLI's to make absolute. */
function setSource(draft: Draft, value: string, _: string, workingDirectory: string | null): undefined {
  const isRelative = value === '.' || value.startsWith('./');
  draft.source = isRelative && workingDirectory !== null ? cleanPath(`${workingDirectory}/${value}`) : value;
}

function setTarget(draft: Draft, value: string): undefined {
  draft.target = value;
}

function setReadOnly(draft: Draft, value: string, key: string): string | undefined {
  return withBoolean(key, value, (isSet) => void (draft.readOnly = isSet));
}

function setRecursion(draft: Draft, value: string, key: string): string | undefined {
  const fields: Readonly<Record<string, string>> = {
    disabled: 'NonRecursive',
    writable: 'ReadOnlyNonRecursive',
    readonly: 'ReadOnlyForceRecursive',
  };
  const field = fields[value];
  if (field !== undefined) setBind(draft, field, true);
  else if (value !== 'enabled')
    return `invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`;
  return undefined;
}

/** What is false is as if it was not said: Go leaves it out of the request. */
function setBind(draft: Draft, field: string, value: string | boolean): undefined {
  draft.bind = { ...draft.bind, ...(value === false ? {} : { [field]: value }) };
}

function volumeOf(draft: Draft): VolumeDraft {
  return (draft.volume ??= { noCopy: false, subpath: '', driver: '', labels: new Map(), options: new Map() });
}

function setPair(map: Map<string, string>, text: string): undefined {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  if (name !== '') map.set(name, value);
}

/** Go: strconv.ParseBool(). */
function withBoolean(key: string, value: string, set: (isSet: boolean) => void): string | undefined {
  if (!/^(?:[10tTfF]|true|TRUE|True|false|FALSE|False)$/.test(value)) return `invalid value for ${key}: ${value}`;
  set(/^[1tT]/.test(value));
  return undefined;
}
