import { isDeepStrictEqual } from 'node:util';
import type { Viewport } from '@xyflow/react';
import { expect, test } from 'vitest';
import type { Box } from '../scene/layout.ts';
import type { Scene } from '../scene/scene.ts';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { addressed, proxy, sampleAnd, typed } from '../scene/published.fixture.ts';
import { sceneAt } from '../scene/scene.ts';
import { createTimeline, presentationOf } from '../scene/timeline.ts';
import { countBelow, hasFreeLine, fitFor, viewportFor } from './camera.ts';

const events = sampleJournal();
const journal = createJournal(events);
const story = createTimeline(events, 'story');
/** The stage in a frame of an article, and on a phone. */
const frame = { width: 700, height: 224, covered: 0 };
const laptop = { width: 1440, height: 399, covered: 0 };
const phone = { width: 390, height: 322, covered: 0 };
/** Low and narrow: neither arrangement is seen whole in it. */
const slip = { width: 420, height: 150, covered: 0 };

function scenesIn(room: typeof frame): readonly Scene[] {
  const fit = fitFor(room);
  return story.beats.map(({ seq }) => sceneAt(journal, story, presentationOf(story, seq), { isStill: true, fit }));
}

/** Who is neither whole in sight nor out of it, by height; what the sides cut can be seen to go on. */
function cutIn(scene: Scene, room: typeof frame): readonly Box[] {
  const { x, y, zoom } = viewportFor(scene, room, 'none');
  const seen = { left: -x / zoom, right: (room.width - x) / zoom, top: -y / zoom, bottom: (room.height - y) / zoom };
  return [...scene.nodes, ...scene.containers]
    .map(({ box }) => box)
    .filter((box) => box.x < seen.right && box.x + box.w > seen.left)
    .filter((box) => box.y < seen.bottom && box.y + box.h > seen.top)
    .filter((box) => box.y < seen.top || box.y + box.h > seen.bottom);
}

test('with one container nobody is cut at the top or the bottom, in a frame and on a phone', () => {
  for (const room of [frame, phone]) {
    for (const scene of scenesIn(room)) expect(cutIn(scene, room)).toEqual([]);
  }
});

test('on a phone a finger meets each of sixty, and goes down to those for whom there is no room', () => {
  const counts = { exitCode: 0, oomKilled: false, restartCount: 0, taskPid: 0, shimPid: 0, removed: false };
  const born = Array.from({ length: 59 }, (_, index) => {
    const id = String(index).padStart(64, '0');
    const about = { pid: samplePids.dockerd, id, name: id, image: 'busybox', status: 'created' } as const;
    return { type: 'container', ...about, ...counts } as const;
  });
  const many = sampleAnd([typed, ...born]);
  const timeline = createTimeline(many, 'story');
  const options = { isStill: true, fit: fitFor(phone) };
  const scene = sceneAt(createJournal(many), timeline, timeline.durationMs, options);
  const { x, y, zoom } = viewportFor(scene, phone, 'after');
  const boxes = scene.containers.map(({ box }) => box);
  const stepsIn = (places: readonly number[]): readonly number[] => {
    const found = [...new Set(places)].toSorted((one, other) => one - other);
    return found.slice(1).map((place, index) => (place - (found[index] ?? 0)) * zoom);
  };

  expect(boxes).toHaveLength(60);
  expect(Math.min(...stepsIn(boxes.map((box) => box.y)))).toBeGreaterThanOrEqual(24);
  expect(Math.min(...stepsIn(boxes.map((box) => box.x)))).toBeGreaterThanOrEqual(2 * 24);
  for (const box of boxes) expect((box.x + box.w) * zoom + x).toBeLessThanOrEqual(phone.width);
  expect(scene.extent.h * zoom + y).toBeGreaterThan(phone.height);
});

test.each(['story', 'engine', 'kernel'] as const)(
  'in %s, whoever the beat names is whole in sight at every size',
  (level) => {
    const timeline = createTimeline(events, level);
    for (const room of [
      phone,
      frame,
      { width: 1024, height: 309, covered: 0 },
      { width: 1440, height: 399, covered: 330 },
    ]) {
      const options = { isStill: true, fit: fitFor(room) };
      for (const { seq, id, focus } of timeline.beats) {
        const scene = sceneAt(journal, timeline, presentationOf(timeline, seq), options);
        const { x, y, zoom } = viewportFor(scene, room, 'none');
        const outside = scene.nodes
          .filter(({ pid }) => focus.includes(pid))
          .filter(({ box }) => box.x * zoom + x < 0 || (box.x + box.w) * zoom + x > room.width - room.covered)
          .concat(
            scene.nodes.filter(
              ({ pid, box }) =>
                focus.includes(pid) && (box.y * zoom + y < 0 || (box.y + box.h) * zoom + y > room.height),
            ),
          );
        expect([id, outside.map(({ title }) => title)]).toEqual([id, []]);
      }
    }
  },
);

