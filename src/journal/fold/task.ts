import type { CallFact, JournalEvent, Namespaces, SignalFact, Stamp, TaskFact } from '../event.ts';
import { emptyTable, lookUp, valuesOf, withEntry, withoutEntry, type Table } from '../table.ts';
import type { Call, OpenDescriptor, SignalMasks, TaskState } from '../world.ts';
import { closeConnectionsOf } from './message.ts';
import { changeTask, type Draft } from './draft.ts';

type Fork = Extract<TaskFact, { type: 'task.fork' }>;

/** Life of tasks: fork, exec, exit, reparenting, reaping, and what a task is called. */
export function foldTask(draft: Draft, event: (TaskFact | SignalFact) & Stamp): void {
  switch (event.type) {
    case 'task.fork':
      return fork(draft, event);
    case 'task.exec':
      return exec(draft, event);
    case 'task.name':
      return changeTask(draft, event.pid, { comm: event.comm });
    case 'task.title':
      return changeTask(draft, event.pid, { argv: event.argv });
    case 'task.threads':
      return changeTask(draft, event.pid, { threads: event.count });
    case 'task.session':
      return changeTask(draft, event.pid, { sid: event.sid, pgid: event.pgid });
    case 'task.subreaper':
      return changeTask(draft, event.pid, { isSubreaper: event.on });
    case 'task.stop':
      return changeTask(draft, event.pid, { state: event.on ? 'stopped' : 'alive' });
    case 'task.exit':
      return exit(draft, event);
    case 'task.reparent':
      return changeTask(draft, event.pid, { ppid: event.to, formerParent: event.from });
    case 'task.reap':
      draft.tasks = withoutEntry(draft.tasks, event.pid);
      draft.machines = withoutEntry(draft.machines, event.pid);
      draft.liveRestore = withoutEntry(draft.liveRestore, event.pid);
      return;
    case 'task.oom-score':
      return changeTask(draft, event.pid, { oomScoreAdj: event.adjustment });
    case 'task.signal-action':
    case 'task.signal-mask':
    case 'signal.deliver':
    case 'signal.return':
      return changeSignals(draft, event);
    // A moment; what it changes in a task has facts of its own.
    case 'signal.send':
      return;
  }
}

type OfSignals = Extract<
  TaskFact | SignalFact,
  { type: 'task.signal-action' | 'task.signal-mask' | 'signal.deliver' | 'signal.return' }
>;

function changeSignals(draft: Draft, event: OfSignals): void {
  const before = lookUp(draft.tasks, event.pid)?.signals;
  if (before === undefined || (event.type === 'signal.deliver' && event.action !== 'handler')) return;
  changeTask(draft, event.pid, { signals: { ...before, ...signalsChanged(before, event) } });
}

function signalsChanged({ blocked, ignored, caught }: SignalMasks, event: OfSignals): Partial<SignalMasks> {
  if (event.type === 'task.signal-mask') return { blocked: event.blocked };
  const { signal } = event;
  const without = (signals: readonly string[]) => signals.filter((other) => other !== signal);
  switch (event.type) {
    case 'signal.deliver':
      return { blocked: [...without(blocked), signal] };
    case 'signal.return':
      return { blocked: without(blocked) };
    case 'task.signal-action':
      return {
        ignored: event.action === 'ignore' ? [...without(ignored), signal] : without(ignored),
        caught: event.action === 'handler' ? [...without(caught), signal] : without(caught),
      };
  }
}

const noSignals: SignalMasks = { blocked: [], ignored: [], caught: [] };

/** A notable system call: what the task did last, or sleeps in. */
export function foldCall(draft: Draft, event: CallFact & Stamp): void {
  const call: Call = {
    call: event.call,
    args: event.args,
    seq: event.seq,
    ...(event.result === undefined ? {} : { result: event.result }),
  };
  changeTask(draft, event.pid, { lastCall: call, asleepIn: event.phase === 'enter' ? call : null });
}

const noNamespaces: Namespaces = { cgroup: 0, ipc: 0, mnt: 0, net: 0, pid: 0, time: 0, user: 0, uts: 0 };

function fork(draft: Draft, event: Fork & Stamp): void {
  const caller = lookUp(draft.tasks, event.by);
  const task: TaskState = {
    pid: event.pid,
    ppid: event.parent,
    forkedBy: event.by,
    nsPids: event.nsPids,
    state: 'alive',
    comm: caller?.comm ?? '',
    argv: caller?.argv ?? [],
    path: caller?.path ?? '',
    namespaces: { ...(caller?.namespaces ?? firstNamespaces(draft, event.pid)), ...event.namespaces },
    cgroup: caller?.cgroup ?? '/',
    // The first process leads the first session.
    sid: caller?.sid ?? event.pid,
    pgid: caller?.pgid ?? event.pid,
    // PR_SET_CHILD_SUBREAPER is not inherited by fork, and kept over execve: prctl(2).
    isSubreaper: false,
    threads: 1,
    signals: caller?.signals ?? noSignals,
    oomScoreAdj: caller?.oomScoreAdj ?? 0,
    files: caller?.files ?? emptyTable(),
    exitStatus: null,
    asleepIn: null,
    lastCall: null,
    born: event.seq,
    ended: null,
    formerParent: null,
    connections: [],
  };
  draft.tasks = withEntry(draft.tasks, event.pid, task);
}

/** The boot creates the first namespaces before the first task, in its name. */
function firstNamespaces(draft: Draft, pid: number): Namespaces {
  const mine = valuesOf(draft.namespaces).filter(({ createdBy }) => createdBy === pid);
  return { ...noNamespaces, ...Object.fromEntries(mine.map(({ kind, inode }) => [kind, inode])) };
}

function exec(draft: Draft, event: Extract<JournalEvent, { type: 'task.exec' }>): void {
  const task = lookUp(draft.tasks, event.pid);
  if (task === undefined) return;
  // The machines were the old program's.
  draft.machines = withoutEntry(draft.machines, event.pid);
  changeTask(draft, event.pid, {
    path: event.path,
    argv: event.argv,
    comm: event.comm,
    threads: 1,
    asleepIn: null,
    // Handlers were the old program's: what was caught is the default again, what is blocked or ignored stays.
    signals: { ...task.signals, caught: [] },
    files: closed(task.files, event.closed),
  });
}

function closed(files: Table<OpenDescriptor>, descriptors: readonly number[]): Table<OpenDescriptor> {
  return descriptors.reduce(withoutEntry, files);
}

function exit(draft: Draft, event: Extract<JournalEvent, { type: 'task.exit' }>): void {
  const task = lookUp(draft.tasks, event.pid);
  if (task === undefined) return;
  closeConnectionsOf(draft, task);
  changeTask(draft, event.pid, {
    state: 'zombie',
    exitStatus: event.status,
    ended: event.seq,
    asleepIn: null,
    threads: 1,
    files: emptyTable(),
    connections: [],
  });
}
