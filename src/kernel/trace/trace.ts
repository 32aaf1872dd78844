/**
 * What a tracer is told: each call of the traced, their signals, their ends. ptrace(2) as far as strace(1) needs it;
 * but the traced does not stop at its calls, so tracing changes nothing of what it does and when. Linux:
 * kernel/ptrace.c.
 */
import type { Fact } from '../../journal/event.ts';
import type { Request, SignalInfo, SignalName, TraceEvent, TraceRecord } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Outcome, Task, Thread } from '../kernel.ts';
import { wake } from '../scheduler.ts';
import { systemCall } from '../system-calls.ts';
import { shownIn } from '../namespace/user-namespace.ts';
import { pidIn, pidSeenFrom } from '../task/clone.ts';
import { waitQueue, type WaitQueue } from '../wait.ts';
import { mayInspect } from '../task/powers.ts';

export interface Tracer {
  readonly task: Task;
  readonly records: TraceRecord[];
  readonly grown: WaitQueue;
}

/** How a task is traced, and what must be remembered of it between two records. */
export interface Traced {
  readonly tracer: Tracer;
  readonly followForks: boolean;
  /** Of signals that wait to be delivered. */
  readonly signals: Map<SignalName, SignalInfo>;
  /** Signals that are told behind the return of the call that is under way. */
  readonly held: SignalEvent[];
  /** When the call began that a thread is asleep in, ns. */
  readonly beganNs: Map<number, number>;
}

type SignalEvent = Extract<TraceEvent, { type: 'signal' }>;

export interface Tracing {
  readonly tracers: Map<Task, Tracer>;
  readonly traced: Map<Task, Traced>;
}

export function nobodyTraces(): Tracing {
  return { tracers: new Map(), traced: new Map() };
}

/** The number of a task's tracer as `viewer` sees it; 0 without one. */
export function tracerPid(kernel: Kernel, task: Task, viewer: Task['pidNamespace']): number {
  const tracer = kernel.tracing.traced.get(task)?.tracer;
  return tracer === undefined ? 0 : pidIn(tracer.task, viewer);
}

/** Begins to trace. EPERM for oneself, who is traced already, and another user's process; ESRCH for a zombie. */
export function attach(kernel: Kernel, by: Task, target: Task, followForks: boolean): void {
  if (target === by || kernel.tracing.traced.has(target) || !mayInspect(by, target)) throw new Errno('EPERM');
  if (target.state === 'zombie' || target.state === 'reaped') throw new Errno('ESRCH');
  const { tracers } = kernel.tracing;
  const tracer = tracers.get(by) ?? { task: by, records: [], grown: waitQueue() };
  tracers.set(by, tracer);
  kernel.tracing.traced.set(target, traced(tracer, followForks));
  const leader = target.threads[0];
  if (leader?.call && leader.state === 'asleep') callSleeps(kernel, leader, leader.call);
}

function traced(tracer: Tracer, followForks: boolean): Traced {
  return { tracer, followForks, signals: new Map(), held: [], beganNs: new Map() };
}

function tell(kernel: Kernel, task: Task, event: TraceEvent, timeNs = kernel.nowNs): void {
  const tracer = kernel.tracing.traced.get(task)?.tracer;
  if (!tracer) return;
  const own = pidSeenFrom(task, tracer.task);
  tracer.records.push({ timeNs, pid: own, thread: kernel.current?.task === task ? kernel.current.id : 0, event });
  wake(kernel, tracer.grown);
}

/** A call of the traced does not return at once. */
export function callSleeps(kernel: Kernel, thread: Thread, request: Request): void {
  const how = kernel.tracing.traced.get(thread.task);
  if (!how) return;
  how.beganNs.set(thread.id, kernel.nowNs);
  how.tracer.records.push({
    timeNs: kernel.nowNs,
    pid: pidSeenFrom(thread.task, how.tracer.task),
    thread: thread.id,
    event: { type: 'enter', request },
  });
  wake(kernel, how.tracer.grown);
}

/** A call of the traced has returned, or failed; by itself it took `costNs`. */
export function callReturns(kernel: Kernel, thread: Thread, request: Request, outcome: Outcome, costNs: number): void {
  const how = kernel.tracing.traced.get(thread.task);
  if (!how || outcome === null) return;
  const beganNs = how.beganNs.get(thread.id) ?? kernel.nowNs;
  how.beganNs.delete(thread.id);
  const result =
    'error' in outcome
      ? { errno: outcome.error instanceof Errno ? outcome.error.errno : ('EINTR' as const) }
      : { value: outcome.value };
  tell(kernel, thread.task, { type: 'return', request, durationNs: kernel.nowNs - beganNs + costNs, ...result });
  tellHeld(kernel, thread.task, how);
}

