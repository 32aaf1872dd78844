import { namespaceKinds, type JournalEvent, type NamespaceKind } from '../journal/event.ts';
import { find } from '../journal/dictionary.ts';
import type { Journal } from '../journal/journal.ts';
import { childrenOf, machinesOf, taskOf } from '../journal/look-up.ts';
import { lookUp, valuesOf } from '../journal/table.ts';
import type { MachineState, OpenDescriptor, TaskState, World } from '../journal/world.ts';
import { parts } from '../text/parts.en.ts';
import { stage, type StageKey } from '../text/stage.en.ts';
import { say, type Params } from '../text/text.ts';
import { pidsIn } from './gauges.ts';
import { nameIn, type Life, type Lives } from './lives.ts';
import { programAt, titleAt } from './node-text.ts';
import { holdersOfPipe } from './pipes.ts';

const words = (key: StageKey, params: Params = {}) => say(stage, key, params);

/** Another process, as the inspector names it; a click leads to it. */
export interface Relative {
  readonly pid: number;
  readonly title: string;
}

/** All that can be said of one process at one place. */
export interface Inspection {
  readonly pid: number;
  readonly title: string;
  readonly role: string;
  /** What it is there for; null for programs that the engine has no part in. */
  readonly about: string | null;
  readonly state: TaskState['state'];
  readonly exit: string | null;
  /** Its number at each level, from the host's inwards. */
  readonly nsPids: readonly number[];
  readonly parent: Relative;
  readonly formerParent: Relative | null;
  readonly children: readonly Relative[];
  readonly comm: string;
  readonly argv: readonly string[];
  readonly path: string;
  readonly namespaces: readonly InspectedNamespace[];
  readonly cgroup: string;
  /** Files of its cgroup that somebody has written to or that tell how full it is, and pids.current. */
  readonly cgroupValues: readonly { readonly file: string; readonly value: string }[];
  readonly session: { readonly sid: number; readonly pgid: number };
  readonly isSubreaper: boolean;
  readonly threads: number;
  readonly signals: readonly InspectedSignals[];
  readonly oomScoreAdj: { readonly value: number; readonly words: string };
  /** dockerd's own setting; null for everybody else. */
  readonly liveRestore: string | null;
  readonly files: readonly InspectedFile[];
  readonly machines: readonly (MachineState & { readonly objectName: string })[];
  readonly asleepIn: string | null;
  /** What it did last, the newest first. */
  readonly lastCalls: readonly { readonly seq: number; readonly text: string }[];
  readonly born: number;
}

export interface InspectedNamespace {
  readonly kind: NamespaceKind;
  readonly inode: number;
  readonly isShared: boolean;
  readonly words: string;
}

/** One line of /proc/PID/status that is not empty, its signals by name. */
export interface InspectedSignals {
  readonly line: 'SigBlk' | 'SigIgn' | 'SigCgt';
  readonly words: string;
  readonly names: string;
}

export interface InspectedFile {
  readonly fd: number;
  readonly name: string;
  readonly words: string;
  readonly closeOnExec: boolean;
  /** The same without those at the other end of a pipe, who are `others`. */
  readonly lead: string;
  readonly others: readonly Relative[];
}

const callsShown = 8;
/** How far back the last calls are looked for. */
const searchDepth = 4000;

