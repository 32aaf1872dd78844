import type { JournalEvent } from '../journal/event.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import type { Cursor } from './cursor.ts';
import type { Foresight } from './foresight.ts';

/** The end of a dockerd, until it has been told what became of the containers that were up. */
interface Downfall {
  /** Host pid of the dockerd. */
  readonly pid: number;
  /** The first process of each container that was up when the end began, by the container's id. */
  readonly up: ReadonlyMap<string, number>;
  hasEnded: boolean;
  /** Who has exited before it. */
  readonly before: Set<number>;
  /** Bytes of output that were lost since, by the container's id. */
  readonly lost: Map<string, number>;
  /** Whether the next dockerd has read what there is and answers. */
  isOver: boolean;
}

export interface OutlivedMemory {
  downfall: Downfall | null;
  /** Containers that run or are paused, as far as dockerd knows. */
  readonly up: Set<string>;
  readonly exitCodes: Map<string, number>;
}

export function createOutlivedMemory(): OutlivedMemory {
  return { downfall: null, up: new Set(), exitCodes: new Map() };
}

/** Remembers who was up when a dockerd began to end, and losses. `outputs`: containers by their fifos' inodes. */
export function rememberOutlived(
  memory: OutlivedMemory,
  event: JournalEvent,
  foresight: Foresight,
  outputs: ReadonlyMap<number, string>,
): void {
  switch (event.type) {
    case 'container':
      if (event.status === 'running' || event.status === 'paused') memory.up.add(event.id);
      else memory.up.delete(event.id);
      memory.exitCodes.set(event.id, event.exitCode);
      return;
    case 'machine':
      if (event.machine !== 'dockerd') return;
      if (event.to === 'stopping its containers') begin(memory, event, foresight);
      if (event.to === 'serving' && memory.downfall !== null) memory.downfall.isOver = true;
      return;
    case 'task.exit':
      if (memory.downfall?.hasEnded === false) memory.downfall.before.add(event.pid);
      if (foresight.role(event.pid)?.part !== 'dockerd') return;
      if (memory.downfall?.pid !== event.pid) begin(memory, event, foresight);
      if (memory.downfall !== null) memory.downfall.hasEnded = true;
      return;
    case 'note': {
      const [, bytes, inode] = lostIn.exec(event.topic === 'pipe' ? event.text : '') ?? [];
      const id = outputs.get(Number(inode));
      if (id !== undefined) memory.downfall?.lost.set(id, (memory.downfall.lost.get(id) ?? 0) + Number(bytes));
      return;
    }
    case 'task.reap':
      if (foresight.isLastOfLine(event.seq) && memory.downfall?.isOver === true) memory.downfall = null;
      return;
    default:
  }
}

/** What the kernel notes of what is left in a pipe when its last end is closed. */
export const lostIn = /^(\d+) bytes .* (\d+)$/;

function begin(
  memory: OutlivedMemory,
  { pid, seq }: { readonly pid: number; readonly seq: number },
  foresight: Foresight,
) {
  const up = new Map<string, number>();
  for (const id of memory.up) {
    const [init] = foresight.initsOf(id, seq);
    if (init !== undefined) up.set(id, init);
  }
  memory.downfall = { pid, up, hasEnded: false, before: new Set(), lost: new Map(), isOver: false };
}

type Fate = 'same' | 'anew' | 'stopped-before' | 'stopped-after' | 'ended' | 'removed';
const fates: readonly Fate[] = ['same', 'anew', 'stopped-before', 'stopped-after', 'ended', 'removed'];

/** What became of the containers of a dockerd that has ended, in sentences; null when there is nothing to tell. */
export function outlivedAt(cursor: Cursor, seq: number): { readonly text: string; readonly focus: number[] } | null {
  const { downfall } = cursor.outlived;
  if (downfall === null || !downfall.isOver || downfall.up.size === 0) return null;
  const ids = [...downfall.up.keys()];
  const told = fates.flatMap((fate) => {
    const those = ids.filter((id) => fateOf(id, downfall, cursor, seq) === fate);
    return those.length === 0 ? [] : [fateText(fate, those, downfall, cursor, seq)];
  });
  const lost = ids.flatMap((id) => {
    const params = { container: cursor.container(id), bytes: downfall.lost.get(id) ?? 0 };
    return params.bytes === 0 ? [] : [words('outlived.lost', params)];
  });
  const kept = words('outlived.kept', { count: ids.length });
  return {
    text: [...told, ...(lost.length === 0 ? [kept] : lost)].join(' '),
    focus: ids.flatMap((id) => (cursor.hasEnded(id) ? [] : cursor.initsOf(id, seq))),
  };
}

const words = (key: StoryKey, params: Parameters<typeof say>[2]): string => say(story, key, params);

function fateText(fate: Fate, ids: readonly string[], { up }: Downfall, cursor: Cursor, seq: number): string {
  const [first = ''] = ids;
  return words(`outlived.${fate}`, {
    count: ids.length,
    containers: ids.map((id) => cursor.container(id)).join(', '),
    pid: cursor.initsOf(first, seq)[0] ?? 0,
    before: up.get(first) ?? 0,
    code: cursor.outlived.exitCodes.get(first) ?? 0,
  });
}

/** Whether a dockerd that ends, with none after it yet, has stopped the container before it ended itself. */
export function hasFallenFirst(id: string, { outlived: { downfall }, aftermath }: Cursor): boolean {
  if (downfall === null || downfall.isOver || !aftermath.stopped.has(id)) return false;
  return downfall.before.has(downfall.up.get(id) ?? 0);
}

function fateOf(id: string, { up, before }: Downfall, cursor: Cursor, seq: number): Fate {
  if (!cursor.hasEnded(id)) return cursor.initsOf(id, seq)[0] === up.get(id) ? 'same' : 'anew';
  if (cursor.statusOf(id) === undefined) return 'removed';
  if (!cursor.aftermath.stopped.has(id)) return 'ended';
  return before.has(up.get(id) ?? 0) ? 'stopped-before' : 'stopped-after';
}
