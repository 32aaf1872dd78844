import { Position, type Edge, type Node } from '@xyflow/react';
import type { Box } from '../scene/layout.ts';
import type { Columns } from '../scene/columns.ts';
import { isMany } from '../scene/measures.ts';
import type { ParentEdge } from '../scene/edges.ts';
import type { Scene } from '../scene/scene.ts';
import { words } from '../text/ui.en.ts';

export type ProcessElement = Node<{ readonly pid: number }, 'process'>;
export type FrameElement = Node<{ readonly id: string }, 'frame'>;
export type HeadingElement = Node<{ readonly text: string; readonly isCount: boolean }, 'heading'>;
export type NoteElement = Node<{ readonly text: string }, 'note'>;
export type CrowdElement = Node<Record<string, never>, 'crowd'>;
export type StageNode = ProcessElement | FrameElement | HeadingElement | NoteElement | CrowdElement;
export type ParentElement = Edge<Record<string, never>, 'parent'>;
export type TalkElement = Edge<Record<string, never>, 'talk'>;
export type StageEdge = ParentElement | TalkElement;

export interface Elements {
  readonly nodes: readonly StageNode[];
  readonly edges: readonly StageEdge[];
  /** Of what the elements were made: equal keys, equal elements. */
  readonly key: string;
}

/** Lines past many containers go behind them, lines into one stand before its frame. */
const depth = { behind: 0, frame: 1, line: 2, process: 3 } as const;

/**
 * React Flow's elements of a scene: who is there, and where. What they say and how far they have grown is no part of
 * them: each component subscribes to that itself, so the arrays stay the same while time passes.
 */
export function elementsOf(scene: Scene, before?: Elements): Elements {
  const key = keyOf(scene);
  if (before?.key === key) return before;
  const nameOf = namesIn(scene);
  const isCrowded = isMany(scene.density);
  const helpers = new Set(scene.nodes.flatMap(({ pid, kind }) => (kind === 'helper' ? [pid] : [])));
  const frames: StageNode[] = scene.containers.map(({ id, box }) => ({
    id: `frame-${id}`,
    type: 'frame',
    data: { id },
    ...placed(box),
    zIndex: depth.frame,
  }));
  const processes: StageNode[] = scene.nodes.map(({ pid, box }) => ({
    id: String(pid),
    type: 'process',
    data: { pid },
    ...placed(box),
    zIndex: depth.process,
  }));
  const parents: StageEdge[] = scene.parentEdges.map((edge) => ({
    id: edge.id,
    type: 'parent',
    source: elementOf(edge.from, scene),
    target: elementOf(edge.to, scene),
    ariaLabel: words(relationOf(edge), { from: nameOf(edge.from), to: nameOf(edge.to) }),
    zIndex: isCrowded && (helpers.has(edge.to) || edge.phase === 'formerly') ? depth.behind : depth.line,
  }));
  const talks: StageEdge[] = scene.talkEdges.map(({ id, from, to, protocol }) => ({
    id,
    type: 'talk',
    source: elementOf(from, scene),
    target: elementOf(to, scene),
    ariaLabel: words('stage.talk-line', { from: nameOf(from), to: nameOf(to), protocol }),
    zIndex: isCrowded && protocol !== 'TCP' ? depth.behind : depth.line,
  }));
  return {
    key,
    nodes: [...headingsFor(scene), ...notesFor(scene), ...frames, ...processes, ...crowdFor(scene)],
    edges: [...talks, ...parents],
  };
}

/** What a process is called by who cannot see the line end at it: its title and pid, or its pid alone in a crowd. */
function namesIn({ nodes }: Scene): (pid: number) => string {
  const titles = new Map(nodes.map(({ pid, title }) => [pid, `${title} ${pid}`]));
  return (pid) => titles.get(pid) ?? String(pid);
}

const crowdId = 'crowd';

function crowdFor({ crowd }: Scene): readonly StageNode[] {
  return crowd === null ? [] : [{ id: crowdId, type: 'crowd', data: {}, ...placed(crowd.box), zIndex: depth.process }];
}

/** The element at which a process's lines end: its own, or that of the crowd that it is one of. */
function elementOf(pid: number, { crowd }: Scene): string {
  return crowd?.pids.includes(pid) === true ? crowdId : String(pid);
}

/** What a line says to who cannot see how it is drawn. */
function relationOf({ phase, through }: ParentEdge) {
  if (phase === 'lets go' || phase === 'formerly') return 'stage.parent-line-before';
  return through === null ? 'stage.parent-line' : 'stage.parent-line-above';
}

