import type { ContainerFact, JournalEvent } from '../journal/event.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import type { Foresight } from './foresight.ts';
import { limitIn } from './gauges.ts';
import { containerOfScope } from './names.ts';
import { hasFallenFirst } from './outlived.ts';

/** What can be the matter with a container when a line ends, the most important first. */
const matters = [
  'oom',
  'lost',
  'restarting-oom',
  'restarting',
  'unhealthy',
  'crowded',
  'frozen',
  'removed',
  'ended',
  'up',
] as const;
type Matter = (typeof matters)[number];

/** What has become of a container: the place where each matter came up last. */
interface Trace {
  readonly born: number;
  readonly since: Map<Matter, number>;
  /** Of each matter the place that a closing has told of: another shell has nothing new to say of it. */
  readonly told: Map<Matter, number>;
  paper: ContainerFact | null;
  health: string;
}

export interface LeftBehindMemory {
  readonly traces: Map<string, Trace>;
  /** Where a shell has written last: when it reads there, a line begins. */
  readonly asking: Map<number, number>;
  /** Where the line began that a shell works on. */
  readonly lineSince: Map<number, number>;
  /** Zombies that are neither a container's first process nor an exec, each with its container's id. */
  readonly zombies: Map<number, string>;
}

export function createLeftBehindMemory(): LeftBehindMemory {
  return { traces: new Map(), asking: new Map(), lineSince: new Map(), zombies: new Map() };
}

/** Remembers what came up where. `members`: the container's id of each process that runs in one. */
export function rememberLeftBehind(
  memory: LeftBehindMemory,
  event: JournalEvent,
  { role }: Foresight,
  members: ReadonlyMap<number, string>,
): void {
  const note = (id: string, matter: Matter): void => void traceOf(memory, id, event.seq).since.set(matter, event.seq);
  switch (event.type) {
    case 'stream.write':
      memory.asking.set(event.pid, event.inode);
      return;
    case 'stream.read':
      if (memory.asking.get(event.pid) === event.inode) memory.lineSince.set(event.pid, event.seq);
      return;
    case 'task.exit': {
      const { part = '', container = '' } = role(event.pid) ?? {};
      if (part === 'shim' && 'signal' in event.status) note(container, 'lost');
      const id = members.get(event.pid);
      if (id !== undefined && part !== 'init' && part !== 'exec') memory.zombies.set(event.pid, id);
      return;
    }
    case 'task.reap':
      memory.zombies.delete(event.pid);
      return;
    case 'oom.kill': {
      const id = containerOfScope(event.cgroup);
      if (id !== undefined) note(id, 'oom');
      return;
    }
    case 'cgroup.write': {
      const id = containerOfScope(event.path);
      if (id === undefined) return;
      if (event.file === 'cgroup.freeze' && event.value.trim() === '1') note(id, 'frozen');
      if (event.file === 'pids.events') note(id, 'crowded');
      return;
    }
    case 'machine':
      if (event.machine !== 'health') return;
      if (event.to === 'unhealthy' && event.from !== 'unhealthy') note(event.object, 'unhealthy');
      traceOf(memory, event.object, event.seq).health = event.to;
      return;
    case 'container':
      return rememberPaper(memory, event, event.seq);
    default:
  }
}

function traceOf({ traces }: LeftBehindMemory, id: string, seq: number): Trace {
  const trace = traces.get(id) ?? {
    born: seq,
    since: new Map<Matter, number>(),
    told: new Map<Matter, number>(),
    paper: null,
    health: '',
  };
  traces.set(id, trace);
  return trace;
}

function rememberPaper(memory: LeftBehindMemory, fact: ContainerFact, seq: number): void {
  const trace = traceOf(memory, fact.id, seq);
  const before = trace.paper?.status;
  const wasUp = before === 'running' || before === 'paused';
  if (fact.status === 'restarting' && before !== 'restarting')
    trace.since.set(fact.oomKilled ? 'restarting-oom' : 'restarting', seq);
  if (fact.status === 'running' && !wasUp) {
    trace.since.delete('lost');
    trace.since.set('up', seq);
  }
  if (fact.removed) trace.since.set('removed', seq);
  else if (fact.status === 'exited' ? before !== 'exited' : fact.status === 'removing' && wasUp)
    trace.since.set('ended', seq);
  trace.paper = fact;
}

