/**
 * /etc/docker/daemon.json and the flags of the same names. moby: daemon/config. Errors are dockerd's, word for word.
 */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { lookPath } from '../../programs/spawn.ts';
import { unmarshalJson } from '../go-json.ts';
import { goQuote } from '../go-text.ts';
import { isSet, stringFlag } from '../docker/pflag.ts';
import type { ParsedFlags } from '../docker/pflag.ts';
import { logLevels } from '../log.ts';
import type { LogLevel } from '../log.ts';

export interface DaemonConfig {
  readonly 'live-restore': boolean;
  /** Each container gets an init process. */
  readonly init: boolean;
  /** Seconds that a stop may take at least; -1: as long as it likes. */
  readonly 'shutdown-timeout': number;
  readonly 'log-level': LogLevel;
  readonly debug: boolean;
  /** Published ports have a docker-proxy each; without, rules have to do. */
  readonly 'userland-proxy': boolean;
  readonly 'userland-proxy-path': string;
}

export const configFile = '/etc/docker/daemon.json';

const defaults: DaemonConfig = {
  'live-restore': false,
  init: false,
  'shutdown-timeout': 15,
  'log-level': 'info',
  debug: false,
  'userland-proxy': true,
  'userland-proxy-path': '',
};
/** What SIGHUP changes. */
const reloadable = ['live-restore', 'shutdown-timeout', 'debug'] as const;

/** Options that dockerd knows and that change nothing here. */
const unmodelled: ReadonlySet<string> = new Set(
  (
    'allow-nondistributable-artifacts api-cors-header authorization-plugins bip bridge builder cgroup-parent containerd ' +
    'containerd-namespace containerd-plugins-namespace cpu-rt-period cpu-rt-runtime data-root default-address-pools ' +
    'default-cgroupns-mode default-gateway default-gateway-v6 default-ipc-mode default-network-opts default-runtime ' +
    'default-shm-size default-ulimits dns dns-opts dns-search exec-opts exec-root experimental features fixed-cidr ' +
    'fixed-cidr-v6 group host-gateway-ip hosts http-proxy https-proxy icc init-path insecure-registries ip ip-forward ' +
    'ip-masq ip6tables iptables ipv6 labels log-driver log-format log-opts max-concurrent-downloads ' +
    'max-concurrent-uploads max-download-attempts metrics-addr mtu network-control-plane-mtu no-new-privileges ' +
    'no-proxy node-generic-resources oom-score-adjust pidfile proxies raw-logs registry-mirrors runtimes ' +
    'seccomp-profile selinux-enabled storage-driver storage-opts swarm-default-advertise-addr tls tlscacert tlscert ' +
    'tlskey tlsverify userns-remap validate'
  ).split(' '),
);

/** What the configuration cannot be read as. */
export class ConfigError extends Error {}

export interface ReadConfig {
  readonly config: DaemonConfig;
  /** What the file has and nothing here heeds. */
  readonly notModelled: readonly string[];
}

/** Reads flags and file. */
export function* readConfig(given: ParsedFlags, env: Environment): Running<ReadConfig> {
  const flags = flagsOf(given);
  if (flags['log-level'] !== undefined && !logLevels.includes(flags['log-level']))
    throw new ConfigError(`invalid logging level: ${flags['log-level']}`);
  const file = yield* readConfigFile(given);
  const path = yield* proxyOnPath(env);
  const config = { ...defaults, 'userland-proxy-path': path, ...flags, ...file };
  const merged = 'merged configuration validation from file and command line flags failed';
  if (!logLevels.includes(config['log-level']))
    throw failure(`${merged}: invalid logging level: ${config['log-level']}`);
  const complaint = yield* proxyComplaint(config);
  if (complaint !== undefined) throw file === null ? new ConfigError(complaint) : failure(`${merged}: ${complaint}`);
  return { config, notModelled: notModelledOf(file) };
}

/**
 * The configuration after SIGHUP: of what may change while dockerd runs, what the file has now; the rest stays, also
 * what it had once (asked of 26.1.5). moby: daemon/config, Reload(); daemon.Reload().
 */
export function* rereadConfig(given: ParsedFlags, present: DaemonConfig): Running<ReadConfig> {
  const file = (yield* readConfigFile(given)) ?? {};
  const level = file['log-level'] as LogLevel | undefined;
  if (level !== undefined && !logLevels.includes(level))
    throw new ConfigError(`file configuration validation failed: invalid logging level: ${level}`);
  const changed = Object.fromEntries(reloadable.flatMap((key) => (key in file ? [[key, file[key]]] : [])));
  return { config: { ...present, ...changed }, notModelled: notModelledOf(file) };
}

const notModelledOf = (file: object | null): readonly string[] =>
  Object.keys(file ?? {}).filter((key) => unmodelled.has(key));

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
function* readConfigFile(given: ParsedFlags): Running<Readonly<Record<string, unknown>> | null> {
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
  const file = read.value as Readonly<Record<string, unknown>>;
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw failure(`json: cannot unmarshal ${kindOf(file)} into Go value of type map[string]interface {}`);
  const unknown = Object.keys(file).filter((key) => !(key in defaults) && !unmodelled.has(key));
  if (unknown.length > 0)
    throw failure(`the following directives don't match any configuration option: ${unknown.join(', ')}`);
  const both = specifiedTwice(given, file);
  if (both.length > 0)
    throw failure(
      `the following directives are specified both as a flag and in the configuration file: ${both.join(', ')}`,
    );
  for (const [key, value] of Object.entries(file)) checkType(key, value);
  return file;
}

/** moby: daemon/config, findConfigurationConflicts(). */
function specifiedTwice(given: ParsedFlags, file: Readonly<Record<string, unknown>>): readonly string[] {
  const names = [...given.typed.keys()].toSorted();
  return names.flatMap((name) => {
    const key = name === 'host' ? 'hosts' : name;
    if (!(key in file)) return [];
    return [`${key}: (from flag: ${goList(given.values.get(name))}, from file: ${goList(file[key])})`];
  });
}

function checkType(key: string, value: unknown): void {
  if (!(key in defaults)) return;
  const wanted = typeof defaults[key as keyof DaemonConfig];
  if (typeof value === wanted) return;
  const type = { boolean: 'bool', number: 'int', string: 'string' }[wanted as 'boolean' | 'number' | 'string'];
  const field = `Config.${ownerOf(key)}${key}`;
  throw failure(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${field} of type ${type}`);
}

/** The structures within Config that have a field. moby: daemon/config, Config, CommonConfig, BridgeConfig. */
function ownerOf(key: string): string {
  if (key === 'init') return '';
  return key.startsWith('userland-proxy') ? 'CommonConfig.BridgeConfig.' : 'CommonConfig.';
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
