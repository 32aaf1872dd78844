import type { Columns } from './columns.ts';
import type { Box } from './layout.ts';
import type { Lives } from './lives.ts';
import type { Placement } from './placement.ts';

/** In lines of three: the last place of the first line is for helpers. */
const inLine = 3;
const aboveShim = 2;
const step = 48;
const height = 40;

/**
 * Places for the tools and helpers of all containers, where these have none in their rows: each takes the first that
 * is free.
 */
export function stripSlots(lives: Lives, placements: ReadonlyMap<number, Placement>): ReadonlyMap<number, number> {
  const slots = new Map<number, number>();
  let tenants: { readonly slot: number; readonly reaped: number | null }[] = [];
  for (const { pid, born, reaped } of lives.all) {
    const area = placements.get(pid)?.area;
    if (area !== 'tool' && area !== 'helper') continue;
    tenants = tenants.filter((other) => other.reaped === null || other.reaped >= born);
    const taken = new Set(tenants.map(({ slot }) => slot));
    // A helper stands above the place of its shim; where that is taken, as everybody does.
    let slot = area === 'helper' && !taken.has(aboveShim) ? aboveShim : 0;
    while (taken.has(slot) || (slot === aboveShim && area === 'tool')) slot += 1;
    tenants.push({ slot, reaped });
    slots.set(pid, slot);
  }
  return slots;
}

export function stripBox(
  { columns, isTall }: { readonly columns: Columns; readonly isTall: boolean },
  top: number,
  slot: number,
): Box {
  const { client, dockerd, containerd, shim, tools } = columns;
  const half = (tools.w - 8) / 2;
  const places = isTall
    ? [
        { x: tools.x, w: half },
        { x: tools.x + tools.w - half, w: half },
        { x: shim.x, w: shim.w - 28 },
      ]
    : [dockerd, client, containerd];
  const place = places[slot % inLine] ?? client;
  return { ...place, y: top + Math.floor(slot / inLine) * step, h: height };
}

/** How far down as many places reach, with the gap below them. */
export function stripHeight(places: number): number {
  return Math.max(1, Math.ceil(places / inLine)) * step;
}
