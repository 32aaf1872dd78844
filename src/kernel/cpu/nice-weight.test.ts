import { expect, test } from 'vitest';
import { niceOfWeight, weightOfNice } from './nice-weight.ts';

test.each([
  [100, 0],
  [1, 19],
  [20, 7],
  [39, 4],
  [10_000, -20],
])('the weight %i is told as nice %i', (weight, nice) => {
  expect(niceOfWeight(weight)).toBe(nice);
});

test('nice 5 means the weight 33, and what is heavy enough is told again as it was given', () => {
  expect(weightOfNice(5)).toBe(33);
  expect(weightOfNice(20)).toBeUndefined();
  for (let nice = -20; nice <= 13; nice += 1) expect(niceOfWeight(weightOfNice(nice) ?? 0)).toBe(nice);
});
