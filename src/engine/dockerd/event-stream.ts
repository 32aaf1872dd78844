/** GET /events: what happened of late, and what happens from now on. moby: api/server/router/system, getEvents(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import type { Daemon } from './daemon.ts';
import type { DockerEvent, EventListener } from './events.ts';
import { badRequest } from './api-error.ts';
import { parseFilters } from './filters.ts';
import { momentOf } from './query-number.ts';

/** Answers until the client leaves, or until the time `until`. `since` and `until` are Unix times with a fraction. */
export function* streamEvents(daemon: Daemon, exchange: HttpExchange): Running<void> {
  const { query } = exchange.request;
  const filters = parseFilters(query.get('filters') ?? '');
  const since = momentOf(query.get('since'), undefined);
  const until = momentOf(query.get('until'), undefined);
  if (since !== undefined && until !== undefined && until < since) {
    const [from = '', to = ''] = [query.get('since'), query.get('until')];
    throw badRequest(`\`since\` time (${from}) cannot be after \`until\` time (${to})`);
  }
  // An end at 0 is none for what has been. moby: daemon/events, loadBufferedEvents().
  const last = until === undefined || until === 0 ? Number.POSITIVE_INFINITY : until;
  const hub = daemon.events;
  const listener: EventListener = {
    pending: since === undefined && until === undefined ? [] : hub.recent.filter((one) => timeOf(one) >= (since ?? 0)),
  };
  hub.listeners.add(listener);
  const body = yield* exchange.stream(200, 'application/json');
  while (!exchange.isClientGone()) {
    const event = listener.pending.shift();
    if (event === undefined) {
      const leftNs = until === undefined ? undefined : yield* nsUntil(until);
      if (leftNs !== undefined && leftNs <= 0) break;
      yield* exchange.waitFor(hub.changed, leftNs);
    } else if (timeOf(event) > last) break;
    else if (includes(event, filters) && !(yield* body.write(`${event.json}\n`))) break;
  }
  hub.listeners.delete(listener);
  yield* body.end();
}

function timeOf(event: DockerEvent): number {
  return event.seconds + event.ns / 1e9;
}

function* nsUntil(moment: number): Running<number> {
  const { seconds, ns } = yield* sys.realtime();
  return Math.ceil((moment - seconds) * 1e9) - ns;
}

/** moby: daemon/events/filter.go, Filter.Include(). */
function includes(event: DockerEvent, filters: ReadonlyMap<string, readonly string[]>): boolean {
  const { type, id, attributes } = event;
  const image = attributes[type === 'image' ? 'name' : 'image'] ?? '';
  const images = [id, image].flatMap((name) => [name, name.replace(/:[^:/]*$/, '')]);
  // The names of objects are not held against the kind of the event: none but theirs has them.
  const named = (value: string): boolean => id.startsWith(value) || (attributes['name'] ?? '').startsWith(value);
  return [...filters].every(([name, values]) => {
    switch (name) {
      case 'event':
        return matchesAction(event, values);
      case 'type':
        return values.includes(type);
      case 'scope':
        return values.includes('local');
      case 'image':
        return values.some((value) => images.includes(value));
      case 'label':
        return values.every((value) => {
          const [label = '', wanted] = value.split(/=(.*)/s);
          return attributes[label] !== undefined && (wanted === undefined || attributes[label] === wanted);
        });
      default:
        return !objects.has(name) || values.some(named);
    }
  });
}

const objects: ReadonlySet<string> = new Set(
  'config container daemon network node plugin secret service volume'.split(' '),
);

/** What an action is followed by (`exec_start: ls`) need not be said. */
function matchesAction({ action }: DockerEvent, values: readonly string[]): boolean {
  const isFuzzy = values.some((value) => /^(?:health_status|exec_create|exec_start)$/.test(value));
  return values.some((value) => value === action || (isFuzzy && action.startsWith(value)));
}
