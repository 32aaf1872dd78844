import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DetailLevel } from '../journal/event.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import type { Direction } from '../journal/spans.ts';
import { createTeller, type Beat, type BeatKind } from '../scene/beats.ts';
import type { FaultTarget } from '../scene/faults.ts';
import type { Fit } from '../scene/layout.ts';
import { sceneAt, type Scene } from '../scene/scene.ts';
import { chapterAt, chaptersOf } from './chapters.ts';
import type { Stop } from './roving.ts';
import {
  beatAt,
  createTimeline,
  jump,
  placeAt,
  presentationOf,
  step,
  timeOfAnchor,
  waitAt,
  type StepKind,
  type Timeline,
} from '../scene/timeline.ts';

/** What is being looked at. The picture is a function of `journal`, `timeline` and `atMs` alone. */
export interface Showing {
  readonly journal: Journal;
  readonly timeline: Timeline;
  readonly level: DetailLevel;
  /** Presentation time of the playhead. */
  readonly atMs: number;
  /** Number of events that have happened there. */
  readonly place: number;
  readonly beat: Beat | null;
  readonly scene: Scene;
  /** Presentation time of the machine at rest after its boot: where a session begins. */
  readonly restMs: number;
  readonly isPlaying: boolean;
  /** Whether more may come: the machine is running ahead. */
  readonly isGrowing: boolean;
  /** At the journal's end virtual time flows on, because somebody has pressed play there. */
  readonly isFlowing: boolean;
  /** What was asked for while the machine had not come so far; null once it is reached, or something else is asked. */
  readonly awaited: Awaited | null;
  readonly speed: number;
  readonly stepKind: StepKind;
  /** Host pid of the process in the inspector. */
  readonly selected: number | null;
  /** Whom Tab leads to on the stage. */
  readonly roving: Stop | null;
  /** What somebody wants to do something to, and where on the screen, pixels, the menu is asked for. */
  readonly menu: { readonly target: FaultTarget; readonly x: number; readonly y: number } | null;
  /** The stage looks where the story is; false once a person has moved it. */
  readonly isFollowing: boolean;
  /** No motion: what is drawn goes from moment to moment. */
  readonly isStill: boolean;
  /** The room that the stage is. */
  readonly fit: Fit;
  /** All services are drawn, however many. */
  readonly isCrowdOpen: boolean;
  /** A step came to `fromMs`, and the picture goes on from there to where its change is complete. */
  readonly settling: { readonly fromMs: number; readonly toMs: number } | null;
}

/** The end of what is being computed, or a step or a jump from where the known ends. */
export type Awaited =
  | { readonly type: 'end' }
  | { readonly type: 'step'; readonly kind: StepKind }
  | { readonly type: 'jump'; readonly kind: BeatKind };

export interface Playhead {
  readonly store: StoreApi<Showing>;
  /** The journal has changed: events came, or another future has begun. */
  readonly follow: (journal: Journal, isGrowing: boolean) => void;
  readonly seek: (atMs: number) => void;
  readonly seekPlace: (place: number) => void;
  /** To a beat by its id; false when the journal has no such moment. */
  readonly seekAnchor: (anchor: string) => boolean;
  readonly seekEnd: () => void;
  /** To the end, and while the machine runs ahead along with it. */
  readonly stayAtEnd: () => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly step: (direction: Direction, kind?: StepKind) => void;
  /** To the beginning or the end of the command's story; from there to that of the one before or after. */
  readonly leap: (direction: Direction) => void;
  readonly jump: (kind: BeatKind, direction: Direction) => void;
  readonly skipWait: () => void;
  readonly setLevel: (level: DetailLevel) => void;
  readonly set: (
    change: Partial<
      Pick<
        Showing,
        | 'speed'
        | 'isFlowing'
        | 'stepKind'
        | 'selected'
        | 'roving'
        | 'menu'
        | 'isFollowing'
        | 'isStill'
        | 'fit'
        | 'isCrowdOpen'
      >
    >,
  ) => void;
  /** Real time has passed, milliseconds; moves the head when it plays. */
  readonly elapse: (ms: number) => void;
}

export const speeds = [0.5, 1, 2, 4] as const;

