/**
 * The OCI runtime spec that dockerd hands to containerd: everything about the container. moby: daemon/oci_linux.go,
 * oci/defaults.go.
 */
import type { HookSpec, LinuxSpec, MountSpec, ProcessSpec, Resources, Spec } from '../runc/spec.ts';
import { serverError } from './api-error.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Container } from './container.ts';
import type { Devices } from './devices.ts';
import { maskedPaths, readonlyPaths } from './hidden-paths.ts';
import { isNew } from './namespaces.ts';
import { execRoot } from './records.ts';
import type { HostConfig } from './records.ts';
import { limitsOf, ociLimits, unsigned } from './resources.ts';
import { mountSpecs, networkMounts } from './mount-points.ts';
import { sharedMemoryMounts } from './dev-shm.ts';
import { tmpfsMounts } from './tmpfs.ts';
import type { UserIds } from './user.ts';

const nosuid = ['nosuid', 'noexec', 'nodev'];

function defaultMounts(shmSize: number): readonly MountSpec[] {
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: nosuid },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...nosuid, 'ro'] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro', ...nosuid] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: nosuid },
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...nosuid, 'mode=1777', `size=${shmSize}`] },
  ];
}

const pathVariable = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container's process: docker's own, what links tell, then the image's and the user's. moby:
 * CreateDaemonEnvironment().
 */
export function environment(container: Container, terminal: boolean, linked: readonly string[]): readonly string[] {
  const { Config } = container.record;
  const own = [pathVariable, `HOSTNAME=${Config.Hostname}`, ...(terminal ? ['TERM=xterm'] : []), ...linked];
  return replaceOrAppend(own, Config.Env ?? []);
}

/**
 * A later setting takes an earlier one's place; `NAME` alone removes it. moby: container.ReplaceOrAppendEnvValues().
 */
