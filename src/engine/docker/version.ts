/** `docker version` and `docker info`. docker: cli/command/system/version.go, info.go. */
import type { Running } from '../../kernel/abi.ts';
import { apiVersions } from '../api-version.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { stringFlag } from './pflag.ts';
import { bytesSize } from './size.ts';
import { parseTemplate } from './go-template.ts';
import { infoType, versionType } from './go-types.ts';
import { goValue } from './go-value.ts';

interface Component {
  readonly Name: string;
  readonly Version: string;
  readonly Details: Readonly<Record<string, string>>;
}
interface ServerVersion {
  readonly Components: readonly Component[];
  readonly [field: string]: unknown;
}

const clientVersion = (docker: DockerClient) => ({
  Version: '26.1.5+dfsg1',
  ApiVersion: docker.apiVersion,
  DefaultAPIVersion: apiVersions.most,
  GitCommit: 'a72d7cd',
  GoVersion: 'go1.24.4',
  Os: 'linux',
  Arch: 'amd64',
  BuildTime: 'Thu Aug 13 05:35:48 2026',
  Context: 'default',
});

const clientText = (apiVersion: string): string => `Client:
 Version:           26.1.5+dfsg1
 API version:       ${apiVersion}${apiVersion === apiVersions.most ? '' : ` (downgraded from ${apiVersions.most})`}
 Go version:        go1.24.4
 Git commit:        a72d7cd
 Built:             Thu Aug 13 05:35:48 2026
 OS/Arch:           linux/amd64
 Context:           default
`;

export function* versionCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const format = stringFlag(flags, 'format');
  let server: ServerVersion | null = null;
  let failure: DaemonError | null = null;
  try {
    server = yield* callJson<ServerVersion>(docker, { method: 'GET', target: target('/version') });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    failure = error;
  }
  if (format === '')
    yield* print(`${clientText(docker.apiVersion)}${server === null ? '' : `\n${serverText(server)}`}`);
  else {
    const answer = { Client: clientVersion(docker), Server: server };
    yield* printFormatted(format, goValue(answer, versionType), 'version');
  }
  if (failure !== null) throw new CommandFailed(`${failure.message}\n`, 1);
  return 0;
}

function serverText(server: ServerVersion): string {
  const parts = server.Components.map(({ Name, Version, Details }) => {
    if (Name !== 'Engine')
      return ` ${Name}:\n  Version:          ${Version}\n  GitCommit:        ${Details['GitCommit'] ?? ''}\n`;
    const rows = [
      ['Version', Version],
      ['API version', `${Details['ApiVersion'] ?? ''} (minimum version ${Details['MinAPIVersion'] ?? ''})`],
      ['Go version', Details['GoVersion']],
      ['Git commit', Details['GitCommit']],
      ['Built', 'Thu Aug 13 05:35:48 2026'],
      ['OS/Arch', `${Details['Os'] ?? ''}/${Details['Arch'] ?? ''}`],
      ['Experimental', Details['Experimental']],
    ];
    return ` Engine:\n${rows.map(([name, value]) => `  ${`${name}:`.padEnd(18)}${value}\n`).join('')}`;
  });
  return `Server:\n${parts.join('')}`;
}

/** What had been written when the template failed stays written. */
function* printFormatted(format: string, value: unknown, name: string): Running<void> {
  const template = parseTemplate(format === 'json' ? '{{json .}}' : format, { name });
  if ('error' in template) throw new CommandFailed(`template parsing error: ${template.error}\n`, 64);
  const { text, error } = template.execute(value);
  yield* print(`${text}\n`);
  if (error !== undefined) throw new CommandFailed(`${error}\n`, 1);
}

interface Info {
  readonly Containers: number;
  readonly ContainersRunning: number;
  readonly ContainersPaused: number;
  readonly ContainersStopped: number;
  readonly Images: number;
  readonly ServerVersion: string;
  readonly Driver: string;
  readonly DriverStatus: readonly (readonly [string, string])[];
  readonly LoggingDriver: string;
  readonly CgroupDriver: string;
  readonly CgroupVersion: string;
  readonly Plugins: {
    readonly Volume: readonly string[];
    readonly Network: readonly string[];
    readonly Log: readonly string[];
  };
  readonly Runtimes: Readonly<Record<string, unknown>>;
  readonly DefaultRuntime: string;
  readonly InitBinary: string;
  readonly ContainerdCommit: { readonly ID: string };
  readonly RuncCommit: { readonly ID: string };
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly NCPU: number;
  readonly LiveRestoreEnabled: boolean;
  readonly MemTotal: number;
  readonly Name: string;
  readonly ID: string;
  readonly DockerRootDir: string;
}

export function* infoCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const format = stringFlag(flags, 'format');
  const client = 'Client:\n Version:    26.1.5+dfsg1\n Context:    default\n Debug Mode: false\n\nServer:\n';
  try {
    const info = yield* callJson<Info>(docker, { method: 'GET', target: target('/info') });
    if (format === '') yield* print(client + infoText(info));
    else {
      const answer = {
        ...info,
        ClientInfo: { Debug: false, ...clientVersion(docker), Plugins: [], Warnings: null },
      };
      yield* printFormatted(format, goValue(answer, infoType), '');
    }
    return 0;
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    if (format === '') yield* print(client);
    throw new CommandFailed(`ERROR: ${error.message}\nerrors pretty printing info\n`, 1);
  }
}

function infoText(info: Info): string {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ` Server Version: ${info.ServerVersion}`,
    ` Storage Driver: ${info.Driver}`,
    ...info.DriverStatus.map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${info.LoggingDriver}`,
    ` Cgroup Driver: ${info.CgroupDriver}`,
    ` Cgroup Version: ${info.CgroupVersion}`,
    ' Plugins:',
    `  Volume: ${info.Plugins.Volume.join(' ')}`,
    `  Network: ${info.Plugins.Network.join(' ')}`,
    `  Log: ${info.Plugins.Log.join(' ')}`,
    ' Swarm: inactive',
    ` Runtimes: ${Object.keys(info.Runtimes).join(' ')}`,
    ` Default Runtime: ${info.DefaultRuntime}`,
    ` Init Binary: ${info.InitBinary}`,
    ` containerd version: ${info.ContainerdCommit.ID}`,
    ` runc version: ${info.RuncCommit.ID}`,
    ' init version: ',
    ' Security Options:',
    '  apparmor',
    '  seccomp',
    '   Profile: builtin',
    '  cgroupns',
    ` Kernel Version: ${info.KernelVersion}`,
    ` Operating System: ${info.OperatingSystem}`,
    ` OSType: ${info.OSType}`,
    ` Architecture: ${info.Architecture}`,
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${bytesSize(info.MemTotal)}`,
    ` Name: ${info.Name}`,
    ` ID: ${info.ID}`,
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ' Debug Mode: false',
    ' Experimental: false',
    ' Insecure Registries:',
    '  127.0.0.0/8',
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    '\n',
  ].join('\n');
}
