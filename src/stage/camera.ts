import type { Viewport } from '@xyflow/react';
import { columnsFor, endOf } from '../scene/columns.ts';
import type { Box, Fit } from '../scene/layout.ts';
import { isMany, marksApart, stepOf } from '../scene/measures.ts';
import type { Scene } from '../scene/scene.ts';
import {
  everybody,
  focusOf,
  lastingOf,
  legible,
  named,
  nearestTo,
  readable,
  tallHeight,
  usualHeight,
  type Sight,
} from './focus.ts';

interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Room {
  readonly width: number;
  readonly height: number;
  /** Covered on the right by the inspector, pixels. */
  readonly covered: number;
}

const marginTop = 26;
/** The columns' titles reach so far above the scene's origin, and about as far below it. */
const titleReach = 10;
/** Nobody stands higher: the first row of boxes. */
const topOfAll = 28;
/** Room between a box and the edge of what is seen. */
const edge = 8;
const marginSide = 14;
/** The legend's line, below the picture on wide screens. */
const legendHeight = 28;
const legendFrom = 1100;
/** A first sight never comes nearer than this, however little there is to see. */
const nearest = 1.6;
/** Columns that fill a room do so but for their rounding. */
const filled = 0.995;
/** On a wide screen names alone, drawn larger, are enough to show all, where a smaller one follows the story. */
const wideEnough = 0.5;
/** What is in sight from so near is not left for a nearer view: names, drawn larger, have 10 pixels. */
const calm = 0.5;
/** Around whom the picture follows, pixels. */
const margin = 12;
/** Following the story, this is near enough; less is taken when all heights are in sight then, and can be read. */
const near = 0.8;

/** Whether a story is told, or has not begun, or is over: then one looks at everybody. */
export type Repose = 'before' | 'none' | 'after';

/**
 * Where to look from: the whole scene if it can be read at that size, else what the story is about. Widths only grow
 * with the scene's extent, so that the picture stands still while nothing new needs room. So it does where one looks
 * from already, as long as the story is in sight there; and whoever has to move keeps his distance, if it allows that.
 */
export function viewportFor(scene: Scene, room: Room, repose: Repose, from?: Viewport): Viewport {
  const { width, height } = sightOf(room);
  const { w, h } = scene.extent;
  const sight = { width: width - 2 * margin, height: height - 2 * margin };
  const services = openedServices(scene, sight);
  const all = Math.min((width - marginSide) / w, height / (h + marginTop), nearest);
  const enough = services === undefined ? wholeFrom(scene, room) : readable;
  // Without the columns' titles there is room for a little more.
  const untitledHeight = height / (h - topOfAll + edge);
  const untitled = Math.min((width - marginSide) / w, untitledHeight);
  // All widths in sight: then only the height has to follow the story.
  const across = Math.min(near, (width - marginSide) / w);
  // In a frame one could hardly come nearer: there what stands below is worth that.
  // As `widthFor` reckons: no picture is arranged for less than the usual height.
  const arranged = height / (Math.max(h, usualHeight) - topOfAll + edge);
  const isFilled = !scene.isTall && untitled > filled * arranged && isCalmFrom(untitled, width);
  const least = isFilled || (across >= readable && across < near) ? calm : readable;
  if (untitled >= Math.min(enough, least) && all < (untitled >= readable ? readable : enough))
    return { x: leftOf(width, w, untitled), y: (edge - topOfAll) * untitled, zoom: untitled };
  if (all >= enough) {
    const spare = height / all - h;
    // As in `panDown`.
    const y = spare > height / all / 3 ? spare / 2 : marginTop;
    return { x: leftOf(width, w, all), y: y * all, zoom: all };
  }
  const isAtRest = repose === 'before';
  const usualFocus = repose === 'after' ? lastingOf : focusOf;
  const focus = services ?? (isAtRest ? everybody(scene) : usualFocus(scene, sight));
  const kept = isAtRest || services !== undefined || (from?.zoom ?? 0) < calm ? undefined : from;
  if (kept !== undefined && isInSight(withMessages(focus, scene), kept, { width, height })) return kept;
  if (isMany(scene.density) && services === undefined) {
    const zoom = (width - marginSide) / w;
    return { zoom, x: leftOf(width, w, zoom), y: panDown(scene, focus, height / zoom, { from: 0, to: w }) * zoom };
  }
  const whole = nearestTo(focus, sight);
  const fitsAcross = Math.min(width / focus.w, (height - edge) / focus.h) >= across;
  if (across >= readable && fitsAcross && services === undefined) {
    const beside = { from: 0, to: w };
    return { x: leftOf(width, w, across), y: panDown(scene, focus, height / across, beside) * across, zoom: across };
  }
  const usual = Math.max(
    services === undefined && !isAtRest && whole >= legible ? Math.min(readable, whole) : readable,
    Math.min(whole, isAtRest ? 1 : wholeHeight(scene, height)),
  );
  const zoom = kept !== undefined && kept.zoom <= whole ? kept.zoom : usual;
  const x = panRight(scene, focus, width / zoom) * zoom;
  const beside = { from: -x / zoom, to: (width - x) / zoom };
  return { zoom, x, y: panDown(scene, focus, height / zoom, beside) * zoom };
}

