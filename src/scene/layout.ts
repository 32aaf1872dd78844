import type { DetailLevel } from '../journal/event.ts';
import { columnsFor, type Column, type Columns } from './columns.ts';
import { wideLevels, type Levels } from './levels.ts';
import type { Lives } from './lives.ts';
import { isMany, marksApart, measures, tallRow, type Density } from './measures.ts';
import { homesOf, placementsOf, tenanciesOf, type Placement, type RowTenancy } from './placement.ts';
import { servicesShown } from './services.ts';
import { stripSlots } from './strip.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Who stands where. Spots are taken once, and rows change their height only where a new command begins. */
export interface Layout {
  readonly placements: ReadonlyMap<number, Placement>;
  readonly tenancies: readonly RowTenancy[];
  /** One for each command, ascending: how much room it will need from its first event to its last. */
  readonly needs: readonly Need[];
  readonly columns: Columns;
  readonly levels: Levels;
  /** Whether shims and containers stand below the daemons, since the room is no wider than that. */
  readonly isTall: boolean;
  /** More rows than these are many. */
  readonly mostFew: number;
  /** Whether many containers are so many that each is a mark. */
  readonly isMarked: boolean;
  /** Whether the marks stand so far apart that a finger meets each. */
  readonly isApart: boolean;
  /** Whether tools stand below the daemons, since they have no room beside their container. */
  readonly hasStrip: boolean;
  /** In how many blocks many containers stand beside each other. */
  readonly blocks: number;
  /** Where tools stand that have no room in the row of their container. */
  readonly strip: ReadonlyMap<number, number>;
  /** Of more services than so many some are only counted. */
  readonly mostServices: number;
  /** Whether all services are shown, however many. */
  readonly isCrowdOpen: boolean;
}

/** The room that is needed from a place on. */
interface Need {
  readonly from: number;
  rows: number;
  /** For each row, lines of processes. */
  readonly lines: number[];
  /** Rows whose containers have limits. */
  readonly limited: Set<number>;
  /** Tools beside each other at once. */
  tools: number;
  /** Places in the strip that is for the tools of all rows. */
  strip: number;
  /** Boxes below the wires: clients beside the first. */
  clients: number;
  /** Two stand beside each other between a shell and its command. */
  isHalved: boolean;
  /** Services, below the wires too. */
  services: number;
}

/** The room that a picture is arranged for. */
export interface Fit {
  /** How wide a picture of a height may be, in its own units; many containers and the columns fill it as they can. */
  readonly widthAt: (height: number, isMany: boolean) => number;
  readonly isTall?: boolean;
  /** A higher picture of a few containers is not shown whole: what the story is about is looked at from nearer. */
  readonly highestOfFew?: number;
  /** In a wider picture nobody could read the names of many containers. */
  readonly widest?: number;
  /** In a wider one no finger could meet one of very many, however far apart they stand. */
  readonly widestTouched?: number;
}

/** @param turns Places at which something was typed, ascending: there the picture may be arranged anew. */
export function layoutOf(lives: Lives, level: DetailLevel, turns: readonly number[]): Layout {
  const homes = homesOf(lives);
  const tenancies = tenanciesOf(lives);
  const rowOf = new Map(tenancies.map(({ container, row }) => [container, row]));
  const placements = placementsOf(lives, homes, rowOf, level);
  const strip = stripSlots(lives, placements);
  const needs = [-1, ...turns].map(nothingFrom);
  for (const { container, row, from, until } of tenancies) {
    for (const need of within(needs, from, until)) need.rows = Math.max(need.rows, row + 1);
    const limitedFrom = lives.limited.get(container);
    if (limitedFrom === undefined) continue;
    for (const need of within(needs, Math.max(from, limitedFrom), until)) need.limited.add(row);
  }
  for (const { pid, born, reaped } of lives.all) {
    const placement = placements.get(pid);
    if (placement === undefined) continue;
    const { area, row, slot } = placement;
    for (const need of within(needs, born, reaped)) {
      if (area === 'container') need.lines[row] = Math.max(need.lines[row] ?? 1, slot + 1);
      if (area === 'tool') need.tools = Math.max(need.tools, slot + 1);
      need.strip = Math.max(need.strip, (strip.get(pid) ?? -1) + 1);
      if (area === 'client') need.clients = Math.max(need.clients, slot - lowerFrom + 1);
      if (area === 'client' && slot === lowerFrom - 1) need.isHalved = true;
      if (area === 'service') need.services = Math.max(need.services, slot + 1);
    }
  }
  const columns = columnsFor(0, few);
  return {
    placements,
    tenancies,
    needs,
    strip,
    columns,
    levels: wideLevels,
    ...few,
    mostFew,
    blocks: 1,
    mostServices: mostShown,
    isCrowdOpen: false,
  };
}

