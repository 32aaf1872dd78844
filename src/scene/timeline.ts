import type { DetailLevel, JournalEvent } from '../journal/event.ts';
import { spansOf, stepInto, stepOut, stepOver, type Direction, type Walk } from '../journal/spans.ts';
import { createTeller, toldAt, type Beat, type BeatKind, type Teller } from './beats.ts';
import { flightsOf, type TimedFlight } from './flights.ts';
import { livesOf, type Lives } from './lives.ts';
import { layoutOf, type Layout } from './layout.ts';

/**
 * How the journal is played: presentation time in milliseconds, in which what matters gets time. `'beats'` stops at
 * each beat for its weight; `slowdown` is true to scale instead: so many presentation per virtual milliseconds.
 */
export type Pace = 'beats' | { readonly slowdown: number };

/** Everything that playing and drawing need beyond the journal itself; made anew when the journal has grown. */
export interface Timeline {
  readonly level: DetailLevel;
  /** The journal's own list, which may have grown since. */
  readonly events: readonly JournalEvent[];
  /** What of them it tells. */
  readonly told: { readonly length: number; readonly last: JournalEvent | undefined };
  readonly lives: Lives;
  /** Those of every level. */
  readonly allBeats: readonly Beat[];
  readonly beats: readonly Beat[];
  /** Presentation time of each beat. */
  readonly beatTimes: readonly number[];
  readonly durationMs: number;
  /** Ascending in all three; between two points place and virtual time go straight. */
  readonly points: readonly Point[];
  /** Stretches of virtual time in which nothing happens, such as the ten seconds of `docker stop`: to be skipped. */
  readonly waits: readonly Wait[];
  readonly flights: readonly TimedFlight[];
  readonly layout: Layout;
  readonly walk: Walk;
}

interface Point {
  readonly atMs: number;
  readonly place: number;
  readonly timeNs: number;
}

export interface Wait {
  readonly fromMs: number;
  readonly toMs: number;
  readonly virtualNs: number;
}

/** A gap in virtual time from which on it is shown as a wait. */
const waitNs = 1_000_000_000;
const waitMs = 2500;
/** Who has gone fades for so long. */
export const fadeMs = 600;
const travelMs = { story: 450, engine: 250, kernel: 120 } as const;

/** @param teller that of a journal which grows, so that it goes on where it was. */
export function createTimeline(
  events: readonly JournalEvent[],
  level: DetailLevel,
  pace: Pace = 'beats',
  teller: Teller = createTeller(),
): Timeline {
  const lives = livesOf(events);
  const all = teller(events, lives);
  const told = toldAt(level, all);
  const turns = turnsOf(events);
  const layout = layoutOf(lives, level, turns);
  const ends = endsOf(lives, layout);
  const waits: Wait[] = [];
  const stops = stopsOf(told, ends, [...turns, events.length]);
  const points = pace === 'beats' ? pointsOfBeats(events, stops, level, waits) : pointsToScale(events, pace.slowdown);
  const presentation = (seq: number) => presentationIn(points, seq);
  const flights = flightsOf(events, presentation);
  const gone = ends.at(-1);
  const lastMs = Math.max(points.at(-1)?.atMs ?? 0, gone === undefined ? 0 : presentation(gone) + fadeMs);
  return {
    level,
    events,
    told: { length: events.length, last: events.at(-1) },
    lives,
    allBeats: all,
    beats: told,
    beatTimes: told.map(({ seq }) => presentation(seq)),
    durationMs: flights.slice(-lateFlights).reduce((end, { arrivesMs }) => Math.max(end, arrivesMs), lastMs),
    points,
    waits,
    flights,
    layout,
    walk: { events, spans: spansOf(events), stops: told.map(({ seq }) => seq) },
  };
}

/** At the end all that was sent shall have arrived: so many of the last messages may still be on their way. */
const lateFlights = 8;

