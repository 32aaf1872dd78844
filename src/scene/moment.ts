import type { World } from '../journal/world.ts';
import type { Beat } from './beats.ts';
import { presentationOf, type Timeline } from './timeline.ts';

/** All that the parts of a picture are made from. */
export interface Moment {
  readonly world: World;
  readonly timeline: Timeline;
  readonly atMs: number;
  readonly place: number;
  readonly beat: Beat | null;
  readonly isStill: boolean;
}

/** How much of a stretch that began with an event has passed: 0 to 1. */
export function sinceEvent(moment: Moment, seq: number, durationMs: number): number {
  if (moment.isStill) return 1;
  const since = moment.atMs - presentationOf(moment.timeline, seq);
  return Math.max(0, Math.min(1, since / durationMs));
}
