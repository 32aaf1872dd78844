/** `docker network`. docker: cli/command/network, formatter/network.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, callJson, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { printList } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';

interface ListedNetwork {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: string;
  readonly Driver: string;
  readonly EnableIPv6: boolean;
  readonly Internal: boolean;
  readonly Labels: Readonly<Record<string, string>>;
}

const headers = {
  ID: 'NETWORK ID',
  Name: 'NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  IPv6: 'IPV6',
  Internal: 'INTERNAL',
  Labels: 'LABELS',
  CreatedAt: 'CREATED AT',
};

export function* networkListCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const listed = yield* callJson<readonly ListedNetwork[]>(docker, {
    method: 'GET',
    target: target('/networks', { filters: filtersOf(flags) }),
  });
  const networks = listed.toSorted((one, other) => (one.Name < other.Name ? -1 : 1));
  const isWhole = boolFlag(flags, 'no-trunc');
  const rows = networks.map(({ Id, Name, Driver, Scope, EnableIPv6, Internal, Labels, Created }) => ({
    CreatedAt: `${Created.replace('T', ' ').replace('Z', '')} +0000 UTC`,
    Driver,
    ID: isWhole ? Id : Id.slice(0, 12),
    IPv6: String(EnableIPv6),
    Internal: String(Internal),
    Labels: Object.entries(Labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    Name,
    Scope,
  }));
  return yield* printList(rows, {
    format: stringFlag(flags, 'format'),
    quiet: boolFlag(flags, 'quiet'),
    usual: '{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}',
    raw: ['network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n', 'network_id: {{.ID}}'],
    headers,
    id: (row) => row['ID'] ?? '',
    typeName: '*network.networkContext',
    labels: networks.map(({ Labels }) => Labels),
  });
}

export function* networkRemoveCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  let status = 0;
  for (const name of args) {
    try {
      yield* call(docker, { method: 'DELETE', target: target(`/networks/${name}`) });
      yield* print(`${name}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      if (boolFlag(flags, 'force') && error.status === 404) continue;
      yield* print(`${error.message}\n`, 2);
      status = 1;
    }
  }
  if (status !== 0) throw new CommandFailed('', status);
  return 0;
}
