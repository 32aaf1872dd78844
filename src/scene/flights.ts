import type { JournalEvent, MessageFact, Protocol } from '../journal/event.ts';

type Send = Extract<MessageFact, { type: 'message.send' }>;

/** A message with the presentation times between which it is drawn on its way. */
export interface TimedFlight {
  readonly message: Send;
  readonly receiver: number;
  readonly fromMs: number;
  readonly arrivesMs: number;
  /** It stays in sight until it was taken, and a moment longer than it flies. */
  readonly untilMs: number;
}

/** A message on its way: where it is follows from two facts and the playhead, so scrubbing looks as playing does. */
export interface Packet {
  readonly id: number;
  readonly protocol: Protocol;
  readonly kind: Send['kind'];
  readonly label: string;
  readonly status: string | null;
  readonly from: number;
  readonly to: number;
  /** 0 at the sender, 1 at the receiver. */
  readonly progress: number;
}

const shortestMs = 350;
const longestMs = 1200;
/** How far back a packet that nobody took is still looked for. */
const patienceMs = 20_000;

/** Every message of the journal in order of sending. */
export function flightsOf(
  events: readonly JournalEvent[],
  presentation: (seq: number) => number,
): readonly TimedFlight[] {
  const taken = new Map<number, { readonly pid: number; readonly seq: number }>();
  for (const event of events) {
    if (event.type === 'message.receive') taken.set(event.id, { pid: event.pid, seq: event.seq });
  }
  const next = followers(events);
  return events.flatMap((event) => {
    if (event.type !== 'message.send') return [];
    const receipt = taken.get(event.id);
    const fromMs = presentation(event.seq);
    const takenMs = receipt === undefined ? fromMs + patienceMs : presentation(receipt.seq);
    const arrivesMs = fromMs + Math.max(shortestMs, Math.min(longestMs, takenMs - fromMs));
    const followed = next.get(event.id);
    const untilMs = Math.min(Math.max(arrivesMs, takenMs), followed === undefined ? Infinity : presentation(followed));
    return [{ message: event, receiver: receipt?.pid ?? event.to, fromMs, arrivesMs, untilMs }];
  });
}

/**
 * For each message the seq of the next on its connection: to that one it gives way, so that they never lie on each
 * other.
 */
function followers(events: readonly JournalEvent[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  const next = new Map<number, number>();
  for (const event of events) {
    if (event.type !== 'message.send') continue;
    const before = last.get(event.connection);
    if (before !== undefined) next.set(before, event.seq);
    last.set(event.connection, event.id);
  }
  return next;
}

/** The messages on their way at a presentation time. */
export function packetsAt(flights: readonly TimedFlight[], atMs: number): readonly Packet[] {
  const packets: Packet[] = [];
  for (let index = lastSentBy(flights, atMs); index >= 0; index -= 1) {
    const flight = flights[index];
    if (flight === undefined || flight.fromMs < atMs - patienceMs) break;
    if (flight.untilMs <= atMs) continue;
    const { id, protocol, kind, label, status, pid } = flight.message;
    const progress = Math.min(1, (atMs - flight.fromMs) / (flight.arrivesMs - flight.fromMs));
    packets.push({ id, protocol, kind, label, status: status ?? null, from: pid, to: flight.receiver, progress });
  }
  return packets.toReversed();
}

function lastSentBy(flights: readonly TimedFlight[], atMs: number): number {
  let low = 0;
  let high = flights.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((flights[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
