import { indentShift } from './indent.ts';
import type { Box } from './layout.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
}
/** A cubic Bézier curve: start, two handles, end. One geometry for the screen and for exports. */
export type Curve = readonly [Spot, Spot, Spot, Spot];

export function pointOn([a, b, c, d]: Curve, share: number): Spot {
  const rest = 1 - share;
  const [wa, wb, wc, wd] = [rest ** 3, 3 * rest * rest * share, 3 * rest * share * share, share ** 3];
  return { x: wa * a.x + wb * b.x + wc * c.x + wd * d.x, y: wa * a.y + wb * b.y + wc * c.y + wd * d.y };
}

/** The beginning of a curve, up to a share of it: an edge that grows. De Casteljau's construction. */
export function beginningOf([a, b, c, d]: Curve, share: number): Curve {
  const ab = between(a, b, share);
  const bc = between(b, c, share);
  const cd = between(c, d, share);
  const abc = between(ab, bc, share);
  const bcd = between(bc, cd, share);
  return [a, ab, abc, between(abc, bcd, share)];
}

/** As the `d` of an SVG path. */
export function pathOf([a, b, c, d]: Curve): string {
  return `M${two(a.x)} ${two(a.y)}C${two(b.x)} ${two(b.y)} ${two(c.x)} ${two(c.y)} ${two(d.x)} ${two(d.y)}`;
}

function two(value: number): number {
  return Math.round(value * 100) / 100;
}

