/** `docker diff`. docker: cli/command/container/diff.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';

interface Change {
  readonly Path: string;
  readonly Kind: number;
}

export function* diffCommand(docker: DockerClient, { args }: DockerCommand): Running {
  const name = args[0] ?? '';
  if (name === '') throw new CommandFailed('Container name cannot be empty\n', 1);
  const changes = yield* callJson<readonly Change[] | null>(docker, {
    method: 'GET',
    target: target(`/containers/${name}/changes`),
  });
  yield* print((changes ?? []).map(({ Kind, Path }) => `${'CAD'.charAt(Kind)} ${Path}\n`).join(''));
  return 0;
}
