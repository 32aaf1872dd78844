import { heightFor, rightmostOf } from './boxes.ts';
import { columnsFor, leastWidth, type Columns } from './columns.ts';
import { isManyAt, mostFew, needAt, placesFor, type Fit, type Layout } from './layout.ts';
import { tallLevels, wideLevels } from './levels.ts';
import { servicesShown } from './services.ts';

/** So much smaller may the picture be, for the sake of fewer blocks. */
const worthFewer = 1.04;
/** So much nearer has one to see the whole from, before tools stand far from the containers that they work on. */
const worthStrip = 1.1;

/**
 * The same as it fills a room: of many containers so many blocks beside each other that the whole is seen from nearest,
 * of very many marks. It depends on the room and on what the command needs, so that nothing moves while this runs.
 */
export function arranged(known: Layout, place: number, fit: Fit): Layout {
  const isTall = fit.isTall === true;
  const levels = isTall ? tallLevels : wideLevels;
  const few = { ...known, isTall, mostFew, isMarked: false, isApart: false, hasStrip: isTall, levels };
  const layout = isTall || isTooHigh(few, place, fit) ? { ...few, mostFew: mostFew - 1 } : few;
  if (!isManyAt(layout, place)) return { ...layout, columns: columnsIn(layout, place, fit) };
  const widest = fit.widest ?? Infinity;
  for (const mostServices of servicesShown) {
    const beside = inBlocks({ ...layout, mostServices }, place, fit);
    const below = inBlocks({ ...layout, mostServices, hasStrip: true }, place, fit);
    if (beside.size <= Math.min(widest, below.size * worthStrip)) return beside.layout;
    if (below.size <= widest) return below.layout;
  }
  const marked = { ...layout, isMarked: true, hasStrip: true };
  const apart = inBlocks({ ...marked, isApart: true }, place, fit);
  if (apart.size <= (fit.widestTouched ?? 0)) return apart.layout;
  return acrossTheRoom({ ...marked, isApart: true }, place, fit) ?? inBlocks(marked, place, fit).layout;
}

/**
 * Whether the last of few would be out of sight, where all can be seen if they stand closer, as many do: each with one
 * process, for others have no room then.
 */
function isTooHigh(layout: Layout, place: number, { highestOfFew = Infinity }: Fit): boolean {
  const { rows, lines } = needAt(layout, place);
  return rows === mostFew && lines.every((count) => count <= 1) && closestHeight(layout, place) > highestOfFew;
}

function closestHeight(layout: Layout, place: number): number {
  return heightFor({ ...layout, columns: columnsFor(0, { ...layout, blocks: 0 }) }, place);
}

/** So much higher than the room may the picture be: a finger goes up and down in it. */
const worthGoing = 1.6;

/** In a tall room as many blocks as a finger meets side by side; undefined where they would be too high. */
function acrossTheRoom(layout: Layout, place: number, { widestTouched = 0, widthAt }: Fit): Layout | undefined {
  const blocks = blockCounts(layout, place).findLast(
    (count) => leastWidth({ ...layout, blocks: count }) <= widestTouched,
  );
  if (!layout.isTall || blocks === undefined) return undefined;
  const filled = { ...layout, blocks, columns: columnsFor(widestTouched, { ...layout, blocks }) };
  return widthAt(heightFor(filled, place), true) <= widestTouched * worthGoing ? filled : undefined;
}

/** So many blocks are worth a try: up to a picture that is much wider than high. */
function blockCounts(layout: Layout, place: number): readonly number[] {
  const most = Math.ceil(Math.sqrt(placesFor(needAt(layout, place).rows)) * 2);
  return Array.from({ length: most }, (_, index) => index + 1);
}

/** In as many blocks as let one see the whole from nearest, and how wide it is then. */
function inBlocks(layout: Layout, place: number, { widthAt }: Fit): { readonly layout: Layout; readonly size: number } {
  const choices = blockCounts(layout, place).map((blocks) => {
    const narrowest = columnsFor(0, { ...layout, blocks });
    const width = widthAt(heightFor({ ...layout, blocks, columns: narrowest }, place), true);
    return { blocks, width, size: Math.max(width, leastWidth({ ...layout, blocks })) };
  });
  const least = Math.min(...choices.map(({ size }) => size));
  const { blocks, width } = choices.find(({ size }) => size <= least * worthFewer) ?? { blocks: 1, width: 0 };
  return { layout: { ...layout, blocks, columns: columnsFor(width, { ...layout, blocks }) }, size: least };
}

/** Columns that fill a width; closer together where a command's tools would else be out of it. */
function columnsIn(layout: Layout, place: number, { widthAt }: Fit): Columns {
  const arrangement = { ...layout, blocks: 0 };
  const width = widthAt(closestHeight(layout, place), false);
  const least = leastWidth(arrangement);
  const within = (room: number): Columns => {
    const columns = columnsFor(room, arrangement);
    const excess = rightmostOf({ ...layout, columns }, place) - width;
    return excess > 0 && room > least ? within(room - excess) : columns;
  };
  return within(width);
}
