import type { DetailLevel, JournalEvent } from './event.ts';

/** A piece of work: from the event that opened it to the one that closed it, both counted in. */
export interface Span {
  readonly id: number;
  readonly parent: number | null;
  readonly pid: number;
  readonly name: string;
  readonly level: DetailLevel;
  readonly opened: number;
  /** Null while it goes on. */
  readonly closed: number | null;
  readonly outcome: string | null;
  readonly children: readonly number[];
}

export type SpanTree = ReadonlyMap<number, Span>;

/** All spans of the journal by id; `children` in order of opening. */
export function spansOf(events: readonly JournalEvent[]): SpanTree {
  const spans = new Map<number, Omit<Span, 'children'> & { children: number[] }>();
  for (const event of events) {
    if (event.type === 'span.open') {
      const { id, pid, name, level, seq } = event;
      const parent = event.parent !== undefined && spans.has(event.parent) ? event.parent : null;
      spans.set(id, { id, parent, pid, name, level, opened: seq, closed: null, outcome: null, children: [] });
      if (parent !== null) spans.get(parent)?.children.push(id);
    }
    if (event.type === 'span.close') {
      const span = spans.get(event.id);
      if (span !== undefined) spans.set(event.id, { ...span, closed: event.seq, outcome: event.outcome ?? null });
    }
  }
  return spans;
}

/** The spans around an event, the innermost first. */
export function spansAround(tree: SpanTree, event: JournalEvent): readonly Span[] {
  const around: Span[] = [];
  const innermost = event.type === 'span.open' || event.type === 'span.close' ? event.id : event.span;
  for (let span = spanOf(tree, innermost); span !== undefined; span = spanOf(tree, span.parent)) around.push(span);
  return around;
}

function spanOf(tree: SpanTree, id: number | null | undefined): Span | undefined {
  return id === null || id === undefined ? undefined : tree.get(id);
}

export type Direction = 'forward' | 'back';

/** What stepping needs: the journal, its spans, and the seqs at which a step may stop, ascending (the beats' seqs). */
export interface Walk {
  readonly events: readonly JournalEvent[];
  readonly spans: SpanTree;
  readonly stops: readonly number[];
}

/** The next stop of all, or the last one; at the journal's ends the end's own place. Places as in journal.ts. */
export function stepInto(walk: Walk, place: number, direction: Direction): number {
  return nextStop(walk, place, direction, () => true);
}

/** The next stop that is no part of work begun at this place: a request is stepped over together with its answer. */
export function stepOver(walk: Walk, place: number, direction: Direction): number {
  const here = innermostAt(walk, place);
  return nextStop(walk, place, direction, (around) => {
    const isWithin = here === undefined ? around.length > 0 : around.includes(here) && around[0] !== here;
    return !isWithin;
  });
}

/** The next stop outside the piece of work that this place is in. */
export function stepOut(walk: Walk, place: number, direction: Direction): number {
  const here = innermostAt(walk, place);
  return nextStop(walk, place, direction, (around) => here !== undefined && !around.includes(here));
}

function innermostAt(walk: Walk, place: number): Span | undefined {
  const event = walk.events[place - 1];
  return event === undefined ? undefined : spansAround(walk.spans, event)[0];
}

function nextStop(
  walk: Walk,
  place: number,
  direction: Direction,
  accepts: (around: readonly Span[]) => boolean,
): number {
  const isForward = direction === 'forward';
  const candidates = isForward
    ? walk.stops.filter((seq) => seq >= place)
    : walk.stops.filter((seq) => seq < place - 1).toReversed();
  const found = candidates.find((seq) => {
    const event = walk.events[seq];
    return event !== undefined && accepts(spansAround(walk.spans, event));
  });
  if (found !== undefined) return found + 1;
  return isForward ? walk.events.length : 0;
}
