/** `docker pull`. docker: cli/command/image/pull.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag } from './pflag.ts';
import { platformAsked, pullImage } from './pull-image.ts';
import { parseImageReference } from './reference.ts';

export function* pullCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const reference = parseImageReference(args[0] ?? '');
  if ('error' in reference) throw new CommandFailed(`${reference.error}\n`, 1);
  const quiet = boolFlag(flags, 'quiet');
  const { tag, digest, domain, path } = reference;
  if (!quiet && tag === '' && digest === '') yield* print('Using default tag: latest\n');
  yield* pullImage(docker, reference, platformAsked(docker, flags), quiet ? -1 : 1);
  const suffix = digest === '' ? `:${tag || 'latest'}` : `@${digest}`;
  yield* print(`${domain}/${path}${suffix}\n`);
  return 0;
}
