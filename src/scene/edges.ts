import type { Protocol } from '../journal/event.ts';
import { valuesOf } from '../journal/table.ts';
import {
  asideTo,
  besideTo,
  crossingTo,
  downTo,
  hop,
  networkCurve,
  overTo,
  parentCurve,
  sideways,
  stemOf,
  talkCurve,
  trunkOf,
  underTo,
  upTo,
  type Curve,
  type Spot,
} from './geometry.ts';
import { firstRow, underRows } from './boxes.ts';
import { laneOf, type Columns } from './columns.ts';
import { indentShift } from './indent.ts';
import { densityAt, type Box } from './layout.ts';
import { isMany } from './measures.ts';
import type { Life, Parenthood } from './lives.ts';
import { sinceEvent, type Moment } from './moment.ts';
import type { SceneNode } from './scene.ts';

/** What an edge needs to know of the process that it leads to. */
type Child = Pick<SceneNode, 'pid' | 'box' | 'kind'>;

/** A line from a parent to its child, or what is left of one. */
export interface ParentEdge {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** `takes hold` and `lets go` are the two halves of a reparenting; `formerly` is what stays of it for a while. */
  readonly phase: 'grows' | 'holds' | 'takes hold' | 'lets go' | 'formerly';
  /** Of the phase, 0 to 1. */
  readonly progress: number;
  readonly because: Parenthood['because'];
  /** Whether there is room to say what it is: between the lines of a container's processes there is none. */
  readonly isNamed: boolean;
  /** A process between the two that this level does not show. */
  readonly through: number | null;
  /** Where siblings share a trunk: it is drawn straight through these to where the curve begins. */
  readonly trunk: readonly Spot[];
  readonly curve: Curve;
}

export interface TalkEdge {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly protocol: Protocol;
  /** A request is unanswered. */
  readonly isActive: boolean;
  readonly curve: Curve;
  /** How far along it its name stands: beside a parent's line that passes in its middle. */
  readonly namedAt: number;
}

const growMs = 600;
const letGoMs = 1100;
const takeHoldDelay = 0.4;
const takeHoldMs = 2000;

/** The edge from a node's parent; while it changes parents, and as long as the old one is in sight, two. */
export function parentEdgesOf(node: Child, moment: Moment, boxes: ReadonlyMap<number, Box>): readonly ParentEdge[] {
  const life = moment.timeline.lives.byPid.get(node.pid);
  if (life === undefined) return [];
  const past = life.parents.filter(({ since }) => since < moment.place);
  const current = past.at(-1);
  if (current === undefined || current.parent === 0) return [];
  const former = past.at(-2);
  const edges = [currentEdge(node, life, current, former !== undefined, moment, boxes)];
  if (former !== undefined) edges.push(formerEdge(node, former, current, moment, boxes));
  return edges.filter((edge) => edge !== undefined);
}

function currentEdge(
  node: Child,
  life: Life,
  current: Parenthood,
  isAdopted: boolean,
  moment: Moment,
  boxes: ReadonlyMap<number, Box>,
): ParentEdge | undefined {
  const [from, through] = visibleParent(current.parent, moment, boxes);
  const parent = boxes.get(from);
  if (parent === undefined) return undefined;
  const passed = sinceEvent(moment, current.since, isAdopted ? takeHoldMs : growMs);
  const progress = isAdopted ? Math.max(0, (passed - takeHoldDelay) / (1 - takeHoldDelay)) : passed;
  const isBeat = moment.beat?.seq === current.since;
  const settled = isAdopted && isBeat ? 'takes hold' : 'holds';
  const phase = progress < 1 ? (isAdopted ? 'takes hold' : 'grows') : settled;
  const isClient = node.kind === 'client' && from !== 1;
  const { trunk, curve } =
    isClient && isHidden(parent, node.box, boxes) ? besideTo(parent, node.box) : lineTo(node, from, parent, moment);
  const { because } = current;
  const id = `${from}-${life.pid}`;
  return { id, from, to: life.pid, phase, progress, because, isNamed: true, through, trunk, curve };
}

function lineTo({ kind, box }: Child, from: number, parent: Box, moment: Moment): Pick<ParentEdge, 'trunk' | 'curve'> {
  const { layout } = moment.timeline;
  const isCrowded = isMany(densityAt(layout, moment.place));
  const isBelow = box.y > parent.y + parent.h;
  const isService = kind === 'service' || kind === 'docker-proxy';
  const { isTall, isMarked, hasStrip, columns } = layout;
  if (kind === 'client' && from === 1 && isBelow) return asideTo(parent, box, laneBeside(columns));
  // Just above the rows there is a way across.
  const crossing = firstRow(layout, moment.place) - 6;
  if (kind === 'shim' && isTall && from === 1)
    return isCrowded ? crossingTo(parent, box, crossing, laneOf(isMarked)) : downTo(parent, box);
  if (kind === 'shim' && isCrowded && !isTall) return trunkOf(parent, box, laneOf(isMarked));
  if (kind === 'tool' && isCrowded && hasStrip && !isTall && box.x + box.w < parent.x && box.y !== parent.y)
    return underTo(parent, box, underRows(layout, moment.place), laneOf(isMarked));
  if (kind === 'tool' && isCrowded && parent.y === box.y && parent.x < box.x)
    return { trunk: [], curve: hop(parent, box) };
  if (kind === 'helper' && isCrowded && !hasStrip) return overTo(parent, box, crossing);
  if (isService && isBelow) return stemOf(parent, box);
  return { trunk: [], curve: isTall && kind === 'tool' ? upTo(parent, box) : parentCurve(parent, box) };
}

