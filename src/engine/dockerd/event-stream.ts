/** GET /events: what happened of late, and what happens from now on. moby: api/server/router/system, getEvents(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import type { Daemon } from './daemon.ts';
import type { DockerEvent, EventListener } from './events.ts';
import { parseFilters } from './filters.ts';
import { momentOf } from './query-number.ts';

/** Answers until the client leaves, or until the time `until`. `since` and `until` are Unix times with a fraction. */
export function* streamEvents(daemon: Daemon, exchange: HttpExchange): Running<void> {
  const { query } = exchange.request;
  const filters = parseFilters(query.get('filters') ?? '');
  const since = momentOf(query.get('since'), undefined);
  const until = momentOf(query.get('until'), undefined);
  const hub = daemon.events;
  const listener: EventListener = {
    pending: since === undefined ? [] : hub.recent.filter((event) => timeOf(event) >= since),
  };
  hub.listeners.add(listener);
  const body = yield* exchange.stream(200, 'application/json');
  while (!exchange.isClientGone()) {
    const event = listener.pending.shift();
    if (event === undefined) {
      const leftNs = until === undefined ? undefined : yield* nsUntil(until);
      if (leftNs !== undefined && leftNs <= 0) break;
      yield* exchange.waitFor(hub.changed, leftNs);
    } else if (until !== undefined && timeOf(event) > until) break;
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

/** moby: daemon/events, Filter.Include(). */
function includes(event: DockerEvent, filters: ReadonlyMap<string, readonly string[]>): boolean {
  const { type, action, id, attributes } = event;
  const verb = action.split(':')[0] ?? '';
  const isObject = (kind: DockerEvent['type'], value: string): boolean =>
    type === kind && (id.startsWith(value) || attributes['name'] === value || attributes['image'] === value);
  const tests: Readonly<Record<string, (value: string) => boolean>> = {
    type: (value) => type === value,
    event: (value) => value === verb || value === action,
    container: (value) => type === 'container' && (id.startsWith(value) || attributes['name'] === value),
    image: (value) => isObject('image', value) || attributes['image'] === value,
    network: (value) => isObject('network', value),
    label: (value) => {
      const [name = '', wanted] = value.split(/=(.*)/s);
      return attributes[name] !== undefined && (wanted === undefined || attributes[name] === wanted);
    },
    scope: (value) => value === 'local',
  };
  return [...filters].every(([name, values]) => values.some((value) => tests[name]?.(value) ?? true));
}