/** Whether the container has ended with its shim: then nobody has learnt how. */
export function isLost(id: string, { leftBehind, hasEnded }: Cursor): boolean {
  return hasEnded(id) && leftBehind.traces.get(id)?.since.has('lost') === true;
}

/**
 * The closing of a line with what the line has left behind, in a sentence before it: who goes to the end sees this
 * alone. The closing itself where nothing came up in this line that still holds, and that no shell has told of yet.
 */
export function withLeftBehind(closing: Telling, by: number, cursor: Cursor): Telling {
  const { lineSince, traces } = cursor.leftBehind;
  const since = lineSince.get(by) ?? -1;
  for (const matter of matters) {
    const ids = [...traces].flatMap(([id, trace]) => {
      const cameUp = trace.since.get(matter) ?? -1;
      const isNews = cameUp > since && trace.told.get(matter) !== cameUp;
      return isNews && holds(matter, id, trace, since, cursor) ? [id] : [];
    });
    const [first] = ids;
    if (first === undefined) continue;
    for (const id of ids) markTold(traces.get(id), matter);
    // The closing has said it of the one.
    if (matter === 'up' && ids.length === 1 && closing.key === 'client.reaped') return closing;
    const container = cursor.container(first);
    const params = {
      count: ids.length,
      containers: container,
      usual: say(
        story,
        matter === 'up' && closing.key === 'client.reaped' ? 'client.reaped-alone' : closing.key,
        closing.params,
      ),
      ...detailsOf(matter, first, cursor),
    };
    const key = keyOf(matter, ids, cursor);
    const frame = matter === 'removed' ? {} : { frame: container };
    return { ...closing, key, params, weight: closing.weight + 2400, ...frame };
  }
  return closing;
}

function keyOf(matter: Matter, ids: readonly string[], cursor: Cursor): StoryKey {
  const [first = ''] = ids;
  if (matter === 'oom' && !cursor.hasEnded(first)) return 'left.oom-inside';
  if (matter === 'ended' && ids.every((id) => hasFallenFirst(id, cursor))) return 'left.ended-before-dockerd';
  return `left.${matter}`;
}

function markTold(trace: Trace | undefined, matter: Matter): void {
  const cameUp = trace?.since.get(matter);
  if (cameUp !== undefined) trace?.told.set(matter, cameUp);
}

/** Whether what came up is still so. */
function holds(matter: Matter, id: string, trace: Trace, since: number, cursor: Cursor): boolean {
  const { paper, health, born } = trace;
  const status = cursor.statusOf(id);
  switch (matter) {
    case 'oom':
      return (trace.since.get('restarting-oom') ?? -1) <= since;
    case 'lost':
      return isLost(id, cursor);
    case 'restarting-oom':
    case 'restarting':
      return status === 'restarting' || status === 'running';
    case 'unhealthy':
      return health === 'unhealthy' && !cursor.hasEnded(id);
    case 'crowded':
      return (
        !cursor.hasEnded(id) && zombiesIn(id, cursor) > 0 && taskLimitIn(cursor.aftermath.limits, id) !== undefined
      );
    case 'frozen':
      return cursor.aftermath.frozen.has(id) && !cursor.hasEnded(id);
    case 'removed':
      return born <= since;
    case 'ended':
      // Whoever was made in this line, and ends as he should by himself, is nothing that needs a word.
      return cursor.hasEnded(id) && (paper?.exitCode !== 0 || born <= since || cursor.aftermath.stopped.has(id));
    case 'up':
      return status === 'running' && !cursor.hasEnded(id);
  }
}

function detailsOf(matter: Matter, id: string, cursor: Cursor): Readonly<Record<string, number>> {
  const paper = cursor.leftBehind.traces.get(id)?.paper;
  const details = { code: paper?.exitCode ?? 0, restarts: paper?.restartCount ?? 0 };
  if (matter !== 'crowded') return details;
  return { ...details, count: zombiesIn(id, cursor), limit: taskLimitIn(cursor.aftermath.limits, id) ?? 0 };
}

function zombiesIn(id: string, { leftBehind }: Cursor): number {
  return [...leftBehind.zombies.values()].filter((container) => container === id).length;
}

/** How many processes somebody has said that a container may have, from the last values of all limits. */
export function taskLimitIn(limits: ReadonlyMap<string, string>, id: string): number | undefined {
  for (const [which, value] of limits) {
    if (which.endsWith(' pids.max') && containerOfScope(which.replace(/ .*/, '')) === id)
      return limitIn('pids.max', value);
  }
  return undefined;
}
