/**
 * /etc/docker/daemon.json and the flags of the same names. moby: daemon/config. Errors are dockerd's, word for word.
 */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { lookPath } from '../../programs/spawn.ts';
import { decodeAs, UnmarshalTypeError } from '../go-decoder.ts';
import { unmarshalJson } from '../go-json.ts';
import { goQuote } from '../go-text.ts';
import { isSet, stringFlag } from '../docker/pflag.ts';
import type { ParsedFlags } from '../docker/pflag.ts';
import type { LogLevel } from '../log.ts';
import { conflictOfLabels, invalidIn, invalidOnReload, invalidRuntimes } from './config-checks.ts';
import type { ConfigFile } from './config-checks.ts';
import { daemonFile, directivesOf, isDirective } from './config-shape.ts';

export interface DaemonConfig {
  readonly 'live-restore': boolean;
  /** Each container gets an init process. */
  readonly init: boolean;
  /** The slice of containers that name none; '' is system.slice. */
  readonly 'cgroup-parent': string;
  /** Seconds that a stop may take at least; -1: as long as it likes. */
  readonly 'shutdown-timeout': number;
  readonly 'log-level': LogLevel;
  readonly debug: boolean;
  /** Published ports have a docker-proxy each; without, rules have to do. */
  readonly 'userland-proxy': boolean;
  readonly 'userland-proxy-path': string;
}

/** The file as it was read: what is heeded, and what is only checked. */
type ReadFile = ConfigFile & Partial<DaemonConfig>;

export const configFile = '/etc/docker/daemon.json';

const defaults: DaemonConfig = {
  'live-restore': false,
  init: false,
  'cgroup-parent': '',
  'shutdown-timeout': 15,
  'log-level': 'info',
  debug: false,
  'userland-proxy': true,
  'userland-proxy-path': '',
};
/** What SIGHUP changes. */
const reloadable = ['live-restore', 'shutdown-timeout', 'debug'] as const;

/** What the configuration cannot be read as. */
export class ConfigError extends Error {}

export interface ReadConfig {
  readonly config: DaemonConfig;
  readonly file: ConfigFile;
  /** What the file has and nothing here heeds. */
  readonly notModelled: readonly string[];
}

/** Reads flags and file. */
export function* readConfig(given: ParsedFlags, env: Environment): Running<ReadConfig> {
  const flags = flagsOf(given);
  const wrongFlag = invalidIn({ ...flags });
  if (wrongFlag !== undefined) throw new ConfigError(wrongFlag);
  const file = yield* readConfigFile(given);
  const path = yield* proxyOnPath(env);
  const config = { ...defaults, 'userland-proxy-path': path, ...flags, ...file };
  const merged = 'merged configuration validation from file and command line flags failed';
  const complaint = invalidIn(file ?? {}) ?? (yield* proxyComplaint(config));
  if (complaint !== undefined) throw file === null ? new ConfigError(complaint) : failure(`${merged}: ${complaint}`);
  const conflict = conflictOfLabels(file?.labels);
  if (conflict !== undefined) throw new ConfigError(conflict);
  return { config, file: file ?? {}, notModelled: notModelledOf(file) };
}

/**
 * The configuration after SIGHUP: of what may change while dockerd runs, what the file has now; the rest stays, also
 * what it had once (asked of 26.1.5). moby: daemon/config, Reload(); daemon.Reload().
 */
export function* rereadConfig(given: ParsedFlags, present: DaemonConfig): Running<ReadConfig> {
  const file = (yield* readConfigFile(given)) ?? {};
  const conflict = conflictOfLabels(file.labels);
  if (conflict !== undefined) throw new ConfigError(conflict);
  const complaint = invalidOnReload(file);
  if (complaint !== undefined) throw new ConfigError(`file configuration validation failed: ${complaint}`);
  const runtimes = invalidRuntimes(file);
  if (runtimes !== undefined) throw new ConfigError(`Error reconfiguring the daemon: ${runtimes}`);
  const changed = Object.fromEntries(reloadable.flatMap((key) => (key in file ? [[key, file[key]]] : [])));
  return { config: { ...present, ...changed }, file, notModelled: notModelledOf(file) };
}

