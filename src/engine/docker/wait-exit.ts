/** Waiting for a container's end, asked for before its start. docker: cli/command/container, waitExitOrRemoved(). */
import type { Running } from '../../kernel/abi.ts';
import { finishBody } from '../wire/http-client.ts';
import type { OpenResponse } from '../wire/http-client.ts';
import { openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';

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
