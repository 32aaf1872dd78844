import { apply } from './apply.ts';
import type { JournalEvent } from './event.ts';
import { emptyWorld, type World } from './world.ts';

/** Worlds are kept at every so many events; a seek replays fewer than these from the nearest one before. */
const stride = 256;

/**
 * Everything that has happened, and the world at any place of it. A *place* is the number of events that have
 * happened: 0 is before the first, `length` is now. The event with seq n has happened at place n + 1.
 */
export interface Journal {
  readonly events: readonly JournalEvent[];
  readonly length: number;
  /** The seqs of what came in from outside: what was typed, a terminal that was opened. */
  readonly inputs: readonly number[];
  /** Adds what happened next. Error: an event whose seq is not the journal's length. */
  readonly append: (events: readonly JournalEvent[]) => void;
  /** The world at a place; places outside are those of the ends. Costs at most `stride` events however long it is. */
  readonly worldAt: (place: number) => World;
  /** Forgets every event from `place` on, so that another future can be written. Returns what was forgotten. */
  readonly truncate: (place: number) => readonly JournalEvent[];
}

/** A journal with these events, or an empty one. Folding is put off until a world is asked for. */
export function createJournal(initial: readonly JournalEvent[] = []): Journal {
  const events: JournalEvent[] = [];
  const inputs: number[] = [];
  const checkpoints: World[] = [emptyWorld];
  /** The world that was asked for last: playing forwards applies only what is new. */
  let latest = emptyWorld;

  const nearest = (place: number): World => {
    const index = Math.min(checkpoints.length - 1, Math.floor(place / stride));
    const checkpoint = checkpoints[index] ?? emptyWorld;
    return latest.place <= place && latest.place > checkpoint.place ? latest : checkpoint;
  };

  const worldAt = (wanted: number): World => {
    const place = Math.max(0, Math.min(events.length, Math.floor(wanted)));
    let world = nearest(place);
    for (let index = world.place; index < place; index += 1) {
      const event = events[index];
      if (event !== undefined) world = apply(world, event);
      if (world.place % stride === 0 && world.place / stride === checkpoints.length) checkpoints.push(world);
    }
    latest = world;
    return world;
  };

  const append = (more: readonly JournalEvent[]): void => {
    for (const event of more) {
      if (event.seq !== events.length) throw new Error(`event ${event.seq} comes where ${events.length} is due`);
      events.push(event);
      if (event.type === 'input') inputs.push(event.seq);
    }
  };

  const truncate = (place: number): readonly JournalEvent[] => {
    const forgotten = events.splice(Math.max(0, place));
    while ((inputs.at(-1) ?? -1) >= events.length) inputs.pop();
    checkpoints.length = Math.min(checkpoints.length, Math.floor(events.length / stride) + 1);
    latest = emptyWorld;
    return forgotten;
  };

  append(initial);
  return {
    events,
    get length() {
      return events.length;
    },
    inputs,
    append,
    worldAt,
    truncate,
  };
}
