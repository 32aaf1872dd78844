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
  /** Its status before the one that it has now. */
  before: ContainerFact['status'] | undefined;
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

/**
 * Remembers what came up where. `members`: the container's id of each process that runs in one; `ended`: the containers
 * whose first process has ended.
 */
export function rememberLeftBehind(
  memory: LeftBehindMemory,
  event: JournalEvent,
  { role }: Foresight,
  members: ReadonlyMap<number, string>,
  ended: ReadonlySet<string>,
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
      if (part === 'shim' && ('signal' in event.status || !ended.has(container))) note(container, 'lost');
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
    before: undefined,
    health: '',
  };
  traces.set(id, trace);
  return trace;
}

function rememberPaper(memory: LeftBehindMemory, fact: ContainerFact, seq: number): void {
  const trace = traceOf(memory, fact.id, seq);
  const before = trace.paper?.status;
  if (before !== fact.status) trace.before = before;
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
 * Whether a container that has ended, and was `before` that, is one that its restart policy has started again before
 * and does not any more. Who is stopped while it waits for that has not used up its tries.
 */
export function isGivenUp(paper: ContainerFact, before: string | undefined, { aftermath }: Cursor): boolean {
  if (before !== 'running' || paper.status !== 'exited' || paper.restartCount === 0 || paper.exitCode === 0)
    return false;
  return !aftermath.stopped.has(paper.id) && aftermath.dockerdState === 'serving';
}

/**
 * The closing of a line with what the line has left behind, a sentence before it for each matter: who goes to the end
 * sees this alone. The closing itself where nothing came up in this line that still holds, and that no shell has told
 * of yet. Behind it stands which daemon is awaited: what comes next may fail for want of it. Of one that nobody starts
 * again that is said where a docker has failed.
 */
export function withLeftBehind(closing: Telling, by: number, cursor: Cursor, hasFailed: boolean): Telling {
  const groups = newsOf(by, cursor);
  const up = groups.find(({ matter }) => matter === 'up');
  const without = withoutOne[closing.key];
  // The closing has said it of the one.
  const isSaid = without !== undefined && up?.ids.map(cursor.container).join() === closing.params?.['container'];
  const left = isSaid ? groups.filter((group) => group !== up) : groups;
  const plain = { ...closing, key: up === undefined || isSaid ? closing.key : (without ?? closing.key) };
  // What the shell does by itself needs no daemon.
  const last = closing.kind === 'reap' ? withMissing(plain, cursor, hasFailed) : closing;
  return left.reduceRight((told, group) => precededBy(group, told, cursor), last);
}

/** Closings that say of one container that it lives on, and what they are without that. */
const withoutOne: Readonly<Partial<Record<StoryKey, StoryKey>>> = {
  'client.reaped': 'client.reaped-alone',
  'client.failed-beside': 'client.failed',
};

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

function withMissing(closing: Telling, { aftermath: { awaited, down } }: Cursor, hasFailed: boolean): Telling {
  const units = awaited.size > 0 ? awaited : hasFailed ? down : new Set<string>();
  if (units.size === 0) return closing;
  const names = [...units].map((unit) => unit.replace(/\.service$/, ''));
  const params = {
    count: units.size,
    units: [...units].join(' and '),
    names: names.join(' '),
    usual: say(story, closing.key, closing.params),
  };
  const key = awaited.size > 0 ? 'left.awaited' : 'left.down';
  return { ...closing, key, params, weight: closing.weight + 2400 };
}

function keyOf(matter: Matter, ids: readonly string[], cursor: Cursor): StoryKey {
  const [first = ''] = ids;
  if (matter === 'oom' && !cursor.hasEnded(first)) return 'left.oom-inside';
  if (matter === 'restarting' && ids.every((id) => !cursor.hasEnded(id))) return 'left.restarted';
  if (matter === 'ended' && ids.every((id) => hasFallenFirst(id, cursor))) return 'left.ended-before-dockerd';
  if (matter === 'ended' && ids.every((id) => hasGivenUp(id, cursor))) return 'left.given-up';
  return `left.${matter}`;
}

function hasGivenUp(id: string, cursor: Cursor): boolean {
  const { paper = null, before } = cursor.leftBehind.traces.get(id) ?? {};
  return paper !== null && isGivenUp(paper, before, cursor);
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
