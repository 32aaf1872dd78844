import { namespaceKinds, type NamespaceKind } from '../journal/event.ts';
import type { Journal } from '../journal/journal.ts';
import { containersOf, taskOf } from '../journal/look-up.ts';
import type { TaskState, World } from '../journal/world.ts';
import type { Beat } from './beats.ts';
import { parentEdgesOf, talkEdgesOf, type ParentEdge, type TalkEdge } from './edges.ts';
import { floorAt, type Floor } from './floor.ts';
import { conditionsOf, gaugesOf, type Condition, type Gauge } from './gauges.ts';
import type { Columns } from './columns.ts';
import { arranged } from './arranged.ts';
import { boxOf, containerBox, emptyHeight, crowdBoxAt, extentOf } from './boxes.ts';
import { blocksAt, densityAt, needAt, type Box, type Fit } from './layout.ts';
import type { Levels } from './levels.ts';
import type { Density } from './measures.ts';
import { nameIn, type Life } from './lives.ts';
import { shortCgroup } from './names.ts';
import { placedPackets, type PlacedPacket } from './packets.ts';
import { onTheWay, sinceEvent, type Moment } from './moment.ts';
import { linesOf } from './node-text.ts';
import type { Area } from './placement.ts';
import { titleIn } from './shells.ts';
import { beatAt, fadeMs, placeAt, virtualTimeAt, type Timeline } from './timeline.ts';

/** The picture of one moment, as numbers and words: whoever draws it draws the same. */
export interface Scene {
  readonly place: number;
  readonly timeNs: number;
  readonly beat: Beat | null;
  readonly nodes: readonly SceneNode[];
  readonly containers: readonly ContainerFrame[];
  readonly crowd: Crowd | null;
  /** Where they stood whom the beat names and who are gone; of those that are never drawn, who stands for them. */
  readonly lastPlaces: readonly Box[];
  readonly parentEdges: readonly ParentEdge[];
  readonly talkEdges: readonly TalkEdge[];
  readonly packets: readonly PlacedPacket[];
  readonly floor: Floor;
  readonly columns: Columns;
  readonly levels: Levels;
  /** Whether shims and containers stand below the daemons. */
  readonly isTall: boolean;
  /** Where shims and containers stand: many in several blocks, of which those are told that somebody stands in. */
  readonly blocks: readonly Pick<Columns, 'shim' | 'tools'>[];
  /** Whether there has been a container, be it gone. */
  readonly hasHadContainers: boolean;
  readonly density: Density;
  /** Size of everything, from 0, 0. */
  readonly extent: { readonly w: number; readonly h: number };
}

export type NodeKind = Area | 'dockerd' | 'containerd' | 'docker-proxy';

export interface SceneNode {
  readonly pid: number;
  readonly role: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly kind: NodeKind;
  readonly box: Box;
  /** 0 not there yet or no more, 1 wholly there. */
  readonly appearance: number;
  readonly isZombie: boolean;
  /** By a signal: it does nothing until SIGCONT. */
  readonly isStopped: boolean;
  /** Drawn dashed: a tool that does its work and goes. */
  readonly endsByItself: boolean;
  /** Its number in its own pid namespace, when that is not the host's. */
  readonly pidInside: number | null;
  /** Namespaces that it does not share with the host. */
  readonly ownNamespaces: readonly NamespaceKind[];
  /** The beat is about it. */
  readonly isFocus: boolean;
}

export interface ContainerFrame {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly cgroup: string;
  readonly box: Box;
  readonly appearance: number;
  readonly hasProcess: boolean;
  readonly gauges: readonly Gauge[];
  readonly conditions: readonly Condition[];
  readonly density: Density;
  readonly ownNamespaces: readonly NamespaceKind[];
}

/** Services that one place stands for, because they are too many: their lines lead to it. */
export interface Crowd {
  readonly box: Box;
  /** Who has no box of its own; nobody when all are shown, and the place is there to hide them again. */
  readonly pids: readonly number[];
  readonly isFocus: boolean;
}

export interface SceneOptions {
  /** No fades and no growth: what reduced motion asks for. */
  readonly isStill?: boolean;
  /** The room that the picture fills. */
  readonly fit?: Fit;
  /** All services are shown, however many. */
  readonly isCrowdOpen?: boolean;
}

const closest: Fit = { widthAt: () => 0 };
const growMs = 500;

/** How those go who stand elsewhere in a picture that is arranged anew. */
export const glide = { ms: 450, ease: (share: number): number => share * share * (3 - 2 * share) };