export function replaceOrAppend(defaults: readonly string[], overrides: readonly string[]): readonly string[] {
  const result = [...defaults];
  for (const setting of overrides) {
    const name = setting.split('=')[0] ?? '';
    const at = result.findIndex((one) => one.split('=')[0] === name);
    if (!setting.includes('=')) {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = setting;
    else result.push(setting);
  }
  return result;
}

export interface SpecOptions {
  readonly rootfs: string;
  readonly user: UserIds;
  readonly linked: readonly string[];
  readonly devices: Devices;
  readonly namespaces: NonNullable<LinuxSpec['namespaces']>;
  /** Where docker-init is on the host, for a container that has it as pid 1. */
  readonly init: string | null;
  /** Of containers that name none; '' is systemd's own. */
  readonly cgroupParent: string;
  readonly daemonPid: number;
  /** Name of the network controller: its socket's. */
  readonly controller: string;
}

function resourcesOf(host: HostConfig, { rules }: Devices): Resources {
  const limits = limitsOf(host);
  // moby: getCPUResources(), at a start; an update lets it pass.
  if (limits.CpuShares < 0) throw serverError('shares: invalid argument');
  const { memory = {}, cpu, pids = {}, ...others } = ociLimits(limits);
  return { devices: rules, memory, cpu: { shares: 0, ...cpu }, pids, ...others };
}

/** The specification has no field for the domain; the kernel's setting does the same. moby: WithCommonOptions(). */
function domain({ Config }: Container['record']): Readonly<Record<string, string>> {
  return Config.Domainname === '' ? {} : { 'kernel.domainname': Config.Domainname };
}

/** Builds the whole spec. */
export function buildSpec(container: Container, options: SpecOptions): Spec {
  const { record, host } = container;
  const { Config } = record;
  const { namespaces, user } = options;
  const [height, width] = host.ConsoleSize;
  const bounding = capabilitiesOf(host);
  return {
    ociVersion: '1.2.0',
    process: {
      ...(Config.Tty ? { terminal: true } : {}),
      ...(Config.Tty && height > 0 ? { consoleSize: { height, width } } : {}),
      user,
      args: [...(options.init === null ? [] : [initPath, '--']), record.Path, ...record.Args],
      env: environment(container, Config.Tty, options.linked),
      cwd: Config.WorkingDir === '' ? '/' : Config.WorkingDir,
      capabilities: { bounding, effective: user.uid === 0 ? bounding : [] },
      oomScoreAdj: host.OomScoreAdj,
      ...(hasNoNewPrivileges(host) ? { noNewPrivileges: true } : {}),
      ...rlimitsOf(host),
    },
    root: { path: options.rootfs, ...(host.ReadonlyRootfs ? { readonly: true } : {}) },
    hostname: host.UTSMode === 'host' ? '' : Config.Hostname,
    mounts: mountsOf(container, options.init),
    hooks: { prestart: isNew(namespaces, 'network') ? [setkeyHook(record.ID, options)] : [] },
    ...(host.Annotations === undefined ? {} : { annotations: host.Annotations }),
    linux: {
      sysctl: { ...(isNew(namespaces, 'network') ? networkSysctls : {}), ...domain(record), ...host.Sysctls },
      ...(options.devices.made.length === 0 ? {} : { devices: options.devices.made }),
      resources: resourcesOf(host, options.devices),
      cgroupsPath: `${host.CgroupParent || options.cgroupParent || 'system.slice'}:docker:${record.ID}`,
      namespaces,
      ...(isUnconfined(host) ? {} : { seccomp: { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1 } }),
      ...(host.Privileged ? {} : { maskedPaths, readonlyPaths }),
    },
  };
}

/** No filter of calls: `--privileged`, `--security-opt seccomp=unconfined`. */
function isUnconfined({ Privileged, SecurityOpt }: HostConfig): boolean {
  return Privileged || (SecurityOpt ?? []).some((option) => /^seccomp[=:]unconfined$/.test(option));
}

/** moby: parseSecurityOpt(). */
export function hasNoNewPrivileges({ SecurityOpt }: HostConfig): boolean {
  return (SecurityOpt ?? []).some((option) => /^no-new-privileges(?:[=:]true)?$/.test(option));
}

/** What the daemon sets in a network namespace of the container's own. moby: WithSysctls(). */
const networkSysctls = { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' };

/** runc runs dockerd's own binary while the container is being made. moby: WithLibnetwork(). */
function setkeyHook(id: string, { daemonPid, controller }: SpecOptions): HookSpec {
  return {
    path: `/proc/${daemonPid}/exe`,
    args: ['libnetwork-setkey', `-exec-root=${execRoot}`, id, controller],
  };
}

/** The file systems that every container has, then its own; a later one takes an earlier one's place. */
function mountsOf(container: Container, init: string | null): readonly MountSpec[] {
  const { host } = container;
  const own = [
    ...networkMounts(container),
    ...sharedMemoryMounts(container),
    ...mountSpecs(container),
    ...tmpfsMounts(host),
  ];
  const covered = new Set(own.map(({ destination }) => destination));
  if (host.IpcMode === 'none') covered.add('/dev/shm');
  const basic = defaultMounts(host.ShmSize)
    .filter(({ destination }) => !covered.has(destination))
    .map((mount) => (host.Privileged ? madeWritable(mount) : mount))
    .map((mount) => (host.ReadonlyRootfs ? madeReadOnly(mount) : mount));
  const tini = init === null || covered.has(initPath) ? [] : [initMount(init)];
  return [...basic, ...tini, ...own];
}

/** A privileged container may write to /sys and to its cgroup. moby: WithMounts(). */
function madeWritable(mount: MountSpec): MountSpec {
  return { ...mount, options: (mount.options ?? []).filter((option) => option !== 'ro') };
}

/** A read-only container may still write where the kernel needs it. moby: WithMounts(). */
function madeReadOnly(mount: MountSpec): MountSpec {
  const { destination, options = [] } = mount;
  if (['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue'].includes(destination)) return mount;
  return options.includes('ro') ? mount : { ...mount, options: [...options, 'ro'] };
}

const initPath = '/sbin/docker-init';

function initMount(source: string): MountSpec {
  return { destination: initPath, type: 'bind', source, options: ['bind', 'ro'] };
}

/** `--ulimit`, also for processes that are exec'd later. moby: WithRlimits(). */
export function rlimitsOf({ Ulimits }: HostConfig): Pick<ProcessSpec, 'rlimits'> {
  if (Ulimits.length === 0) return {};
  return {
    rlimits: Ulimits.map(({ Name, Soft, Hard }) => ({
      type: `RLIMIT_${Name.toUpperCase()}`,
      soft: unsigned(Soft),
      hard: unsigned(Hard),
    })),
  };
}
