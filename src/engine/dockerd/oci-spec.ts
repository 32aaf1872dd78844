/**
 * The OCI runtime spec that dockerd hands to containerd: everything about the container. moby: daemon/oci_linux.go,
 * oci/defaults.go.
 */
import type { HookSpec, MountSpec, Resources, Spec } from '../runc/spec.ts';
import type { Container } from './container.ts';
import { containerDirectory, execRoot } from './records.ts';
import type { HostConfig } from './records.ts';
import { limitsOf, ociLimits } from './resources.ts';
import type { UserIds } from './user.ts';

/** moby: oci/caps, DefaultCapabilities(). Their bits make 00000000a80425fb. */
export const defaultCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/** Files of /proc and /sys that a container sees as empty. moby: oci.DefaultLinuxSpec(). */
export const maskedPaths: readonly string[] = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
export const readonlyPaths: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

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

/** moby: cgroupRules and the device list of DefaultLinuxSpec(): refuse all, then allow the harmless ones. */
const deviceRules = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 9, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 8, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 0, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 1, access: 'rwm' },
];

const pathVariable = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of a container's process: docker's own, then the image's and the user's. moby:
 * CreateDaemonEnvironment().
 */
export function environment(container: Container, terminal: boolean): readonly string[] {
  const { Config } = container.record;
  const own = [pathVariable, `HOSTNAME=${Config.Hostname}`, ...(terminal ? ['TERM=xterm'] : [])];
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
  readonly daemonPid: number;
  /** Name of the network controller: its socket's. */
  readonly controller: string;
}

function resourcesOf(host: HostConfig): Resources {
  const { memory = {}, cpu, pids = {} } = ociLimits(limitsOf(host));
  return { devices: deviceRules, memory, cpu: { shares: 0, ...cpu }, pids };
}

/** Builds the whole spec. */
export function buildSpec(container: Container, options: SpecOptions): Spec {
  const { record, host } = container;
  const { Config } = record;
  const directory = containerDirectory(record.ID);
  const files = ['resolv.conf', 'hostname', 'hosts'].map((name): MountSpec => ({
    destination: `/etc/${name}`,
    type: 'bind',
    source: `${directory}/${name}`,
    options: ['rbind', 'rprivate'],
  }));
  const setkey: HookSpec = {
    path: `/proc/${options.daemonPid}/exe`,
    args: ['libnetwork-setkey', `-exec-root=${execRoot}`, record.ID, options.controller],
  };
  const [height, width] = host.ConsoleSize;
  return {
    ociVersion: '1.2.0',
    process: {
      ...(Config.Tty ? { terminal: true } : {}),
      ...(Config.Tty && height > 0 ? { consoleSize: { height, width } } : {}),
      user: options.user,
      args: [record.Path, ...record.Args],
      env: environment(container, Config.Tty),
      cwd: Config.WorkingDir === '' ? '/' : Config.WorkingDir,
      capabilities: { bounding: defaultCapabilities, effective: options.user.uid === 0 ? defaultCapabilities : [] },
      oomScoreAdj: 0,
    },
    root: { path: options.rootfs },
    hostname: Config.Hostname,
    mounts: [...defaultMounts(host.ShmSize), ...files],
    hooks: { prestart: [setkey] },
    linux: {
      sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' },
      resources: resourcesOf(host),
      cgroupsPath: `system.slice:docker:${record.ID}`,
      namespaces: (['mount', 'network', 'uts', 'pid', 'ipc', 'cgroup'] as const).map((type) => ({ type })),
      seccomp: { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1 },
      maskedPaths,
      readonlyPaths,
    },
  };
}
