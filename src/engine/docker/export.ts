/** `docker export`. docker: cli/command/container/export.go. */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { finishBody, nextChunk, openRequest } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { answerError, CommandFailed, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { stringFlag } from './pflag.ts';

export function* exportCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const output = stringFlag(flags, 'output');
  if (output === '' && (yield* sys.isatty(1)))
    throw new CommandFailed('cowardly refusing to save to a terminal. Use the -o flag or redirect\n', 1);
  if (output !== '') yield* checkOutput(output);
  const response = yield* reach(docker, () =>
    openRequest(docker.http, { method: 'GET', target: target(`/containers/${args[0] ?? ''}/export`) }),
  );
  if (response.status >= 400) throw answerError(response.status, yield* finishBody(response));
  const fd = output === '' ? 1 : yield* sys.open(output, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, 0o600);
  for (;;) {
    const chunk = yield* reach(docker, () => nextChunk(response));
    if (chunk === null) return 0;
    yield* writeAll(fd, chunk);
  }
}

/** docker: command.ValidateOutputPath(). */
function* checkOutput(path: string): Running<void> {
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.';
  try {
    yield* sys.stat(directory);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CommandFailed(
      `failed to export container: invalid output path: directory "${directory}" does not exist\n`,
      1,
    );
  }
}
