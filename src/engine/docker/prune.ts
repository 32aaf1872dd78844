/** `docker container prune`. docker: cli/command/container/prune.go. */
import type { Running } from '../../kernel/abi.ts';
import { print, readSome } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { boolFlag } from './pflag.ts';
import { humanSize } from './size.ts';

const warning = 'WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ';

export function* pruneCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  if (!boolFlag(flags, 'force') && !(yield* confirmed(warning)))
    throw new CommandFailed('container prune has been cancelled\n', 1);
  const report = yield* callJson<{
    readonly ContainersDeleted: readonly string[] | null;
    readonly SpaceReclaimed: number;
  }>(docker, { method: 'POST', target: target('/containers/prune', { filters: filtersOf(flags) }) });
  const deleted = report.ContainersDeleted ?? [];
  if (deleted.length > 0) yield* print(`Deleted Containers:\n${deleted.map((id) => `${id}\n`).join('')}\n`);
  yield* print(`Total reclaimed space: ${humanSize(report.SpaceReclaimed)}\n`);
  return 0;
}

/** docker: command.PromptForConfirmation(): the first line that comes is the answer. */
function* confirmed(question: string): Running<boolean> {
  yield* print(question);
  let answer = '';
  while (!answer.includes('\n')) {
    const part = yield* readSome(0);
    if (part === '') break;
    answer += part;
  }
  return (answer.split('\n')[0] ?? '').trim().toLowerCase() === 'y';
}
