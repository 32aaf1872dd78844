/**
 * What `docker events` shows: each event goes to every listener, to the last few that are kept, and into the journal.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { rfc3339Fixed } from '../timestamp-fixed.ts';
import type { Container } from './container.ts';

export interface DockerEvent {
  readonly type: 'builder' | 'container' | 'image' | 'network' | 'volume' | 'daemon';
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As it travels: one JSON object. `timeNano` has more digits than a number holds. */
  readonly json: string;
  readonly seconds: number;
  readonly ns: number;
}

export interface EventListener {
  readonly pending: DockerEvent[];
}

export interface EventHub {
  readonly recent: DockerEvent[];
  readonly listeners: Set<EventListener>;
  readonly changed: object;
}

/** moby: daemon/events, eventsLimit. */
const keptEvents = 256;

export function eventHub(): EventHub {
  return { recent: [], listeners: new Set(), changed: {} };
}

/** Tells everybody that something happened. */
export function* emit(
  hub: EventHub,
  type: DockerEvent['type'],
  action: string,
  id: string,
  attributes: Readonly<Record<string, string>>,
): Running<void> {
  const { seconds, ns } = yield* sys.realtime();
  const sorted = Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const old =
    type === 'container'
      ? { status: action, id, from: attributes['image'] ?? '' }
      : type === 'image'
        ? { status: action, id }
        : {};
  const event = {
    ...old,
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: sorted },
    scope: 'local',
    time: seconds,
  };
  const json = `${JSON.stringify(event).slice(0, -1)},"timeNano":${seconds}${String(ns).padStart(9, '0')}}`;
  const told: DockerEvent = { type, action, id, attributes: sorted, json, seconds, ns };
  hub.recent.push(told);
  if (hub.recent.length > keptEvents) hub.recent.shift();
  for (const listener of hub.listeners) listener.pending.push(told);
  const list = Object.entries(sorted).map(([name, value]) => `${name}=${value}`);
  const details = list.length === 0 ? '' : ` (${list.join(', ')})`;
  const line = `${rfc3339Fixed(seconds, ns)} ${type} ${action} ${id}${details}`;
  yield* sys.journal({ type: 'docker.event', line, action: `${type} ${action}`, object: id });
  yield* sys.futexWake(hub.changed);
}

/** An event of a container, with its image, name and labels. moby: LogContainerEventWithAttributes(). */
export function* emitContainerEvent(
  hub: EventHub,
  container: Container,
  action: string,
  more: Readonly<Record<string, string>> = {},
): Running<void> {
  const { Config, ID, Name } = container.record;
  yield* emit(hub, 'container', action, ID, { ...Config.Labels, image: Config.Image, name: Name.slice(1), ...more });
}
