import { expect, test } from 'vitest';
import { parentCurve, pointOn } from './geometry.ts';
import { indentShift } from './indent.ts';
import type { Box } from './layout.ts';

/** A place in an indented tree whose boxes all end at one right edge. */
function placed(line: number, indent: number): Box {
  return { x: indent * indentShift, y: line * 46, w: 200 - indent * indentShift, h: 40 };
}

test.each([
  ['below', 0, 3],
  ['above, in a place that somebody left,', 3, 0],
])('the way to a child that stands %s keeps left of all its siblings and ends at its left side', (_, from, to) => {
  const [parent, child] = [placed(from, 1), placed(to, 2)];
  const line = parentCurve(parent, child);
  const end = line[3];
  const between = Array.from({ length: 21 }, (_each, step) => pointOn(line, step / 20));

  expect(end).toEqual({ x: child.x, y: child.y + child.h / 2 });
  for (const { x, y } of between) {
    expect(x).toBeLessThanOrEqual(child.x);
    expect([x, y > parent.y && y < parent.y + parent.h]).toEqual([x, false]);
  }
});
