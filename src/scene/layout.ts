import type { DetailLevel } from '../journal/event.ts';
import { columnsFor, laneWidth, leastWidth, rightMargin, type Column, type Columns } from './columns.ts';
import { indentShift } from './indent.ts';
import type { Lives } from './lives.ts';
import { homesOf, placementsOf, tenanciesOf, type Placement, type RowTenancy } from './placement.ts';
import { crowdBox, serviceBox, servicesHeight } from './services.ts';

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
  /** In how many blocks many containers stand beside each other. */
  readonly blocks: number;
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
  /** Boxes below the wires: clients beside the first. */
  clients: number;
  /** Services, below the wires too. */
  services: number;
}

/** One container shows everything; a few show less, so that they fit; many are one line each. */
export type Density = 'roomy' | 'middle' | 'compact';

/** @param turns Places at which something was typed, ascending: there the picture may be arranged anew. */
export function layoutOf(lives: Lives, level: DetailLevel, turns: readonly number[]): Layout {
  const homes = homesOf(lives);
  const tenancies = tenanciesOf(lives);
  const rowOf = new Map(tenancies.map(({ container, row }) => [container, row]));
  const placements = placementsOf(lives, homes, rowOf, level);
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
      if (area === 'client') need.clients = Math.max(need.clients, slot - lowerFrom + 1);
      if (area === 'service') need.services = Math.max(need.services, slot + 1);
    }
  }
  return { placements, tenancies, needs, columns: columnsFor(0), blocks: 1, isCrowdOpen: false };
}

function nothingFrom(from: number): Need {
  return { from, rows: 0, lines: [], limited: new Set(), tools: 0, clients: 0, services: 0 };
}

/** What is needed during the commands that somebody lives through. */
function within(needs: readonly Need[], from: number, until: number | null): readonly Need[] {
  const first = needs.findLastIndex((need) => need.from <= from);
  const end = until === null ? -1 : needs.findIndex((need) => need.from > until);
  return needs.slice(Math.max(0, first), end === -1 ? needs.length : end);
}

function needAt({ needs }: Layout, place: number): Need {
  return needs.findLast(({ from }) => from < place) ?? nothingFrom(-1);
}

const top = 28;
const topHeight = 46;
export const daemonTop = 150;
export const daemonHeight = 100;
export const daemonBottom = daemonTop + daemonHeight;
/** Below the daemons their wires hang, and below these the messages travel; then come other clients and services. */
const lowerTop = daemonBottom + 76;
export const messagesBottom = daemonBottom + 60;
const lowerHeight = 56;
const lowerStep = lowerHeight + 10;
/** The first clients stand above: a shell, a command below it, a second shell between them. */
const lowerFrom = 3;
/** Heights within a row, from its top. The row itself begins at `first`, and the next one `gap` below its end. */
const measures = {
  roomy: {
    first: 80,
    toolHeight: 66,
    shimTop: 70,
    shimHeight: 100,
    boxTop: 100,
    head: 30,
    line: 70,
    foot: 34,
    gap: 30,
  },
  middle: { first: 58, toolHeight: 44, shimTop: 46, shimHeight: 74, boxTop: 46, head: 26, line: 46, foot: 2, gap: 8 },
  /** Name and trouble stand above the process, since nothing has room beside it. */
  compact: { first: 80, toolHeight: 48, shimTop: 0, shimHeight: 52, boxTop: 0, head: 20, line: 28, foot: 4, gap: 8 },
} as const;

/** How closely the rows stand during the command that a place is in. */
export function densityAt(layout: Layout, place: number): Density {
  const { rows } = needAt(layout, place);
  return rows <= 1 ? 'roomy' : rows <= 3 ? 'middle' : 'compact';
}

function measuresAt(layout: Layout, place: number) {
  return measures[densityAt(layout, place)];
}

/** From one of many rows to the next. */
const rowStep = measures.compact.head + measures.compact.line + measures.compact.foot + measures.compact.gap;

