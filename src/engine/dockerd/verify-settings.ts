/**
 * What `docker create` refuses without looking at anything but the request. moby: runconfig/hostconfig_unix.go,
 * daemon/container.go, verifyContainerSettings().
 */
import { goQuote } from '../go-text.ts';
import { badRequest } from './api-error.ts';
import { normalisedCapabilities } from './capabilities.ts';
import type { CreateRequest } from './create.ts';
import { containerOfMode } from './host-config.ts';
import { signalOf } from './kill.ts';
import { conflictingHostNetwork } from './links.ts';
import { checkLogConfig } from './log-options.ts';
import type { HealthConfig, HostConfig } from './records.ts';
import { checkLimits, checkRestartPolicy, limitsOf } from './resources.ts';
import type { RestartPolicy } from './resources.ts';

/**
 * Checks a request to create a container.
 *
 * @returns warnings, each without `WARNING: `.
 * @throws ApiError 400 in the real words.
 */
export function verifySettings(body: CreateRequest, host: HostConfig): readonly string[] {
  refuseIf(networkRefusal(body, host));
  refuseIf(isolationRefusal(host));
  const workingDirectory = body.WorkingDir ?? '';
  if (workingDirectory !== '' && !workingDirectory.startsWith('/')) {
    throw badRequest(`the working directory '${workingDirectory}' is invalid, it needs to be an absolute path`);
  }
  refuseIf(healthRefusal(body.Healthcheck ?? {}));
  const nameless = (body.Env ?? []).find((setting) => setting === '' || setting.startsWith('='));
  if (nameless !== undefined) throw badRequest(`invalid environment variable: ${nameless}`);
  if (body.StopSignal !== undefined) signalOf(body.StopSignal);
  refuseIf(removalRefusal(host));
  normalisedCapabilities(host.CapAdd ?? [], 'CapAdd');
  normalisedCapabilities(host.CapDrop ?? [], 'CapDrop');
  checkRestartPolicy((host['RestartPolicy'] ?? { Name: '', MaximumRetryCount: 0 }) as RestartPolicy);
  refuseIf(annotationRefusal(host));
  checkLogConfig(host.LogConfig);
  checkLimits(limitsOf(host), false);
  refuseIf(resourceRefusal(host));
  refuseIf(modeRefusal(host));
  refuseIf(parentRefusal(host.CgroupParent));
  refuseIf(runtimeRefusal(host));
  return [...warningsAbout(host), ...networkWarnings(host), ...securityWarnings(host)];
}

function refuseIf(words: string | undefined): void {
  if (words !== undefined) throw badRequest(words);
}

/** moby: validateIsolation(). */
function isolationRefusal({ Isolation }: HostConfig): string | undefined {
  const isUsual = Isolation === '' || Isolation.toLowerCase() === 'default';
  return isUsual ? undefined : `Invalid isolation: ${goQuote(Isolation)} - linux only supports 'default'`;
}

/** Who is removed at the end cannot be started again. moby: validateHostConfig(). */
function removalRefusal({ AutoRemove, RestartPolicy }: HostConfig): string | undefined {
  const { Name = '' } = (RestartPolicy ?? {}) as Partial<RestartPolicy>;
  const staysEnded = Name === '' || Name === 'no';
  return AutoRemove && !staysEnded ? "can't create 'AutoRemove' container with restart policy" : undefined;
}

function annotationRefusal({ Annotations = {} }: HostConfig): string | undefined {
  const isNameless = Object.hasOwn(Annotations, '');
  return isNameless ? 'invalid Annotations: the empty string is not permitted as an annotation key' : undefined;
}

/** moby: validateNetMode(), validateNetContainerMode(). */
function networkRefusal(body: CreateRequest, { NetworkMode, UTSMode, ...host }: HostConfig): string | undefined {
  const hasHostname = (body.Hostname ?? '') !== '';
  const shared = containerOfMode(NetworkMode);
  if (shared === '') return 'Invalid network mode: invalid container format container:<name|id>';
  if (shared !== undefined) {
    if (hasHostname) return 'conflicting options: hostname and the network mode';
    if (isFilled(host.Links)) {
      return (
        "conflicting options: container type network can't be used with links. " +
        'This would result in undefined behavior'
      );
    }
    if (isFilled(host.Dns)) return 'conflicting options: dns and the network mode';
    if (isFilled(host.ExtraHosts)) return 'conflicting options: custom host-to-IP mapping and the network mode';
    if (isFilled(host['PortBindings']) || host.PublishAllPorts) {
      return 'conflicting options: port publishing and the container type network mode';
    }
    if (isFilled(body.ExposedPorts)) return 'conflicting options: port exposing and the container type network mode';
  }
  if (UTSMode === 'host' && hasHostname) return 'conflicting options: hostname and the UTS mode';
  return NetworkMode === 'host' && isFilled(host.Links) ? conflictingHostNetwork : undefined;
}

