/** `docker top`. docker: cli/command/container/top.go, with Go's tabwriter: columns at least 20 wide. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, target } from './client.ts';
import type { DockerClient } from './client.ts';

export function* topCommand(docker: DockerClient, { args }: DockerCommand): Running {
  const [name = '', ...psArgs] = args;
  const query = { ps_args: psArgs.length === 0 ? undefined : psArgs.join(' ') };
  const answer = yield* callJson<{
    readonly Titles: readonly string[];
    readonly Processes: readonly (readonly string[])[];
  }>(docker, {
    method: 'GET',
    target: target(`/containers/${name}/top`, query),
  });
  const rows = [answer.Titles, ...answer.Processes];
  const widths = answer.Titles.map((_, column) => Math.max(20, ...rows.map((row) => (row[column] ?? '').length + 3)));
  const lines = rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join(''),
  );
  yield* print(`${lines.join('\n')}\n`);
  return 0;
}
