import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { createTimeline, virtualTimeAt } from '../scene/timeline.ts';
import { chaptersOf, elapsedIn } from './chapters.ts';

test('a moment’s time is not past the end of its command, though it is an estimate between what is told', () => {
  const before = sampleJournal();
  const lastNs = before.at(-1)?.timeNs ?? 0;
  const note: Fact = { type: 'note', pid: 1, topic: 'test', text: 'at work' };
  const typed: Fact = { type: 'input', terminal: 1, action: 'data', data: 'ls\n' };
  const later = [[note, 1e6] as const, [typed, 1e6] as const, [note, 5e8] as const];
  const events = [
    ...before,
    ...later.map(([fact, ns], index) => ({ ...fact, seq: before.length + index, timeNs: lastNs + ns })),
  ];
  const timeline = createTimeline(events, 'story');
  const chapter = chaptersOf(createJournal(events), timeline).at(-2);
  if (chapter === undefined) throw new Error('no chapter of docker run');

  expect(virtualTimeAt(timeline, chapter.toMs)).toBeGreaterThan(chapter.toNs);
  expect(elapsedIn(chapter, timeline, chapter.toMs)).toBe(chapter.toNs - chapter.fromNs);
});
