import type { DetailLevel, JournalEvent } from '../journal/event.ts';
import type { FolkloreId } from '../text/folklore.en.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Caption, Params } from '../text/text.ts';
import { copyOf } from './copy.ts';
import { createCursor, noMemories, type Cursor, type Memories } from './cursor.ts';
import { detailOf, type Detail } from './detail-beats.ts';
import { engineOf } from './engine-beats.ts';
import { aftermathOf } from './aftermath-beats.ts';
import { foresightOf, noAnswers, stillHold, type Answers } from './foresight.ts';
import { livesOf, type Lives } from './lives.ts';
import { isShell } from './placement.ts';
import { createRepetition, isLine, nothingRepeated, type RepetitionMemory } from './routines.ts';
import { storyOf } from './story-beats.ts';

export type BeatKind =
  | 'boot'
  | 'fork'
  | 'exec'
  | 'exit'
  | 'reap'
  | 'reparent'
  | 'request'
  | 'response'
  | 'notice'
  | 'call'
  | 'namespace'
  | 'cgroup'
  | 'mount'
  | 'device'
  | 'signal'
  | 'output'
  | 'container'
  | 'machine';

/** A moment of the story: an event, and how to tell it. */
export interface Beat {
  /** The event at which it is true: the world to show is that of place seq + 1. */
  readonly seq: number;
  /** `reparent:init:web#1`: names the moment, not the event's number, so that a link survives a better model. */
  readonly id: string;
  readonly kind: BeatKind;
  /** The coarsest level at which it is told. */
  readonly level: DetailLevel;
  /** How long it stands, presentation milliseconds. */
  readonly weight: number;
  readonly caption: Caption<StoryKey>;
  /** Who it is about, the most important first. */
  readonly focus: readonly number[];
  /** The container whose state it tells, by name: that is to be in sight before those who act. */
  readonly frame?: string;
  readonly note?: FolkloreId;
}

/** What a rule says of an event; the anchor is the id without its number. */
export interface Telling {
  readonly kind: BeatKind;
  readonly anchor: string;
  readonly key: StoryKey;
  readonly params?: Params;
  readonly focus: readonly number[];
  readonly weight: number;
  readonly frame?: string;
  readonly note?: FolkloreId;
}

export const levels: readonly DetailLevel[] = ['story', 'engine', 'kernel'];

/** The beats that a level tells, in order: its own and those of the coarser ones. */
export function beats(events: readonly JournalEvent[], level: DetailLevel, lives: Lives = livesOf(events)): Beat[] {
  return toldAt(level, createTeller()(events, lives));
}

export function toldAt(level: DetailLevel, all: readonly Beat[]): Beat[] {
  const depth = levels.indexOf(level);
  return all.filter((beat) => levels.indexOf(beat.level) <= depth);
}

/** Every beat of every level. Ids are counted over all, so that a moment has one id at all levels. */
export type Teller = (events: readonly JournalEvent[], lives: Lives) => readonly Beat[];

/** What was told of a journal's beginning, and all that it takes to go on from there. */
interface Told {
  readonly place: number;
  readonly last: JournalEvent | undefined;
  readonly memories: Memories;
  readonly answers: Answers;
  readonly repetition: RepetitionMemory;
  readonly counts: Map<string, number>;
  readonly beats: Beat[];
}

/**
 * Tells a journal that grows: what came before the last line that was typed, or before the last commands of a loop, is
 * told once, unless what came behind shows it in another light, or another future has begun.
 */
export function createTeller(): Teller {
  let settled = nothingTold();
  return (events, lives) => {
    const isBeginning = settled.last === events[settled.place - 1];
    if (!isBeginning || !stillHold(settled.answers, lives)) settled = nothingTold();
    settled = tellOn(settled, events, lives, Math.max(settled.place, turnOf(events, lives)));
    const { beats: before, memories, repetition, counts } = settled;
    const copies = copyOf({ memories, repetition, counts });
    const { beats: open } = tellOn(
      { ...settled, ...copies, answers: noAnswers(), beats: [] },
      events,
      lives,
      events.length,
    );
    return [...before.map((beat) => counted(beat, repetition, copies.repetition)), ...open];
  };
}

/** Commands of a loop that may not be over: what they have sent is still on its way. */
const openCommands = 2;

/** Right behind the last line that was typed; in a loop, before its last commands. */
function turnOf(events: readonly JournalEvent[], { byPid }: Lives): number {
  let commands = 0;
  return (
    events.findLastIndex((event) => {
      const life = event.type === 'task.fork' ? byPid.get(event.by) : undefined;
      if (life !== undefined && isShell(life)) commands += 1;
      return commands === openCommands || isLine(event);
    }) + 1
  );
}

/** Of a crowd that grew since, a beat tells the number that it has now. */
function counted(beat: Beat, { rests }: RepetitionMemory, now: RepetitionMemory): Beat {
  const sentence = String(beat.caption.params['sentence']);
  const rest = now.rests.get(sentence);
  if (rest === undefined || rests.get(sentence) !== beat.caption.params) return beat;
  return { ...beat, caption: { ...beat.caption, params: { ...rest } } };
}

function nothingTold(): Told {
  const [memories, answers] = [noMemories(), noAnswers()];
  return { place: 0, last: undefined, memories, answers, repetition: nothingRepeated(), counts: new Map(), beats: [] };
}

/** Goes on from where it was. */
function tellOn(told: Told, events: readonly JournalEvent[], lives: Lives, to: number): Told {
  const { memories, answers, repetition: memory, counts, beats: all } = told;
  const cursor = createCursor(foresightOf(lives, answers), memories);
  const repetition = createRepetition(memory);
  for (let place = told.place; place < to; place += 1) {
    const event = events[place];
    if (event === undefined) break;
    repetition.pass(event);
    const found = tellingOf(event, cursor);
    const shortened = found === undefined ? undefined : repetition.shorten(found);
    if (shortened !== undefined) all.push(beatOf(event, shortened.level, shortened.telling, counts));
    cursor.pass(event);
  }
  return { ...told, place: to, last: events[to - 1] };
}

function tellingOf(event: JournalEvent, cursor: Cursor): Detail | undefined {
  const story = aftermathOf(event, cursor) ?? storyOf(event, cursor);
  if (story !== undefined) return { level: 'story', telling: story };
  const engine = engineOf(event, cursor);
  return engine === undefined ? detailOf(event, cursor) : { level: 'engine', telling: engine };
}

function beatOf(event: JournalEvent, level: DetailLevel, telling: Telling, counts: Map<string, number>): Beat {
  const anchor = `${telling.kind}:${telling.anchor}`;
  const number = (counts.get(anchor) ?? 0) + 1;
  counts.set(anchor, number);
  const { kind, key, params, focus, weight, frame, note } = telling;
  return {
    seq: event.seq,
    id: `${anchor}#${number}`,
    kind,
    level,
    weight,
    caption: { key, params: params ?? {} },
    focus,
    ...(frame === undefined ? {} : { frame }),
    ...(note === undefined ? {} : { note }),
  };
}
