import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { pointOn } from './geometry.ts';
import type { Box } from './layout.ts';
import { addressed, proxy, sampleAnd, segment, typed } from './published.fixture.ts';
import { sceneAt, type Scene, type SceneOptions } from './scene.ts';
import { createTimeline } from './timeline.ts';

const client = 2000;
const first = 3000;

/** The end of a story in which `count` proxies were started, of both families in turn, and `more` happened. */
function sceneWith(count: number, options: SceneOptions = {}, more: readonly Fact[] = []): Scene {
  const proxies = Array.from({ length: count }, (_, index) =>
    proxy(first + index, index % 2 === 0 ? '0.0.0.0' : '::', 8080 + Math.floor(index / 2)),
  ).flat();
  const events = sampleAnd([typed, ...proxies, ...addressed(), ...more]);
  const timeline = createTimeline(events, 'story');
  return sceneAt(createJournal(events), timeline, timeline.durationMs, { isStill: true, ...options });
}

function proxiesOf({ nodes }: Scene) {
  return nodes.filter(({ pid }) => pid >= first);
}

function overlapping(boxes: readonly Box[]): readonly Box[] {
  return boxes.filter((box, index) =>
    boxes
      .slice(index + 1)
      .some(({ x, y, w, h }) => x < box.x + box.w && box.x < x + w && y < box.y + box.h && box.y < y + h),
  );
}

test('the story draws a docker-proxy for each address family, each with what it publishes and for whom', () => {
  const { nodes, crowd } = sceneWith(2);

  expect(nodes.filter(({ pid }) => pid >= first).map(({ title, lines }) => [title, ...lines])).toEqual([
    ['docker-proxy', 'IPv4 8080 → web'],
    ['docker-proxy', 'IPv6 8080 → web'],
  ]);
  expect(crowd).toBeNull();
});

test('a docker-proxy that stands still, or is a zombie, says so beside what it publishes', () => {
  const stop: Fact = { type: 'task.stop', pid: first, on: true, signal: 'SIGSTOP' };
  const end: Fact = { type: 'task.exit', pid: first, status: { signal: 'SIGKILL' } };

  for (const count of [2, 20]) {
    const told = (fact: Fact) => proxiesOf(sceneWith(count, {}, [fact])).find(({ pid }) => pid === first);
    expect(told(stop)).toMatchObject({ lines: ['IPv4 8080 → web', 'stopped'], isStopped: true });
    expect(told(end)).toMatchObject({ lines: ['IPv4 8080 → web', 'zombie, SIGKILL'], isStopped: false });
  }
});

test.each([4, 5, 14])(
  '%i published addresses each have a docker-proxy in the picture, and none covers another',
  (count) => {
    const scene = sceneWith(count);

    expect(proxiesOf(scene)).toHaveLength(count);
    expect(scene.crowd).toBeNull();
    expect(overlapping(scene.nodes.map(({ box }) => box))).toEqual([]);
    for (const { box } of proxiesOf(scene)) expect(box.y + box.h).toBeLessThanOrEqual(scene.extent.h);
  },
);

test.each([2, 4, 14])(
  '%i docker-proxies stand in twos below dockerd, and its lines to them pass none of them',
  (count) => {
    const scene = sceneWith(count);
    const boxes = proxiesOf(scene).map(({ box }) => box);
    const lines = scene.parentEdges.filter(({ to }) => to >= first);

    expect(new Set(boxes.map(({ y }) => y)).size).toBe(count / 2);
    for (const { trunk, curve } of lines) {
      const spots = [...trunk, ...Array.from({ length: 19 }, (_, step) => pointOn(curve, step / 20))];
      const crossed = boxes.filter((box) =>
        spots.some(({ x, y }) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h),
      );
      expect(crossed).toEqual([]);
    }
  },
);

test('of more it is said how many are not drawn, and they are drawn when asked for', () => {
  const closed = sceneWith(30);
  const open = sceneWith(30, { isCrowdOpen: true });

  expect([proxiesOf(closed).length, closed.crowd?.pids.length]).toEqual([13, 17]);
  expect([proxiesOf(open).length, open.crowd?.pids]).toEqual([30, []]);
  for (const { nodes, crowd } of [closed, open]) {
    expect(overlapping([...nodes, ...(crowd === null ? [] : [crowd])].map(({ box }) => box))).toEqual([]);
  }
});

test('a request to one that is only counted leads to where the number stands', () => {
  const hidden = first + 20;
  const asked = (options: SceneOptions) =>
    sceneWith(30, options, [
      { type: 'task.fork', pid: client, by: samplePids.sh, parent: samplePids.sh, nsPids: [client], flags: [] },
      ...segment(1, [client, hidden], 90),
    ]);
  const closed = asked({});
  const end = (scene: Scene) => scene.talkEdges.find(({ protocol }) => protocol === 'TCP')?.curve[3];

  expect(closed.crowd).toMatchObject({ isFocus: true });
  expect(end(closed)?.x).toBe(closed.crowd?.box.x);
  expect(end(asked({ isCrowdOpen: true }))?.y).not.toBe(end(closed)?.y);
});