/** The scene at a presentation time. Pure: the same journal, timeline and time give the same picture. */
export function sceneAt(journal: Journal, known: Timeline, atMs: number, options: SceneOptions = {}): Scene {
  const isCrowdOpen = options.isCrowdOpen === true;
  const place = placeAt(known, atMs);
  const layout = arranged({ ...known.layout, isCrowdOpen }, place, options.fit ?? closest);
  const timeline: Timeline = { ...known, layout };
  const world = journal.worldAt(place);
  const beat = beatAt(timeline, atMs);
  const now: Moment = { world, timeline, atMs, place, beat, isStill: options.isStill === true, earlier: null };
  const moment: Moment = { ...now, earlier: earlierThan(now, known, options.fit ?? closest) };
  const faded = placeAt(known, atMs - fadeMs);
  const nodes = timeline.lives.all.flatMap((life) => (isPast(life, faded) ? [] : (nodeOf(life, moment) ?? [])));
  const crowd = crowdOf(moment);
  const standing = crowd === null ? [] : crowd.pids.map((pid) => ({ pid, box: crowd.box, kind: 'service' as const }));
  const boxes = new Map([...nodes, ...standing].map(({ pid, box }) => [pid, box]));
  const timeNs = virtualTimeAt(timeline, atMs);
  const containers = framesOf(moment, timeNs);
  return {
    place,
    timeNs,
    beat,
    nodes,
    containers,
    crowd,
    lastPlaces: (beat?.focus ?? []).flatMap((pid) => (boxes.has(pid) ? [] : (lastPlaceOf(pid, moment) ?? []))),
    parentEdges: [...nodes, ...standing.slice(0, 1)].flatMap((node) => parentEdgesOf(node, moment, boxes)),
    talkEdges: talkEdgesOf(moment, boxes),
    packets: placedPackets(moment, boxes),
    floor: floorAt(moment),
    columns: layout.columns,
    levels: layout.levels,
    isTall: layout.isTall,
    blocks: inhabited(blocksAt(layout, place), nodes, containers),
    hasHadContainers: layout.tenancies.some(({ from }) => from < place),
    density: densityAt(layout, place),
    extent: extentOf(timeline.layout, place, [
      ...boxes.values(),
      ...containers.map(({ box }) => box),
      ...(crowd === null ? [] : [crowd.box]),
    ]),
  };
}

/** Who stands elsewhere since the command began goes there: what jumps is lost from sight. */
function earlierThan(moment: Moment, known: Timeline, fit: Fit): Moment['earlier'] {
  const { from } = needAt(known.layout, moment.place);
  const share = from < 0 ? 1 : sinceEvent(moment, from, glide.ms);
  if (share === 1) return null;
  const layout = arranged({ ...known.layout, isCrowdOpen: moment.timeline.layout.isCrowdOpen }, from, fit);
  return { timeline: { ...known, layout }, place: from, share: glide.ease(share) };
}

/** The blocks that somebody stands in; when nobody does, the first, where the next one will. */
function inhabited(
  blocks: Scene['blocks'],
  nodes: readonly SceneNode[],
  containers: readonly ContainerFrame[],
): Scene['blocks'] {
  const taken = new Set([...nodes.filter(({ kind }) => kind === 'shim'), ...containers].map(({ box }) => box.x));
  const found = blocks.filter(({ shim, tools }) => taken.has(shim.x) || taken.has(tools.x));
  return found.length > 0 ? found : blocks.slice(0, 1);
}

/** Whether somebody had gone by a place: of a long session that is nearly everybody, and told without a search. */
function isPast({ reaped }: Life, faded: number): boolean {
  return reaped !== null && reaped < faded;
}

function nodeOf(life: Life, moment: Moment): SceneNode | undefined {
  const { timeline, world, place } = moment;
  if (life.born >= place) return undefined;
  const isGone = life.reaped !== null && life.reaped < place;
  const appearance = isGone
    ? 1 - sinceEvent(moment, life.reaped ?? 0, fadeMs)
    : Math.max(0.02, sinceEvent(moment, life.born, growMs));
  if (appearance <= 0) return undefined;
  const placement = timeline.layout.placements.get(life.pid);
  const box = onTheWay(moment, life.born, (then) => boxOf(then.timeline.layout, life.pid, then.place));
  if (placement === undefined || box === undefined) return undefined;
  const task = taskOf(world, life.pid);
  const { area } = placement;
  const kind = kindOf(life, area);
  const room = linesIn(box, kind);
  return {
    pid: life.pid,
    role: life.role.label,
    title: titleIn(world, timeline.lives, life),
    lines: room === 0 ? [] : linesOf(world, task, life, timeline.lives, timeline.level).slice(0, room),
    kind,
    box,
    appearance,
    isZombie: task?.state === 'zombie',
    isStopped: task?.state === 'stopped',
    endsByItself: area === 'tool' || area === 'helper',
    pidInside: task === undefined || task.nsPids.length < 2 ? null : (task.nsPids.at(-1) ?? null),
    ownNamespaces: task === undefined ? [] : ownNamespaces(world, task),
    isFocus: moment.beat?.focus.some((pid) => standsFor(pid, moment) === life.pid) === true,
  };
}

