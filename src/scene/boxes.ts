import { endOf, laneWidth, rightMargin } from './columns.ts';
import { indentShift } from './indent.ts';
import {
  blocksAt,
  columnsOf,
  densityAt,
  isManyAt,
  lowerFrom,
  measuresAt,
  needAt,
  rowsInBlock,
  type Box,
  type Layout,
} from './layout.ts';
import { isMany, measures, stepOf } from './measures.ts';
import type { Placement } from './placement.ts';
import { crowdBox, serviceBox, servicesHeight } from './services.ts';
import { stripBox, stripHeight } from './strip.ts';

const lowerHeight = 56;
const lowerStep = lowerHeight + 10;
/** Of more lines than so many each has room for a name alone: an entrypoint's helpers are a deep tree. */
const severalLines = 4;
const lowLine = 38;

/** Lines of processes in a row: how many, how high. Many stand closer. */
function linesIn(layout: Layout, row: number, place: number): { readonly count: number; readonly height: number } {
  const { line } = measuresAt(layout, place);
  if (isManyAt(layout, place)) return { count: 1, height: line };
  const count = Math.max(1, needAt(layout, place).lines[row] ?? 1);
  if (count > severalLines) return { count, height: lowLine };
  return { count, height: count > 2 ? measures.middle.line : line };
}

function boxHeight(layout: Layout, row: number, place: number): number {
  const { foot } = measuresAt(layout, place);
  const { count, height } = linesIn(layout, row, place);
  return headHeight(layout, row, place) + count * height + foot;
}

/** Height of a frame in which nobody is left: the room that its lines had stays free until the next command. */
export function emptyHeight(layout: Layout, row: number, place: number): number {
  const { line, foot } = measuresAt(layout, place);
  return Math.min(boxHeight(layout, row, place), headHeight(layout, row, place) + line + foot);
}

/** Gauges stand below a limited container's name. */
const gaugesHeight = 22;

function headHeight(layout: Layout, row: number, place: number): number {
  const isLimited = !isManyAt(layout, place) && needAt(layout, place).limited.has(row);
  return measuresAt(layout, place).head + (isLimited ? gaugesHeight : 0);
}

function rowTop(layout: Layout, row: number, place: number): number {
  const measured = measuresAt(layout, place);
  const { boxTop, gap } = measured;
  let y = firstRow(layout, place);
  if (isManyAt(layout, place)) return y + (row % rowsInBlock(layout, place)) * stepOf(measured);
  for (let above = 0; above < row; above += 1) y += boxTop + boxHeight(layout, above, place) + gap;
  return y;
}

/** Where the rows begin: in a tall room below the daemons, other clients, services and tools. */
export function firstRow(layout: Layout, place: number): number {
  const { isTall } = layout;
  if (!isTall) return measuresAt(layout, place).first;
  return stripTop(layout, place) + stripHeight(needAt(layout, place).strip);
}

/** Where the strip begins for the tools that have no room in the rows. */
function stripTop(layout: Layout, place: number): number {
  return layout.levels.lowerTop + lowerHeightAt(layout, place);
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
  const { columns, levels, strip } = layout;
  switch (area) {
    case 'systemd': {
      const x = (columns.dockerd.x + columns.containerd.x) / 2;
      return { x, y: levels.top, w: columns.dockerd.w, h: levels.topHeight };
    }
    case 'client':
      return clientBox(layout, placement, needAt(layout, place).isHalved);
    case 'daemon':
      return { ...columns[slot === 0 ? 'dockerd' : 'containerd'], y: levels.daemonTop, h: levels.daemonHeight };
    case 'service':
      return serviceBox(servicesRoom(layout, place), slot);
    case 'shim': {
      const { shimTop, shimHeight } = measuresAt(layout, place);
      return { ...columnsOf(layout, row, place).shim, y: rowTop(layout, row, place) + shimTop, h: shimHeight };
    }
    case 'helper':
    case 'tool':
      if (layout.hasStrip) return stripBox(layout, stripTop(layout, place), strip.get(pid) ?? 0);
      return area === 'tool' ? toolBox(layout, placement, place) : helperBox(layout, placement, place);
    case 'container':
      return insideBox(layout, placement, place);
  }
}

/** How much room other clients, and services below them, take below the daemons. */
function lowerHeightAt(layout: Layout, place: number): number {
  const services = servicesHeight(servicesRoom(layout, place));
  return needAt(layout, place).clients * lowerStep + services + (services > 0 ? lowerGap : 0);
}

const lowerGap = 10;

function servicesRoom(layout: Layout, place: number) {
  const { columns, isCrowdOpen: isOpen, levels, mostServices: most } = layout;
  const { clients, services: count } = needAt(layout, place);
  return { columns, top: levels.lowerTop + clients * lowerStep, count, most, isOpen };
}

