import { expect, test } from 'vitest';
import { nearest } from './roving.ts';

const nodes = [
  { stop: 1, box: { x: 0, y: 0, w: 100, h: 40 } },
  { stop: 2, box: { x: 300, y: 0, w: 100, h: 40 } },
  { stop: 3, box: { x: 300, y: 200, w: 100, h: 40 } },
];

test('in place of who is gone comes the one that stands nearest', () => {
  expect(nearest(nodes, { x: 320, y: 150, w: 100, h: 40 })).toBe(3);
  expect(nearest(nodes, { x: 200, y: 10, w: 100, h: 40 })).toBe(2);
});

test('before anybody was chosen Tab leads to the first, and to nobody where nobody is', () => {
  expect(nearest(nodes, undefined)).toBe(1);
  expect(nearest([], { x: 0, y: 0, w: 1, h: 1 })).toBeUndefined();
});
