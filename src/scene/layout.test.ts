import { expect, test } from 'vitest';
import type { DetailLevel } from '../journal/event.ts';
import { arranged } from './arranged.ts';
import { boxOf, containerBox, emptyHeight, extentOf, firstRow, underRows } from './boxes.ts';
import { columnsFor, endOf, laneWidth } from './columns.ts';
import { overTo, pointOn, underTo, type Spot } from './geometry.ts';
import { densityAt, layoutOf, type Box, type Fit, type Layout } from './layout.ts';
import type { ContainerLife, Life, Lives } from './lives.ts';

/** A container, its shim, its first process, and whoever works on it. */
type Tenant = readonly [ContainerLife, Life, Life, ...Life[]];

/** A shim and its container's first process, for as long as the container is there. */
function pair(id: string, pid: number, born: number, removed: number | null): Tenant {
  const life = (part: string, of: number, by: number): Life => ({
    pid: of,
    role: { part, container: id, label: `${part}:${id}` },
    forkedBy: by,
    born,
    exited: removed,
    status: null,
    reaped: removed,
    parents: [],
    programs: [],
  });
  return [
    { id, name: id, firstName: id, image: 'busybox', born, removed },
    life('shim', pid, 1),
    life('init', pid + 1, pid),
  ];
}

/** A tool that works on a container while it is there. */
function tool(id: string, pid: number, by: number, born: number): Life {
  const role = { part: 'runc-pause', container: id, label: `runc-pause:${id}` };
  return { ...pair(id, pid, born, null)[1], pid, role, forkedBy: by };
}

function layoutWith(pairs: readonly Tenant[], turns: readonly number[], level: DetailLevel = 'story') {
  const all = pairs.flatMap(([, ...lives]) => lives);
  const lives: Lives = {
    roles: new Map(),
    all,
    byPid: new Map(all.map((life) => [life.pid, life])),
    inits: new Map(),
    hooks: new Map(),
    receivers: new Map(),
    writeSleepsNs: new Map(),
    containers: new Map(pairs.map(([container]) => [container.id, container])),
    created: new Map(),
    limited: new Map(),
    lastOfLine: new Set(),
    hostFiles: new Map(),
  };
  return layoutOf(lives, level, turns);
}

test('one container shows everything, a few show less, many are one line each', () => {
  const layout = layoutWith(
    [pair('a', 10, 11, null), pair('b', 20, 21, null), pair('c', 30, 31, null), pair('d', 40, 41, null)],
    [10, 20, 30, 40],
  );

  expect([5, 15, 25, 35, 45].map((place) => densityAt(layout, place))).toEqual([
    'roomy',
    'roomy',
    'middle',
    'middle',
    'compact',
  ]);
});

test('three containers of which one would be out of sight stand closer, unless that left somebody no room', () => {
  const three = layoutWith([pair('a', 10, 11, null), pair('b', 20, 21, null), pair('c', 30, 31, null)], [5]);
  const two = layoutWith([pair('a', 10, 11, null), pair('b', 20, 21, null)], [5]);
  const [container, shim, init] = pair('c', 30, 31, null);
  const inside: Life = { ...tool('c', 40, 30, 32), role: { part: 'exec', container: 'c', label: 'exec:c' } };
  const full = layoutWith([pair('a', 10, 11, null), pair('b', 20, 21, null), [container, shim, init, inside]], [5]);
  const low: Fit = { ...stageOf(700, 209), highestOfFew: 440 };

  expect(densityAt(arranged(three, 50, { ...low, highestOfFew: 444 }), 50)).toBe('middle');
  expect(densityAt(arranged(three, 50, low), 50)).toBe('compact');
  expect(densityAt(arranged(two, 50, low), 50)).toBe('middle');
  expect(densityAt(arranged(full, 50, low), 50)).toBe('middle');
});

test('what one command brings has its room from the beginning of that command: nothing moves in between', () => {
  const layout = layoutWith([pair('a', 10, 11, null), pair('b', 20, 21, null), pair('c', 30, 31, null)], [5]);
  const places = [12, 22, 32];

  expect(new Set(places.map((place) => JSON.stringify(boxOf(layout, 10, place)))).size).toBe(1);
  expect(new Set(places.map((place) => JSON.stringify(containerBox(layout, 0, place)))).size).toBe(1);
});

test('when the others are gone, the next command has all the room again', () => {
  const layout = layoutWith([pair('a', 10, 11, 35), pair('b', 20, 21, 36), pair('c', 40, 41, null)], [10, 20, 30, 40]);

  expect(densityAt(layout, 25)).toBe('middle');
  expect(densityAt(layout, 45)).toBe('roomy');
  expect(boxOf(layout, 40, 45)).toEqual(boxOf(layout, 10, 15));
});

