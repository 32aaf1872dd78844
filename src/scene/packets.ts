import { standIn, wireOf } from './edges.ts';
import { endOf } from './columns.ts';
import { packetsAt, type Packet } from './flights.ts';
import { isLevel, pointOn, wireDepth, type Spot } from './geometry.ts';
import type { Box } from './layout.ts';
import type { Levels } from './levels.ts';
import { containerName } from './lives.ts';
import type { Moment } from './moment.ts';
import { shortLabel } from './names.ts';

/** A message on its wire, and what it says, below the wires where it covers nobody's words. */
export interface PlacedPacket extends Packet {
  readonly shortLabel: string;
  readonly spot: Spot;
  /** Middle of the label. */
  readonly labelSpot: Spot;
}

const labelBelowWire = 17;
const laneHeight = 21;
/** Pixels that a letter of a label takes, and its frame; in a tall room it is written larger. */
const letterWidth = { wide: 7, tall: 9.1 } as const;
const frameWidth = 18;

export function placedPackets(moment: Moment, boxes: ReadonlyMap<number, Box>): readonly PlacedPacket[] {
  const { timeline, atMs } = moment;
  const { columns, isTall, levels } = timeline.layout;
  // A wide picture goes on to the right of all who talk.
  const rightmost = isTall ? endOf(columns, 0) : Infinity;
  const placed: (PlacedPacket & { readonly half: number })[] = [];
  for (const packet of packetsAt(timeline.flights, atMs)) {
    const from = boxes.get(standIn(packet.from, moment, boxes));
    const to = boxes.get(standIn(packet.to, moment, boxes));
    if (from === undefined || to === undefined) continue;
    const spot = pointOn(wireOf(packet.protocol, from, to), packet.progress);
    const short = shortLabel(packet.label, (id) => containerName(timeline.lives, id));
    const half = (short.length * letterWidth[isTall ? 'tall' : 'wide'] + frameWidth) / 2;
    const { x, y } = labelSpot(from, to, spot, levels);
    const wanted = besideBoxes([from, to], x, y, half);
    const label = { x: Math.max(half + 4, Math.min(rightmost - half - 4, wanted)), y };
    // Two labels that meet do not lie on each other: the later one gives way downwards.
    while (placed.some((other) => isOn(other, label, half))) label.y += laneHeight;
    placed.push({ ...packet, shortLabel: short, spot, labelSpot: label, half });
  }
  return placed;
}

/** Beside whoever it would cover, on the side where the wire leaves. */
function besideBoxes(boxes: readonly Box[], x: number, y: number, half: number): number {
  const covered = boxes.find(
    (box) =>
      x + half > box.x && x - half < box.x + box.w && y + laneHeight / 2 > box.y && y - laneHeight / 2 < box.y + box.h,
  );
  if (covered === undefined) return x;
  const isRight = x >= covered.x + covered.w / 2;
  return isRight ? covered.x + covered.w + half + 4 : covered.x - half - 4;
}

function isOn(other: PlacedPacket & { readonly half: number }, { x, y }: Spot, half: number): boolean {
  return Math.abs(other.labelSpot.y - y) < laneHeight && Math.abs(other.labelSpot.x - x) < other.half + half;
}

/** Along with the packet below a hanging wire; else it stands below the daemon that is spoken to or speaks. */
function labelSpot(from: Box, to: Box, spot: Spot, { daemonTop, daemonHeight }: Levels): Spot {
  const daemon = [from, to].find(({ y, h }) => y === daemonTop && h === daemonHeight);
  if (daemon === undefined) return { x: spot.x, y: spot.y + labelBelowWire };
  const y = daemonTop + daemonHeight + wireDepth + labelBelowWire;
  return { x: isLevel(from, to) ? spot.x : daemon.x + daemon.w / 2, y };
}
