import type { Columns } from './columns.ts';
import { indentShift } from './indent.ts';
import type { Box } from './layout.ts';

/** What stands below the daemons: a docker-proxy for each address that a port is published on, other services. */
interface ServicesRoom {
  readonly columns: Columns;
  readonly top: number;
  /** As many as the command will need at once. */
  readonly count: number;
  /** Of more than so many the last place is for the number of the others. */
  readonly most: number;
  /** Whether a person has asked for all of them. */
  readonly isOpen: boolean;
}

/** One port, in both families: each has a box with two lines. More have one line each; */
const roomy = 2;
/** more than so many, when all are asked for, have a low one. */
const many = 28;
/** More would push the rest out of sight; beside many containers in a low room fewer do. */
export const servicesShown = [14, 6, 2] as const;

/** Where the service in a slot stands; undefined when it is one of those that are only counted. */
export function serviceBox(room: ServicesRoom, slot: number): Box | undefined {
  return slot < shownOf(room) ? tile(room, slot) : undefined;
}

/** Where their number stands, or, when all are shown, what hides them again; undefined when all have their place. */
export function crowdBox(room: ServicesRoom): Box | undefined {
  return room.count > room.most ? tile(room, shownOf(room)) : undefined;
}

/** How far down they reach, from the top of the first. */
export function servicesHeight(room: ServicesRoom): number {
  const places = Math.min(room.count, shownOf(room)) + (room.count > room.most ? 1 : 0);
  const lowest = Array.from({ length: Math.min(places, 2) }, (_, back) => tile(room, places - 1 - back));
  return Math.max(0, ...lowest.map(({ y, h }) => y + h - room.top));
}

function shownOf({ count, most, isOpen }: Pick<ServicesRoom, 'count' | 'most' | 'isOpen'>): number {
  return isOpen || count <= most ? count : most - 1;
}

/** Two in a line, left and right of the way from dockerd to them. */
function tile({ columns: { client, dockerd }, top, count }: ServicesRoom, place: number): Box {
  const [step, h] = count <= roomy ? [46, 40] : count <= many ? [34, 28] : [26, 21];
  const middle = dockerd.x + indentShift / 2;
  const [x, end] =
    place % 2 === 0 ? [client.x, middle - indentShift / 2] : [middle + indentShift / 2, dockerd.x + dockerd.w];
  return { x, y: top + Math.floor(place / 2) * step, w: end - x, h };
}