/** With what those say to each other who talk: it hangs below the daemons. */
function withMessages(box: Box, { beat, levels: { messagesBottom } }: Scene): Box {
  const isTalk = beat?.kind === 'request' || beat?.kind === 'response';
  return isTalk ? { ...box, h: Math.max(box.h, messagesBottom - box.y) } : box;
}

/** Whether below all who are drawn a line of the stage is free: there the legend has room on a narrower screen too. */
export function hasFreeLine(scene: Scene, { y, zoom }: Viewport, height: number): boolean {
  const all = withMessages(everybody(scene), scene);
  return (all.y + all.h) * zoom + y <= height - lineHeight;
}

const lineHeight = 18;

/** How many processes stand below what is seen of a stage, from where one looks: most of each at least. */
export function countBelow({ nodes }: Scene, { y, zoom }: Viewport, room: Room): number {
  const bottom = (sightOf(room).height - y) / zoom;
  return nodes.filter(({ box }) => box.y + box.h / 2 > bottom).length;
}

/** Whole, and not at a side's very edge, from where one looks. */
function isInSight({ x, y, w, h }: Box, from: Viewport, { width, height }: Sight): boolean {
  const [left, top] = [x * from.zoom + from.x, y * from.zoom + from.y];
  return left >= edge && top >= 0 && left + w * from.zoom <= width - edge && top + h * from.zoom <= height;
}

/**
 * Where the services stand while a person has asked for all of them: these are what to look at then, whatever the story
 * is about; the first ones when they are more than can be read at once.
 */
function openedServices(scene: Scene, sight: Sight): Box | undefined {
  if (scene.crowd === null || scene.crowd.pids.length > 0) return undefined;
  const nodes = scene.nodes.filter(({ kind }) => kind === 'service' || kind === 'docker-proxy');
  const box = everybody({ ...scene, nodes, containers: [], talkEdges: [] });
  return { ...box, h: Math.min(box.h, sight.height / readable) };
}

/** As near as one can be with all heights in sight, with the columns' titles or without them; else near enough. */
function wholeHeight({ extent }: Scene, height: number): number {
  const sizes = [height / (extent.h + marginTop), height / (extent.h - topOfAll + edge)];
  return sizes.find((size) => size >= readable) ?? near;
}

/** What a person sees of the room. */
function sightOf(room: Room): { readonly width: number; readonly height: number } {
  return {
    width: Math.max(200, room.width - room.covered),
    height: Math.max(100, room.height - (room.width > legendFrom ? legendHeight : 0)),
  };
}

/** What a picture is arranged for that is to fill a room. */
export function fitFor(room: Room): Fit {
  const { width, height } = sightOf(room);
  const whole = (w: number, h: number) => Math.min((width - marginSide) / w, height / (h + marginTop));
  const wide = whole(endOf(columnsFor(0, few), 0), usualHeight);
  const isTall = whole(endOf(columnsFor(0, { ...few, isTall: true }), 0), tallHeight) > wide * worthTall;
  return {
    isTall,
    highestOfFew: height / enoughIn(room) + topOfAll - edge,
    widest: width / told,
    widestTouched: (width - marginSide) / touched,
    widthAt: (sceneHeight, isCrowd) =>
      widthFor(room, sceneHeight, isTall ? tallHeight : usualHeight, isTall || isCrowd),
  };
}

const few = { isTall: false, isMarked: false, isApart: false, hasStrip: false, blocks: 0 };
/** So much nearer has the other arrangement to be seen from. */
const worthTall = 1.2;
/** Of many, names can be told to from here. */
const told = 0.45;
/** Of very many that stand apart, each has 24 pixels from here: WCAG 2.2, 2.5.8, "Target Size (Minimum)". */
const touched = 24 / stepOf(marksApart);
/** Columns are of whole units. */
const worthTouching = 0.98;

/**
 * How wide a scene of a height may be, in its own units: it fills the room at the size that its height allows; one that
 * is looked at as a whole, at any size.
 */
function widthFor(room: Room, sceneHeight: number, leastHeight: number, isWhole: boolean): number {
  const { width, height } = sightOf(room);
  const most = Math.max(leastHeight, sceneHeight);
  const whole = height / (most + marginTop);
  const untitled = height / (most - topOfAll + edge);
  const isUntitled = filled * untitled >= readable || (untitled < readable && isCalmFrom(untitled, width));
  const usual = whole < enoughIn(room) ? near : whole;
  const zoom = isWhole || whole >= readable ? whole : isUntitled ? untitled : usual;
  return Math.floor((width - marginSide) / Math.min(nearest, zoom));
}

