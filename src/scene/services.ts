import type { Column, Columns } from './columns.ts';
import { indentShift } from './indent.ts';
import type { Box } from './layout.ts';

/** What stands below the daemons: a docker-proxy for each address that a port is published on, other services. */
interface ServicesRoom {
  readonly columns: Columns;
  readonly top: number;
  /** As many as the command will need at once. */
  readonly count: number;
  /** Whether a person has asked for all of them. */
  readonly isOpen: boolean;
}

/** One port, in both families: each has a box with two lines. More have one line each; */
const roomy = 2;
const roomyStep = 48;
const roomyHeight = 42;
/** so many stand all below dockerd, whose children they are; of more, every other one in a second column. */
const oneColumn = 4;
/** More than so many, when all are asked for, have a low one. A line between two boxes leads to the second column. */
const many = 28;
/** More would push the rest out of sight: then the last place is for their number. */
const denseShown = 14;

/** Where the service in a slot stands; undefined when it is one of those that are only counted. */
export function serviceBox(room: ServicesRoom, slot: number): Box | undefined {
  return slot < shownOf(room) ? brick(room, slot) : undefined;
}

/** Where their number stands, or, when all are shown, what hides them again; undefined when all have their place. */
export function crowdBox(room: ServicesRoom): Box | undefined {
  return room.count > denseShown ? brick(room, shownOf(room)) : undefined;
}

/** How far down they reach, from the top of the first. */
export function servicesHeight(room: ServicesRoom): number {
  const places = Math.min(room.count, shownOf(room)) + (room.count > denseShown ? 1 : 0);
  const lowest = Array.from({ length: Math.min(places, 2) }, (_, back) => brick(room, places - 1 - back));
  return Math.max(0, ...lowest.map(({ y, h }) => y + h - room.top));
}

function shownOf({ count, isOpen }: Pick<ServicesRoom, 'count' | 'isOpen'>): number {
  return isOpen || count <= denseShown ? count : denseShown - 1;
}

/** Below each other, or laid as bricks: at the height of a second column's box is the gap between two of the first. */
function brick({ columns, top, count }: ServicesRoom, place: number): Box {
  const [step, h] = count <= roomy ? [roomyStep, roomyHeight] : count <= many ? [38, 28] : [26, 21];
  if (count <= oneColumn) return { ...indented(columns.dockerd), y: top + place * step, h };
  const isSecond = place % 2 === 1;
  const column = isSecond ? columns.containerd : indented(columns.dockerd);
  return { ...column, y: top + (Math.floor(place / 2) + (isSecond ? 0.5 : 0)) * step, h };
}

/** Set in below its parent, so that the line to it passes its older siblings. */
function indented({ x, w }: Column): Column {
  return { x: x + indentShift, w: w - indentShift };
}
