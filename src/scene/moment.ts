import type { World } from '../journal/world.ts';
import type { Beat } from './beats.ts';
import type { Box } from './layout.ts';
import { presentationOf, type Timeline } from './timeline.ts';

/** All that the parts of a picture are made from. */
export interface Moment {
  readonly world: World;
  readonly timeline: Timeline;
  readonly atMs: number;
  readonly place: number;
  readonly beat: Beat | null;
  readonly isStill: boolean;
  /** How the picture was arranged before the command, as long as who stood there is on the way; null afterwards. */
  readonly earlier: Earlier | null;
}

interface Earlier {
  readonly timeline: Timeline;
  readonly place: number;
  /** How far they have come, 0 to 1. */
  readonly share: number;
}

/** Where something stands that is there from `since` on. */
export function onTheWay<Found extends Box | undefined>(
  moment: Moment,
  since: number,
  boxIn: (moment: Moment) => Found,
): Found {
  const { earlier } = moment;
  const box = boxIn(moment);
  const before = earlier === null || since >= earlier.place ? undefined : boxIn({ ...moment, ...earlier });
  if (box === undefined || before === undefined || earlier === null) return box;
  const between = (from: number, to: number): number => from + (to - from) * earlier.share;
  return {
    ...box,
    x: between(before.x, box.x),
    y: between(before.y, box.y),
    w: between(before.w, box.w),
    h: between(before.h, box.h),
  };
}

/** How much of a stretch that began with an event has passed: 0 to 1. */
export function sinceEvent(moment: Moment, seq: number, durationMs: number): number {
  if (moment.isStill) return 1;
  const since = moment.atMs - presentationOf(moment.timeline, seq);
  return Math.max(0, Math.min(1, since / durationMs));
}
