import { expect, test } from 'vitest';
import { createJournal } from '../journal/journal.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { createPlayhead } from './playhead.ts';

const events = sampleJournal();

test('where the future is cut off the head stays, whatever the story’s own time does', () => {
  const cuts = Array.from({ length: Math.floor(events.length / 5) }, (_, index) => index * 5);
  const moved = cuts.filter((cut) => {
    const playhead = createPlayhead();
    playhead.follow(createJournal(events), false);
    playhead.seekPlace(cut);
    const { place } = playhead.store.getState();
    playhead.follow(createJournal(events.slice(0, place)), true);
    return playhead.store.getState().place !== place;
  });
  expect(moved).toEqual([]);
});

test('the end stays the end at every level of detail, and a level and back moves nothing', () => {
  const playhead = createPlayhead();
  playhead.follow(createJournal(events), false);
  playhead.seekEnd();
  const { atMs } = playhead.store.getState();
  for (const level of ['engine', 'kernel', 'story'] as const) {
    playhead.setLevel(level);
    const { place, timeline, atMs: at } = playhead.store.getState();
    expect([place, at]).toEqual([events.length, timeline.durationMs]);
  }
  expect(playhead.store.getState().atMs).toBe(atMs);
});

test('at the end of a journal that grows the head stays where it was, and plays on from there', () => {
  const known = 150;
  const journal = createJournal(events.slice(0, known));
  const playhead = createPlayhead();
  playhead.follow(journal, true);
  playhead.seekEnd();
  journal.append(events.slice(known));
  playhead.follow(journal, false);
  expect(playhead.store.getState().place).toBe(known);
});

/** The head at the end of a journal of which the machine has told a part, with what comes then. */
function atTheKnownEnd() {
  const known = 150;
  const journal = createJournal(events.slice(0, known));
  const playhead = createPlayhead();
  playhead.follow(journal, true);
  playhead.seekEnd();
  const told = (until: number, isGrowing: boolean): void => {
    journal.append(events.slice(journal.length, until));
    playhead.follow(journal, isGrowing);
  };
  return { playhead, told, known };
}

test('who goes to the end while the machine computes is at the end when it has come to one', () => {
  const { playhead, told } = atTheKnownEnd();
  playhead.stayAtEnd();
  told(180, true);
  expect(playhead.store.getState().place).toBe(180);
  told(events.length, false);
  expect(playhead.store.getState().place).toBe(events.length);
});

test('who has gone elsewhere meanwhile is not taken to the end', () => {
  const { playhead, told } = atTheKnownEnd();
  playhead.stayAtEnd();
  playhead.step('back');
  const { place } = playhead.store.getState();
  told(events.length, false);
  expect(playhead.store.getState().place).toBe(place);
});

test('a step forward that leads nowhere yet is taken as soon as there is something to step to', () => {
  const { playhead, told, known } = atTheKnownEnd();
  playhead.step('forward', 'into');
  expect(playhead.store.getState().place).toBe(known);
  told(known + 1, true);
  told(events.length, false);
  const { timeline, beat, place } = playhead.store.getState();
  const next = timeline.beats.find(({ seq }) => seq >= known);
  expect([beat, place]).toEqual([next, (next?.seq ?? 0) + 1]);
});

test('a step over work that is not at its end yet waits for that end', () => {
  const createRequest = 'request:POST /containers/create#1';
  const journal = createJournal(events.slice(0, 120));
  const early = createPlayhead();
  early.follow(journal, true);
  early.seekAnchor(createRequest);
  early.step('forward', 'over');
  const { beat } = early.store.getState();
  journal.append(events.slice(120));
  early.follow(journal, false);

  const late = createPlayhead();
  late.follow(journal, false);
  late.seekAnchor(createRequest);
  late.step('forward', 'over');
  expect(beat?.id).toBe(createRequest);
  expect(early.store.getState().beat).toEqual(late.store.getState().beat);
});

test('a jump waits for what it leads to, and stays where it was when that never comes', () => {
  const { playhead, told, known } = atTheKnownEnd();
  playhead.jump('reparent', 'forward');
  told(events.length, false);
  expect(playhead.store.getState().beat?.kind).toBe('reparent');
  playhead.seekPlace(known);
  playhead.jump('signal', 'forward');
  expect(playhead.store.getState().place).toBe(known);
});

test('a step still shows its change when more is told meanwhile', () => {
  const { playhead, told, known } = atTheKnownEnd();
  told(180, true);
  playhead.seekPlace(known);
  playhead.step('forward', 'into');
  const { settling, atMs } = playhead.store.getState();
  told(events.length, false);
  expect(settling).not.toBeNull();
  expect(playhead.store.getState()).toMatchObject({ settling, atMs });
});

test('a story is told anew only where it has changed, though another future be as long', () => {
  const journal = createJournal(events);
  const playhead = createPlayhead();
  playhead.follow(journal, false);
  const { timeline } = playhead.store.getState();
  playhead.follow(journal, true);
  expect(playhead.store.getState().timeline).toBe(timeline);
  expect(playhead.store.getState().isGrowing).toBe(true);

  const last = events.length - 1;
  journal.truncate(last);
  journal.append(events.slice(last).map((event) => ({ ...event, timeNs: event.timeNs + 1 })));
  playhead.follow(journal, false);
  expect(playhead.store.getState().timeline).not.toBe(timeline);
});
