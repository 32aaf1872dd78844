import type { DetailLevel, JournalEvent } from '../journal/event.ts';
import type { FolkloreId } from '../text/folklore.en.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Caption, Params } from '../text/text.ts';
import { createCursor, type Cursor } from './cursor.ts';
import { detailOf, type Detail } from './detail-beats.ts';
import { engineOf } from './engine-beats.ts';
import { aftermathOf } from './aftermath-beats.ts';
import { livesOf, type Lives } from './lives.ts';
import { createRepetition } from './routines.ts';
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
  const depth = levels.indexOf(level);
  return allBeats(events, lives).filter((beat) => levels.indexOf(beat.level) <= depth);
}

/** Every beat of every level. Ids are counted here, so that a moment has one id at all levels. */
export function allBeats(events: readonly JournalEvent[], lives: Lives): Beat[] {
  const cursor = createCursor(lives);
  const repetition = createRepetition();
  const counts = new Map<string, number>();
  const all: Beat[] = [];
  for (const event of events) {
    repetition.pass(event);
    const found = tellingOf(event, cursor);
    const told = found === undefined ? undefined : repetition.shorten(found);
    if (told !== undefined) all.push(beatOf(event, told.level, told.telling, counts));
    cursor.pass(event);
  }
  return all;
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
