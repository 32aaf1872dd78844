import { expect, test } from 'vitest';
import { boxOf, containerBox, densityAt, layoutOf } from './layout.ts';
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

function layoutWith(pairs: readonly Tenant[], turns: readonly number[]) {
  const all = pairs.flatMap(([, ...lives]) => lives);
  const lives: Lives = {
    roles: new Map(),
    all,
    byPid: new Map(all.map((life) => [life.pid, life])),
    inits: new Map(),
    receivers: new Map(),
    writeSleepsNs: new Map(),
    containers: new Map(pairs.map(([container]) => [container.id, container])),
    created: new Map(),
    limited: new Map(),
    lastOfLine: new Set(),
    hostFiles: new Map(),
  };
  return layoutOf(lives, 'story', turns);
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

test('a tool in front of one of very many leaves its name to be read', () => {
  const pairs = Array.from({ length: 30 }, (_, index) => pair(`c${index}`, 10 + index * 2, 11 + index, null));
  const [container, ...lives] = pairs[7] ?? pair('none', 0, 0, null);
  pairs[7] = [container, ...lives, tool('c7', 900, 24, 100)];
  const layout = layoutWith(pairs, [5]);

  expect((boxOf(layout, 900, 200)?.y ?? 0) - containerBox(layout, 7, 200).y).toBeGreaterThanOrEqual(20);
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