/** Null when nobody has this pid at that place. */
export function inspect(world: World, journal: Journal, lives: Lives, pid: number): Inspection | null {
  const task = taskOf(world, pid);
  const life = lives.byPid.get(pid);
  if (task === undefined || life === undefined) return null;
  const relative = (other: number): Relative => relativeOf(world, lives, other);
  return {
    pid,
    title: titleAt(life, world.place, task.comm),
    role: life.role.label,
    about: aboutOf(life, world.place),
    state: task.state,
    exit: exitWords(task),
    nsPids: task.nsPids,
    parent: relative(task.ppid),
    formerParent: task.formerParent === null ? null : relative(task.formerParent),
    children: childrenOf(world, pid).map((child) => relative(child.pid)),
    comm: task.comm,
    argv: task.argv,
    path: task.path,
    namespaces: namespacesOf(world, task),
    cgroup: task.cgroup,
    cgroupValues: cgroupValuesOf(world, task.cgroup),
    session: { sid: task.sid, pgid: task.pgid },
    isSubreaper: task.isSubreaper,
    threads: task.threads,
    signals: signalsOf(task),
    liveRestore: liveRestoreOf(world, pid),
    oomScoreAdj: { value: task.oomScoreAdj, words: oomWords(task.oomScoreAdj) },
    files: valuesOf(task.files).map((descriptor) => fileOf(world, lives, pid, descriptor)),
    machines: machinesOf(world, pid).map((machine) => ({
      ...machine,
      objectName: machine.object === '' ? '' : nameIn(world, lives, machine.object),
    })),
    asleepIn: task.asleepIn === null ? null : `${task.asleepIn.call}(${task.asleepIn.args})`,
    lastCalls: lastCallsOf(journal.events, world.place, pid),
    born: task.born,
  };
}

/** Why nobody has this pid at that place: what has become of who had it, or that nobody has yet. */
export function absence(journal: Journal, { byPid }: Lives, place: number, pid: number): string {
  const life = byPid.get(pid);
  if (life === undefined) return words('inspector.unknown', { pid });
  if (place <= life.born) return words('inspector.unborn', { pid, title: titleAt(life, Number.POSITIVE_INFINITY) });
  const { status, reaped } = life;
  const reaping = reaped === null ? undefined : journal.events[reaped];
  const by = reaping?.type === 'task.reap' ? reaping.by : 0;
  const reaper = byPid.get(by);
  const params = { pid, title: titleAt(life, place), by, reaper: reaper === undefined ? '' : titleAt(reaper, place) };
  if (status !== null && 'signal' in status) return words('inspector.was-killed', { ...params, signal: status.signal });
  return words('inspector.has-ended', { ...params, code: status?.code ?? 0 });
}

/** Before a stage of `runc init` has become the program it was made for, it is told as what it is still. */
function aboutOf(life: Life, place: number): string | null {
  const { part } = life.role;
  const isStage = part === 'init' || part === 'exec';
  return parts[isStage && programAt(life, place) === undefined ? `${part}-before` : part] ?? null;
}

function relativeOf(world: World, lives: Lives, pid: number): Relative {
  const life = lives.byPid.get(pid);
  return { pid, title: life === undefined ? '' : titleAt(life, world.place, taskOf(world, pid)?.comm) };
}

function exitWords({ exitStatus }: TaskState): string | null {
  if (exitStatus === null) return null;
  if ('code' in exitStatus) return words('node.zombie', { code: exitStatus.code });
  return words('node.zombie-killed', { signal: exitStatus.signal });
}

function namespacesOf(world: World, task: TaskState): readonly InspectedNamespace[] {
  const host = taskOf(world, 1);
  return namespaceKinds.map((kind) => {
    const inode = task.namespaces[kind];
    const isShared = inode === host?.namespaces[kind];
    return { kind, inode, isShared, words: words(isShared ? 'inspector.shared' : 'inspector.own') };
  });
}

function liveRestoreOf({ liveRestore }: World, pid: number): string | null {
  const isOn = lookUp(liveRestore, pid);
  return isOn === undefined ? null : words(isOn ? 'inspector.live-restore-on' : 'inspector.live-restore-off');
}

function signalsOf({ signals: { caught, ignored, blocked } }: TaskState): readonly InspectedSignals[] {
  const lines = [
    { line: 'SigCgt', key: 'inspector.caught', signals: caught },
    { line: 'SigIgn', key: 'inspector.ignored', signals: ignored },
    { line: 'SigBlk', key: 'inspector.blocked', signals: blocked },
  ] as const;
  return lines
    .filter(({ signals }) => signals.length > 0)
    .map(({ line, key, signals }) => {
      const names = signals.map((signal) => signal.replace(/^SIG/, '')).toSorted();
      return { line, words: words(key), names: names.join(' ') };
    });
}

