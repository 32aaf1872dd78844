import type { DetailLevel } from '../journal/event.ts';
import { indentShift } from './indent.ts';
import type { Lives } from './lives.ts';
import { homesOf, placementsOf, tenanciesOf, type Placement, type RowTenancy } from './placement.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Who stands where. Spots are taken once; rows grow and never shrink, so nothing moves when others come. */
export interface Layout {
  readonly placements: ReadonlyMap<number, Placement>;
  readonly tenancies: readonly RowTenancy[];
  /** For each row, how many lines of processes it needs from which seq on. Ascending. */
  readonly lines: readonly (readonly Growth[])[];
  /** How many rows are in use from which seq on. */
  readonly rows: readonly Growth[];
}

interface Growth {
  readonly since: number;
  readonly count: number;
}

export function layoutOf(lives: Lives, level: DetailLevel): Layout {
  const homes = homesOf(lives);
  const tenancies = tenanciesOf(lives);
  const rowOf = new Map(tenancies.map(({ container, row }) => [container, row]));
  const placements = placementsOf(lives, homes, rowOf, level);
  const lines: Growth[][] = [];
  const rows: Growth[] = [];
  for (const { row, from } of tenancies) grow(rows, from, row + 1);
  for (const life of lives.all) {
    const placement = placements.get(life.pid);
    if (placement?.area !== 'container') continue;
    const growths = (lines[placement.row] ??= []);
    grow(growths, life.born, placement.slot + 1);
  }
  return { placements, tenancies, lines, rows };
}

function grow(growths: Growth[], since: number, count: number): void {
  if (count > (growths.at(-1)?.count ?? 0)) growths.push({ since, count });
}

function grownAt(growths: readonly Growth[] | undefined, place: number): number {
  return growths?.findLast(({ since }) => since < place)?.count ?? 0;
}

/** Left edges and widths of the columns; the headings stand above them. */
export const columns = {
  client: { x: 24, w: 146 },
  dockerd: { x: 206, w: 182 },
  containerd: { x: 424, w: 182 },
  shim: { x: 646, w: 170 },
  tools: { x: 936, w: 320 },
} as const;

const top = 28;
const topHeight = 46;
const firstRow = 108;
const toolHeight = 66;
const daemonTop = firstRow + 70;
const daemonHeight = 100;
const boxTop = 100;
const header = 30;
const line = 70;
const footer = 34;
const rowGap = 30;
const compactHeight = 60;
const compactGap = 48;
/** A shim, its container, a tool that stays for a moment, and room. */
const blockWidth = columns.shim.w + compactGap + columns.tools.w + 16 + 160 + 40;
/** From so many rows on, each is one line high. */
const fullRows = 6;

/** The rows at a place: those that are one line high are compact. */
export function areRowsCompact(layout: Layout, place: number): boolean {
  return grownAt(layout.rows, place) > fullRows;
}

/**
 * How many compact rows stand below each other before the next block begins to the right: wide as a stage is, few times
 * rebuilt.
 */
function rowsInBlock(layout: Layout, place: number): number {
  const count = grownAt(layout.rows, place);
  return count <= 40 ? 10 : count <= 160 ? 20 : 40;
}

/** Left edges in a row. Compact rows stand closer, in blocks beside each other. */
function columnsOf(layout: Layout, row: number, place: number): { readonly shim: number; readonly tools: number } {
  if (!areRowsCompact(layout, place)) return { shim: columns.shim.x, tools: columns.tools.x };
  const shim = columns.shim.x + Math.floor(row / rowsInBlock(layout, place)) * blockWidth;
  return { shim, tools: shim + columns.shim.w + compactGap };
}

function boxHeight(layout: Layout, row: number, place: number): number {
  if (areRowsCompact(layout, place)) return compactHeight - 12;
  return header + Math.max(1, grownAt(layout.lines[row], place)) * line + footer;
}

function rowTop(layout: Layout, row: number, place: number): number {
  if (areRowsCompact(layout, place)) return firstRow + (row % rowsInBlock(layout, place)) * compactHeight;
  let y = firstRow;
  for (let above = 0; above < row; above += 1) y += boxTop + boxHeight(layout, above, place) + rowGap;
  return y;
}

/** The frame of a container in its row. */
export function containerBox(layout: Layout, row: number, place: number): Box {
  const y = rowTop(layout, row, place) + (areRowsCompact(layout, place) ? 0 : boxTop);
  return { x: columnsOf(layout, row, place).tools, y, w: columns.tools.w, h: boxHeight(layout, row, place) };
}

/** The box of a process; undefined when it is not shown. In compact rows the first process stands for all. */
export function boxOf(layout: Layout, pid: number, place: number): Box | undefined {
  const placement = layout.placements.get(pid);
  if (placement === undefined) return undefined;
  const { area, row, slot } = placement;
  switch (area) {
    case 'systemd':
      return { x: (columns.dockerd.x + columns.containerd.x) / 2, y: top, w: columns.dockerd.w, h: topHeight };
    case 'client':
      return clientBox(placement);
    case 'daemon':
      return { ...columns[slot === 0 ? 'dockerd' : 'containerd'], y: daemonTop, h: daemonHeight };
    case 'service':
      return { ...columns.dockerd, y: daemonTop + daemonHeight + 24 + slot * 62, h: 52 };
    case 'shim': {
      const isCompact = areRowsCompact(layout, place);
      const y = rowTop(layout, row, place) + (isCompact ? 0 : daemonTop - firstRow);
      const { shim: x } = columnsOf(layout, row, place);
      return { x, y, w: columns.shim.w, h: isCompact ? compactHeight - 12 : daemonHeight };
    }
    case 'helper':
      return helperBox(layout, placement, place);
    case 'tool':
      return toolBox(layout, placement, place);
    case 'container':
      return insideBox(layout, placement, place);
  }
}

function clientBox({ slot, indent }: Placement): Box {
  const shift = Math.min(indent, 3) * indentShift;
  const { x, w } = columns.client;
  if (slot === 0) return { x, y: top, w, h: topHeight };
  return { x: x + shift, y: daemonTop + (slot - 1) * 96, w: w - shift, h: 80 };
}

function helperBox(layout: Layout, { row, slot }: Placement, place: number): Box {
  const y = rowTop(layout, row, place);
  const { shim } = columnsOf(layout, row, place);
  if (areRowsCompact(layout, place)) return { x: shim - 20, y, w: columns.shim.w, h: 40 };
  return { x: shim + slot * 24, y: y - 14, w: columns.shim.w, h: 60 };
}

function toolBox(layout: Layout, { row, slot }: Placement, place: number): Box {
  const y = rowTop(layout, row, place);
  const isCompact = areRowsCompact(layout, place);
  const x = columnsOf(layout, row, place).tools + (isCompact ? columns.tools.w + 16 : 0) + slot * 188;
  return { x, y, w: 160, h: isCompact ? compactHeight - 12 : toolHeight };
}

function insideBox(layout: Layout, { row, slot, indent }: Placement, place: number): Box | undefined {
  const frame = containerBox(layout, row, place);
  if (areRowsCompact(layout, place)) {
    return slot === 0 ? { x: frame.x + 100, y: frame.y + 6, w: frame.w - 112, h: frame.h - 12 } : undefined;
  }
  const shift = Math.min(indent, 4) * indentShift;
  return {
    x: frame.x + 18 + shift,
    y: frame.y + header + slot * line + 4,
    w: frame.w - 36 - shift,
    h: line - 8,
  };
}
