/** `docker volume`. docker: cli/command/volume. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { Volume } from '../dockerd/volumes.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { printList } from './list-output.ts';
import type { Row } from './list-output.ts';
import { boolFlag, listFlag, stringFlag } from './pflag.ts';

export function* volumeCreateCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const named = stringFlag(flags, 'name');
  if (named !== '' && args.length > 0)
    throw new CommandFailed('conflicting options: either specify --name or provide positional arg, not both\n', 1);
  const labels = Object.fromEntries(
    listFlag(flags, 'label').map((text): [string, string] => {
      const [name = '', value = ''] = text.split(/=(.*)/s);
      return [name, value];
    }),
  );
  const Driver = stringFlag(flags, 'driver') || 'local';
  const { Name } = yield* callJson<Volume>(docker, {
    method: 'POST',
    target: target('/volumes/create'),
    body: { Driver, Name: args[0] ?? named, Labels: Object.keys(labels).length === 0 ? null : labels },
  });
  yield* print(`${Name}\n`);
  return 0;
}

const headers = {
  Name: 'VOLUME NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
  Links: 'LINKS',
  Size: 'SIZE',
  Status: 'STATUS',
  Availability: 'AVAILABILITY',
  Group: 'GROUP',
};

/** How large it is and who has it only `docker system df` asks. */
export function volumeRow({ Name, Driver, Scope, Mountpoint, Labels }: Volume): Row {
  return {
    Availability: 'N/A',
    Driver,
    Group: 'N/A',
    Labels: Object.entries(Labels ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    Links: 'N/A',
    Mountpoint,
    Name,
    Scope,
    Size: 'N/A',
    Status: 'N/A',
  };
}

export function* volumeListCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const { Volumes } = yield* callJson<{ readonly Volumes: readonly Volume[] }>(docker, {
    method: 'GET',
    target: target('/volumes', { filters: filtersOf(flags) }),
  });
  return yield* printList(Volumes.map(volumeRow), {
    format: stringFlag(flags, 'format'),
    quiet: boolFlag(flags, 'quiet'),
    usual: '{{.Driver}}\t{{.Name}}',
    raw: ['name: {{.Name}}\ndriver: {{.Driver}}\n', 'name: {{.Name}}'],
    headers,
    id: (row) => row['Name'] ?? '',
    typeName: '*formatter.volumeContext',
    labels: Volumes.map(({ Labels }) => Labels ?? {}),
  });
}

export function* volumeRemoveCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const failures: string[] = [];
  const query = { force: boolFlag(flags, 'force') ? '1' : undefined };
  for (const name of args) {
    try {
      yield* call(docker, { method: 'DELETE', target: target(`/volumes/${name}`, query) });
      yield* print(`${name}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}
