/**
 * `docker version` and `docker info`: the recorded engine's answers, with this machine's numbers. moby:
 * daemon/info.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import * as sys from '../../kernel/sys.ts';
import { apiVersions } from '../api-version.ts';
import { timestampNow } from '../timestamp.ts';
import type { ContainerdVersion } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';

/** The version of the engine that is modelled. */
export const engineVersion = '26.1.5+dfsg1';
export const engineCommit = '411e817';
const kernelVersion = '6.12.117+deb13-cloud-amd64';

/** The answer to GET /version. */
export function versionAnswer(version: string, containerd: ContainerdVersion | null): unknown {
  const details = {
    ApiVersion: apiVersions.most,
    Arch: 'amd64',
    BuildTime: '2026-08-13T05:35:48.000000000+00:00',
    Experimental: 'false',
    GitCommit: engineCommit,
    GoVersion: 'go1.24.4',
    KernelVersion: kernelVersion,
    MinAPIVersion: apiVersions.least,
    Os: 'linux',
  };
  return {
    Platform: { Name: '' },
    Components: [
      { Name: 'Engine', Version: version, Details: details },
      ...(containerd === null
        ? []
        : [{ Name: 'containerd', Version: containerd.version, Details: { GitCommit: containerd.revision } }]),
      { Name: 'runc', Version: '1.1.15+ds1', Details: { GitCommit: '1.1.15+ds1-2+b4' } },
      { Name: 'docker-init', Version: '0.19.0', Details: { GitCommit: '' } },
    ],
    Version: version,
    ApiVersion: apiVersions.most,
    MinAPIVersion: apiVersions.least,
    GitCommit: engineCommit,
    GoVersion: 'go1.24.4',
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: kernelVersion,
    BuildTime: '2026-08-13T05:35:48.000000000+00:00',
  };
}

/** What is the same on every host of this engine. */
const engineFacts = {
  Driver: 'overlay2',
  DriverStatus: [
    ['Backing Filesystem', 'extfs'],
    ['Supports d_type', 'true'],
    ['Using metacopy', 'false'],
    ['Native Overlay Diff', 'true'],
    ['userxattr', 'false'],
  ],
  Plugins: {
    Volume: ['local'],
    Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
    Authorization: null,
    Log: ['awslogs', 'fluentd', 'gcplogs', 'gelf', 'journald', 'json-file', 'local', 'splunk', 'syslog'],
  },
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  IPv4Forwarding: true,
  BridgeNfIptables: true,
  BridgeNfIp6tables: true,
  OomKillDisable: false,
  LoggingDriver: 'json-file',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  KernelVersion: kernelVersion,
  OperatingSystem: 'Debian GNU/Linux 13 (trixie)',
  OSVersion: '13',
  OSType: 'linux',
  Architecture: 'x86_64',
  IndexServerAddress: 'https://index.docker.io/v1/',
  RegistryConfig: {
    AllowNondistributableArtifactsCIDRs: null,
    AllowNondistributableArtifactsHostnames: null,
    InsecureRegistryCIDRs: ['127.0.0.0/8'],
    IndexConfigs: { 'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true } },
    Mirrors: null,
  },
  NCPU: 2,
  DockerRootDir: '/var/lib/docker',
  HttpProxy: '',
  HttpsProxy: '',
  NoProxy: '',
  Labels: [],
  ExperimentalBuild: false,
  Runtimes: { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } },
  DefaultRuntime: 'runc',
  Swarm: {
    NodeID: '',
    NodeAddr: '',
    LocalNodeState: 'inactive',
    ControlAvailable: false,
    Error: '',
    RemoteManagers: null,
  },
  Isolation: '',
  InitBinary: 'docker-init',
  RuncCommit: { ID: '1.1.15+ds1-2+b4', Expected: '1.1.15+ds1-2+b4' },
  InitCommit: { ID: '', Expected: '' },
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
  Warnings: null,
} as const;

/** The answer to GET /info. */
export function* infoAnswer(daemon: Daemon, containerd: ContainerdVersion | null): Running<unknown> {
  const all = [...daemon.containers.values()].map(({ record }) => record.State);
  const running = all.filter((state) => state.Running && !state.Paused).length;
  const paused = all.filter((state) => state.Paused).length;
  const { nodename } = yield* sys.uname();
  const memory = /MemTotal:\s+(\d+) kB/.exec((yield* readFileIfAny('/proc/meminfo')) ?? '')?.[1] ?? '0';
  return {
    ID: daemon.id,
    Containers: all.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: all.length - running - paused,
    Images: daemon.images.images.size,
    ...engineFacts,
    Debug: daemon.config.debug,
    LiveRestoreEnabled: daemon.config['live-restore'],
    ServerVersion: daemon.version,
    ContainerdCommit: { ID: containerd?.revision ?? 'N/A', Expected: containerd?.revision ?? '' },
    NEventsListener: daemon.events.listeners.size,
    SystemTime: yield* timestampNow(),
    MemTotal: Number(memory) * 1024,
    Name: nodename,
  };
}