/** Places right before each line that was typed. */
function turnsOf(events: readonly JournalEvent[]): readonly number[] {
  return events.flatMap((event) =>
    event.type === 'input' && event.action === 'data' && /[\r\n]/.test(event.data) ? [event.seq] : [],
  );
}

/** Seqs of the events with which a process or a container goes out of the picture, ascending. */
function endsOf({ all }: Lives, { tenancies }: Layout): readonly number[] {
  const ends = [...all.map(({ reaped }) => reaped), ...tenancies.map(({ until }) => until)];
  return ends.filter((seq) => seq !== null).toSorted((one, other) => one - other);
}

/** A place where the presentation stands still for a while. */
interface Stop {
  readonly place: number;
  readonly restMs: number;
}

/** Each beat; and, where a command ends with no beat after somebody went, the time that it takes to fade. */
function stopsOf(told: readonly Beat[], ends: readonly number[], turns: readonly number[]): readonly Stop[] {
  const last = turns.map(
    (turn) => [ends.findLast((seq) => seq < turn), told.findLast(({ seq }) => seq < turn)] as const,
  );
  const fading = last.flatMap(([gone, beat]) => (gone === undefined || gone <= (beat?.seq ?? -1) ? [] : [gone + 1]));
  return [
    ...told.map(({ seq, weight }) => ({ place: seq + 1, restMs: weight })),
    ...[...new Set(fading)].map((place) => ({ place, restMs: fadeMs })),
  ].toSorted((one, other) => one.place - other.place);
}

function pointsOfBeats(
  events: readonly JournalEvent[],
  stops: readonly Stop[],
  level: DetailLevel,
  waits: Wait[],
): readonly Point[] {
  const points: Point[] = [{ atMs: 0, place: 0, timeNs: 0 }];
  for (const { place, restMs } of stops) {
    travel(events, points, place, travelMs[level], waits);
    const arrived = points.at(-1);
    if (arrived !== undefined) points.push({ ...arrived, atMs: arrived.atMs + restMs });
  }
  travel(events, points, events.length, travelMs[level], waits);
  return points;
}

/** From the last point to a place; where virtual time has a gap on the way, the place stands still for a while. */
function travel(events: readonly JournalEvent[], points: Point[], to: number, duration: number, waits: Wait[]): void {
  const start = points.at(-1);
  if (start === undefined || to <= start.place) return;
  const msPerEvent = duration / (to - start.place);
  for (let place = start.place + 1; place <= to; place += 1) {
    const last = points.at(-1) ?? start;
    const before = events[place - 2]?.timeNs ?? 0;
    const timeNs = events[place - 1]?.timeNs ?? before;
    if (timeNs - before < waitNs) continue;
    const atMs = last.atMs + (place - 1 - last.place) * msPerEvent;
    points.push({ atMs, place: place - 1, timeNs: before }, { atMs: atMs + waitMs, place: place - 1, timeNs });
    waits.push({ fromMs: atMs, toMs: atMs + waitMs, virtualNs: timeNs - before });
  }
  const last = points.at(-1) ?? start;
  const atMs = last.atMs + (to - last.place) * msPerEvent;
  points.push({ atMs, place: to, timeNs: events[to - 1]?.timeNs ?? last.timeNs });
}

function pointsToScale(events: readonly JournalEvent[], slowdown: number): readonly Point[] {
  const points: Point[] = [{ atMs: 0, place: 0, timeNs: 0 }];
  for (const { seq, timeNs } of events) {
    const last = points.at(-1);
    if (last !== undefined && last.timeNs === timeNs) points.pop();
    points.push({ atMs: (timeNs / 1e6) * slowdown, place: seq + 1, timeNs });
  }
  return points;
}