export function createPlayhead(): Playhead {
  const store = createStore<Showing>(nothingYet);
  const { getState: get, setState: set } = store;

  const { place, settle, go, reach } = createMoves(store);
  const teller = createTeller();

  const follow = (journal: Journal, isGrowing: boolean): void => {
    const { timeline: old, atMs, level, awaited, settling } = get();
    const timeline = isTold(old, journal) ? old : createTimeline(journal.events, level, 'beats', teller);
    const keptMs = keptMoment(old, timeline, atMs);
    place(keptMs, {
      journal,
      timeline,
      isGrowing,
      restMs: restOf(journal, timeline),
      settling: settling && { fromMs: settling.fromMs + keptMs - atMs, toMs: settling.toMs + keptMs - atMs },
    });
    if (awaited !== null) reach(awaited);
  };

  const pause = (): void => set({ isPlaying: false, isFlowing: false, awaited: null });

  const elapse = (ms: number): void => {
    const { isPlaying, isFlowing, isGrowing, timeline, atMs, speed, settling } = get();
    if (!isPlaying) {
      if (settling !== null && atMs < settling.toMs) place(Math.min(settling.toMs, atMs + ms * speed), { settling });
      return;
    }
    if (atMs < timeline.durationMs) place(atMs + ms * speed);
    else if (!isGrowing && !isFlowing) pause();
  };

  return {
    store,
    follow,
    pause,
    seek: go,
    seekPlace: (at) => go(timeOfPlace(get().timeline, at)),
    seekAnchor: (anchor) => {
      const atMs = timeOfAnchor(get().timeline, anchor);
      if (atMs !== null) settle(atMs);
      return atMs !== null;
    },
    seekEnd: () => go(get().timeline.durationMs),
    play: () => set({ isPlaying: true, awaited: null }),
    ...createSteps(store, pause),
    setLevel: (level) => {
      const { journal, timeline: old, atMs } = get();
      if (level === old.level) return;
      const timeline = createTimeline(journal.events, level, 'beats', teller);
      place(sameMoment(old, timeline, atMs), { level, timeline, restMs: restOf(journal, timeline) });
    },
    set: (change) => {
      set(change);
      const { isStill, fit, isCrowdOpen } = change;
      if (isStill !== undefined || fit !== undefined || isCrowdOpen !== undefined)
        place(get().atMs, { settling: get().settling });
    },
    elapse,
  };
}

/** Whether a timeline is the journal's as it is now: nothing has come, and no other future has begun. */
function isTold({ events, told }: Timeline, journal: Journal): boolean {
  return events === journal.events && told.length === journal.length && told.last === journal.events.at(-1);
}

/** How the head gets somewhere: at once, or to a beat that then tells itself. */
function createMoves({ getState: get, setState: set }: StoreApi<Showing>) {
  /** Puts the head somewhere and draws what is to be seen there. */
  const place = (wanted: number, change: Partial<Showing> = {}): void => {
    const { timeline, journal, isStill, fit, isCrowdOpen } = { ...get(), ...change };
    const atMs = Math.max(0, Math.min(timeline.durationMs, wanted));
    const scene = sceneAt(journal, timeline, atMs, { isStill, fit, isCrowdOpen });
    const beat = beatAt(timeline, atMs);
    set({ settling: null, ...change, atMs, beat, place: placeAt(timeline, atMs), scene });
  };

  /** Goes to a beat and lets it come to its end, though nothing plays: a step shows the change, not its beginning. */
  const settle = (atMs: number): void => {
    const { timeline, isStill } = get();
    const next = timeline.beatTimes.find((time) => time > atMs + 1e-6) ?? timeline.durationMs;
    const toMs = Math.max(atMs, Math.min(atMs + settleMs, next - 1));
    place(atMs, { awaited: null, settling: isStill || toMs === atMs ? null : { fromMs: atMs, toMs } });
  };

  /** Goes to what is asked for, as far as it is known; what is not known yet is awaited while more may come. */
  const reach = (wanted: Awaited): void => {
    const { timeline, isGrowing } = get();
    const to = wanted.type === 'end' ? null : targetOf(get(), wanted);
    if (to !== null) return settle(to);
    const isEnd = wanted.type === 'end' || (wanted.type === 'step' && !isGrowing);
    const awaited = isGrowing ? wanted : null;
    return isEnd ? place(timeline.durationMs, { awaited }) : set({ awaited });
  };

  const go = (atMs: number): void => place(atMs, { awaited: null });

  return { place, settle, go, reach };
}

/** The ways through time but playing. */
function createSteps(
  store: StoreApi<Showing>,
  pause: () => void,
): Pick<Playhead, 'stayAtEnd' | 'step' | 'leap' | 'jump' | 'skipWait'> {
  const { getState: get } = store;
  const { settle, go, reach } = createMoves(store);
  const stayAtEnd = (): void => {
    pause();
    reach({ type: 'end' });
  };
  return {
    stayAtEnd,
    leap: (direction) => {
      pause();
      const { journal, timeline, atMs } = get();
      const chapters = chaptersOf(journal, timeline);
      const target =
        direction === 'back'
          ? chapters.findLast(({ fromMs }) => fromMs < atMs - 1e-6)?.fromMs
          : chapters.find(({ toMs }) => toMs > atMs + 1e-6)?.toMs;
      if (direction === 'forward' && (target ?? timeline.durationMs) >= timeline.durationMs) stayAtEnd();
      else if (target !== undefined) go(target);
    },
    step: (direction, kind = get().stepKind) => {
      pause();
      if (direction === 'forward') return reach({ type: 'step', kind });
      const from = standing(get());
      const to = step(get().timeline, from, kind, 'back');
      if (kind === 'out') return settle(withinChapter(get(), from, to));
      return settle(from > get().restMs ? Math.max(get().restMs, to) : to);
    },
    jump: (kind, direction) => {
      pause();
      if (direction === 'forward') return reach({ type: 'jump', kind });
      const to = jump(get().timeline, standing(get()), kind, 'back');
      if (to !== null) settle(to);
    },
    skipWait: () => {
      const wait = waitAt(get().timeline, get().atMs);
      if (wait !== null) go(wait.toMs);
    },
  };
}