const [mostShown] = servicesShown;
/** In a wide room. */
export const mostFew = 3;
const few = { isTall: false, isMarked: false, isApart: false, hasStrip: false, blocks: 0 } as const;

function nothingFrom(from: number): Need {
  return { from, rows: 0, lines: [], limited: new Set(), tools: 0, strip: 0, clients: 0, isHalved: false, services: 0 };
}

/** What is needed during the commands that somebody lives through. */
function within(needs: readonly Need[], from: number, until: number | null): readonly Need[] {
  const first = needs.findLastIndex((need) => need.from <= from);
  const end = until === null ? -1 : needs.findIndex((need) => need.from > until);
  return needs.slice(Math.max(0, first), end === -1 ? needs.length : end);
}

export function needAt({ needs }: Layout, place: number): Need {
  return needs.findLast(({ from }) => from < place) ?? nothingFrom(-1);
}

/** The first clients stand above: a shell, a command below it, a second shell or two helpers of theirs between them. */
export const lowerFrom = 4;
/** How closely the rows stand during the command that a place is in. */
export function densityAt(layout: Layout, place: number): Density {
  const { rows } = needAt(layout, place);
  if (rows > layout.mostFew) return layout.isMarked ? 'marks' : 'compact';
  return rows <= 1 && !layout.isTall ? 'roomy' : 'middle';
}

export function measuresAt(layout: Layout, place: number) {
  const density = densityAt(layout, place);
  if (layout.isApart && density === 'marks') return marksApart;
  return layout.isTall && density === 'middle' ? tallRow : measures[density];
}

export function isManyAt(layout: Layout, place: number): boolean {
  return isMany(densityAt(layout, place));
}

/** How many rows stand below each other before the next block begins to the right. */
export function rowsInBlock(layout: Layout, place: number): number {
  return Math.ceil(placesFor(needAt(layout, place).rows) / layout.blocks);
}

/** Of many, places are kept for some more, so that not each one who comes moves all the others. */
export function placesFor(rows: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, rows))) - 2);
  return Math.ceil(rows / step) * step;
}

/** Left edges and widths of a row's shim and frame. Of many, the rows stand in blocks beside each other. */
export function columnsOf(layout: Layout, row: number, place: number): Pick<Columns, 'shim' | 'tools'> {
  const { columns } = layout;
  if (!isManyAt(layout, place)) return columns;
  return blockAt(columns, Math.floor(row / rowsInBlock(layout, place)));
}

function blockAt({ block: { shim, tools, step } }: Columns, index: number): Pick<Columns, 'shim' | 'tools'> {
  const shifted = ({ x, w }: Column): Column => ({ x: x + index * step, w });
  return { shim: shifted(shim), tools: shifted(tools) };
}

/** What has a heading of its own: the columns of shims and containers, or those of each block. */
export function blocksAt(layout: Layout, place: number): readonly Pick<Columns, 'shim' | 'tools'>[] {
  if (!isManyAt(layout, place)) return [layout.columns];
  const count = Math.ceil(needAt(layout, place).rows / rowsInBlock(layout, place));
  return Array.from({ length: count }, (_, index) => blockAt(layout.columns, index));
}