/** How many rows stand below each other before the next block begins to the right. */
function rowsInBlock(layout: Layout, place: number): number {
  return Math.ceil(placesFor(needAt(layout, place).rows) / layout.blocks);
}

/** Of many, places are kept for some more, so that not each one who comes moves all the others. */
function placesFor(rows: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, rows))) - 2);
  return Math.ceil(rows / step) * step;
}

/** So much smaller may the picture be, for the sake of fewer blocks. */
const worthFewer = 1.04;

/**
 * The same as it fills a room: of many containers so many blocks beside each other that the whole is seen from nearest.
 * It depends on the room and on what the command needs, so that nothing moves while this runs.
 */
export function arranged(layout: Layout, place: number, widthAt: (height: number, isMany: boolean) => number): Layout {
  if (densityAt(layout, place) !== 'compact') return { ...layout, columns: columnsIn(layout, place, widthAt) };
  const { rows } = needAt(layout, place);
  const choices = Array.from({ length: Math.ceil(Math.sqrt(placesFor(rows)) * 2) }, (_, index) => {
    const blocks = index + 1;
    const width = widthAt(heightFor({ ...layout, blocks }, place), true);
    return { blocks, width, size: Math.max(width, leastWidth(blocks)) };
  });
  const least = Math.min(...choices.map(({ size }) => size));
  const { blocks, width } = choices.find(({ size }) => size <= least * worthFewer) ?? { blocks: 1, width: 0 };
  return { ...layout, blocks, columns: columnsFor(width, blocks) };
}

/** Columns that fill a width; closer together where a command's tools would else be out of it. */
function columnsIn(layout: Layout, place: number, widthAt: (height: number, isMany: boolean) => number): Columns {
  const width = widthAt(heightFor(layout, place), false);
  const columns = columnsFor(width);
  const excess = rightmostOf({ ...layout, columns }, place) - width;
  return excess > 0 ? columnsFor(width - excess) : columns;
}

/** Left edges and widths of a row's shim and frame. Of many, the rows stand in blocks beside each other. */
function columnsOf(layout: Layout, row: number, place: number): Pick<Columns, 'shim' | 'tools'> {
  const { columns } = layout;
  if (densityAt(layout, place) !== 'compact') return columns;
  return blockAt(columns, Math.floor(row / rowsInBlock(layout, place)));
}

function blockAt({ block: { shim, tools, step } }: Columns, index: number): Pick<Columns, 'shim' | 'tools'> {
  const shifted = ({ x, w }: Column): Column => ({ x: x + index * step, w });
  return { shim: shifted(shim), tools: shifted(tools) };
}

/** What has a heading of its own: the columns of shims and containers, or those of each block. */
export function blocksAt(layout: Layout, place: number): readonly Pick<Columns, 'shim' | 'tools'>[] {
  if (densityAt(layout, place) !== 'compact') return [layout.columns];
  const count = Math.ceil(needAt(layout, place).rows / rowsInBlock(layout, place));
  return Array.from({ length: count }, (_, index) => blockAt(layout.columns, index));
}

/** Of more lines than so many each has room for a name alone: an entrypoint's helpers are a deep tree. */
const severalLines = 4;
const lowLine = 38;

/** Lines of processes in a row: how many, how high. Many stand closer. */
function linesIn(layout: Layout, row: number, place: number): { readonly count: number; readonly height: number } {
  const density = densityAt(layout, place);
  const count = density === 'compact' ? 1 : Math.max(1, needAt(layout, place).lines[row] ?? 1);
  if (density !== 'compact' && count > severalLines) return { count, height: lowLine };
  return { count, height: density === 'roomy' && count > 2 ? measures.middle.line : measuresAt(layout, place).line };
}

function boxHeight(layout: Layout, row: number, place: number): number {
  const { foot } = measuresAt(layout, place);
  const { count, height } = linesIn(layout, row, place);
  return headHeight(layout, row, place) + count * height + foot;
}

/** Gauges stand below a limited container's name. */
const gaugesHeight = 22;

