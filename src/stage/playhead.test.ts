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
