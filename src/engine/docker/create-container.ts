/**
 * POST /containers/create, with the pull of a missing image before. docker: cli/command/container/create.go,
 * createContainer().
 */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { CreateRequest } from '../dockerd/create.ts';
import { formatPlatform, parsePlatform } from '../platform.ts';
import { withCidFile } from './cid-file.ts';
import { callJson, DaemonError, requireVersion, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { platformAsked, pullImage } from './pull-image.ts';
import { parseImageReference } from './reference.ts';

/** Creates a container and returns its id, which `--cidfile` keeps. Throws a DaemonError, or a CidFileError. */
export function* createContainer(docker: DockerClient, flags: ParsedFlags, body: CreateRequest): Running<string> {
  return yield* withCidFile(stringFlag(flags, 'cidfile'), () => createOrPull(docker, flags, body));
}

function* createOrPull(docker: DockerClient, flags: ParsedFlags, body: CreateRequest): Running<string> {
  const name = stringFlag(flags, 'name');
  const asked = platformAsked(docker, flags);
  const platform = asked === '' ? undefined : platformOf(asked);
  const message = {
    method: 'POST',
    target: target('/containers/create', { name: name === '' ? undefined : name, platform }),
    body,
  } as const;
  const policy = stringFlag(flags, 'pull');
  const reference = parseImageReference(body.Image ?? '');
  const pull = function* (): Running<void> {
    if (!('error' in reference)) yield* pullImage(docker, reference, asked, boolFlag(flags, 'quiet') ? -1 : 2);
  };
  if (policy === 'always') yield* pull();
  try {
    return yield* create(docker, message);
  } catch (error) {
    const isMissing = error instanceof DaemonError && error.status === 404;
    if (!isMissing || 'error' in reference || (policy !== 'missing' && policy !== '')) throw error;
  }
  if (!boolFlag(flags, 'quiet')) {
    const full =
      reference.digest === ''
        ? `${reference.familiarName}:${reference.tag || 'latest'}`
        : `${reference.familiarName}@${reference.digest}`;
    yield* print(`Unable to find image '${full}' locally\n`, 2);
  }
  yield* pull();
  return yield* create(docker, message);
}

/** As the client names it to the daemon. */
function platformOf(text: string): string {
  const platform = parsePlatform(text);
  if ('error' in platform) throw new DaemonError(0, `error parsing specified platform: ${platform.error}`);
  return formatPlatform(platform);
}

function* create(
  docker: DockerClient,
  message: { readonly method: 'POST'; readonly target: string; readonly body: CreateRequest },
): Running<string> {
  yield* requireVersion(docker);
  const answer = yield* callJson<{ readonly Id: string; readonly Warnings: readonly string[] }>(docker, message);
  for (const warning of answer.Warnings) yield* print(`WARNING: ${warning}\n`, 2);
  return answer.Id;
}