function between(a: Spot, b: Spot, share: number): Spot {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** From a parent to its child: down when the child is below, else to the right; at a third of the height. */
export function parentCurve(parent: Box, child: Box): Curve {
  const gapRight = child.x - (parent.x + parent.w);
  const gapBelow = child.y - (parent.y + parent.h);
  // Within one column of an indented tree both end at the same right edge.
  const isIndented = child.x > parent.x && child.x + child.w === parent.x + parent.w;
  if (isIndented) return branch(parent, child);
  if (gapBelow >= 0 && gapRight < 0) {
    const middle = parent.x + parent.w / 2;
    const isAbove = middle > child.x + 14 && middle < child.x + child.w - 14;
    // Straight down where it can: left of what a container's frame says of its cgroup.
    if (isAbove) return vertical({ x: middle, y: parent.y + parent.h }, { x: middle, y: child.y });
    const startX = clamp(child.x + child.w / 2, parent.x + 14, parent.x + parent.w - 14);
    return vertical({ x: startX, y: parent.y + parent.h }, { x: child.x + child.w / 2, y: child.y });
  }
  if (gapBelow >= farBelow && gapRight >= 0 && parent.h < 60) return lane(parent, child);
  if (gapBelow >= 24 && parent.h < 60) {
    return elbow({ x: parent.x + parent.w, y: parent.y + parent.h / 2 }, { x: child.x + child.w / 2, y: child.y });
  }
  if (gapRight >= 0) {
    const start = { x: parent.x + parent.w, y: parent.y + parent.h * 0.3 };
    return horizontal(start, { x: child.x, y: child.y + child.h * 0.3 });
  }
  const start = { x: parent.x, y: parent.y + parent.h * 0.3 };
  return horizontal(start, { x: child.x + child.w, y: child.y + child.h * 0.3 });
}

/** From here on something else may stand between systemd and its child. */
const farBelow = 150;

/** As in a drawn tree: along the parent's left edge, then right to the child, past its older siblings. */
function branch(parent: Box, child: Box): Curve {
  // A child may have taken a place above that somebody left.
  const start = { x: parent.x + indentShift / 2, y: child.y < parent.y ? parent.y : parent.y + parent.h };
  const end = { x: child.x, y: child.y + child.h / 2 };
  const corner = { x: start.x, y: end.y };
  return [start, corner, corner, end];
}

/** Down along the parent's left edge as a branch does, but far to the right at the child's height. */
export function stemOf(parent: Box, child: Box): Way {
  const x = parent.x + indentShift / 2;
  return bentTo([{ x, y: parent.y + parent.h }], x, {
    x: child.x < x ? child.x + child.w : child.x,
    y: child.y + child.h / 2,
  });
}

/** Straight through some spots, and then along a curve. */
interface Way {
  readonly trunk: readonly Spot[];
  readonly curve: Curve;
}

/** Down a lane to the height of an end, and around the corner to it. */
function bentTo(trunk: readonly Spot[], lane: number, end: Spot): Way {
  const corner = { x: lane, y: end.y };
  return { trunk, curve: [{ x: lane, y: end.y - bend }, corner, corner, end] };
}

const bend = 14;

/** From systemd straight down between the daemons, to a shim below. */
export function downTo(parent: Box, child: Box): Way {
  const x = parent.x + parent.w / 2;
  return bentTo([{ x, y: parent.y + parent.h }], x, { x: child.x, y: child.y + child.h * 0.25 });
}

/** From systemd left to the lane between clients and daemons, and down it into a client's side: behind no daemon. */
export function asideTo(parent: Box, child: Box, lane: number): Way {
  const y = parent.y + parent.h * 0.75;
  const trunk = [
    { x: parent.x, y },
    { x: lane, y },
  ];
  return bentTo(trunk, lane, { x: child.x + child.w, y: child.y + child.h / 2 });
}

/** From a shell to its child past others of the same column: out at its left side, and along left of them. */
export function besideTo(parent: Box, child: Box): Way {
  const [x, y] = [Math.min(parent.x, child.x) - besideAll, parent.y + parent.h / 2];
  const end = { x: child.x, y: child.y + child.h / 2 };
  const corner = { x, y: end.y };
  const before = end.y < y ? end.y + bend : end.y - bend;
  const trunk = [
    { x: parent.x, y },
    { x, y },
  ];
  return { trunk, curve: [{ x, y: before }, corner, corner, end] };
}

const besideAll = 7;

/** From systemd to one of many shims: across above all rows, and down the lane before its column. */
export function crossingTo(parent: Box, child: Box, y: number, laneWide: number): Way {
  const [x, lane] = [parent.x + parent.w / 2, child.x - laneWide * 0.6];
  const trunk = [
    { x, y: parent.y + parent.h },
    { x, y },
    { x: lane, y },
  ];
  return bentTo(trunk, lane, { x: child.x, y: child.y + child.h * 0.3 });
}

/** From containerd up, above all rows, and down to a helper among many: behind no container. */
export function overTo(parent: Box, child: Box, y: number): Way {
  const x = parent.x + parent.w * 0.8;
  const end = { x: child.x + child.w / 2, y: child.y };
  return bentTo(
    [
      { x, y: parent.y },
      { x, y },
      { x: end.x, y },
    ],
    end.x,
    end,
  );
}

/** From one of many shims down the lane before its column, and below all rows to a tool far to the left. */
export function underTo(parent: Box, child: Box, y: number, laneWide: number): Way {
  const [x, height] = [parent.x - laneWide * 0.3, parent.y + parent.h * 0.7];
  const trunk = [
    { x: parent.x, y: height },
    { x, y: height },
    { x, y },
  ];
  if (y < child.y + child.h) {
    const end = { x: child.x + child.w, y };
    return { trunk, curve: horizontal({ x: end.x + bend, y }, end) };
  }
  const end = { x: child.x + child.w * 0.8, y: child.y + child.h };
  return { trunk, curve: [{ x: end.x + bend, y }, { x: end.x, y }, { x: end.x, y }, end] };
}

/** From a shim to a tool above and to the left of it. */
export function upTo(parent: Box, child: Box): Curve {
  const start = { x: parent.x + Math.min(24, parent.w / 2), y: parent.y };
  const end = { x: child.x + child.w, y: child.y + child.h / 2 };
  if (end.x > start.x || end.y > start.y) return parentCurve(parent, child);
  const corner = { x: start.x, y: end.y };
  return [start, corner, corner, end];
}

/** From one of many shims to a tool that stands beyond its container: above this, where no row stands. */
export function hop(parent: Box, child: Box): Curve {
  const start = { x: parent.x + parent.w * 0.7, y: parent.y };
  const end = { x: child.x + Math.min(child.w * 0.3, 20), y: child.y };
  return [start, { x: start.x + 10, y: start.y - hopHeight }, { x: end.x - 10, y: end.y - hopHeight }, end];
}

/** Less than there is between two rows, since a cubic curve comes three quarters of the way to its handles. */
const hopHeight = 6;

/** Down in the gap before the child's column, and into its side. */
function lane(parent: Box, child: Box): Curve {
  const start = { x: parent.x + parent.w, y: parent.y + parent.h / 2 };
  const end = { x: child.x, y: child.y + child.h * 0.3 };
  return [start, { x: child.x + 54, y: start.y }, { x: child.x - 16, y: end.y }, end];
}

/**
 * From systemd to one of many shims in columns: level to the lane before the shim's column, and down it into its side.
 * All that stand in one column share the way, so that a hundred children look like a tree and not like a broom.
 */
export function trunkOf(parent: Box, child: Box, laneWide: number): Way {
  const trunk = { x: parent.x + parent.w, y: parent.y + parent.h / 2 };
  const start = { x: child.x - laneWide, y: trunk.y };
  const end = { x: child.x, y: child.y + child.h * 0.3 };
  const corner = { x: start.x, y: end.y };
  return { trunk: [trunk], curve: [start, corner, corner, end] };
}

/**
 * Between two that talk. Side by side, the wire hangs below them, as the parents' lines stand above; to one that stands
 * elsewhere it goes from side to side.
 */
export function talkCurve(from: Box, to: Box): Curve {
  const isRight = to.x >= from.x;
  if (isLevel(from, to)) {
    const way = isRight ? 1 : -1;
    const start = { x: from.x + from.w * (0.5 + 0.14 * way), y: from.y + from.h };
    const end = { x: to.x + to.w * (0.5 - 0.14 * way), y: to.y + to.h };
    // A cubic curve comes three quarters of the way to its handles.
    const depth = wireDepth / 0.75;
    return [start, { x: start.x, y: start.y + depth }, { x: end.x, y: end.y + depth }, end];
  }
  if (isBelow(from, to)) return below(from, to);
  if (isBelow(to, from)) return backwards(below(to, from));
  if (from.y > to.y + to.h && isRight) {
    const start = { x: from.x + from.w, y: from.y + from.h / 2 };
    return elbow(start, { x: to.x + to.w * 0.2, y: to.y + to.h });
  }
  if (!isRight && from.y < to.y && from.x - to.x - to.w > farLeft) return over(from, to);
  if (to.y > from.y + from.h && !isRight) {
    return backwards(talkCurve(to, from));
  }
  return sideways(from, to);
}

/** Whether one stands below another, mostly within the same column. */
function isBelow(from: Box, to: Box): boolean {
  const shared = Math.min(from.x + from.w, to.x + to.w) - Math.max(from.x, to.x);
  return to.y > from.y + from.h && shared > 0.8 * Math.min(from.w, to.w);
}

/** Straight down near the right edges, beside what may stand between them. */
function below(from: Box, to: Box): Curve {
  const x = Math.min(from.x + from.w, to.x + to.w) - 12;
  return vertical({ x, y: from.y + from.h }, { x, y: to.y });
}

/** From side to side, however high either stands. */
export function sideways(from: Box, to: Box): Curve {
  const isRight = to.x >= from.x;
  const start = { x: isRight ? from.x + from.w : from.x, y: from.y + Math.min(from.h * 0.6, 48) };
  const end = { x: isRight ? to.x : to.x + to.w, y: to.y + Math.min(to.h * 0.6, 48) };
  return horizontal(start, end);
}

function backwards([start, handle, other, end]: Curve): Curve {
  return [end, other, handle, start];
}

/** Between two that talk over the network: to a container far to the right below all that stand between. */
export function networkCurve(from: Box, to: Box): Curve {
  if (to.x - from.x - from.w > farRight) return under(from, to);
  return from.x - to.x - to.w > farRight ? backwards(under(to, from)) : talkCurve(from, to);
}

/** From here on the daemons and shims stand between a client and a container. */
const farRight = 420;

/** From a client, or from one who stands lower, to a container far to the right: below those who stand between. */
function under(from: Box, to: Box): Curve {
  const end = { x: to.x, y: to.y + to.h * 0.8 };
  if (from.y > to.y + to.h) return horizontal({ x: from.x + from.w, y: from.y + from.h / 2 }, end);
  const start = { x: from.x + from.w / 2, y: from.y + from.h };
  const lowest = Math.max(start.y, end.y) + 3 * wireDepth;
  return [start, { x: start.x + 40, y: lowest }, { x: end.x - 220, y: lowest }, end];
}

/** From here on others stand between the two. */
const farLeft = 300;

/** To one far to the left and lower: above those who stand between, and down into its top, right of systemd. */
function over(from: Box, to: Box): Curve {
  const start = { x: from.x + from.w * 0.3, y: from.y };
  const end = { x: to.x + to.w * 0.85, y: to.y };
  return [start, { x: start.x, y: start.y - 60 }, { x: end.x, y: end.y - 110 }, end];
}

/** How far a wire hangs below those whom it joins. */
export const wireDepth = 22;

/** Whether two stand side by side on one line, so that a wire can hang between them. */
export function isLevel(one: Box, other: Box): boolean {
  return one.y + one.h === other.y + other.h && (one.x + one.w <= other.x || other.x + other.w <= one.x);
}

function horizontal(start: Spot, end: Spot): Curve {
  const reach = (end.x - start.x) * 0.5;
  return [start, { x: start.x + reach, y: start.y }, { x: end.x - reach, y: end.y }, end];
}

function vertical(start: Spot, end: Spot): Curve {
  const reach = (end.y - start.y) * 0.5;
  return [start, { x: start.x, y: start.y + reach }, { x: end.x, y: end.y - reach }, end];
}

/** First level, then down: systemd's lines to what stands far to the right. */
function elbow(start: Spot, end: Spot): Curve {
  return [start, { x: end.x, y: start.y }, { x: end.x, y: start.y }, end];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
