/**
 * The body of POST /containers/create out of the flags of `docker run` and `docker create`. docker:
 * cli/command/container/opts.go, parse().
 */
import type { Environment } from '../../kernel/abi.ts';
import type { CreateRequest } from '../dockerd/create.ts';
import { healthcheck } from './healthcheck.ts';
import { confinement, limits } from './host-config.ts';
import { networksOf } from './network-options.ts';
import { boolFlag, isSet, listFlag, numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { mountSettings } from './mount-settings.ts';
import type { FileSettings } from './setting-files.ts';
import { portSettings } from './ports.ts';

export interface ConfigOptions {
  readonly detach: boolean;
  /** A bind's `.` is this. */
  readonly workingDirectory: string | null;
  readonly env: Environment;
  readonly files: FileSettings;
  readonly consoleSize: readonly [number, number];
}

/** Builds the request. `args` are the image and the command. */
export function containerConfig(flags: ParsedFlags, args: readonly string[], options: ConfigOptions): CreateRequest {
  const [image = '', ...command] = args;
  const interactive = boolFlag(flags, 'interactive');
  const attached = attachedStreams(flags, options.detach);
  const entrypoint = isSet(flags, 'entrypoint') ? [stringFlag(flags, 'entrypoint')] : null;
  const stopSignal = stringFlag(flags, 'stop-signal');
  const mounts = mountSettings(listFlag(flags, 'volume'), listFlag(flags, 'mount'), options.workingDirectory);
  const ports = portSettings(listFlag(flags, 'publish'), listFlag(flags, 'expose'));
  return {
    Hostname: stringFlag(flags, 'hostname'),
    Domainname: stringFlag(flags, 'domainname'),
    User: stringFlag(flags, 'user'),
    AttachStdin: attached.stdin,
    AttachStdout: attached.stdout,
    AttachStderr: attached.stderr,
    Tty: boolFlag(flags, 'tty'),
    OpenStdin: interactive,
    StdinOnce: interactive && attached.stdin,
    Env: [
      ...options.files.fileEnv,
      ...listFlag(flags, 'env').flatMap((setting) => environmentSetting(setting, options.env)),
    ],
    Cmd: command.length === 0 ? null : command,
    ...healthcheck(flags),
    Image: image,
    ExposedPorts: ports.exposed,
    Volumes: mounts.volumes,
    WorkingDir: stringFlag(flags, 'workdir'),
    Entrypoint: entrypoint,
    OnBuild: null,
    Labels: Object.fromEntries([...options.files.fileLabels, ...listFlag(flags, 'label')].map(labelOf)),
    ...(stopSignal === '' ? {} : { StopSignal: stopSignal }),
    ...(isSet(flags, 'stop-timeout') ? { StopTimeout: numberFlag(flags, 'stop-timeout') } : {}),
    HostConfig: {
      Binds: mounts.binds,
      ...(mounts.mounts.length === 0 ? {} : { Mounts: mounts.mounts }),
      NetworkMode: networkMode(flags),
      PortBindings: ports.bindings,
      PublishAllPorts: boolFlag(flags, 'publish-all'),
      AutoRemove: boolFlag(flags, 'rm'),
      ConsoleSize: options.consoleSize,
      RestartPolicy: restartPolicy(stringFlag(flags, 'restart')),
      ...confinement(flags),
      SecurityOpt: options.files.securityOptions,
      ...limits(flags),
    },
    ...networking(flags),
  };
}

/** `--ip` and `--ip6`. docker: parseNetworkAttachmentOpt(). */
function networking(flags: ParsedFlags): Pick<CreateRequest, 'NetworkingConfig'> {
  const addresses = { IPv4Address: stringFlag(flags, 'ip'), IPv6Address: stringFlag(flags, 'ip6') };
  const asked = Object.entries(addresses).filter(([, address]) => address !== '');
  if (asked.length === 0) return {};
  return { NetworkingConfig: { EndpointsConfig: { [networkMode(flags)]: { IPAMConfig: Object.fromEntries(asked) } } } };
}

/** Which streams `docker run` joins: those of `-a`, else output and errors; with `-i` the input too. */
export function attachedStreams(
  flags: ParsedFlags,
  detach: boolean,
): { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean } {
  if (detach) return { stdin: false, stdout: false, stderr: false };
  const named = listFlag(flags, 'attach').map((name) => name.toLowerCase());
  const wants = (name: string): boolean => named.includes(name);
  return {
    stdin: boolFlag(flags, 'interactive') || wants('stdin'),
    stdout: named.length === 0 || wants('stdout'),
    stderr: named.length === 0 || wants('stderr'),
  };
}

/** `A=1` as it is; `A` alone takes the CLI's own value, and nothing when there is none. */
export function environmentSetting(setting: string, env: Environment): readonly string[] {
  if (setting.includes('=')) return [setting];
  const value = env[setting];
  return value === undefined ? [] : [`${setting}=${value}`];
}

function labelOf(text: string): [string, string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  return [name, value];
}

function networkMode(flags: ParsedFlags): string {
  return networksOf(flags)[0] ?? 'default';
}

/** `on-failure:3` as the API has it. */
export function restartPolicy(text: string): { readonly Name: string; readonly MaximumRetryCount: number } {
  const [name = '', count = '0'] = text.split(':');
  return { Name: name === '' ? 'no' : name, MaximumRetryCount: Number(count) };
}
