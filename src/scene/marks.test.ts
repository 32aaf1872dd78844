import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { barsOf, marksOf, type Mark, type Rank } from './marks.ts';
import { sampleAnd } from './published.fixture.ts';
import { createTimeline } from './timeline.ts';

const at = (atMs: number, rank: Rank = 'usual'): Mark => ({ atMs, kind: 'fork', id: `fork:${atMs}#1`, rank });

test('bars tell how thick the marks stand, and in which of them something grave happened', () => {
  const marks = [at(100), at(101), at(102, 'turning'), at(103), at(160, 'grave'), at(199), at(200)];

  expect(barsOf(marks, 100, 200, 10)).toEqual([
    { from: 0, share: 1, isGrave: false },
    { from: 0.6, share: 0.25, isGrave: true },
    { from: 0.9, share: 0.5, isGrave: false },
  ]);
});

test('what does harm is grave, and a signal that the kernel discards is not', () => {
  const { dockerd, sh } = samplePids;
  const rankAfter = (...facts: readonly Fact[]): Rank | undefined => {
    const timeline = createTimeline(sampleAnd(facts), 'story');
    return marksOf(timeline, 0, Number.POSITIVE_INFINITY).at(-1)?.rank;
  };
  const signal = { type: 'signal.send', from: sh, pid: dockerd, signal: 'SIGKILL' } as const;
  const dies: Fact = { type: 'task.exit', pid: dockerd, status: { signal: 'SIGKILL' } };

  expect(rankAfter({ ...signal, fate: 'discarded' })).toBe('usual');
  expect(rankAfter({ ...signal, fate: 'queued' })).toBe('usual');
  expect(rankAfter({ ...signal, fate: 'queued' }, dies)).toBe('grave');
});
