/** `docker tag` and `docker rmi`. docker: cli/command/image/{tag,remove}.go. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, callJson, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag } from './pflag.ts';
import { parseImageReference } from './reference.ts';
import type { ImageReference } from './reference.ts';

export function* tagCommand(docker: DockerClient, { args }: DockerCommand): Running {
  const [source = '', name = ''] = args;
  const isId = /^(?:sha256:)?[0-9a-f]{64}$/.test(source);
  if (!isId) requireReference(source);
  const reference = requireReference(name);
  const query = { repo: reference.familiarName, tag: reference.tag || 'latest' };
  yield* call(docker, { method: 'POST', target: target(`/images/${source}/tag`, query) });
  return 0;
}

function requireReference(name: string): ImageReference {
  const reference = parseImageReference(name);
  if (!('error' in reference)) return reference;
  throw new CommandFailed(`Error parsing reference: "${name}" is not a valid repository/tag: ${reference.error}\n`, 1);
}

type Deleted = { readonly Untagged?: string; readonly Deleted?: string };

/** With `--force` an image that is not there is no failure. */
export function* removeImageCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const force = boolFlag(flags, 'force');
  const query = { force: force ? '1' : undefined, noprune: boolFlag(flags, 'no-prune') ? '1' : undefined };
  const failures: DaemonError[] = [];
  for (const name of args) {
    try {
      const gone = yield* callJson<readonly Deleted[]>(docker, {
        method: 'DELETE',
        target: target(`/images/${name}`, query),
      });
      for (const { Untagged, Deleted } of gone)
        yield* print(Deleted === undefined ? `Untagged: ${Untagged ?? ''}\n` : `Deleted: ${Deleted}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      failures.push(error);
    }
  }
  const text = failures.map(({ message }) => `${message}\n`).join('');
  if (failures.length > 0 && (!force || failures.some(({ status }) => status !== 404)))
    throw new CommandFailed(text, 1);
  yield* print(text, 2);
  return 0;
}
