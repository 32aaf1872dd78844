import type { Box } from '../scene/layout.ts';
import type { SceneNode } from '../scene/scene.ts';

export type Way = 'left' | 'right' | 'up' | 'down';

/** The process that an arrow key leads to: the nearest in that direction, sideways distance counting double. */
export function neighbour(nodes: readonly SceneNode[], pid: number, way: Way): number | undefined {
  const from = nodes.find((node) => node.pid === pid);
  if (from === undefined) return nodes[0]?.pid;
  const here = middle(from.box);
  let best: { readonly pid: number; readonly distance: number } | undefined;
  for (const node of nodes) {
    const there = middle(node.box);
    const [along, across] = offsets(there.x - here.x, there.y - here.y, way);
    if (along <= 4) continue;
    const distance = along + 2 * Math.abs(across);
    if (best === undefined || distance < best.distance) best = { pid: node.pid, distance };
  }
  return best?.pid;
}

/** Whoever stands nearest to a box; the first without one. */
export function nearest(nodes: readonly SceneNode[], to: Box | undefined): number | undefined {
  if (to === undefined) return nodes[0]?.pid;
  const here = middle(to);
  const far = ({ box }: SceneNode): number => Math.hypot(middle(box).x - here.x, middle(box).y - here.y);
  return nodes.reduce<SceneNode | undefined>((best, node) => (best && far(best) <= far(node) ? best : node), undefined)
    ?.pid;
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