/** Index of the last point that fulfils a condition which holds for a beginning of the list. */
function lastPoint(points: readonly Point[], holds: (point: Point) => boolean): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const point = points[middle];
    if (point !== undefined && holds(point)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function presentationIn(points: readonly Point[], seq: number): number {
  const place = seq + 1;
  const index = lastPoint(points, (point) => point.place < place);
  const from = points[index];
  const to = points[index + 1];
  if (from === undefined || to === undefined) return from?.atMs ?? 0;
  if (to.place === from.place) return to.atMs;
  return from.atMs + ((place - from.place) / (to.place - from.place)) * (to.atMs - from.atMs);
}

/** Presentation time at which an event happens. */
export function presentationOf(timeline: Timeline, seq: number): number {
  return presentationIn(timeline.points, seq);
}

/** How many events have happened at a presentation time: the place to ask the journal for. */
export function placeAt(timeline: Timeline, atMs: number): number {
  const [from, to, share] = segmentAt(timeline, atMs);
  // A hair more, so that an event's own presentation time, a quotient, counts as reached.
  return Math.floor(from.place + share * (to.place - from.place) + 1e-6);
}

/** The last event that has happened; -1 before the first. */
export function seqAt(timeline: Timeline, atMs: number): number {
  return placeAt(timeline, atMs) - 1;
}

/** Virtual time, nanoseconds since boot; it goes on during a wait while the place stands. */
export function virtualTimeAt(timeline: Timeline, atMs: number): number {
  const [from, to, share] = segmentAt(timeline, atMs);
  return Math.round(from.timeNs + share * (to.timeNs - from.timeNs));
}

function segmentAt({ points }: Timeline, atMs: number): readonly [from: Point, to: Point, share: number] {
  const index = lastPoint(points, (point) => point.atMs <= atMs);
  const from = points[index] ?? { atMs: 0, place: 0, timeNs: 0 };
  const to = points[index + 1] ?? from;
  const length = to.atMs - from.atMs;
  return [from, to, length === 0 ? 0 : Math.max(0, Math.min(1, (atMs - from.atMs) / length))];
}

/** The beat that is being told; null before the first. */
export function beatAt(timeline: Timeline, atMs: number): Beat | null {
  const index = timeline.beatTimes.findLastIndex((time) => time <= atMs + 1e-6);
  return timeline.beats[index] ?? null;
}

/** The wait that a presentation time is in, so that it can be skipped to its end. */
export function waitAt(timeline: Timeline, atMs: number): Wait | null {
  return timeline.waits.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) ?? null;
}

/** Presentation time of the next beat of a kind in a direction; null when there is none. */
export function jump(timeline: Timeline, atMs: number, kind: BeatKind, direction: Direction): number | null {
  const times = timeline.beatTimes.filter((_, index) => timeline.beats[index]?.kind === kind);
  const found =
    direction === 'forward' ? times.find((time) => time > atMs + 1e-6) : times.findLast((time) => time < atMs - 1e-6);
  return found ?? null;
}

export type StepKind = 'over' | 'into' | 'out';
const steps = { over: stepOver, into: stepInto, out: stepOut } as const;

/** Presentation time at which a step from here ends. Back from between two beats leads to the one being told. */
export function step(timeline: Timeline, atMs: number, kind: StepKind, direction: Direction): number {
  const told = beatAt(timeline, atMs);
  const isBetween = told !== null && placeAt(timeline, atMs) > told.seq + 1;
  if (direction === 'back' && isBetween && kind === 'into') return presentationOf(timeline, told.seq);
  const place = told === null ? 0 : told.seq + 1;
  const target = steps[kind](timeline.walk, place, direction);
  if (target === 0) return 0;
  return target >= timeline.events.length && direction === 'forward' && !isStop(timeline, target)
    ? timeline.durationMs
    : presentationOf(timeline, target - 1);
}

function isStop(timeline: Timeline, place: number): boolean {
  return timeline.beats.at(-1)?.seq === place - 1;
}

/** Presentation time of a beat by its id, whatever level it is told at; null when no such moment is in the journal. */
export function timeOfAnchor(timeline: Timeline, id: string): number | null {
  const beat = timeline.allBeats.find((other) => other.id === id);
  return beat === undefined ? null : presentationOf(timeline, beat.seq);
}
