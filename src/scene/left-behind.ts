import type { ContainerFact, JournalEvent } from '../journal/event.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import type { Foresight } from './foresight.ts';
import { limitIn } from './gauges.ts';
import { containerOfScope } from './names.ts';
import { hasFallenFirst } from './outlived.ts';
import { isPrompt } from './prompts.ts';

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
  'created',
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
  /** Shells that have asked for a command: when they read, a line begins. */
  readonly asking: Set<number>;
  /** Where the line began that a shell works on. */
  readonly lineSince: Map<number, number>;
  /** Shells that have forked since their line began. */
  readonly forking: Set<number>;
  /** Zombies that are neither a container's first process nor an exec, each with its container's id. */
  readonly zombies: Map<number, string>;
}

export function createLeftBehindMemory(): LeftBehindMemory {
  return { traces: new Map(), asking: new Set(), lineSince: new Map(), forking: new Set(), zombies: new Map() };
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
    case 'note':
      if (isPrompt(event)) memory.asking.add(event.pid);
      return;
    case 'stream.read':
      if (!memory.asking.delete(event.pid)) return;
      memory.lineSince.set(event.pid, event.seq);
      memory.forking.delete(event.pid);
      return;
    case 'task.fork':
      memory.forking.add(event.by);
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
  if (fact.status === 'created' && before === undefined) trace.since.set('created', seq);
  if (fact.status === 'running' && !wasUp) {
    trace.since.delete('lost');
    if (before !== 'restarting') startedAnew(trace, seq);
  }
  if (fact.removed) trace.since.set('removed', seq);
  else if (fact.status === 'exited' ? before !== 'exited' : fact.status === 'removing' && wasUp)
    trace.since.set('ended', seq);
  trace.paper = fact;
}

/** Somebody wants it to run: what its policy did before is past. */
function startedAnew({ since, told }: Trace, seq: number): void {
  since.set('up', seq);
  told.delete('restarting');
  told.delete('restarting-oom');
}

/** Whether the container has ended with its shim: then nobody has learnt how. */
export function isLost(id: string, { leftBehind, hasEnded }: Cursor): boolean {
  return hasEnded(id) && leftBehind.traces.get(id)?.since.has('lost') === true;
}

/**
 * The closing of a line with what the line has left behind, a sentence before it for each matter: who goes to the end
 * sees this alone. The closing itself where nothing came up in this line that still holds, and that no shell has told
 * of yet. Behind it stands which daemon is awaited: what comes next may fail for want of it.
 */
export function withLeftBehind(closing: Telling, by: number, cursor: Cursor): Telling {
  const groups = newsOf(by, cursor);
  const up = groups.find(({ matter }) => matter === 'up');
  const isReaped = closing.key === 'client.reaped';
  // The closing has said it of the one.
  const isSaid = isReaped && up?.ids.map(cursor.container).join() === closing.params?.['container'];
  const left = isSaid ? groups.filter((group) => group !== up) : groups;
  const plain = isReaped && up !== undefined && !isSaid ? 'client.reaped-alone' : closing.key;
  // What the shell does by itself needs no daemon.
  const last = closing.kind === 'reap' ? withAwaited({ ...closing, key: plain }, cursor) : closing;
  return left.reduceRight((told, group) => precededBy(group, told, cursor), last);
}

interface News {
  readonly matter: Matter;
  readonly ids: readonly string[];
}

/** What is to be said of each container, the most important alone; and then no more, by any shell. */
function newsOf(by: number, cursor: Cursor): readonly News[] {
  const { lineSince, traces } = cursor.leftBehind;
  const since = lineSince.get(by) ?? -1;
  const groups = new Map<Matter, string[]>();
  for (const [id, trace] of traces) {
    const news = matters.filter((matter) => isNews(matter, trace, since) && holds(matter, id, trace, since, cursor));
    const [first] = news;
    if (first === undefined) continue;
    for (const matter of news) markTold(trace, matter);
    groups.set(first, [...(groups.get(first) ?? []), id]);
  }
  return matters.flatMap((matter) => {
    const ids = groups.get(matter);
    return ids === undefined ? [] : [{ matter, ids }];
  });
}

/** Who restarts again and again is told once: it has nothing to do with the lines that come after. */
function isNews(matter: Matter, trace: Trace, since: number): boolean {
  const cameUp = trace.since.get(matter) ?? -1;
  const told = trace.told.get(matter);
  const isLoop = matter === 'restarting' || matter === 'restarting-oom';
  return cameUp > since && (isLoop ? told === undefined : told !== cameUp);
}

function precededBy({ matter, ids }: News, told: Telling, cursor: Cursor): Telling {
  const [first = ''] = ids;
  const container = cursor.container(first);
  const params = {
    count: ids.length,
    containers: container,
    usual: say(story, told.key, told.params),
    ...detailsOf(matter, first, cursor),
  };
  const frame = matter === 'removed' ? {} : { frame: container };
  return { ...told, key: keyOf(matter, ids, cursor), params, weight: told.weight + 2400, ...frame };
}

function withAwaited(closing: Telling, { aftermath }: Cursor): Telling {
  const [unit] = aftermath.awaited;
  if (unit === undefined) return closing;
  const params = { unit, usual: say(story, closing.key, closing.params) };
  return { ...closing, key: 'left.awaited', params, weight: closing.weight + 2400 };
}

function keyOf(matter: Matter, ids: readonly string[], cursor: Cursor): StoryKey {
  const [first = ''] = ids;
  if (matter === 'oom' && !cursor.hasEnded(first)) return 'left.oom-inside';
  if (matter === 'restarting' && ids.every((id) => !cursor.hasEnded(id))) return 'left.restarted';
  if (matter === 'ended' && ids.every((id) => hasFallenFirst(id, cursor))) return 'left.ended-before-dockerd';
  return `left.${matter}`;
}

function markTold({ since, told }: Trace, matter: Matter): void {
  const cameUp = since.get(matter);
  if (cameUp !== undefined) told.set(matter, cameUp);
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
    case 'created':
      return status === 'created';
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
