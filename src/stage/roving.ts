import type { Box } from '../scene/layout.ts';
import { isMany } from '../scene/measures.ts';
import type { ContainerFrame, Scene } from '../scene/scene.ts';

export type Way = 'left' | 'right' | 'up' | 'down';

/** Whom the keyboard comes to: a process, by its host pid, or the menu of a container, by its id. */
export type Stop = number | string;

export interface Stand {
  readonly stop: Stop;
  readonly box: Box;
}

/** All whom the keyboard comes to, and where they stand. */
export function standsIn({ nodes, containers }: Scene): readonly Stand[] {
  return [
    ...nodes.map(({ pid, box }) => ({ stop: pid, box })),
    ...containers.map((frame) => ({ stop: frame.id, box: menuBox(frame) })),
  ];
}

/** Whether the menu of a container is asked for beside it: in a mark that somebody is in it has no room. */
export function hasMenuBeside({ density, hasProcess }: ContainerFrame): boolean {
  return density === 'marks' && hasProcess;
}

/** Of many the menu is asked for at the name, of few beside it. */
function menuBox(frame: ContainerFrame): Box {
  const { box, density } = frame;
  if (hasMenuBeside(frame)) return { ...box, x: box.x + box.w, w: 0 };
  return isMany(density) ? { ...box, h: Math.min(box.h, 20) } : { x: box.x + box.w - 38, y: box.y, w: 38, h: 36 };
}

/** Whom an arrow key leads to: the nearest in that direction, sideways distance counting double. */
export function neighbour(stands: readonly Stand[], stop: Stop, way: Way): Stop | undefined {
  const from = stands.find((stand) => stand.stop === stop);
  if (from === undefined) return stands[0]?.stop;
  const here = middle(from.box);
  let best: { readonly stop: Stop; readonly distance: number } | undefined;
  for (const stand of stands) {
    const there = middle(stand.box);
    const [along, across] = offsets(there.x - here.x, there.y - here.y, way);
    if (along <= 4) continue;
    const distance = along + 2 * Math.abs(across);
    if (best === undefined || distance < best.distance) best = { stop: stand.stop, distance };
  }
  return best?.stop;
}

/** Whoever stands nearest to a box; the first without one. */
export function nearest(stands: readonly Stand[], to: Box | undefined): Stop | undefined {
  if (to === undefined) return stands[0]?.stop;
  const here = middle(to);
  const far = ({ box }: Stand): number => Math.hypot(middle(box).x - here.x, middle(box).y - here.y);
  return stands.reduce<Stand | undefined>((best, stand) => (best && far(best) <= far(stand) ? best : stand), undefined)
    ?.stop;
}

function offsets(dx: number, dy: number, way: Way): readonly [along: number, across: number] {
  switch (way) {
    case 'left':
      return [-dx, dy];
    case 'right':
      return [dx, dy];
    case 'up':
      return [-dy, dx];
    case 'down':
      return [dy, dx];
  }
}

export function middle({ x, y, w, h }: Box): { readonly x: number; readonly y: number } {
  return { x: x + w / 2, y: y + h / 2 };
}
