/** Whether the values of daemon.json can be. moby: daemon/config, Validate(); daemon.NewDaemon(). */
import { isSearchDomain } from '../addresses.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { goQuote } from '../go-text.ts';
import { readFile } from '../../programs/io.ts';
import { logLevels } from '../log.ts';
import type { LogLevel } from '../log.ts';
import { ApiError } from './api-error.ts';
import { checkLogConfig } from './log-options.ts';
import { parentRefusal } from './verify-settings.ts';

/** What a file has that was read as Config. */
export interface ConfigFile {
  readonly 'log-level'?: string;
  readonly 'log-format'?: string;
  readonly 'dns-search'?: readonly string[];
  readonly labels?: readonly string[];
  readonly mtu?: number;
  readonly 'max-concurrent-downloads'?: number;
  readonly 'max-concurrent-uploads'?: number;
  readonly 'max-download-attempts'?: number;
  readonly 'node-generic-resources'?: readonly string[];
  readonly 'default-ipc-mode'?: string;
  readonly 'default-cgroupns-mode'?: string;
  readonly 'registry-mirrors'?: readonly string[];
  readonly 'cgroup-parent'?: string;
  readonly 'exec-opts'?: readonly string[];
  readonly 'seccomp-profile'?: string;
  readonly 'default-runtime'?: string;
  readonly runtimes?: Readonly<Record<string, Runtime>>;
  readonly 'log-driver'?: string;
  readonly 'log-opts'?: Readonly<Record<string, string>>;
  readonly 'storage-driver'?: string;
}

interface Runtime {
  readonly path?: string;
  readonly runtimeArgs?: readonly string[];
  readonly runtimeType?: string;
}

/** The first thing that is wrong, in the words for it. */
export function invalidIn(file: ConfigFile): string | undefined {
  return (
    invalidLevel(file) ??
    invalidFormat(file) ??
    file['dns-search']?.filter((domain) => !isSearchDomain(domain)).map((name) => `${name} is not a valid domain`)[0] ??
    file.labels?.map(invalidLabel).find((words) => words !== undefined) ??
    (file.mtu !== undefined && file.mtu < 0 ? `invalid default MTU: ${file.mtu}` : undefined) ??
    invalidLimit(file) ??
    invalidResources(file['node-generic-resources'] ?? []) ??
    invalidIpcMode(file['default-ipc-mode']) ??
    invalidCgroupMode(file['default-cgroupns-mode'])
  );
}

/** The same of a file that is read again: of less. */
export function invalidOnReload(file: ConfigFile): string | undefined {
  return invalidLevel(file) ?? invalidLimit(file);
}

function invalidLevel({ 'log-level': level = '' }: ConfigFile): string | undefined {
  return level === '' || logLevels.includes(level as LogLevel) ? undefined : `invalid logging level: ${level}`;
}

function invalidFormat({ 'log-format': format = '' }: ConfigFile): string | undefined {
  return ['', 'text', 'json'].includes(format) ? undefined : `invalid log format: ${format}`;
}

/** moby: opts.ValidateLabel(). */
function invalidLabel(label: string): string | undefined {
  if (!label.includes('=')) return `bad attribute format: ${label}`;
  if (!/^(com\.docker|io\.docker|org\.dockerproject)\./.test(label.toLowerCase())) return undefined;
  const reserved = 'the namespaces com.docker.*, io.docker.*, and org.dockerproject.* are reserved for internal use';
  return `label ${label} is not allowed: ${reserved}`;
}

function invalidLimit(file: ConfigFile): string | undefined {
  for (const name of ['max-concurrent-downloads', 'max-concurrent-uploads', 'max-download-attempts'] as const) {
    const value = file[name] ?? 0;
    if (value < 0) return `invalid ${name.replaceAll('-', ' ')}: ${value}`;
  }
  return undefined;
}

/** moby: opts.ParseGenericResources(). */
function invalidResources(terms: readonly string[]): string | undefined {
  const parse = (why: string): string => `could not parse GenericResource: ${why}`;
  const wrong = terms.find((term) => !term.includes('='));
  if (wrong !== undefined) return parse(`incorrect term ${wrong}, missing '=' or malformed expression`);
  const pairs = terms.map((term) => term.split('='));
  for (const [kind] of pairs) {
    const values = pairs.flatMap(([name, value = '']) => (name === kind ? [value] : []));
    if (values.length > 1 && values.some((value) => /^\d+$/.test(value)))
      return parse(`mixed discrete and named resources in expression '${kind}=[${values.join(' ')}]'`);
  }
  return undefined;
}