function headHeight(layout: Layout, row: number, place: number): number {
  const density = densityAt(layout, place);
  const isLimited = density !== 'compact' && needAt(layout, place).limited.has(row);
  return measuresAt(layout, place).head + (isLimited ? gaugesHeight : 0);
}

function rowTop(layout: Layout, row: number, place: number): number {
  const density = densityAt(layout, place);
  const { first, boxTop, gap } = measuresAt(layout, place);
  if (density === 'compact') return first + (row % rowsInBlock(layout, place)) * rowStep;
  let y: number = first;
  for (let above = 0; above < row; above += 1) y += boxTop + boxHeight(layout, above, place) + gap;
  return y;
}

/** The frame of a container in its row. */
export function containerBox(layout: Layout, row: number, place: number): Box {
  const y = rowTop(layout, row, place) + measuresAt(layout, place).boxTop;
  return { ...columnsOf(layout, row, place).tools, y, h: boxHeight(layout, row, place) };
}

/** The box of a process; undefined when it is not shown. In compact rows the first process stands for all. */
export function boxOf(layout: Layout, pid: number, place: number): Box | undefined {
  const placement = layout.placements.get(pid);
  if (placement === undefined) return undefined;
  const { area, row, slot } = placement;
  const { columns } = layout;
  switch (area) {
    case 'systemd':
      return { x: (columns.dockerd.x + columns.containerd.x) / 2, y: top, w: columns.dockerd.w, h: topHeight };
    case 'client':
      return clientBox(columns, placement);
    case 'daemon':
      return { ...columns[slot === 0 ? 'dockerd' : 'containerd'], y: daemonTop, h: daemonHeight };
    case 'service':
      return serviceBox(servicesRoom(layout, place), slot);
    case 'shim': {
      const { shimTop, shimHeight } = measuresAt(layout, place);
      return { ...columnsOf(layout, row, place).shim, y: rowTop(layout, row, place) + shimTop, h: shimHeight };
    }
    case 'helper':
      return helperBox(layout, placement, place);
    case 'tool':
      return toolBox(layout, placement, place);
    case 'container':
      return insideBox(layout, placement, place);
  }
}

function servicesRoom(layout: Layout, place: number) {
  const { columns, isCrowdOpen: isOpen } = layout;
  return { columns, top: lowerTop, count: needAt(layout, place).services, isOpen };
}

/** Where the services stand that have no box of their own; see `crowdBox`. */
export function crowdBoxAt(layout: Layout, place: number): Box | undefined {
  return crowdBox(servicesRoom(layout, place));
}

function clientBox(columns: Columns, { slot, indent }: Placement): Box {
  // A second shell is set in, so that the line from the first one to its command passes.
  const shift = Math.max(slot === 2 ? 1 : 0, Math.min(indent, 3)) * indentShift;
  const { x, w } = columns.client;
  switch (slot) {
    case 0:
      return { x, y: top, w, h: topHeight };
    case 1:
      return { x: x + shift, y: daemonTop, w: w - shift, h: daemonHeight };
    case 2:
      return { x: x + shift, y: top + topHeight + 16, w: w - shift, h: 44 };
    default:
      return { x: x + shift, y: lowerTop + (slot - lowerFrom) * lowerStep, w: w - shift, h: lowerHeight };
  }
}

function helperBox(layout: Layout, { row, slot }: Placement, place: number): Box {
  const y = rowTop(layout, row, place);
  const { x, w } = columnsOf(layout, row, place).shim;
  switch (densityAt(layout, place)) {
    case 'roomy':
      return { x: x + slot * 24, y: y - 14, w, h: 60 };
    case 'middle':
      return { x: x + slot * 24, y: y - 4, w, h: 46 };
    case 'compact':
      // Left of its shim, over the trunk: above there is no room.
      return { x: x - helperWidth - 8, y: besideRow(layout, row, slot, place), w: helperWidth, h: 48 };
  }
}

