/** `docker restart`: a stop, if it runs, and a start. moby: daemon/restart.go. */
import type { Running } from '../../kernel/abi.ts';
import { answerOf, serverError } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';
import { signalOf, stopContainer } from './kill.ts';
import { startContainer } from './start.ts';

/**
 * Stops and starts the container `name`.
 *
 * @param signal its name or number; '' for the container's own stop signal.
 * @param seconds the grace period; negative: for ever. Undefined: the container's own.
 * @throws ApiError: 404 without the container, else 500 `Cannot restart container NAME: …`.
 */
export function* restartContainer(
  daemon: Daemon,
  name: string,
  signal: string,
  seconds: number | undefined,
): Running<void> {
  const container = findContainer(daemon, name);
  try {
    yield* untilUnlocked(container);
    if (isRunning(container)) {
      container.isBeingRestarted = true;
      const number = signal === '' ? undefined : signalOf(signal);
      yield* stopContainer(daemon, container, number, seconds);
    }
    yield* startContainer(daemon, container);
  } catch (error) {
    throw serverError(`Cannot restart container ${name}: ${answerOf(error).message}`);
  }
  yield* emitContainerEvent(daemon.events, container, 'restart');
}
