import { expect, test } from 'vitest';
import { barsOf, type Mark, type Rank } from './marks.ts';

const at = (atMs: number, rank: Rank = 'usual'): Mark => ({ atMs, kind: 'fork', id: `fork:${atMs}#1`, rank });

test('bars tell how thick the marks stand, and in which of them something grave happened', () => {
  const marks = [at(100), at(101), at(102, 'turning'), at(103), at(160, 'grave'), at(199), at(200)];

  expect(barsOf(marks, 100, 200, 10)).toEqual([
    { from: 0, share: 1, isGrave: false },
    { from: 0.6, share: 0.25, isGrave: true },
    { from: 0.9, share: 0.5, isGrave: false },
  ]);
});
