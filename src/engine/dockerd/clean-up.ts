/** Taking a container down piece by piece. moby: daemon.Cleanup(). */
import { isErrno } from '../../kernel/errno.ts';
import type { Running } from '../../kernel/abi.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { releaseSharedMemory } from './dev-shm.ts';
import { releaseNetwork } from './network.ts';
import { releaseRootfs } from './rootfs.ts';
import { forgetSandbox } from './sandbox-store.ts';

/**
 * What was set up around a container's process goes: its network, its shared memory, its sandbox's record. That of a
 * killed daemon's time is a stale one, and goes with those.
 */
export function* releaseSurroundings(daemon: Daemon, container: Container): Running<void> {
  const step = (what: string, body: () => Running<void>) => cleanUpStep(daemon, container, what, body);
  const { sandbox } = container;
  yield* step('failed to release its network', () => releaseNetwork(daemon.network, container));
  yield* step('failed to unmount IPC', () => releaseSharedMemory(container));
  if (sandbox !== null) yield* step('failed to forget its sandbox', () => forgetSandbox(container));
}

/** Its root file system is unmounted, unless somebody else works on it. */
export function unmountRootfs(daemon: Daemon, container: Container): Running<void> {
  return cleanUpStep(daemon, container, 'failed to unmount its root file system', () => releaseRootfs(container));
}

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