/**
 * A signal is on its way to the traced. One that would be ignored it takes all the same, so that the tracer sees it:
 * Linux: sig_ignored(). SIGKILL is not shown to anybody.
 */
export function signalSent(
  kernel: Kernel,
  sender: Task | null,
  target: Task,
  signal: SignalName,
  isDropped: boolean,
): void {
  const how = kernel.tracing.traced.get(target);
  if (!how || signal === 'SIGKILL') return;
  const info = infoOf(how.tracer, sender, target, signal);
  if (isDropped) tellSignal(kernel, target, { type: 'signal', signal, info });
  else how.signals.set(signal, info);
}

function infoOf({ task }: Tracer, sender: Task | null, target: Task, signal: SignalName): SignalInfo {
  if (sender === null) return { from: 'kernel' };
  const who = { pid: pidSeenFrom(sender, task), uid: shownIn(task.namespaces.user.uidMap, sender.uid) };
  if (signal !== 'SIGCHLD' || sender.parent !== target) return { from: 'process', ...who };
  const { exitStatus, untold } = sender;
  return { from: 'child', ...who, status: exitStatus ?? untold ?? { code: 0 } };
}

/** Looks at a fact on its way into the journal: what of it concerns the traced, and is no call that is seen anyway. */
export function traceFact(kernel: Kernel, fact: Fact): void {
  switch (fact.type) {
    case 'call': {
      const { call, args, result, phase } = fact;
      const task = kernel.tasks.get(fact.pid);
      if (task && phase !== 'enter') tell(kernel, task, { type: 'noted', call, args, result: result ?? '0' });
      return;
    }
    case 'task.fork':
      follow(kernel, fact.by, fact.pid);
      return;
    case 'task.exec':
      execed(kernel);
      return;
    case 'signal.deliver':
      delivered(kernel, fact.pid, fact.signal as SignalName);
      return;
    case 'task.stop': {
      const task = kernel.tasks.get(fact.pid);
      if (task && fact.on) tell(kernel, task, { type: 'stop', signal: fact.signal as SignalName });
      return;
    }
    case 'task.exit':
      ended(kernel, fact.pid);
      return;
    default:
  }
}

/** An execve that succeeds returns to nobody; its tracer sees it all the same. */
function execed(kernel: Kernel): void {
  const thread = kernel.current;
  if (thread?.call) callReturns(kernel, thread, thread.call, { value: 0 }, systemCall(thread.call.call).costNs);
}

function follow(kernel: Kernel, by: number, pid: number): void {
  const [parent, child] = [kernel.tasks.get(by), kernel.tasks.get(pid)];
  const how = parent ? kernel.tracing.traced.get(parent) : undefined;
  if (!child || !how?.followForks) return;
  kernel.tracing.traced.set(child, traced(how.tracer, true));
  tell(kernel, child, { type: 'attached' });
}

function delivered(kernel: Kernel, pid: number, signal: SignalName): void {
  const task = kernel.tasks.get(pid);
  const how = task ? kernel.tracing.traced.get(task) : undefined;
  if (!task || !how || signal === 'SIGKILL') return;
  tellSignal(kernel, task, { type: 'signal', signal, info: how.signals.get(signal) ?? { from: 'kernel' } });
}

/**
 * A child's end is both a signal and what wait4(2) returns: Linux stops the traced at the end of its call first, and
 * for the signal on the way back to the program. Linux: kernel/entry/common.c, exit_to_user_mode_loop().
 */
function tellSignal(kernel: Kernel, task: Task, event: SignalEvent): void {
  const how = kernel.tracing.traced.get(task);
  const waits = task.threads.some(({ id, call }) => call?.call === 'wait4' && how?.beganNs.has(id) === true);
  if (waits && event.info.from === 'child') how?.held.push(event);
  else tell(kernel, task, event);
}

function tellHeld(kernel: Kernel, task: Task, { held }: Traced): void {
  for (const event of held.splice(0)) tell(kernel, task, event);
}

/** The end of the traced is the last that is told of it; the end of a tracer leaves its traced alone. */
function ended(kernel: Kernel, pid: number): void {
  const task = kernel.tasks.get(pid);
  if (!task) return;
  const status = task.exitStatus ?? { code: 0 };
  const how = kernel.tracing.traced.get(task);
  if (how !== undefined) {
    tellHeld(kernel, task, how);
    if ('code' in status && kernel.current?.task === task) {
      const request: Request = { call: 'exit_group', args: [status.code] };
      tell(kernel, task, { type: 'return', request, durationNs: 0, value: undefined });
    }
    tell(kernel, task, { type: 'exit', status });
    kernel.tracing.traced.delete(task);
  }
  if (!kernel.tracing.tracers.delete(task)) return;
  for (const [other, { tracer }] of kernel.tracing.traced) {
    if (tracer.task === task) kernel.tracing.traced.delete(other);
  }
}
