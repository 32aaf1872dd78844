import { expect, test } from 'vitest';
import { columnsFor, laneWidth, rightMargin } from './columns.ts';
import { pathOf, pointOn, talkCurve } from './geometry.ts';

const few = { isTall: false, isMarked: false, isApart: false, hasStrip: false, blocks: 0 };

test('the columns fill a width between the closest and the widest, in order and apart', () => {
  for (const width of [1100, 1200, 1300, 1400]) {
    const { client, dockerd, containerd, shim, tools } = columnsFor(width, few);
    expect(Math.abs(tools.x + tools.w + rightMargin - width)).toBeLessThanOrEqual(2);
    const inOrder = [client, dockerd, containerd, shim, tools];
    for (const [index, { x, w }] of inOrder.entries()) {
      expect(inOrder[index + 1]?.x ?? Infinity).toBeGreaterThanOrEqual(x + w + 20);
    }
  }
  expect(columnsFor(200, few)).toEqual(columnsFor(900, few));
  expect(columnsFor(5000, few)).toEqual(columnsFor(2000, few));
});

test('the wire between neighbours hangs below both, and is the same in both directions', () => {
  const dockerd = { x: 200, y: 150, w: 180, h: 100 };
  const containerd = { x: 420, y: 150, w: 180, h: 100 };
  const wire = talkCurve(dockerd, containerd);
  const back = talkCurve(containerd, dockerd);

  expect(pointOn(wire, 0.5).y).toBeCloseTo(272);
  expect(pathOf([back[3], back[2], back[1], back[0]])).toBe(pathOf(wire));
});

test('of many, a container’s frame is as wide as the room for a tool beside it allows', () => {
  for (const width of [900, 1500, 2600]) {
    const { shim, tools, step } = columnsFor(width, { ...few, blocks: 3 }).block;
    const tool = step - laneWidth - (tools.x + tools.w - shim.x);
    expect(tool).toBeGreaterThanOrEqual(64);
    expect(tools.w).toBeGreaterThanOrEqual(144);
  }
});