const headingHeight = 18;
const headingTop = -8;
/** Right of what stands over the daemons. */
const besideHeading = 118;
function headingsFor(scene: Scene): readonly StageNode[] {
  const { columns, blocks, density, isTall } = scene;
  const first = [heading('stage.client', columns.client), heading('stage.daemons', columns.dockerd)];
  if (density === 'marks') return [...first, countOf(scene)];
  // In a tall room, below the daemons, there is no room for more.
  if (isTall) return first;
  // Over many there is no room to name the tools.
  const key = density === 'compact' ? 'stage.containers' : 'stage.tools';
  return [...first, ...blocks.flatMap(({ shim, tools }) => [heading('stage.shim', shim), heading(key, tools)])];
}

/** Marks say nothing: how many they are stands above them, in a tall room above the daemons. */
function countOf({ nodes, containers, columns, blocks, isTall }: Scene): StageNode {
  const shims = words('stage.count.shims', { count: nodes.filter(({ kind }) => kind === 'shim').length });
  const text = `${shims}, ${words('stage.count.containers', { count: containers.length })}`;
  const x = isTall ? columns.dockerd.x + besideHeading : (blocks[0]?.shim.x ?? columns.containerd.x);
  const box = { x, y: headingTop, w: 240, h: headingHeight };
  return { id: 'heading-count', type: 'heading', data: { text, isCount: true }, ...placed(box) };
}

/**
 * Before anything runs, the empty columns say what they are for; the place of a daemon that is not there says so, but
 * for a machine that is off, as it is until its first events have come: nobody misses a daemon there.
 */
function notesFor({
  place,
  nodes,
  containers,
  columns,
  levels,
  blocks,
  hasHadContainers,
}: Scene): readonly StageNode[] {
  const span = { y: levels.daemonTop, h: levels.daemonHeight };
  const kinds = new Set<string>(nodes.map(({ kind }) => kind));
  const notes: StageNode[] = [];
  const isMissed = (daemon: string): boolean => place > 0 && !kinds.has(daemon);
  if (isMissed('dockerd')) notes.push(note('stage.no-dockerd', { ...columns.dockerd, ...span }));
  if (isMissed('containerd')) notes.push(note('stage.no-containerd', { ...columns.containerd, ...span }));
  if (containers.length > 0 || nodes.some(({ kind }) => inRows.has(kind))) return notes;
  const { shim, tools } = blocks[0] ?? columns;
  const [ofShim, ofContainer] = hasHadContainers
    ? (['stage.no-shim-now', 'stage.no-container-now'] as const)
    : (['stage.no-shim', 'stage.no-container'] as const);
  const w = tools.x + tools.w - shim.x;
  // In the narrow columns of many no sentence has room: one note stands across both.
  if (shim.w < worded) return [...notes, note(ofContainer, { x: shim.x, w: Math.max(w, noteWidth), ...levels.notes })];
  return [...notes, note(ofShim, { ...shim, ...levels.notes }), note(ofContainer, { ...tools, ...levels.notes })];
}

/** So wide is a column at least in which a note's words have room, and so wide a note across narrower ones. */
const worded = 120;
const noteWidth = 200;

const inRows: ReadonlySet<string> = new Set(['shim', 'helper', 'tool', 'container']);

function note(key: Parameters<typeof words>[0], box: Box): StageNode {
  return { id: key, type: 'note', data: { text: words(key) }, ...placed(box) };
}

function heading(key: Parameters<typeof words>[0], { x, w }: Columns['client']): StageNode {
  const text = words(key);
  return {
    id: `heading-${key}-${x}`,
    type: 'heading',
    data: { text, isCount: false },
    ...placed({ x, y: headingTop, w, h: headingHeight }),
  };
}

/** A place and a size, so that nothing has to be measured before the first picture. */
function placed({ x, y, w, h }: Box) {
  return {
    position: { x, y },
    width: w,
    height: h,
    handles: [
      { type: 'source' as const, position: Position.Right, x: w, y: h / 2 },
      { type: 'target' as const, position: Position.Left, x: 0, y: h / 2 },
    ],
  };
}

function keyOf({
  place,
  nodes,
  containers,
  crowd,
  parentEdges,
  talkEdges,
  columns,
  blocks,
  hasHadContainers,
}: Scene): string {
  const boxed = ({ x, y, w, h }: Box) => `${x},${y},${w},${h}`;
  return [
    columns.tools.x,
    place > 0,
    hasHadContainers,
    ...blocks.map(({ shim }) => shim.x),
    ...nodes.map(({ pid, title, box }) => `${pid} ${title}@${boxed(box)}`),
    ...containers.map(({ id, box }) => `${id}@${boxed(box)}`),
    ...(crowd === null ? [] : [`${crowdId}@${boxed(crowd.box)} ${crowd.pids.join()}`]),
    ...parentEdges.map((edge) => `${edge.id}:${relationOf(edge)}`),
    ...talkEdges.map(({ id }) => id),
  ].join(' ');
}