/** Whether the whole, seen from there, is to fill a frame: with all widths in sight one could hardly come nearer. */
function isCalmFrom(zoom: number, width: number): boolean {
  const across = (width - marginSide) / endOf(columnsFor(0, few), 0);
  return zoom >= calm && across >= readable && across < near;
}

/** From so near on the whole picture is shown. Of many it always is, but for marks that a finger is to meet. */
function wholeFrom({ density, isTall, containers }: Scene, room: Room): number {
  if (isMany(density))
    return isTall && containers.some(({ box }) => box.h === marksApart.line) ? touched * worthTouching : 0;
  return isTall ? named : enoughIn(room);
}

function enoughIn({ width }: Room): number {
  return width > legendFrom ? wideEnough : readable;
}

function leftOf(width: number, sceneWidth: number, zoom: number): number {
  return Math.max(0, Math.min(40, (width - sceneWidth * zoom) / 2));
}

/**
 * How far down, in the scene's own units: the columns' titles are in sight whole, with all below them, or not at all;
 * likewise, as far as can be, whoever stands in sight.
 */
function panDown(scene: Scene, focus: Box, room: number, beside: Stretch): number {
  const all = everybody(scene);
  const left = room - (all.y + all.h);
  // Most of the room is left where the view is wide and flat: then the picture stands in its middle.
  if (left > room / 3) return (room - all.h) / 2 - all.y;
  if (left >= titleReach) return Math.min(marginTop, Math.max(titleReach, left / 2));
  if (room >= all.h + 2 * edge) return edge - all.y;
  const wanted = clampPan(room / 2 - (focus.y + focus.h / 2), room, scene.extent.h, -titleReach);
  const spans = boxesIn(scene)
    .filter(({ x, w }) => x < beside.to && x + w > beside.from)
    .map(({ y, h }) => ({ from: y, to: y + h }));
  // Better some empty room below than somebody cut above.
  const lowest = Math.min(-titleReach, room * 0.6 - scene.extent.h);
  const isAllowed = (pan: number) => (pan <= -titleReach && pan >= lowest) || (pan >= titleReach && pan <= marginTop);
  return leastCut(spans, { from: focus.y, to: focus.y + focus.h }, room, { wanted, worth: room, isAllowed });
}

function boxesIn({ nodes, containers }: Scene): readonly Box[] {
  return [...nodes, ...containers].map(({ box }) => box);
}

/** How far to the right: a little aside of the middle, where that leaves all in sight whole; else some are cut. */
function panRight(scene: Scene, focus: Box, room: number): number {
  const size = scene.extent.w;
  const spans = boxesIn(scene).map(({ x, w }) => ({ from: x, to: x + w }));
  const wanted = clampPan(room / 2 - (focus.x + focus.w / 2), room, size, 0);
  const isAllowed = (pan: number) =>
    pan <= 0 &&
    pan >= room - size &&
    Math.abs(pan - wanted) <= farAside &&
    !spans.some((span) => isCut(span, pan, room));
  return leastCut(spans, { from: focus.x, to: focus.x + focus.w }, room, { wanted, worth: farAside, isAllowed });
}

/** Of the scene's units. */
const farAside = 60;

function isCut({ from, to }: Stretch, pan: number, room: number): boolean {
  return (from + pan < 0 && to + pan > 0) || (from + pan < room && to + pan > room);
}

/** As bad as so many cut: whom the story is about is not in sight. */
const outOfSight = 60;

/**
 * Of the places near the wanted one, that which cuts the fewest, and none of whom the story is about: everybody stands
 * whole at an edge, or just out of sight. Each one cut is worth going so far.
 */
function leastCut(
  spans: readonly Stretch[],
  focus: Stretch,
  room: number,
  { wanted, worth, isAllowed }: { wanted: number; worth: number; isAllowed: (pan: number) => boolean },
): number {
  const badness = (pan: number): number => {
    const cut =
      spans.filter((span) => isCut(span, pan, room)).length +
      (focus.from + pan < 0 || focus.to + pan > room ? outOfSight : 0);
    return cut * worth + Math.abs(pan - wanted);
  };
  const edges = spans.flatMap(({ from, to }) => [edge - from, room - edge - to, -1 - to, room + 1 - from]);
  const places = [wanted, ...edges.filter(isAllowed)];
  return places.reduce((best, pan) => (badness(pan) < badness(best) ? pan : best));
}

/** Keeps the scene's edges from leaving empty room. */
function clampPan(wanted: number, room: number, size: number, most: number): number {
  if (size + most <= room) return most;
  return Math.min(most, Math.max(room - size, wanted));
}