function nothingYet(): Showing {
  const journal = createJournal();
  const timeline = createTimeline([], 'story');
  return {
    journal,
    timeline,
    level: 'story',
    atMs: 0,
    place: 0,
    beat: null,
    scene: sceneAt(journal, timeline, 0),
    restMs: 0,
    isPlaying: false,
    isGrowing: true,
    isFlowing: false,
    awaited: null,
    speed: 1,
    stepKind: 'into',
    selected: null,
    roving: null,
    menu: null,
    isFollowing: true,
    isStill: false,
    fit: { widthAt: () => 0 },
    isCrowdOpen: false,
    settling: null,
  };
}

/** As long as the longest change takes: a reparenting. */
const settleMs = 2600;

/** Where the next step starts from: the beat that the last one came to, however far its picture has settled. */
function standing({ atMs, settling }: Showing): number {
  return settling?.fromMs ?? atMs;
}

/** Where a step or a jump forward leads; null where nothing is known to step to, or not yet. */
function targetOf(showing: Showing, wanted: Exclude<Awaited, { type: 'end' }>): number | null {
  const { timeline } = showing;
  const from = standing(showing);
  if (wanted.type === 'jump') return jump(timeline, from, wanted.kind, 'forward');
  const to = step(timeline, from, wanted.kind, 'forward');
  const within = wanted.kind === 'out' ? withinChapter(showing, from, to) : to;
  // Work that is not at its end yet seems to end where the known does.
  const isOpen = showing.isGrowing && wanted.kind !== 'into' && placeAt(timeline, within) >= timeline.events.length;
  return within >= timeline.durationMs || isOpen ? null : within;
}

/** Out of all work leads to the end or the beginning of the command, not past it. */
function withinChapter({ journal, timeline }: Showing, from: number, to: number): number {
  const chapter = chapterAt(chaptersOf(journal, timeline), from);
  if (chapter === undefined) return to;
  if (from > chapter.fromMs + 1e-6 && to < chapter.fromMs) return chapter.fromMs;
  return from < chapter.toMs - 1e-6 && to > chapter.toMs ? chapter.toMs : to;
}

/** Where the machine rests after its boot: right before the first thing that was typed. */
function restOf(journal: Journal, timeline: Timeline): number {
  const typed = journal.events.findIndex((event) => event.type === 'input' && event.action === 'data');
  return timeOfPlace(timeline, typed === -1 ? journal.length : typed);
}

function timeOfPlace(timeline: Timeline, place: number): number {
  if (place >= timeline.events.length) return timeline.durationMs;
  return place === 0 ? 0 : presentationOf(timeline, place - 1);
}

/** The same moment when the journal has changed; a beat that was cut, and now lasts otherwise, takes back nothing. */
function keptMoment(old: Timeline, next: Timeline, atMs: number): number {
  const seen = Math.min(placeAt(old, atMs), next.events.length);
  const same = sameMoment(old, next, atMs);
  return placeAt(next, same) < seen ? timeOfPlace(next, seen) : same;
}

/** The same moment on another timeline: as far into the same beat, or else at the same event. */
function sameMoment(old: Timeline, next: Timeline, atMs: number): number {
  // The end stays the end; when more has come behind it, the head stays where it was. (`old.events` may have grown.)
  if (atMs >= old.durationMs) return timeOfPlace(next, old.points.at(-1)?.place ?? 0);
  const beat = beatAt(old, atMs);
  const known = beat === null ? -1 : next.beats.findIndex(({ id, seq }) => id === beat.id && seq === beat.seq);
  const oldMs = beat === null ? 0 : (old.beatTimes[old.beats.indexOf(beat)] ?? 0);
  const place = placeAt(old, atMs);
  if (known === -1 || beat === null) return timeOfPlace(next, Math.min(place, next.events.length));
  const nextMs = next.beatTimes[known] ?? 0;
  const following = next.beatTimes[known + 1] ?? next.durationMs;
  const same = nextMs + (atMs - oldMs);
  // What comes now may leave less time than there was: the following beat is not told because of that.
  return same < following ? same : Math.min(following, timeOfPlace(next, Math.min(place, next.events.length)));
}
