import { expect, test } from 'vitest';
import { boxOf, containerBox, densityAt, layoutOf } from './layout.ts';
import type { ContainerLife, Life, Lives } from './lives.ts';

/** A shim and its container's first process, for as long as the container is there. */
function pair(id: string, pid: number, born: number, removed: number | null): readonly [ContainerLife, Life, Life] {
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
  return [{ id, name: id, image: 'busybox', born, removed }, life('shim', pid, 1), life('init', pid + 1, pid)];
}

function layoutWith(pairs: readonly (readonly [ContainerLife, Life, Life])[], turns: readonly number[]) {
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
