/** Waiting for a container's end, asked for before its start. docker: cli/command/container, waitExitOrRemoved(). */
import type { Running } from '../../kernel/abi.ts';
import { finishBody, openRequest } from '../wire/http-client.ts';
import type { OpenResponse } from '../wire/http-client.ts';
import { answerError, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';

/** Asks; the daemon's head comes at once. Throws a DaemonError. */
export function* askForExit(
  docker: DockerClient,
  id: string,
  condition: 'next-exit' | 'removed' | undefined,
): Running<OpenResponse> {
  const response = yield* reach(docker, () =>
    openRequest(docker.http, { method: 'POST', target: target(`/containers/${id}/wait`, { condition }) }),
  );
  if (response.status >= 400) throw answerError(response.status, yield* finishBody(response));
  return response;
}

/** Sleeps until the container has ended; its exit code. */
export function* exitCodeOf(docker: DockerClient, response: OpenResponse): Running<number> {
  const body = yield* reach(docker, () => finishBody(response));
  return (JSON.parse(body) as { readonly StatusCode: number }).StatusCode;
}