const notModelledOf = (file: object | null): readonly string[] =>
  Object.keys(file ?? {}).filter((key) => !(key in defaults));

/** '' where there is none. */
function* proxyOnPath(env: Environment): Running<string> {
  try {
    return yield* lookPath('docker-proxy', env);
  } catch (error) {
    if (isErrno(error)) return '';
    throw error;
  }
}

/** moby: daemon/config, verifyUserlandProxyConfig(). */
function* proxyComplaint(config: DaemonConfig): Running<string | undefined> {
  const path = config['userland-proxy-path'];
  const wrong = (why: string): string => `invalid userland-proxy-path: ${why}`;
  if (!config['userland-proxy']) return undefined;
  if (path === '') return wrong('userland-proxy is enabled, but userland-proxy-path is not set');
  if (!path.startsWith('/')) return wrong(`must be an absolute path: ${path}`);
  const why = yield* whyNotExecutable(path);
  return why === undefined ? undefined : wrong(`exec: ${goQuote(path)}: ${why}`);
}

/** Go: os/exec, findExecutable(). */
function* whyNotExecutable(path: string): Running<string | undefined> {
  try {
    const { type, mode } = yield* sys.stat(path);
    if (type === 'directory') return 'is a directory';
    return (mode & 0o111) === 0 ? 'permission denied' : undefined;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return `stat ${path}: ${error.message.toLowerCase()}`;
  }
}

function failure(reason: string): ConfigError {
  return new ConfigError(`unable to configure the Docker daemon with file ${configFile}: ${reason}`);
}

/** Null where there is none. */
function* readConfigFile(given: ParsedFlags): Running<ReadFile | null> {
  const path = stringFlag(given, 'config-file');
  const written = yield* readFileIfAny(path);
  // Only the usual file need not be there.
  if (written === null && isSet(given, 'config-file'))
    throw new ConfigError(
      `unable to configure the Docker daemon with file ${path}: open ${path}: no such file or directory`,
    );
  if (written === null) return null;
  const text = written.trim();
  if (text === '') return {};
  const read = unmarshalJson(text);
  if ('complaint' in read) throw failure(read.complaint);
  const file = read.value;
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw failure(`json: cannot unmarshal ${kindOf(file)} into Go value of type map[string]interface {}`);
  const directives = new Map(directivesOf(file as Readonly<Record<string, unknown>>));
  const unknown = [...directives.keys()].filter((name) => !isDirective(name, (typed) => given.values.has(typed)));
  if (unknown.length > 0)
    throw failure(`the following directives don't match any configuration option: ${unknown.join(', ')}`);
  const both = specifiedTwice(given, directives);
  if (both.length > 0)
    throw failure(
      `the following directives are specified both as a flag and in the configuration file: ${both.join(', ')}`,
    );
  try {
    return decodeAs(daemonFile, file) as ReadFile;
  } catch (error) {
    if (!(error instanceof UnmarshalTypeError)) throw error;
    throw failure(error.message);
  }
}

/** moby: daemon/config, findConfigurationConflicts(). */
function specifiedTwice(given: ParsedFlags, directives: ReadonlyMap<string, unknown>): readonly string[] {
  const names = [...given.typed.keys()].toSorted();
  return names.flatMap((name) => {
    const key = name === 'host' ? 'hosts' : name;
    if (!directives.has(key)) return [];
    return [`${key}: (from flag: ${goList(given.values.get(name))}, from file: ${goList(directives.get(key))})`];
  });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

function goList(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
}

/** What the command line says of it. */
function flagsOf(given: ParsedFlags): Partial<DaemonConfig> {
  return Object.fromEntries(
    Object.keys(defaults).flatMap((name) => (isSet(given, name) ? [[name, given.values.get(name)]] : [])),
  );
}
