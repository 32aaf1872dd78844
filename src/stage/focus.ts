import type { Box } from '../scene/layout.ts';
import { isMany } from '../scene/measures.ts';
import type { Scene } from '../scene/scene.ts';

/** Pixels, within the margins. */
export interface Sight {
  readonly width: number;
  readonly height: number;
}

/** Below this, what stands in the boxes could not be read. */
export const readable = 0.66;
/** A frame may make the picture so much smaller, and no more: in one of many rows the container's name is its end. */
const worthIt = 0.85;
/** Below this, not even the names could, drawn larger. */
export const legible = 0.32;

/**
 * The box around whom the beat is about: who acts is in sight of whom it acts on. With their containers' frames where
 * these can be read or cost little, else without; from so far that only names can be read where they stand far apart;
 * and where not even that is enough the last named are left out. A container whose state is told stays to the end: its
 * head, which says it; but for who reaps somebody, whom the sentence begins with.
 */
export function focusOf(scene: Scene, sight: Sight): Box {
  const named = takingPart(scene);
  const told = scene.containers.filter(({ name }) => name === scene.beat?.frame).map(({ box }) => headOf(box));
  const all = around([...named, ...told]);
  if (all === undefined) return everybody(scene);
  const framed = around([all, ...scene.containers.map(({ box }) => box).filter((box) => named.some(isWithin(box)))]);
  if (framed !== undefined) {
    const isWorthIt = fits(framed, sight, legible) && nearestTo(framed, sight) >= worthIt * nearestTo(all, sight);
    if (isWorthIt || fits(framed, sight, readable)) return framed;
  }
  for (let count = named.length; count + told.length > 1; count -= 1) {
    const box = around([...named.slice(0, count), ...told]);
    if (box !== undefined && fits(box, sight, legible)) return box;
  }
  const isOfContainer = told.length > 0 && scene.beat?.kind !== 'reap';
  return around(isOfContainer ? told : named.slice(0, 1)) ?? all;
}

/**
 * Once a story is over: on a phone those who last stand too far from the client for all their names to be read; then
 * one looks at them without it.
 */
export function lastingOf(scene: Scene, sight: Sight): Box {
  const told = focusOf(scene, sight);
  if (scene.containers.length === 0 || isMany(scene.density) || fits(told, sight, named)) return told;
  const lasting = everybody({ ...scene, nodes: scene.nodes.filter(({ kind }) => kind !== 'client') });
  return nearestTo(lasting, sight) > nearestTo(told, sight) ? lasting : told;
}

/** From here on names, drawn larger, have 11 pixels. */
export const named = 0.41;

/** Name and state of a container stand at its top. */
function headOf(frame: Box): Box {
  return { ...frame, h: Math.min(frame.h, headHeight) };
}

const headHeight = 100;

/** How near a box can be seen whole. */
export function nearestTo(box: Box, { width, height }: Sight): number {
  return Math.min(width / box.w, height / box.h);
}

function fits(box: Box, sight: Sight, zoom: number): boolean {
  return nearestTo(box, sight) >= zoom;
}

/**
 * Boxes of those whom the beat names, in its order, and then of parents whose children are just changing hands. When
 * none of them is there any more: where they stood.
 */
function takingPart({ beat, nodes, crowd, parentEdges, lastPlaces }: Scene): readonly Box[] {
  const named = new Set(beat?.focus);
  for (const { from, to, phase } of parentEdges) if (named.has(to) && phase !== 'holds') named.add(from);
  // And who stands for one of them that is not drawn.
  for (const { pid, isFocus } of nodes) if (isFocus) named.add(pid);
  const found = [...named].flatMap((pid) => {
    const box = crowd?.pids.includes(pid) === true ? crowd.box : nodes.find((node) => node.pid === pid)?.box;
    return box ?? [];
  });
  return found.length > 0 ? [...new Set(found)] : lastPlaces;
}

/** The processes and containers, and the wires that hang below them. */
export function everybody({ nodes, containers, crowd, talkEdges }: Scene): Box {
  const shown = [...nodes, ...containers, ...(crowd === null ? [] : [crowd])];
  const box = around(shown.map((one) => one.box)) ?? nobody;
  const bottom = Math.max(box.y + box.h, ...talkEdges.flatMap(({ curve }) => curve.map(({ y }) => y)));
  return { ...box, h: bottom - box.y };
}

/** Height of the scene with one container, in its own units: what a stage is arranged for. */
export const usualHeight = 336;
/** The same where shims and containers stand below the daemons. */
export const tallHeight = 396;
const nobody: Box = { x: 0, y: 0, w: 600, h: usualHeight };

function isWithin(frame: Box): (box: Box) => boolean {
  return ({ x, y }) => x >= frame.x && y >= frame.y && x <= frame.x + frame.w && y <= frame.y + frame.h;
}

function around(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  };
}