test.each(['compact', 'marks'] as const)(
  'many containers, %s, are shown whole, also while something is told of one',
  (density) => {
    for (const room of [laptop, frame, phone]) {
      const [scene] = scenesIn(room).slice(-1);
      if (scene === undefined) throw new Error('the sample tells a story');
      const extent = { w: room.width / 0.46, h: room.height / 0.5 };
      const { x, y, zoom } = viewportFor({ ...scene, density, extent }, room, 'none');

      expect(x + extent.w * zoom).toBeLessThanOrEqual(room.width);
      expect(y + extent.h * zoom).toBeLessThanOrEqual(room.height);
    }
  },
);

test.each([
  ['a phone', phone, 0.66],
  ['a small phone', { width: 360, height: 180, covered: 0 }, 0.41],
  ['a phone on its side', { width: 470, height: 326, covered: 0 }, 0.66],
  ['a tablet held upright', { width: 768, height: 480, covered: 0 }, 0.66],
])('on %s all of one container’s story is one picture that stands still and can be read', (_, room, least) => {
  const scenes = scenesIn(room);
  const viewports = scenes.map((scene) => viewportFor(scene, room, 'none'));
  const [{ x, y, zoom } = { x: 0, y: 0, zoom: 0 }] = viewports;

  expect(new Set(viewports.map((viewport) => JSON.stringify(viewport))).size).toBe(1);
  expect(zoom).toBeGreaterThanOrEqual(least);
  for (const { beat, nodes, containers } of scenes) {
    const boxes = [...nodes.filter(({ kind }) => kind !== 'container'), ...containers].map(({ box }) => box);
    const outside = boxes.filter(
      (box) =>
        box.x * zoom + x < 0 ||
        box.y * zoom + y < 0 ||
        (box.x + box.w) * zoom + x > room.width ||
        (box.y + box.h) * zoom + y > room.height,
    );
    expect([beat?.id, outside, overlapping(boxes)]).toEqual([beat?.id, [], []]);
  }
});

function overlapping(boxes: readonly Box[]): readonly Box[] {
  return boxes.filter((one, index) =>
    boxes
      .slice(index + 1)
      .some(({ x, y, w, h }) => x < one.x + one.w && one.x < x + w && y < one.y + one.h && one.y < y + h),
  );
}

test('on a tablet a line below the picture is free for the legend until a container needs it', () => {
  const tablet = { width: 1024, height: 309, covered: 0 };
  const free = scenesIn(tablet).map((scene) => {
    const viewport = viewportFor(scene, tablet, 'none');
    const lowest = Math.max(...[...scene.nodes, ...scene.containers].map(({ box }) => box.y + box.h));
    return [hasFreeLine(scene, viewport, tablet.height), lowest * viewport.zoom + viewport.y <= tablet.height - 18];
  });

  expect(free.some(([isFree]) => isFree)).toBe(true);
  for (const [isFree, isSo] of free) expect([isFree, isSo || !isFree]).toEqual([isFree, true]);
});

test('those are counted who stand below what is seen, and nobody else', () => {
  const tablet = { width: 1024, height: 309, covered: 0 };
  const scene = scenesIn(tablet).at(-1);
  if (scene === undefined) throw new Error('nothing is told');
  const viewport = viewportFor(scene, tablet, 'none');
  expect(countBelow(scene, viewport, tablet)).toBe(0);

  const tops = [200, 300, 400, 500];
  const deep = {
    ...scene,
    nodes: tops.flatMap((y) => scene.nodes.slice(0, 1).map((node) => ({ ...node, box: { ...node.box, y } }))),
  };
  expect(countBelow(deep, { x: 0, y: 0, zoom: 1 }, tablet)).toBe(3);
  expect(countBelow(deep, { x: 0, y: -150, zoom: 1 }, tablet)).toBe(1);
  expect(countBelow(deep, { x: 0, y: 0, zoom: 0.5 }, tablet)).toBe(0);
});

test.each([frame, { ...frame, height: 209 }, { ...frame, height: 179 }])(
  'in a frame the picture of one container stands still, $height high',
  (room) => {
    const viewports = scenesIn(room).map((scene) => viewportFor(scene, room, 'none'));
    expect(new Set(viewports.map((viewport) => JSON.stringify(viewport))).size).toBe(1);
  },
);

test.each(['engine', 'kernel'] as const)(
  'in %s, one stays where one looks from while whoever takes part is in sight there, and always sees them',
  (level) => {
    const timeline = createTimeline(events, level);
    for (const room of [slip, frame]) {
      const options = { isStill: true, fit: fitFor(room) };
      const scenes = timeline.beats.map(({ seq }) =>
        sceneAt(journal, timeline, presentationOf(timeline, seq), options),
      );
      const calmly: Viewport[] = [];
      for (const scene of scenes) {
        const viewport = viewportFor(scene, room, 'none', calmly.at(-1));
        const { x, y, zoom } = viewport;
        const isOut = ({ box }: { readonly box: Box }) =>
          box.x * zoom + x < 0 ||
          (box.x + box.w) * zoom + x > room.width ||
          box.y * zoom + y < 0 ||
          (box.y + box.h) * zoom + y > room.height;
        expect([scene.beat?.id, scene.nodes.filter((node) => node.isFocus && isOut(node))]).toEqual([
          scene.beat?.id,
          [],
        ]);
        calmly.push(viewport);
      }
      const anew = scenes.map((scene) => viewportFor(scene, room, 'none'));
      expect(movesIn(calmly)).toBeLessThan(movesIn(anew) * 0.6);
    }
  },
);

