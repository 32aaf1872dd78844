import type { Beat, BeatKind } from './beats.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Timeline } from './timeline.ts';

/** A moment on the timeline's track. */
export interface Mark {
  readonly atMs: number;
  readonly kind: BeatKind;
  readonly id: string;
  readonly rank: Rank;
}

/** Turning points stand out, and what is grave: what did harm to somebody. */
export type Rank = 'turning' | 'grave' | 'usual';

/** Many marks as one bar. */
export interface Bar {
  /** Of the stretch, 0 to 1. */
  readonly from: number;
  /** How many stand in it, as a share of those in the fullest one. */
  readonly share: number;
  readonly isGrave: boolean;
}

/** What is marked on the timeline's track between two presentation times. */
export function marksOf({ beats, beatTimes }: Timeline, fromMs: number, toMs: number): readonly Mark[] {
  return beats.flatMap((beat, index) => {
    const atMs = beatTimes[index] ?? 0;
    return atMs < fromMs || atMs > toMs ? [] : [{ atMs, kind: beat.kind, id: beat.id, rank: rankOf(beat) }];
  });
}

/** Who was killed, a daemon that ended, what was lost or given up. A signal on its way has done nothing yet. */
const grave: ReadonlySet<StoryKey> = new Set<StoryKey>([
  'init.killed',
  'exec.killed',
  'member.killed',
  'namespace.emptied',
  'shim.killed',
  'daemon.killed',
  'daemon.exits',
  'proxy.killed',
  'kernel.oom',
  'kernel.out-of-memory',
  'kernel.no-fork',
  'kernel.no-room',
  'host.runc-gone',
  'host.runc-replaced',
  'output.lost',
  'systemd.gives-up',
  'dockerd.unhealthy',
]);

function rankOf({ kind, caption: { key, params } }: Beat): Rank {
  if (kind === 'reparent') return 'turning';
  const hasFailed = key === 'init.exits' && params['code'] !== '0';
  return hasFailed || grave.has(key) ? 'grave' : 'usual';
}

/** How thick the marks stand, in so many bars of equal width; the empty ones are left out. */
export function barsOf(marks: readonly Mark[], fromMs: number, toMs: number, count: number): readonly Bar[] {
  const found = new Map<number, { marks: number; isGrave: boolean }>();
  for (const { atMs, rank } of marks) {
    const place = Math.min(count - 1, Math.floor(((atMs - fromMs) / (toMs - fromMs)) * count));
    const before = found.get(place) ?? { marks: 0, isGrave: false };
    found.set(place, { marks: before.marks + 1, isGrave: before.isGrave || rank === 'grave' });
  }
  const most = Math.max(...[...found.values()].map((bar) => bar.marks));
  return [...found].map(([place, bar]) => ({
    from: place / count,
    share: bar.marks / most,
    isGrave: bar.isGrave,
  }));
}
