/** `docker commit`. docker: cli/command/container/commit.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, ping, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, listFlag, stringFlag } from './pflag.ts';
import { parseImageReference } from './reference.ts';

export function* commitCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const [container = '', name = ''] = args;
  yield* ping(docker);
  const reference = name === '' ? null : parseImageReference(name);
  if (reference !== null && 'error' in reference) throw new CommandFailed(`${reference.error}\n`, 1);
  if (reference !== null && reference.digest !== '')
    throw new CommandFailed('refusing to create a tag with a digest reference\n', 1);
  const { Id } = yield* callJson<{ readonly Id: string }>(docker, {
    method: 'POST',
    target: target('/commit', {
      author: stringFlag(flags, 'author'),
      changes: listFlag(flags, 'change'),
      comment: stringFlag(flags, 'message'),
      container,
      pause: boolFlag(flags, 'pause') ? undefined : '0',
      repo: reference?.familiarName ?? '',
      tag: reference === null ? '' : reference.tag || 'latest',
    }),
  });
  yield* print(`${Id}\n`);
  return 0;
}
