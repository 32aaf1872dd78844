/** What dockerd does before it ends. moby: daemon.Shutdown(), cmd/dockerd, shutdownDaemon(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { answerOf } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { stopContainer } from './kill.ts';

/** What a container's own grace period is lengthened by. */
const graceSeconds = 5;

/** Stops every container, all at the same time, unless live-restore keeps them. Gives up after the shutdown timeout. */
export function* shutDown(daemon: Daemon): Running<void> {
  const { log } = daemon;
  daemon.isShuttingDown = true;
  const all = [...daemon.containers.values()];
  const running = all.filter(isRunning);
  if (daemon.config['live-restore'] && running.length > 0) {
    yield* log('debug', 'Clean shutdown succeeded');
    return;
  }
  // Whether one of which something is being done runs is told when that is over.
  const busy = all.filter((container) => isRunning(container) || container.lock.isHeld);
  const seconds = timeoutOf(daemon);
  const minimum = daemon.config['shutdown-timeout'];
  yield* log('debug', `daemon configured with a ${minimum} seconds minimum shutdown timeout`);
  yield* log('debug', `start clean shutdown of all containers with a ${seconds} seconds timeout...`);
  const isOver = yield* stopAll(daemon, busy, seconds < 0 ? undefined : seconds * 1_000_000_000);
  if (!isOver) {
    yield* log('error', 'Force shutdown daemon');
    return;
  }
  const fields = { error: '<nil>', module: 'libcontainerd', namespace: 'moby' };
  yield* log('info', 'stopping event stream following graceful shutdown', fields);
  yield* log('debug', 'Clean shutdown succeeded');
}

/** The configured time, or more when a container has a longer grace period; negative: for ever. */
function timeoutOf({ config, containers }: Daemon): number {
  const all = Array.from(containers.values(), ({ record }) => record.Config.StopTimeout ?? 10);
  const configured = config['shutdown-timeout'];
  if (configured < 0 || all.some((seconds) => seconds < 0)) return -1;
  return Math.max(configured, ...all.map((seconds) => seconds + graceSeconds));
}

function* stopAll(daemon: Daemon, containers: readonly Container[], timeoutNs: number | undefined): Running<boolean> {
  const left = new Set(containers);
  for (const container of left) {
    yield* sys.go(function* () {
      yield* untilUnlocked(container);
      if (isRunning(container)) yield* shutDownContainer(daemon, container);
      left.delete(container);
      yield* sys.futexWake(left);
    });
  }
  const endNs = timeoutNs === undefined ? undefined : (yield* sys.monotonic()) + timeoutNs;
  while (left.size > 0) {
    const leftNs = endNs === undefined ? undefined : endNs - (yield* sys.monotonic());
    if (leftNs !== undefined && leftNs <= 0) return false;
    yield* sys.futexDelay(left, leftNs);
  }
  return true;
}

/** False: it runs on, for it could not be stopped. moby: shutdownContainer(). */
export function* shutDownContainer(daemon: Daemon, container: Container): Running<boolean> {
  const fields = { container: container.record.ID };
  yield* daemon.log('debug', 'shutting down container', fields);
  try {
    yield* stopContainer(daemon, container, undefined, undefined);
  } catch (error) {
    yield* daemon.log('error', 'failed to shut down container', { ...fields, error: answerOf(error).message });
    return false;
  }
  yield* untilUnlocked(container);
  yield* daemon.log('debug', 'shut down container', fields);
  return true;
}