/** Linux: mm/oom_kill.c, oom_badness(). */
function oomWords(adjustment: number): string {
  if (adjustment === -1000) return words('inspector.oom-never');
  if (adjustment === 0) return words('inspector.oom-usual');
  return words(adjustment < 0 ? 'inspector.oom-spared' : 'inspector.oom-preferred');
}

function fileOf(world: World, lives: Lives, pid: number, { fd, file, closeOnExec }: OpenDescriptor): InspectedFile {
  const { name, access, kind } = file;
  const plain = { fd, name, closeOnExec };
  if (kind !== 'pipe' && kind !== 'fifo') {
    const text = kind === 'socket' ? name : words('inspector.file', { name, access });
    return { ...plain, words: text, lead: text, others: [] };
  }
  const wanted = access === 'r' ? 'w' : access === 'w' ? 'r' : 'rw';
  const holders = holdersOfPipe(world, file.inode).filter((holder) => holder.pid !== pid);
  const ends = holders.filter((holder) => holder.access === wanted || holder.access === 'rw');
  const others = [...new Set(ends.map((holder) => holder.pid))].map((other) => relativeOf(world, lives, other));
  const key = { r: 'inspector.read-end', w: 'inspector.write-end', rw: 'inspector.both-ends', path: 'inspector.file' };
  const told = (names: string) => words(key[access] as StageKey, { name, access, others: names }).trim();
  const names = others.map(({ pid: other, title }) => `${title} ${other}`).join(', ') || words('inspector.nobody');
  return { ...plain, words: told(names), lead: others.length === 0 ? told(names) : told(''), others };
}

/** Only what says something: the limits, their counters, and what weighs. */
const telling =
  /^(memory\.(max|current|events|swap\.max)|pids\.(max|events)|cpu\.(max|stat|weight)|cpuset\.cpus|cgroup\.freeze)$/;

function cgroupValuesOf(world: World, path: string): Inspection['cgroupValues'] {
  const values = Object.entries(find(world.cgroups, path)?.values ?? {})
    .filter(([file]) => telling.test(file))
    .map(([file, value]) => ({ file, value: value.trim() }));
  return [{ file: 'pids.current', value: String(pidsIn(world, path)) }, ...values];
}

function lastCallsOf(events: readonly JournalEvent[], place: number, pid: number): Inspection['lastCalls'] {
  const calls: { readonly seq: number; readonly text: string }[] = [];
  const oldest = Math.max(0, place - searchDepth);
  for (let index = place - 1; index >= oldest && calls.length < callsShown; index -= 1) {
    const event = events[index];
    if (event === undefined || !('pid' in event) || event.pid !== pid) continue;
    const text = doneText(event);
    if (text !== undefined) calls.push({ seq: event.seq, text });
  }
  return calls;
}

/** An event as the call that made it. */
function doneText(event: JournalEvent): string | undefined {
  switch (event.type) {
    case 'call':
      return `${event.call}(${event.args})${event.result === undefined ? ' …' : ` = ${event.result}`}`;
    case 'task.exec':
      return `execve("${event.path}", [${event.argv.map((word) => `"${word}"`).join(', ')}])`;
    case 'task.session':
      return event.sid === event.pid ? 'setsid()' : `setpgid(0, ${event.pgid})`;
    case 'task.subreaper':
      return `prctl(PR_SET_CHILD_SUBREAPER, ${event.on ? 1 : 0})`;
    case 'message.send':
      return `write(socket): ${event.label}`;
    case 'message.receive':
      return 'read(socket)';
    default:
      return undefined;
  }
}