function invalidIpcMode(mode = ''): string | undefined {
  const use = 'use "shareable" or "private"';
  if (['', 'shareable', 'private'].includes(mode)) return undefined;
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:'))
    return `IPC mode "${mode}" is not supported as default value; ${use}`;
  return `default IPC mode setting (${mode}) is invalid; ${use}`;
}

function invalidCgroupMode(mode = ''): string | undefined {
  if (['', 'host', 'private'].includes(mode)) return undefined;
  return `default cgroup namespace mode (${mode}) is invalid; use "host" or "private"`;
}

/** The same name with two values. moby: GetConflictFreeLabels(). */
export function conflictOfLabels(labels: readonly string[] = []): string | undefined {
  const known = new Map<string, string>();
  for (const label of labels) {
    const [name = '', ...value] = label.split('=');
    const before = known.get(name);
    if (before !== undefined && before !== value.join('=')) return `conflict labels for ${label} and ${name}=${before}`;
    known.set(name, value.join('='));
  }
  return undefined;
}

/** Why a daemon that is configured so does not start. */
export function* whyNoStart(file: ConfigFile): Running<string | undefined> {
  return (
    file['registry-mirrors']?.map(invalidMirror).find((words) => words !== undefined) ??
    parentRefusal(file['cgroup-parent'] ?? '') ??
    unknownCgroupDriver(file['exec-opts'] ?? []) ??
    (yield* missingProfile(file['seccomp-profile'])) ??
    invalidRuntimes(file) ??
    unknownLogOption(file) ??
    unknownStorageDriver(file['storage-driver'])
  );
}

/** moby: registry.ValidateMirror(). */
function invalidMirror(mirror: string): string | undefined {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(mirror) ?? [];
  const wrong = (why: string): string => `invalid mirror: ${why}`;
  if (!['http', 'https'].includes(scheme)) return wrong(`unsupported scheme ${goQuote(scheme)} in ${goQuote(mirror)}`);
  return /[?#]/.test(mirror) ? wrong(`query or fragment at end of the URI ${goQuote(mirror)}`) : undefined;
}

function unknownCgroupDriver(options: readonly string[]): string | undefined {
  const drivers = options.flatMap((option) => /^native\.cgroupdriver=(.*)$/.exec(option)?.slice(1) ?? []);
  const unknown = drivers.find((driver) => !['', 'systemd', 'cgroupfs'].includes(driver));
  return unknown === undefined ? undefined : `native.cgroupdriver option ${unknown} not supported`;
}

function* missingProfile(path = ''): Running<string | undefined> {
  if (['', 'builtin', 'unconfined'].includes(path)) return undefined;
  try {
    yield* readFile(path);
    return undefined;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return `opening seccomp profile (${path}) failed: open ${path}: ${error.message.toLowerCase()}`;
  }
}

/** Those that are always there. */
const builtIn = ['runc', 'io.containerd.runc.v2'];

/** moby: daemon/runtime_unix.go, setupRuntimes(). */
export function invalidRuntimes({ runtimes = {}, 'default-runtime': standard = '' }: ConfigFile): string | undefined {
  for (const [name, { path = '', runtimeType = '', runtimeArgs = [] }] of Object.entries(runtimes)) {
    const wrong = (why: string): string => `runtime ${name}: ${why}`;
    if (builtIn.includes(name)) return `runtime name '${name}' is reserved`;
    if (path !== '' && runtimeType !== '')
      return wrong('cannot configure both path and runtimeType for the same runtime');
    if (path === '' && runtimeType === '') return wrong('either a runtimeType or a path must be configured');
    if (runtimeType !== '' && runtimeArgs.length > 0) return wrong('args cannot be used with a runtimeType runtime');
  }
  const isThere = standard === '' || builtIn.includes(standard) || Object.hasOwn(runtimes, standard);
  return isThere ? undefined : `specified default runtime '${standard}' does not exist`;
}

/** Of a driver that is not there the first container hears. */
function unknownLogOption({
  'log-driver': Type = 'json-file',
  'log-opts': Config = {},
}: ConfigFile): string | undefined {
  if (Type !== 'json-file') return undefined;
  try {
    checkLogConfig({ Type, Config });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `failed to set log opts: failed to set log opts: ${error.message}`;
  }
}

/** Those of moby; another one than overlay2 changes nothing here. */
const storageDrivers = ['', 'overlay2', 'fuse-overlayfs', 'btrfs', 'zfs', 'vfs'];

function unknownStorageDriver(driver = ''): string | undefined {
  if (storageDrivers.includes(driver)) return undefined;
  return `error initializing graphdriver: driver not supported: ${driver}`;
}