const helperWidth = 66;
const tools = { w: 160, step: 188 } as const;

/** In front of its container, below its name; of many beside it. */
function toolBox(layout: Layout, { row, slot }: Pick<Placement, 'row' | 'slot'>, place: number): Box {
  const { x, w } = columnsOf(layout, row, place).tools;
  const h = measuresAt(layout, place).toolHeight;
  if (densityAt(layout, place) !== 'compact')
    return { x: x + slot * tools.step, y: rowTop(layout, row, place), w: tools.w, h };
  const { shim, step } = layout.columns.block;
  const room = step - (layout.columns.block.tools.x + w - shim.x) - laneWidth;
  return { x: x + w + 4, y: besideRow(layout, row, slot, place), w: Math.min(tools.w, room - 6), h };
}

/** Height of the few who stand beside one of many rows: the first level with it, others below or else above. */
function besideRow(layout: Layout, row: number, slot: number, place: number): number {
  const rows = Math.max(leastLines, rowsInBlock(layout, place));
  const own = row % rowsInBlock(layout, place);
  const line = own + slot < rows ? own + slot : Math.max(0, rows - 1 - slot);
  return measures.compact.first + line * rowStep;
}

/** So many lines have room anyway, above the lowest message. */
const leastLines = 4;

function insideBox(layout: Layout, { row, slot, indent }: Placement, place: number): Box | undefined {
  const frame = containerBox(layout, row, place);
  const density = densityAt(layout, place);
  if (density === 'compact') {
    const { head, line } = measures.compact;
    return slot > 0 ? undefined : { x: frame.x + 6, y: frame.y + head, w: frame.w - 12, h: line };
  }
  const { height } = linesIn(layout, row, place);
  const shift = Math.min(indent, 4) * indentShift;
  return {
    x: frame.x + 18 + shift,
    y: frame.y + headHeight(layout, row, place) + slot * height + (density === 'roomy' ? 4 : 0),
    w: frame.w - 36 - shift,
    h: height - (height >= 60 ? 8 : 6),
  };
}

/**
 * Size of the whole stage at a place. It is asked for what the command will need, so that the picture keeps its size
 * while the command runs.
 */
export function extentOf(
  layout: Layout,
  place: number,
  boxes: readonly Box[],
): { readonly w: number; readonly h: number } {
  return {
    w: Math.max(rightmostOf(layout, place), ...boxes.map(({ x, w }) => x + w + rightMargin)),
    h: Math.max(heightFor(layout, place), ...boxes.map(({ y, h }) => y + h + bottomMargin)),
  };
}

/** How far to the right the containers and tools reach that a command will need. */
function rightmostOf(layout: Layout, place: number): number {
  const { rows, tools: count } = needAt(layout, place);
  const row = Math.max(0, rows - 1);
  const frame = containerBox(layout, row, place);
  const isMany = densityAt(layout, place) === 'compact';
  // Beside the last of many there is always room for a tool, so that the picture is as wide when none comes.
  const used = isMany || count > 0 ? [frame, toolBox(layout, { row, slot: Math.max(0, count - 1) }, place)] : [frame];
  return Math.max(...used.map(({ x, w }) => x + w)) + rightMargin;
}

/** How high the picture of a place is at least. */
function heightFor(layout: Layout, place: number): number {
  const { rows, clients } = needAt(layout, place);
  const lower = Math.max(clients * lowerStep, servicesHeight(servicesRoom(layout, place)));
  const lowest = lower > 0 ? lowerTop + lower : messagesBottom;
  return Math.max(lowest, rowsBottom(layout, rows, place)) + bottomMargin;
}

function rowsBottom(layout: Layout, rows: number, place: number): number {
  if (rows === 0) return 0;
  const { gap } = measures.compact;
  if (densityAt(layout, place) === 'compact')
    return measures.compact.first + rowsInBlock(layout, place) * rowStep - gap;
  const { y, h } = containerBox(layout, rows - 1, place);
  return y + h;
}

const bottomMargin = 10;