/** Whether somebody stands on the line of a tree between two: there it would look like his. */
function isHidden(parent: Box, child: Box, boxes: ReadonlyMap<number, Box>): boolean {
  const [upper, lower] = parent.y < child.y ? [parent, child] : [child, parent];
  const x = parent.x + indentShift / 2;
  return [...boxes.values()].some((box) => box.y > upper.y && box.y < lower.y && box.x < x && box.x + box.w > x);
}

function formerEdge(
  node: Child,
  former: Parenthood,
  current: Parenthood,
  moment: Moment,
  boxes: ReadonlyMap<number, Box>,
): ParentEdge | undefined {
  const parent = boxes.get(former.parent);
  if (parent === undefined) return undefined;
  const progress = sinceEvent(moment, current.since, letGoMs);
  const { placements } = moment.timeline.layout;
  return {
    id: `${former.parent}-${node.pid}-formerly`,
    from: former.parent,
    to: node.pid,
    phase: progress < 1 ? 'lets go' : 'formerly',
    progress,
    because: former.because,
    isNamed: node.kind !== 'container' || placements.get(former.parent)?.area !== 'container',
    through: null,
    trunk: [],
    curve: parentCurve(parent, node.box),
  };
}

/** The parent, or the nearest ancestor in sight, and then the hidden one in between. */
function visibleParent(
  pid: number,
  { timeline, place }: Moment,
  boxes: ReadonlyMap<number, Box>,
): readonly [from: number, through: number | null] {
  let from = pid;
  while (!boxes.has(from)) {
    const above = timeline.lives.byPid.get(from)?.parents.findLast(({ since }) => since < place)?.parent;
    if (above === undefined || above === 0) break;
    from = above;
  }
  return [from, from === pid ? null : pid];
}

/** The way from one to the other by what they speak. */
export function wireOf(protocol: Protocol, from: Box, to: Box): Curve {
  if (protocol === 'TCP') return networkCurve(from, to);
  // Below a shim in the first of many rows stands the next one.
  return protocol === 'ttrpc' && to.y + to.h < from.y ? sideways(from, to) : talkCurve(from, to);
}

/** Between clients and daemons. */
function laneBeside({ client, dockerd }: Columns): number {
  return (client.x + client.w + dockerd.x) / 2;
}

/** Where the name of a wire stands that hangs between neighbours: not on a line of systemd's that goes down there. */
function nameOn(protocol: Protocol, { timeline, place }: Moment, boxes: ReadonlyMap<number, Box>): number {
  const { levels, isTall } = timeline.layout;
  const isCrossed =
    (protocol === 'gRPC' && isTall) ||
    (protocol === 'HTTP' &&
      [...boxes].some(
        ([pid, { y }]) =>
          y >= levels.lowerTop &&
          timeline.layout.placements.get(pid)?.area === 'client' &&
          timeline.lives.byPid.get(pid)?.parents.findLast(({ since }) => since < place)?.parent === 1,
      ));
  return isCrossed ? 0.22 : 0.5;
}

/** Who is drawn for a process: itself, or the process of its container that stands for it. */
export function standIn(pid: number, moment: Moment, boxes: ReadonlyMap<number, Box>): number {
  const [shown] = visibleParent(pid, moment, boxes);
  return moment.timeline.layout.placements.get(shown)?.area === 'container' ? shown : pid;
}

/** One edge for two processes that hold connections, however many. Among many rows only those who are talking. */
export function talkEdgesOf(moment: Moment, boxes: ReadonlyMap<number, Box>): readonly TalkEdge[] {
  const { world, timeline, place } = moment;
  const isCrowded = isMany(densityAt(timeline.layout, place));
  const edges = new Map<string, TalkEdge>();
  for (const connection of valuesOf(world.connections)) {
    const { protocol } = connection;
    const client = standIn(connection.client, moment, boxes);
    const server = standIn(connection.server, moment, boxes);
    const from = boxes.get(client);
    const to = boxes.get(server);
    if (from === undefined || to === undefined || client === server) continue;
    const id = `${Math.min(client, server)}~${Math.max(client, server)} ${protocol}`;
    const known = edges.get(id);
    const namedAt = known?.namedAt ?? nameOn(protocol, moment, boxes);
    const isActive = connection.openRequests > 0 || known?.isActive === true;
    edges.set(
      id,
      known === undefined
        ? { id, from: client, to: server, protocol, isActive, namedAt, curve: wireOf(protocol, from, to) }
        : { ...known, isActive },
    );
  }
  return [...edges.values()].filter(({ isActive, protocol }) => isActive || !isCrowded || protocol !== 'ttrpc');
}