test('of very many, each container has room for its name and trouble above its process', () => {
  const pairs = Array.from({ length: 30 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const layout = layoutWith(pairs, [5]);
  for (const row of pairs.keys()) {
    const frame = containerBox(layout, row, 200);
    const process = boxOf(layout, 11 + row * 2, 200);
    expect((process?.y ?? 0) - frame.y).toBeGreaterThanOrEqual(20);
    expect((process?.y ?? 0) + (process?.h ?? 0)).toBeLessThan(frame.y + frame.h);
  }
});

test('who works at one of many lies on nobody: not on its shim, its frame or process, and not on each other', () => {
  const count = 30;
  const pairs = Array.from({ length: count }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  for (const at of [0, 4, 7, 29]) {
    const busy = [...pairs];
    const [container, ...lives] = pairs[at] ?? pair('none', 0, 0, null);
    const { id } = container;
    const [shim, delivered] = [10 + at * 2, 100];
    busy[at] = [
      container,
      ...lives,
      tool(id, 900, shim, delivered),
      tool(id, 901, 900, delivered + 1),
      tool(id, 902, 901, delivered + 2),
      { ...tool(id, 903, 1, delivered), role: { part: 'shim-start', container: id, label: `shim-start:${id}` } },
    ];
    const layout = arranged(layoutWith(busy, [5]), 200, laptop);
    const others = [...pairs.keys()].flatMap((row) => [
      containerBox(layout, row, 200),
      boxOf(layout, 10 + row * 2, 200) ?? nowhere,
    ]);
    const workers = [900, 901, 902, 903].map((pid) => boxOf(layout, pid, 200) ?? nowhere);

    for (const [index, worker] of workers.entries()) {
      const met = [...others, ...workers.slice(index + 1)].filter((box) => overlap(worker, box));
      expect([id, index, met]).toEqual([id, index, []]);
    }
  }
});

/** How wide a stage is for a picture of a height that is seen whole in it, in the picture's units. */
const stageOf = (width: number, height: number): Fit => ({ widthAt: (sceneHeight) => (width * sceneHeight) / height });
const laptop = stageOf(1440, 371);
const nowhere: Box = { x: -1, y: -1, w: 0, h: 0 };

function overlap(one: Box, other: Box): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

test.each([
  ['a laptop', 1440, 371],
  ['a tablet', 1024, 309],
  ['a frame', 700, 224],
  ['a phone', 390, 266],
])('of many, the blocks have the shape of %s’s stage: none of its sides is left half empty', (_, width, height) => {
  for (const count of [8, 21, 60, 300]) {
    const pairs = Array.from({ length: count }, (_each, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
    const layout = arranged(layoutWith(pairs, [5]), 400, stageOf(width, height));
    const boxes = [...pairs.keys()].map((row) => containerBox(layout, row, 400));
    const [w, h] = [
      Math.max(...boxes.map((box) => box.x + box.w)),
      Math.max(310, ...boxes.map((box) => box.y + box.h)),
    ];
    const zoom = Math.min(width / w, height / h);

    expect([count, Math.min((w * zoom) / width, (h * zoom) / height) > 0.6]).toEqual([count, true]);
  }
});

const rooms = { frame: [700, 226], phone: [390, 322], laptop: [1440, 371] } as const;

test.each(['frame', 'phone', 'laptop'] as const)(
  'of 300 each shim and container has a mark that can be seen and is not covered, all in sight of a %s',
  (name) => {
    const [width, height] = rooms[name];
    const count = 300;
    const pairs = Array.from({ length: count }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
    const [container, ...lives] = pairs[250] ?? pair('none', 0, 0, null);
    const working = [tool('c250', 900, 510, 300), tool('c250', 901, 900, 301)];
    pairs[250] = [container, ...lives, ...working];
    const fit = { ...stageOf(width, height), isTall: name === 'phone', widest: width / 0.42 };
    const layout = arranged(layoutWith(pairs, [5]), 400, fit);
    const shims = pairs.map((_, row) => boxOf(layout, 10 + row * 2, 400) ?? nowhere);
    const frames = pairs.map((_, row) => containerBox(layout, row, 400));
    const tools = [900, 901].map((pid) => boxOf(layout, pid, 400) ?? nowhere);
    const all = [...shims, ...frames, ...tools];
    const extent = extentOf(layout, 400, all);
    const zoom = Math.min(width / extent.w, height / extent.h);

    expect(densityAt(layout, 400)).toBe('marks');
    expect(all.filter((box, index) => all.slice(index + 1).some((other) => overlap(box, other)))).toEqual([]);
    expect(Math.min(...all.map(({ w, h }) => Math.min(w, h))) * zoom).toBeGreaterThan(5);
    expect(Math.max(...frames.map(({ x, w }) => x + w))).toBeLessThanOrEqual(extent.w);
  },
);

test('who works on several containers of a tall room fills the places above them line by line', () => {
  const pairs = [0, 1, 2, 3, 4].map((index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const helper = (pid: number): Life => ({
    ...tool('c0', pid, 1, 30),
    role: { part: 'shim-delete', container: 'c0', label: 'shim-delete:c0' },
  });
  const [container, ...lives] = pairs[0] ?? pair('none', 0, 0, null);
  pairs[0] = [
    container,
    ...lives,
    helper(900),
    helper(901),
    tool('c0', 902, 10, 30),
    helper(903),
    tool('c0', 904, 10, 30),
  ];
  const layout = arranged(layoutWith(pairs, [5]), 40, { ...stageOf(390, 322), isTall: true });
  const boxes = [900, 901, 902, 903, 904].map((pid) => boxOf(layout, pid, 40) ?? nowhere);

  expect(boxes[0]?.x).toBe(layout.columns.shim.x);
  expect(boxes.filter((box, index) => boxes.slice(index + 1).some((other) => overlap(box, other)))).toEqual([]);
  expect(new Set(boxes.map(({ y }) => y)).size).toBe(2);
});

test('the line from containerd to a helper passes behind no container, wherever its own stands', () => {
  const pairs = Array.from({ length: 30 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const layout = arranged(layoutWith(pairs, [5]), 200, laptop);
  const { containerd } = layout.columns;
  const daemon = { ...containerd, y: layout.levels.daemonTop, h: layout.levels.daemonHeight };
  for (const row of pairs.keys()) {
    const shim = boxOf(layout, 10 + row * 2, 200) ?? nowhere;
    const { trunk, curve } = overTo(daemon, { x: shim.x - 74, y: shim.y, w: 66, h: 48 }, firstRow(layout, 200) - 6);
    const [corner, over, end] = [trunk[1], trunk[2], curve[3]].map((spot) => spot ?? { x: 0, y: 0 });
    const crossed = [...pairs.keys()]
      .map((other) => containerBox(layout, other, 200))
      .filter(({ x, y, w, h }) => {
        const isAcross = corner !== undefined && corner.y > y && corner.y < y + h;
        const isDown = end !== undefined && over !== undefined && end.x > x && end.x < x + w && end.y > y;
        return isAcross || isDown;
      });
    expect([row, crossed]).toEqual([row, []]);
  }
});

test.each([12, 20])('where tools beside %i containers cost nearness they stand below the daemons', (count) => {
  const pairs = Array.from({ length: count }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const [container, ...lives] = pairs.at(-1) ?? pair('none', 0, 0, null);
  const shim = 10 + (count - 1) * 2;
  pairs[count - 1] = [container, ...lives, tool(container.id, 900, shim, 100)];
  const fit: Fit = { widthAt: (height) => (1010 * (height + 26)) / 309, widest: 1024 / 0.45 };
  const layout = arranged(layoutWith(pairs, [5]), 200, fit);
  const beside = { ...layout, hasStrip: false };
  const frames = [...pairs.keys()].map((row) => containerBox(layout, row, 200));
  const [from = nowhere, to = nowhere] = [shim, 900].map((pid) => boxOf(layout, pid, 200));
  const widthOf = (one: typeof layout) => endOf(columnsFor(0, one), one.blocks);
  const { trunk, curve } = underTo(from, to, underRows(layout, 200), laneWidth);
  const spots = [...trunk, ...Array.from({ length: 21 }, (_, step) => pointOn(curve, step / 20))];
  const way = spots.slice(1).map((spot, index) => between(spots[index] ?? spot, spot));

  expect(layout.hasStrip).toBe(true);
  expect(widthOf(beside)).toBeGreaterThan(widthOf(layout) * 1.1);
  expect(way.filter((piece) => frames.some((frame) => overlap(piece, frame)))).toEqual([]);
});

/** The room that a straight piece of a line takes. */
function between(one: Spot, other: Spot): Box {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, w: Math.abs(one.x - other.x), h: Math.abs(one.y - other.y) };
}

test('while one command starts many, nobody moves', () => {
  const pairs = Array.from({ length: 21 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const spots = [12, 20, 30].map((place) => {
    const layout = arranged(layoutWith(pairs, [5]), place, laptop);
    return JSON.stringify([...pairs.keys()].map((row) => containerBox(layout, row, place)));
  });

  expect(new Set(spots).size).toBe(1);
});

test('of many, the next to come find places kept for it', () => {
  const pairs = Array.from({ length: 20 }, (_, index) => pair(`c${index}`, 10 + index * 10, 11 + index * 10, null));
  const turns = pairs.map((_, index) => 10 + index * 10);
  const [before, after] = [178, 198].map((place) => {
    const layout = arranged(layoutWith(pairs, turns), place, laptop);
    return [...pairs.keys()].slice(0, 17).map((row) => containerBox(layout, row, place));
  });

  expect(before).toEqual(after);
});

test('the second program of a pipeline stands between the shell and the first, and needs no room below', () => {
  const client = (pid: number, by: number, label: string): Life => ({
    ...tool('', pid, by, pid),
    role: { part: label, container: '', label },
  });
  const heights = (second: string) => {
    const lives = [client(5, 1, 'sh'), client(6, 5, 'ls'), client(7, 5, second)] as const;
    const layout = layoutWith([[pair('a', 10, 11, null)[0], ...lives]], []);
    return [6, 7].map((pid) => boxOf(layout, pid, 50)?.y ?? 0);
  };

  const [first = 0, second = 0] = heights('head');
  expect(second).toBeLessThan(first);
  expect(heights('docker')[1]).toBeGreaterThan(250);
});

test('a pipeline inside $(…) needs no room below: the subshell and the second program stand beside each other', () => {
  const client = (pid: number, by: number, label: string): Life => ({
    ...tool('', pid, by, pid),
    role: { part: label, container: '', label },
  });
  const lives = [client(5, 1, 'sh'), client(6, 5, 'sh'), client(7, 6, 'docker'), client(8, 6, 'head')] as const;
  const layout = layoutWith([[pair('a', 10, 11, null)[0], ...lives]], []);
  const boxes = [5, 6, 7, 8].map((pid) => boxOf(layout, pid, 50) ?? nowhere);

  expect(boxes.filter((box, index) => boxes.slice(index + 1).some((other) => overlap(box, other)))).toEqual([]);
  expect(Math.max(...boxes.map(({ y, h }) => y + h))).toBe(250);
});

test('in a container no child stands above its parent, though a place there be free', () => {
  const inside = (pid: number, by: number, born: number, reaped: number | null): Life => ({
    ...pair('a', pid, born, reaped)[1],
    role: { part: 'unknown', container: '', label: 'sh' },
    forkedBy: by,
  });
  // Of a pipeline the first has ended when the last, a loop, starts its own child.
  const [container, shim, init] = pair('a', 10, 11, null);
  const layout = layoutWith(
    [[container, shim, init, inside(20, 11, 12, 14), inside(21, 11, 13, null), inside(22, 21, 15, null)]],
    [5],
    'kernel',
  );
  const tops = [11, 21, 22].map((pid) => boxOf(layout, pid, 16)?.y ?? 0);

  expect(tops.toSorted((one, other) => one - other)).toEqual(tops);
});

test('no two containers of a hundred lie on each other', () => {
  const layout = layoutWith(
    Array.from({ length: 100 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null)),
    [5],
  );
  const boxes = Array.from({ length: 100 }, (_, row) => containerBox(layout, row, 200));
  const overlaps = boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter(({ x, y, w, h }) => x < one.x + one.w && one.x < x + w && y < one.y + one.h && one.y < y + h),
  );

  expect(overlaps).toEqual([]);
});

test('a frame that had many lines is as low as any when nobody is left in it', () => {
  const [container, shim, init] = pair('a', 10, 11, null);
  const bombs = Array.from({ length: 8 }, (_, index) => ({ ...init, pid: 900 + index, born: 20, reaped: 30 }));
  const full = layoutWith([[container, shim, init, ...bombs]], [5]);
  const usual = layoutWith([[container, shim, init]], [5]);

  expect(containerBox(full, 0, 40).h).toBeGreaterThan(2 * containerBox(usual, 0, 40).h);
  expect(emptyHeight(full, 0, 40)).toBe(containerBox(usual, 0, 40).h);
});

test('beside many containers in a low room fewer proxies are shown, before the containers lose their names', () => {
  const pairs = Array.from({ length: 12 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const proxies = Array.from({ length: 24 }, (_, index): Life => {
    const [, shim] = pair('', 900 + index, 20, null);
    return { ...shim, role: { part: 'docker-proxy', container: '', label: 'docker-proxy' } };
  });
  const [container, ...lives] = pairs.at(-1) ?? pair('none', 0, 0, null);
  pairs[11] = [container, ...lives, ...proxies];
  const fit: Fit = { widthAt: (height) => (690 * (height + 26)) / 205, widest: 700 / 0.45 };
  const shown = (layout: Layout) => proxies.filter(({ pid }) => boxOf(layout, pid, 200) !== undefined).length;

  const low = arranged(layoutWith(pairs, [5]), 200, fit);
  expect(densityAt(low, 200)).toBe('compact');
  expect(shown(low)).toBe(5);
  expect(shown(arranged(layoutWith(pairs, [5]), 200, laptop))).toBe(13);
});
