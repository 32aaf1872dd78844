/** Waiting for a container's end, asked for before its start. docker: cli/command/container, waitExitOrRemoved(). */
import type { Running } from '../../kernel/abi.ts';
import { say } from '../log.ts';
import { finishBody } from '../wire/http-client.ts';
import type { OpenResponse } from '../wire/http-client.ts';
import { DaemonError, openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { ConnectionReset } from './stream.ts';
import type { SessionEnd } from './stream.ts';

/** Asks; the daemon's head comes at once. Throws a DaemonError. */
export function* askForExit(
  docker: DockerClient,
  id: string,
  condition: 'next-exit' | 'removed' | undefined,
): Running<OpenResponse> {
  const response = yield* openAnswer(docker, {
    method: 'POST',
    target: target(`/containers/${id}/wait`, { condition }),
  });
  return response;
}

/** Sleeps until the container has ended; its exit code. */
export function* exitCodeOf(docker: DockerClient, response: OpenResponse): Running<number> {
  const body = yield* reach(docker, () => finishBody(response));
  return (JSON.parse(body) as { readonly StatusCode: number }).StatusCode;
}

/** The client's exit code after a session with a container that it has started. */
export function* exitCodeAfter(docker: DockerClient, end: SessionEnd, exit: OpenResponse): Running<number> {
  // The wait is broken off as well, and says so itself.
  if (end instanceof ConnectionReset) yield* exitCodeOfStarted(docker, exit);
  if (end instanceof Error) throw end;
  return end === 'detached' ? 0 : yield* exitCodeOfStarted(docker, exit);
}

/** As `exitCodeOf`, of a container that this docker has started: that it cannot be known is logged, and is 125. */
export function* exitCodeOfStarted(docker: DockerClient, response: OpenResponse): Running<number> {
  try {
    return yield* exitCodeOf(docker, response);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    yield* say('error', `error waiting for container: ${error.message}`);
    return 125;
  }
}
