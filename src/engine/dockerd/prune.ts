/** `docker container prune`: every container that does not run. moby: daemon/prune.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { timeArgument } from '../docker/time-argument.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { ApiError, badRequest, conflict } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { removeContainer } from './delete.ts';
import { emit } from './events.ts';
import { matchesLabels, parseFilters } from './filters.ts';
import type { Filters } from './filters.ts';
import { writtenBytes } from './graph-driver.ts';

/**
 * Removes them. Throws 400 for a filter that there is not, 409 while another prune is going on.
 *
 * @returns the body of the answer.
 */
export function* pruneContainers(daemon: Daemon, query: ReadonlyMap<string, string>): Running<object> {
  const filters = parseFilters(query.get('filters') ?? '', ['label', 'label!', 'until']);
  const until = untilOf(filters, (yield* sys.realtime()).seconds);
  if (daemon.isPruning) throw conflict('a prune operation is already running');
  daemon.isPruning = true;
  const deleted: string[] = [];
  let reclaimed = 0;
  try {
    for (const container of daemon.containers.values()) {
      yield* untilUnlocked(container);
      if (isRunning(container) || !isMeant(container, filters, until)) continue;
      const bytes = yield* writtenBytes(container.layer);
      if (!(yield* removed(daemon, container))) continue;
      reclaimed += bytes;
      deleted.push(container.record.ID);
    }
  } finally {
    daemon.isPruning = false;
  }
  yield* emit(daemon.events, 'container', 'prune', '', { reclaimed: String(reclaimed) });
  return { ContainersDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed: reclaimed };
}

/** moby: getUntilFromPruneFilters(). */
export function untilOf(filters: Filters, nowSeconds: number): number {
  const given = filters.get('until') ?? [];
  if (given.length === 0) return Number.POSITIVE_INFINITY;
  if (given.length > 1) throw badRequest('more than one until filter specified');
  const moment = timeArgument(given[0] ?? '', nowSeconds);
  if (typeof moment !== 'string') throw badRequest(moment.error);
  return Number(moment);
}

function isMeant({ record }: Container, filters: Filters, until: number): boolean {
  if ((parseRfc3339(record.Created)?.seconds ?? 0) > until) return false;
  const unwanted = filters.get('label!') ?? [];
  const { Labels } = record.Config;
  return (
    matchesLabels(filters, Labels) && (unwanted.length === 0 || !matchesLabels(new Map([['label', unwanted]]), Labels))
  );
}

/** One that is in use in the meantime stays. */
function* removed(daemon: Daemon, container: Container): Running<boolean> {
  try {
    yield* removeContainer(daemon, container, container.record.ID, { force: false, removesVolumes: false });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    yield* sys.journal({ type: 'note', topic: 'docker', text: `cannot prune container: ${error.message}` });
    return false;
  }
}