/** moby: daemon/container.go, verifyContainerSettings(). */
function networkWarnings({ NetworkMode, PortBindings }: HostConfig): readonly string[] {
  return NetworkMode === 'host' && isFilled(PortBindings)
    ? ['Published ports are discarded when using host network mode']
    : [];
}

/** moby: configStore.Runtimes.Get(); a runtime of containerd's is named by its kind. */
function runtimeRefusal({ Runtime }: HostConfig): string | undefined {
  if (Runtime === 'runc' || Runtime === 'io.containerd.runc.v2') return undefined;
  if (/^io\.containerd\.[\w.-]+\.v\d+$/.test(Runtime))
    return `glassdock: the runtime ${Runtime} is not modelled yet: there are runc and io.containerd.runc.v2`;
  return `unknown or invalid runtime name: ${Runtime}`;
}

/** What nothing here heeds is said. */
function securityWarnings({ SecurityOpt }: HostConfig): readonly string[] {
  const heeded = /^(?:no-new-privileges(?:[=:](?:true|false))?|seccomp[=:](?:unconfined|builtin))$/;
  const others = (SecurityOpt ?? []).filter((option) => !heeded.test(option));
  const alien = others.find((option) => !/^(?:apparmor|label|seccomp)[=:]/.test(option));
  if (alien !== undefined) throw badRequest(`invalid --security-opt 2: ${goQuote(alien)}`);
  return others.map((option) => {
    const shown = /^seccomp[=:]/.test(option) ? 'seccomp with a profile' : option;
    return `glassdock: --security-opt ${shown} is not modelled yet: it changes nothing`;
  });
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** moby: validateHealthCheck(). */
function healthRefusal(check: HealthConfig): string | undefined {
  const times = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const;
  const short = times.find((name) => (check[name] ?? 0) !== 0 && (check[name] ?? 0) < leastDurationNs);
  if (short !== undefined) return `${short} in Healthcheck cannot be less than 1ms`;
  return (check.Retries ?? 0) < 0 ? 'Retries in Healthcheck cannot be negative' : undefined;
}
const leastDurationNs = 1_000_000;

/** moby: verifyPlatformContainerSettings(). */
function modeRefusal(host: HostConfig): string | undefined {
  const { IpcMode, PidMode, UTSMode, CgroupnsMode, ShmSize, OomScoreAdj } = host;
  if (!/^(|none|host|private|shareable|container:.*)$/.test(IpcMode)) return `invalid IPC mode: ${IpcMode}`;
  if (!/^(|host|container:.+)$/.test(PidMode)) return `invalid PID mode: ${PidMode}`;
  if (ShmSize < 0) return 'SHM size can not be less than 0';
  if (!/^(|host)$/.test(UTSMode)) return `invalid UTS mode: ${UTSMode}`;
  if (OomScoreAdj < -1000 || OomScoreAdj > 1000) {
    return `Invalid value ${OomScoreAdj}, range for oom score adj is [-1000, 1000]`;
  }
  for (const path of Object.keys(host.Tmpfs ?? {})) {
    if (path === '/') return "invalid specification: destination can't be '/'";
    if (!path.startsWith('/')) return `invalid mount path: '${path}' mount path must be absolute`;
  }
  return /^(|private|host)$/.test(CgroupnsMode) ? undefined : `invalid cgroup namespace mode: ${CgroupnsMode}`;
}

/** systemd's names of what holds cgroups; any other name is none. moby: UsingSystemd(). */
export function parentRefusal(parent: string): string | undefined {
  if (parent === '' || (parent.length > '.slice'.length && parent.endsWith('.slice'))) return undefined;
  return 'cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"';
}

function resourceRefusal({ MemorySwappiness }: HostConfig): string | undefined {
  if (MemorySwappiness !== null && (MemorySwappiness < 0 || MemorySwappiness > 100)) {
    return `Invalid value: ${MemorySwappiness}, valid memory swappiness range is 0-100`;
  }
  return undefined;
}

/** What cgroup v2 has no file for is dropped. */
function warningsAbout({ MemorySwappiness, OomKillDisable, CpuPercent }: HostConfig): readonly string[] {
  const warnings: string[] = [];
  if (MemorySwappiness !== null) {
    warnings.push(
      'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. ' +
        'Memory swappiness discarded.',
    );
  }
  if (OomKillDisable === true) {
    warnings.push('Your kernel does not support OomKillDisable. OomKillDisable discarded.');
  }
  if (CpuPercent > 0) warnings.push('Linux does not support CPU percent. Percent discarded.');
  return warnings;
}
