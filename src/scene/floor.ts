import { find } from '../journal/dictionary.ts';
import type { JournalEvent } from '../journal/event.ts';
import { tasksOf } from '../journal/look-up.ts';
import { lookUp } from '../journal/table.ts';
import type { World } from '../journal/world.ts';
import { stage, type StageKey } from '../text/stage.en.ts';
import { say, type Params } from '../text/text.ts';
import type { Beat } from './beats.ts';
import type { Lives } from './lives.ts';
import type { Moment } from './moment.ts';
import { gaugesOf } from './gauges.ts';
import { containerOfScope, shortCgroup } from './names.ts';
import { filesOf, holdersOfPipe } from './pipes.ts';

const words = (key: StageKey, params: Params = {}) => say(stage, key, params);

/** The kernel below everything: the rule that acts at this moment, the cgroups, the pipes of the containers. */
export interface Floor {
  /** The question that the kernel answers, and its answer. */
  readonly question: string;
  readonly answer: string;
  readonly cgroups: readonly CgroupLine[];
  /** The first ones: those of the containers that the beat is about before all others. */
  readonly pipes: readonly PipeLine[];
  /** How many more there are. */
  readonly otherPipes: number;
}

export interface CgroupLine {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly pids: readonly number[];
  /** How many containers are younger; null for what is no container's. */
  readonly age: number | null;
  readonly isFrozen: boolean;
  /** The beat is about it, or about somebody in it. */
  readonly isFocus: boolean;
  /** Its limits, and how full they are: empty without any. */
  readonly limits: string;
}

export interface PipeLine {
  readonly inode: number;
  readonly text: string;
  /** Bytes that wait in it. */
  readonly level: number;
}

/** The floor of a world that was drawn: between two events it stays as it is, sixty times a second. */
const drawn = new WeakMap<World, { readonly beat: Beat | null; readonly lives: Lives; readonly floor: Floor }>();

export function floorAt({ world, beat, timeline: { lives, events } }: Moment): Floor {
  const known = drawn.get(world);
  if (known !== undefined && known.beat === beat && known.lives === lives) return known.floor;
  const floor = floorOf(world, lives, beat, events);
  drawn.set(world, { beat, lives, floor });
  return floor;
}

export function floorOf(world: World, lives: Lives, beat: Beat | null, events: readonly JournalEvent[]): Floor {
  const event = beat === null ? undefined : events[beat.seq];
  const [question, answer] = event === undefined ? ['', words('floor.rest')] : ruleOf(event, world, lives);
  const about = containersOfBeat(world, lives, beat);
  const cgroups = cgroupLines(world, lives, about, beat?.focus ?? []);
  return { question, answer, cgroups, ...pipeLines(world, lives, about) };
}

/** Ids of the containers that a beat is about: it names them, or acts on their processes. */
function containersOfBeat(world: World, lives: Lives, beat: Beat | null): ReadonlySet<string> {
  const named = [...lives.containers.values()]
    .filter(({ name, firstName }) => beat?.frame === name || beat?.frame === firstName)
    .map(({ id }) => id);
  const acting = (beat?.focus ?? []).flatMap((pid) => [
    lives.roles.get(pid)?.container ?? '',
    containerOfScope(lookUp(world.tasks, pid)?.cgroup ?? '') ?? '',
  ]);
  return new Set([...named, ...acting].filter((id) => id !== ''));
}

/** The rule that an event followed: Linux's file, and what it came to. */
function ruleOf(event: JournalEvent, world: World, lives: Lives): readonly [question: string, answer: string] {
  switch (event.type) {
    case 'task.fork': {
      const call = event.flags.includes('CLONE_PARENT') ? 'clone(CLONE_PARENT)' : 'clone()';
      const answer = words('floor.fork', { call, child: event.pid, parent: event.parent });
      return [words('floor.fork-asks', { child: event.pid }), answer];
    }
    case 'task.exec':
      return [words('floor.exec-asks', { pid: event.pid }), words('floor.exec', { pid: event.pid, path: event.path })];
    case 'task.exit': {
      // Who is reaped in the same moment is in no world any more.
      const parent = lookUp(world.tasks, event.pid)?.ppid ?? lives.byPid.get(event.pid)?.parents.at(-1)?.parent ?? 0;
      return [words('floor.exit-asks', { pid: event.pid }), words('floor.exit', { pid: event.pid, parent })];
    }
    case 'task.reparent': {
      const key = event.because === 'subreaper' ? 'floor.reparent-subreaper' : 'floor.reparent-init';
      const { pid, from, to } = event;
      return [words('floor.reparent-asks', { from }), words(key, { pid, from, to })];
    }
    case 'task.reap':
      return [words('floor.reap-asks', { by: event.by }), words('floor.reap', { by: event.by, pid: event.pid })];
    case 'namespace.create': {
      const { pid, kind, inode } = event;
      return [words('floor.namespace-asks', { pid }), words('floor.namespace', { pid, kind, inode })];
    }
    case 'net.translate': {
      const { pid, asked, reached } = event;
      return [words('floor.translate-asks', { pid, asked }), words('floor.translate', { asked, reached })];
    }
    case 'signal.send': {
      const { pid, from, signal, fate } = event;
      const answer = from === 0 ? 'floor.signal-by-kernel' : 'floor.signal';
      return [words('floor.signal-asks', { signal, pid }), words(answer, { signal, from, pid, fate })];
    }
    default:
      return ['', plainRule(event)];
  }
}

