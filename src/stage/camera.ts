import type { Viewport } from '@xyflow/react';
import type { Scene } from '../scene/scene.ts';

export interface Room {
  readonly width: number;
  readonly height: number;
  /** Covered on the right by the inspector, pixels. */
  readonly covered: number;
}

const marginTop = 26;
const marginSide = 14;
/** A first sight never comes nearer than this, however little there is to see. */
const nearest = 1.25;
/** Below this, titles could not be read: then the picture follows the story instead of showing all. */
const readable = 0.62;

/**
 * Where to look from: the whole scene if it can be read at that size, else what the story is about. Widths only grow
 * with the scene's extent, so that the picture stands still while nothing new needs room.
 */
export function viewportFor(scene: Scene, room: Room): Viewport {
  const width = Math.max(200, room.width - room.covered);
  const { w, h } = scene.extent;
  const all = Math.min((width - marginSide) / w, (room.height - marginTop) / h, nearest);
  if (all >= readable || scene.nodes.length > 60) return { x: leftOf(width, w, all), y: marginTop * all, zoom: all };
  const focus = focusOf(scene);
  const fitting = Math.min((width - 40) / focus.w, (room.height - 40) / focus.h, 0.95);
  const zoom = Math.max(readable, fitting);
  return {
    zoom,
    x: clampPan(width / 2 - (focus.x + focus.w / 2) * zoom, width, w * zoom),
    y: clampPan(room.height / 2 - (focus.y + focus.h / 2) * zoom, room.height, h * zoom + 10, marginTop * zoom),
  };
}

function leftOf(width: number, sceneWidth: number, zoom: number): number {
  return Math.max(0, Math.min(40, (width - sceneWidth * zoom) / 2));
}

/** Keeps the scene's edges from leaving empty room. */
function clampPan(wanted: number, room: number, size: number, most = 0): number {
  if (size <= room) return most;
  return Math.min(most, Math.max(room - size, wanted));
}

/** The box around whom the beat is about, with their parents: who acts is in sight of whom it acts on. */
function focusOf(scene: Scene): { readonly x: number; readonly y: number; readonly w: number; readonly h: number } {
  const pids = new Set(scene.beat?.focus ?? []);
  for (const { from, to, phase } of scene.parentEdges) if (pids.has(to) && phase !== 'holds') pids.add(from);
  const boxes = scene.nodes.filter(({ pid }) => pids.has(pid)).map(({ box }) => box);
  if (boxes.length === 0) {
    const [first] = scene.nodes;
    return first === undefined ? { x: 0, y: 0, w: 600, h: 300 } : { x: 0, y: 0, w: 600, h: 330 };
  }
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) - y,
  };
}
