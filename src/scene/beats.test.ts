import { expect, test } from 'vitest';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';

const events = sampleJournal();

test('the story of docker run reads as one story, from Enter to the prompt', () => {
  const told = beats(events, 'story')
    .filter(({ kind }) => kind !== 'boot')
    .map(({ caption }) => say(story, caption.key, caption.params));

  expect(told).toEqual([]);
});

test('each level tells what the coarser one tells, with the same ids, and more', () => {
  const told = (['story', 'engine', 'kernel'] as const).map((level) => beats(events, level).map(({ id }) => id));
  const [coarse = [], middle = [], fine = []] = told;

  expect(middle.filter((id) => coarse.includes(id))).toEqual(coarse);
  expect(fine.filter((id) => middle.includes(id))).toEqual(middle);
  expect(coarse.length < middle.length && middle.length < fine.length).toBe(true);
  expect(new Set(fine).size).toBe(fine.length);
});

test('the turning points are found by name, and the folklore stands there', () => {
  const turning = beats(events, 'story').filter(({ kind }) => kind === 'reparent');

  expect(turning.map(({ id, note }) => [id, note])).toEqual([
    ['reparent:shim:web#1', 'folklore-2'],
    ['reparent:init:web#1', 'folklore-3'],
  ]);
});
