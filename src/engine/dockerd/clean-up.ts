/** Taking a container down piece by piece. moby: daemon.Cleanup(). */
import { isErrno } from '../../kernel/errno.ts';
import type { Running } from '../../kernel/abi.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';

/**
 * One piece of it: a call that fails is a line in the daemon's log, and the next piece follows, for what is left over
 * does less harm than a container that never ends.
 *
 * @param what has failed then: `failed to unmount IPC`.
 */
export function* cleanUpStep(
  daemon: Daemon,
  { record }: Container,
  what: string,
  body: () => Running<void>,
): Running<void> {
  try {
    yield* body();
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* daemon.log('warn', `${record.ID} cleanup: ${what}: ${error.message.toLowerCase()}`);
  }
}
