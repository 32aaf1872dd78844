import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleAnd, typed } from './published.fixture.ts';
import { sceneAt } from './scene.ts';
import { createTimeline, presentationOf } from './timeline.ts';

const ids = Array.from({ length: 12 }, (_, index) => String(index % 10).repeat(63) + (index < 10 ? '0' : '1'));

function container(id: string, removed: boolean): Fact {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 0, shimPid: 0, removed };
  const status = removed ? 'removing' : 'created';
  return { type: 'container', pid: samplePids.dockerd, id, name: id, image: 'busybox', status, ...counts };
}

test('of many containers those blocks have a heading that somebody stands in, not those to come or left', () => {
  const born = ids.map((id) => container(id, false));
  const events = sampleAnd([typed, ...born, ...ids.map((id) => container(id, true))]);
  const [timeline, journal] = [createTimeline(events, 'story'), createJournal(events)];
  const first = events.length - 2 * ids.length;
  const seen = [first, first + ids.length - 1, events.length - 1].map((seq) => {
    const at = presentationOf(timeline, seq);
    return sceneAt(journal, timeline, at, { isStill: true, fit: { widthAt: (height) => 4 * height } });
  });

  expect(seen[1]?.blocks.length).toBeGreaterThan(1);
  for (const { blocks, containers } of seen) {
    const taken = new Set(containers.map(({ box }) => box.x));
    expect(blocks.map(({ tools }) => tools.x)).toEqual([...taken].toSorted((one, other) => one - other));
  }
});

test('a container that gets another place goes there, with its processes; without motion it is there', () => {
  const events = sampleAnd([typed, container(ids[0] ?? '', false)]);
  const [timeline, journal] = [createTimeline(events, 'story'), createJournal(events)];
  const from = presentationOf(timeline, events.length - 2);
  const [before, begins, underWay, after] = [-1, 0, 225, 450].map((ms) => sceneAt(journal, timeline, from + ms));
  const still = sceneAt(journal, timeline, from + 1, { isStill: true });
  const placesIn = (scene = still) =>
    [...scene.containers.slice(0, 1), ...scene.nodes.filter(({ kind }) => kind === 'container')].map(({ box }) => box);

  expect(placesIn(begins)).toEqual(placesIn(before));
  expect(placesIn(after)).toEqual(placesIn(still));
  for (const [index, { y, h }] of placesIn(underWay).entries()) {
    expect(y).toBeLessThan(placesIn(before)[index]?.y ?? 0);
    expect(y).toBeGreaterThan(placesIn(after)[index]?.y ?? Infinity);
    expect(h).toBeLessThan(placesIn(before)[index]?.h ?? 0);
  }
});