/** Where the services stand that have no box of their own; see `crowdBox`. */
export function crowdBoxAt(layout: Layout, place: number): Box | undefined {
  return crowdBox(servicesRoom(layout, place));
}

const halvesGap = 4;

function clientBox({ columns, levels }: Layout, { slot, indent }: Placement, isHalved: boolean): Box {
  // A second shell is set in, so that the line from the first one to its command passes.
  const shift = Math.max(slot === 2 ? 1 : 0, Math.min(indent, 3)) * indentShift;
  const { x, w } = columns.client;
  switch (slot) {
    case 0:
      return { x, y: levels.top, w, h: levels.topHeight };
    case 1:
      return { x: x + shift, y: levels.daemonTop, w: w - shift, h: levels.daemonHeight };
    case 2:
    case 3: {
      const half = (w - indentShift - halvesGap) / 2;
      if (!isHalved) return { x: x + shift, w: w - shift, ...levels.second };
      return { x: x + indentShift + (slot - 2) * (half + halvesGap), w: half, ...levels.second };
    }
    default:
      return { x: x + shift, y: levels.lowerTop + (slot - lowerFrom) * lowerStep, w: w - shift, h: lowerHeight };
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
    case 'marks':
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
  if (!isManyAt(layout, place)) return { x: x + slot * tools.step, y: rowTop(layout, row, place), w: tools.w, h };
  const { shim, step } = layout.columns.block;
  const room = step - (layout.columns.block.tools.x + w - shim.x) - laneWidth;
  return { x: x + w + 4, y: besideRow(layout, row, slot, place), w: Math.min(tools.w, room - 6), h };
}

/** Height of the few who stand beside one of many rows: the first level with it, others below or else above. */
function besideRow(layout: Layout, row: number, slot: number, place: number): number {
  const rows = Math.max(leastLines, rowsInBlock(layout, place));
  const own = row % rowsInBlock(layout, place);
  const line = own + slot < rows ? own + slot : Math.max(0, rows - 1 - slot);
  return measures.compact.first + line * stepOf(measures.compact);
}

/** So many lines have room anyway, above the lowest message. */
const leastLines = 4;

function insideBox(layout: Layout, { row, slot, indent }: Placement, place: number): Box | undefined {
  const frame = containerBox(layout, row, place);
  const density = densityAt(layout, place);
  if (isMany(density)) {
    const { head, line } = measuresAt(layout, place);
    const within = density === 'marks' ? 3 : 6;
    const bottom = density === 'marks' ? 2 * within : 0;
    const y = frame.y + head + bottom / 2;
    return slot > 0 ? undefined : { x: frame.x + within, y, w: frame.w - 2 * within, h: line - bottom };
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
export function rightmostOf(layout: Layout, place: number): number {
  const { rows, tools: count } = needAt(layout, place);
  const { columns, isTall } = layout;
  if (isManyAt(layout, place)) return endOf(columns, blocksAt(layout, place).length);
  if (isTall) return endOf(columns, 0);
  const row = Math.max(0, rows - 1);
  const frame = containerBox(layout, row, place);
  const used = count > 0 ? [frame, toolBox(layout, { row, slot: count - 1 }, place)] : [frame];
  return Math.max(...used.map(({ x, w }) => x + w)) + rightMargin;
}

/** Below all rows of many containers, and not above the tools in the strip: there is a way across. */
export function underRows(layout: Layout, place: number): number {
  const { rows } = needAt(layout, place);
  return Math.max(rowsBottom(layout, rows, place) + bottomMargin / 2, stripTop(layout, place) + stripHeight(1) / 2);
}

/** How high the picture of a place is at least. */
export function heightFor(layout: Layout, place: number): number {
  const { rows, strip } = needAt(layout, place);
  const lower = lowerHeightAt(layout, place) + (layout.hasStrip ? stripHeight(strip) : 0);
  const { lowerTop, messagesBottom } = layout.levels;
  const lowest = lower > 0 ? lowerTop + lower : messagesBottom;
  return Math.max(lowest, rowsBottom(layout, rows, place)) + bottomMargin;
}

function rowsBottom(layout: Layout, rows: number, place: number): number {
  const measured = measuresAt(layout, place);
  if (isManyAt(layout, place))
    return firstRow(layout, place) + rowsInBlock(layout, place) * stepOf(measured) - measured.gap;
  // In a tall room there is always room for the first.
  if (rows === 0 && !layout.isTall) return 0;
  const { y, h } = containerBox(layout, Math.max(0, rows - 1), place);
  return y + h;
}

const bottomMargin = 10;