/** Who has a place for a process: itself, or the nearest of those that it descends from. */
function standsFor(pid: number, moment: Moment): number {
  let drawn = pid;
  while (drawn > 0 && standingOf(drawn, moment) === undefined)
    drawn = moment.timeline.lives.byPid.get(drawn)?.forkedBy ?? 0;
  return drawn;
}

/** Its own box; for a service that is only counted, where their number stands. */
function standingOf(pid: number, { timeline: { layout }, place }: Moment): Box | undefined {
  const isService = layout.placements.get(pid)?.area === 'service';
  return boxOf(layout, pid, place) ?? (isService ? crowdBoxAt(layout, place) : undefined);
}

function lastPlaceOf(pid: number, moment: Moment): Box | undefined {
  return standingOf(standsFor(pid, moment), moment);
}

/** Who has no box of its own at the moment, and the place that is kept for them. */
function crowdOf({ timeline, place, beat }: Moment): Crowd | null {
  const { layout, lives } = timeline;
  const box = crowdBoxAt(layout, place);
  if (box === undefined) return null;
  const pids = lives.all
    .filter(({ born, reaped }) => born < place && (reaped === null || reaped >= place))
    .filter(({ pid }) => layout.placements.get(pid)?.area === 'service' && boxOf(layout, pid, place) === undefined)
    .map(({ pid }) => pid);
  if (pids.length === 0 && !layout.isCrowdOpen) return null;
  return { box, pids, isFocus: beat?.focus.some((pid) => pids.includes(pid)) === true };
}

/** How many lines fit below the title; instead of it in a docker-proxy's flat box: there its name says the least. */
function linesIn({ h }: Box, kind: NodeKind): number {
  if (h >= 60 || kind === 'docker-proxy') return 2;
  return h >= 40 ? 1 : 0;
}

function kindOf({ role: { part } }: Life, area: Area): NodeKind {
  if (area === 'daemon') return part === 'dockerd' ? 'dockerd' : 'containerd';
  return part === 'docker-proxy' ? part : area;
}

/** Kinds of namespaces in which a task is not where the host's first process is. */
export function ownNamespaces(world: World, task: TaskState): readonly NamespaceKind[] {
  const host = taskOf(world, 1);
  if (host === undefined) return [];
  return namespaceKinds.filter((kind) => task.namespaces[kind] !== host.namespaces[kind]);
}

/** A frame shrinks once its first process has been reaped: nobody is in it then. */
function frameBox(moment: Moment, row: number, init: Life | undefined): Box {
  const { timeline, place } = moment;
  const box = containerBox(timeline.layout, row, place);
  if (init === undefined || init.reaped === null || init.reaped >= place) return box;
  const left = sinceEvent(moment, init.reaped, fadeMs);
  return { ...box, h: box.h + (emptyHeight(timeline.layout, row, place) - box.h) * left };
}

function framesOf(moment: Moment, timeNs: number): readonly ContainerFrame[] {
  const { timeline, world, place } = moment;
  const known = new Map(containersOf(world).map((container) => [container.id, container]));
  return timeline.layout.tenancies.flatMap(({ container: id, row, from, until }) => {
    if (from >= place) return [];
    const isGone = until !== null && until < place;
    const appearance = isGone ? 1 - sinceEvent(moment, until, fadeMs) : sinceEvent(moment, from, growMs);
    if (appearance <= 0) return [];
    const init = timeline.lives.inits.get(id)?.findLast(({ born }) => born < place);
    const task = init === undefined ? undefined : taskOf(world, init.pid);
    const path = task?.cgroup ?? '';
    const container = known.get(id);
    return [
      {
        id,
        name: nameIn(world, timeline.lives, id),
        status: container?.status ?? '',
        cgroup: shortCgroup(path),
        box: onTheWay(moment, from, (then) => frameBox(then, row, init)),
        appearance,
        hasProcess: task !== undefined,
        gauges: gaugesOf(world, path),
        conditions: container === undefined ? [] : conditionsOf(world, container, path, timeNs),
        density: densityAt(timeline.layout, place),
        ownNamespaces: task === undefined ? [] : ownNamespaces(world, task),
      },
    ];
  });
}