function plainRule(event: JournalEvent): string {
  switch (event.type) {
    case 'call': {
      const { pid, call, args, result = '' } = event;
      const key = event.phase === 'enter' ? 'floor.call-sleeps' : 'floor.call';
      return words(key, { pid, call, args, result });
    }
    case 'cgroup.move':
      return words('floor.cgroup', { pid: event.pid, path: event.path });
    case 'mount.add':
      return words('floor.mount', { pid: event.pid, fstype: event.fstype, target: event.target });
    case 'message.send':
      return words(event.protocol === 'TCP' ? 'floor.segment' : 'floor.message', { from: event.pid, to: event.to });
    default:
      return words('floor.rest');
  }
}

/** The tree below system.slice, or wherever somebody is: parents before children, by path. */
function cgroupLines(
  world: World,
  lives: Lives,
  about: ReadonlySet<string>,
  focus: readonly number[],
): readonly CgroupLine[] {
  const ages = new Map([...lives.inits.keys()].toReversed().map((id, age) => [id, age]));
  const members = new Map<string, number[]>();
  for (const task of tasksOf(world)) {
    if (task.state === 'zombie') continue;
    const pids = members.get(task.cgroup);
    if (pids === undefined) members.set(task.cgroup, [task.pid]);
    else pids.push(task.pid);
  }
  const paths = new Set<string>();
  for (const path of members.keys()) {
    const parts = path.split('/').slice(1);
    for (let depth = 1; depth <= parts.length; depth += 1) paths.add(`/${parts.slice(0, depth).join('/')}`);
  }
  return [...paths]
    .filter((path) => path !== '/')
    .toSorted()
    .map((path) => ({ path, container: containerOfScope(path) }))
    .map(({ path, container }) => ({
      path,
      name: shortCgroup(path),
      depth: path.split('/').length - 2,
      pids: members.get(path) ?? [],
      age: container === undefined ? null : (ages.get(container) ?? ages.size),
      isFocus: about.has(container ?? '') || members.get(path)?.some((pid) => focus.includes(pid)) === true,
      limits: gaugesOf(world, path)
        .map(({ text }) => text)
        .join(', '),
      isFrozen: find(world.cgroups, path)?.values['cgroup.freeze']?.trim() === '1',
    }));
}

/** More would not fit on the floor. */
const cgroupsShown = 5;

/** The lines that are shown: what the beat is about before all, then the engine's own and the newest containers. */
export function foremost(lines: readonly CgroupLine[]): readonly CgroupLine[] {
  const newest = lines.filter(({ age }) => age !== null).toSorted((one, other) => (one.age ?? 0) - (other.age ?? 0));
  const named = (...names: readonly string[]) => lines.filter(({ name }) => names.includes(name));
  const byRank = [
    ...newest.filter(({ isFocus }) => isFocus),
    ...lines.filter(({ isFocus }) => isFocus),
    ...named('system.slice'),
    ...newest.slice(0, 1),
    ...named('containerd.service', 'docker.service'),
    ...newest,
    ...lines,
  ];
  const keep = new Set([...new Set(byRank)].slice(0, cgroupsShown));
  return lines.filter((line) => keep.has(line));
}

const standardStreams = ['stdin', 'stdout', 'stderr'];
/** More would not fit on the floor. */
const pipesShown = 4;

/** Standard streams of the containers' first processes that are pipes, from who writes to who reads. */
function pipeLines(world: World, lives: Lives, about: ReadonlySet<string>): Pick<Floor, 'pipes' | 'otherPipes'> {
  const streams = tasksOf(world).flatMap(({ pid, files }) => {
    const role = lives.roles.get(pid);
    if (role?.part !== 'init' && role?.part !== 'exec') return [];
    const isFocus = about.has(role.container);
    return filesOf({ files })
      .filter(({ fd, file: { kind } }) => fd <= 2 && (kind === 'pipe' || kind === 'fifo'))
      .map((stream) => ({ pid, isFocus, ...stream }));
  });
  const ordered = [...streams.filter(({ isFocus }) => isFocus), ...streams.filter(({ isFocus }) => !isFocus)];
  const pipes = ordered.slice(0, pipesShown).map(({ pid, fd, file: { inode, kind, access } }) => {
    const others = holdersOfPipe(world, inode).filter((holder) => holder.pid !== pid);
    const other = others.find((holder) => holder.access !== access)?.pid ?? words('floor.pipe-nobody');
    const [writer, reader] = access === 'r' ? [other, pid] : [pid, other];
    const text = words('floor.pipe', { writer, end: standardStreams[fd] ?? '', kind, reader });
    return { inode, text, level: lookUp(world.pipes, inode)?.level ?? 0 };
  });
  return { pipes, otherPipes: streams.length - pipes.length };
}
