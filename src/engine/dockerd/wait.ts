/** `docker wait`, and what `docker run` waits by. moby: container.Wait(). */
import type { Running } from '../../kernel/abi.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import { badRequest } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';

/**
 * Answers POST /containers/{id}/wait: the head at once, the body when the condition holds. Who waits for one that runs
 * to stop waits for its next end, should it be started again at once. The container is looked for when the question
 * makes sense.
 */
export function* waitForContainer(exchange: HttpExchange, find: () => Container): Running<void> {
  const condition = exchange.request.query.get('condition') ?? '';
  if (!['', 'not-running', 'next-exit', 'removed'].includes(condition))
    throw badRequest(`invalid condition: "${condition}"`);
  const container = find();
  yield* untilUnlocked(container);
  const { exits } = container;
  const holds = (): boolean => {
    if (condition === 'removed') return container.removed;
    const hasEnded = container.exits !== exits || container.removed;
    return condition === 'next-exit' ? hasEnded : hasEnded || !isRunning(container);
  };
  const body = yield* exchange.stream(200, 'application/json');
  while (!holds()) {
    if (exchange.isClientGone()) return;
    yield* exchange.waitFor(container.changed);
  }
  yield* body.write(`${JSON.stringify({ StatusCode: container.record.State.ExitCode })}\n`);
  yield* body.end();
}