function movesIn(viewports: readonly Viewport[]): number {
  return viewports.filter((viewport, at) => at > 0 && !isDeepStrictEqual(viewport, viewports[at - 1])).length;
}

test('with more rows than fit, whoever the story is about is whole, and so are the others where they can be', () => {
  const [scene] = scenesIn(phone).slice(-1);
  if (scene === undefined) throw new Error('the sample tells a story');
  const rows = [100, 215, 330].map((y) => ({ box: { x: 600, y, w: 270, h: 70 } }));
  const crowded = {
    ...scene,
    nodes: rows.map(({ box }, index) => ({ pid: index, box: { ...box, x: 610, w: 200, y: box.y + 20, h: 40 } })),
    containers: rows,
    parentEdges: [],
    talkEdges: [],
    extent: { w: 900, h: 450 },
  };
  for (const focus of [[0], [1], [2]]) {
    const about = { ...crowded, beat: { ...scene.beat, focus } } as unknown as Scene;
    expect(cutIn(about, phone)).toEqual([]);
    const { y, zoom } = viewportFor(about, phone, 'none');
    const [place] = focus.map((row) => (crowded.nodes[row]?.box.y ?? 0) * zoom + y);
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThan(phone.height - 40 * zoom);
  }
});

/** The last scene of a story in which so many ports were published, on a laptop or elsewhere. */
function published(count: number, room: typeof frame, isCrowdOpen: boolean): Scene {
  const proxies = Array.from({ length: count }, (_, index) => proxy(3000 + index, '0.0.0.0', 8000 + index)).flat();
  const crowded = sampleAnd([typed, ...proxies, ...addressed()]);
  const timeline = createTimeline(crowded, 'story');
  const options = { isStill: true, fit: fitFor(room), isCrowdOpen };
  return sceneAt(createJournal(crowded), timeline, timeline.durationMs, options);
}

test.each([20, 40])('while all %i services are shown, they are what is looked at, and can be read', (count) => {
  const scene = published(count, laptop, true);
  const { y, zoom } = viewportFor(scene, laptop, 'none');
  const boxes = scene.nodes.filter(({ pid }) => pid >= 3000).map(({ box }) => box);

  expect(boxes).toHaveLength(count);
  expect(zoom).toBeGreaterThanOrEqual(0.66);
  expect(boxes.filter((box) => box.y * zoom + y < 0 || (box.y + box.h) * zoom + y > laptop.height - 28)).toEqual([]);
});

test.each([
  ['a laptop', laptop, 2],
  ['a frame', frame, 2],
  ['a frame', frame, 6],
  ['a tablet', { width: 1024, height: 309, covered: 0 }, 8],
])('a picture that is higher, for published ports, is wider too: it fills %s', (_, room, count) => {
  const scene = published(count, room, false);
  const { x, y, zoom } = viewportFor(scene, room, 'none');

  expect(scene.extent.w * zoom + x).toBeGreaterThan(room.width - 40);
  expect(scene.extent.h * zoom + y).toBeLessThan(room.height + 1);
});

test('in a frame nothing is cut, with published ports too', () => {
  const last = published(2, frame, false);
  const { sh } = samplePids;
  const beat = last.beat === null ? null : { ...last.beat, focus: [sh] };
  const nodes = last.nodes.map((node) => ({ ...node, isFocus: node.pid === sh }));
  const scene = { ...last, parentEdges: [], beat, nodes };
  const { x, y, zoom } = viewportFor(scene, frame, 'none');

  for (const { box } of scene.nodes) expect((box.y + box.h) * zoom + y).toBeLessThanOrEqual(frame.height);
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + scene.extent.w * zoom).toBeLessThanOrEqual(frame.width);
});

test('one looks a little aside where the sides would else cut somebody, with whom the story is about in sight', () => {
  const [scene] = scenesIn(phone).slice(-1);
  if (scene === undefined) throw new Error('the sample tells a story');
  const row = [16, 168, 346].map((x, pid) => ({ pid, box: { x, y: 150, w: x === 16 ? 124 : 150, h: 100 } }));
  const about = { ...scene, beat: { ...scene.beat, focus: [1, 2] }, nodes: row, containers: [], parentEdges: [] };
  const { x, zoom } = viewportFor({ ...about, extent: { w: 1038, h: 510 } } as unknown as Scene, phone, 'none');
  const seen = row.map(({ box }) => [box.x * zoom + x, (box.x + box.w) * zoom + x]);

  expect(seen[0]?.[1]).toBeLessThan(0);
  expect(seen[1]?.[0]).toBeGreaterThan(0);
  expect(seen[2]?.[1]).toBeLessThan(phone.width);
});
