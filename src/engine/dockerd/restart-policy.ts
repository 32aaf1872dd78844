/** What becomes of a container's end by its restart policy. moby: daemon/monitor.go, handleContainerExit(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { inSpan } from '../span.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { answerOf } from './api-error.ts';
import { announce, tell, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { autoRemove } from './delete.ts';
import { checkpoint } from './disk.ts';
import { nextRestart } from './restart-tries.ts';

/** Decides, with the container's exit code already noted: the container is to restart, or stays down. */
export function* decideRestart(daemon: Daemon, container: Container): Running<void> {
  const { record, host, restarts } = container;
  const { State } = record;
  const ranNs = nsBetween(State.StartedAt, State.FinishedAt);
  const wasStopped = daemon.isShuttingDown || record.HasBeenManuallyStopped;
  const next = nextRestart(restarts, host, { exitCode: State.ExitCode, ranNs, wasStopped });
  container.restartDelayNs = typeof next === 'number' ? next : 0;
  const isWanted = typeof next === 'number';
  if (isWanted) record.RestartCount += 1;
  Object.assign(State, { Running: isWanted, Restarting: isWanted });
  const exitStatus = `{${State.ExitCode} ${State.FinishedAt.replace('T', ' ').replace('Z', '')} +0000 UTC}`;
  const fields = { container: record.ID, exitStatus };
  if (isWanted) {
    const more = { manualRestart: false, restartCount: record.RestartCount };
    yield* daemon.log('debug', 'Restarting container', { ...fields, ...more });
  }
  if (next !== 'canceled') return;
  yield* daemon.log('warn', 'ShouldRestart failed, container will not be restarted', {
    ...fields,
    daemonShuttingDown: daemon.isShuttingDown,
    error: 'restart canceled',
    execDuration: `${ranNs / 1e9}s`,
    hasBeenManuallyStopped: record.HasBeenManuallyStopped,
    restartCount: record.RestartCount,
  });
}

/** Activity: waits, in a coroutine of its own, and starts the container again unless somebody stops it meanwhile. */
export function* scheduleRestart(daemon: Daemon, container: Container): Running<void> {
  const { restarts, restartDelayNs } = container;
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    const endNs = (yield* sys.monotonic()) + restartDelayNs;
    while (!restarts.canceled) {
      const leftNs = endNs - (yield* sys.monotonic());
      if (leftNs <= 0) break;
      yield* sys.futexWait(container.changed, leftNs);
    }
    if (!restarts.canceled) while (!daemon.hasStarted) yield* sys.futexWait(daemon.started);
    if (container.removed) return;
    yield* whileLocked(container, function* () {
      if (restarts.canceled) yield* tell(container, { type: 'restart canceled' });
      else yield* inSpan('container restart', 'story', () => restart(daemon, container), 0);
    });
    yield* autoRemove(daemon, container);
  });
}

function* restart(daemon: Daemon, container: Container): Running<void> {
  try {
    yield* tell(container, { type: 'restart' });
  } catch (error) {
    yield* daemon.log('debug', `failed to restart container: ${answerOf(error).message}`);
  }
}

/** No restart any more. moby: ExitOnNext(). */
export function* cancelRestart(container: Container): Running<void> {
  container.restarts.canceled = true;
  yield* sys.futexWake(container.changed);
}

/** Activity: the restart that was waited for is not to be. */
export function* giveUpRestart(container: Container): Running<void> {
  Object.assign(container.record.State, { Running: false, Restarting: false });
  container.exits += 1;
  yield* checkpoint(container);
  yield* announce(container);
}

/** Nanoseconds from one RFC 3339 moment to another; 0 when one is none. */
export function nsBetween(from: string, to: string): number {
  const start = parseRfc3339(from);
  const end = parseRfc3339(to);
  if (start === null || end === null) return 0;
  return Math.max(0, (end.seconds - start.seconds) * 1e9 + end.ns - start.ns);
}
