/**
 * Runs the threads: each from one system call to the next, in virtual time, in one order.
 *
 * A thread goes on without a break while nothing else is due before its next call; so the order is that of a queue, at
 * a tenth of the cost.
 */
import type { Request } from './abi.ts';
import { Errno } from './errno.ts';
import { endSharing } from './cpu/processors.ts';
import { callEndsAt, pauseWork, planWork } from './cpu/work.ts';
import type { Due, DueKind } from './event-queue.ts';
import { errnoOf, reportFault } from './fault.ts';
import type { Frame, Kernel, Outcome, Task, Thread } from './kernel.ts';
import { systemCall, type SystemCall } from './system-calls.ts';
import { namespaceKinds } from '../journal/event.ts';
import { hold, release } from './namespace/holders.ts';
import { deliverSignals, endBy, takesAtOnce } from './task/deliver.ts';
import { exit } from './task/exit.ts';
import { callReturns, callSleeps } from './trace/trace.ts';
import { runWith } from './trap.ts';
import { Sleep, notYet } from './wait.ts';
import type { WaitQueue } from './wait.ts';

/** Runs everything that is due up to `untilNs`; afterwards the clock stands there. */
export function runUntil(kernel: Kernel, untilNs: number): void {
  while (kernel.queue.nextNs() <= untilNs) runNext(kernel, untilNs);
  kernel.nowNs = Math.max(kernel.nowNs, untilNs);
}

/** As long as one thread goes on without a break: whoever runs the machine gets to look at it in between. */
const longestStretchNs = 1_000_000;

/** Runs the next thing due, not beyond `untilNs`; false when nothing is planned. */
export function runNext(kernel: Kernel, untilNs: number): boolean {
  const due = kernel.queue.pop();
  if (!due) return false;
  kernel.limitNs = Math.min(untilNs, due.atNs + longestStretchNs);
  kernel.nowNs = due.atNs;
  due.run();
  return true;
}

/** Plans a thread's next step. An earlier plan of it is void. */
export function schedule(kernel: Kernel, thread: Thread, atNs: number): void {
  const ticket = ++thread.wakeTicket;
  thread.state = 'ready';
  kernel.queue.push(atNs, workOf(kernel, thread), () => {
    if (thread.wakeTicket === ticket && thread.state !== 'ended') runThread(kernel, thread);
  });
}

function workOf(kernel: Kernel, thread: Thread): DueKind {
  return thread.isAwaited && kernel.isAwaited(thread.task) ? 'awaited' : 'busy';
}

function kindOf(kernel: Kernel, thread: Thread, sleep: Sleep | null): DueKind {
  if (sleep?.isWork === true) return workOf(kernel, thread);
  return sleep?.isDelay === true && workOf(kernel, thread) === 'awaited' ? 'delay' : 'timer';
}

/** Wakes all that sleep on the queue: each tries its call again, in the order in which they fell asleep. */
export function wake(kernel: Kernel, queue: WaitQueue): void {
  for (const thread of queue.sleepers) {
    if (thread.state !== 'asleep') continue;
    thread.cause = kernel.lastSeq;
    schedule(kernel, thread, kernel.nowNs);
  }
}

/** Takes a thread off every queue on which it sleeps. */
export function stopSleeping(kernel: Kernel, thread: Thread): void {
  wakesUp(kernel, thread);
  pauseWork(kernel, thread);
  if (thread.expiry) kernel.queue.disregard(thread.expiry);
  thread.expiry = null;
  for (const queue of thread.sleep?.queues ?? []) queue.sleepers.delete(thread);
  thread.sleep = null;
  thread.call = null;
}

/** Wakes a sleeping thread for a signal: its call is not tried again before the signal has been looked at. */
export function interrupt(kernel: Kernel, thread: Thread): void {
  if (thread.state === 'asleep' && thread.sleep?.interrupted !== 'never') schedule(kernel, thread, kernel.nowNs);
}

/** Ends a thread wherever it is. What a coroutine wore beside its task's namespaces is let go. */
export function endThread(kernel: Kernel, thread: Thread): void {
  if (thread.state === 'ended') return;
  stopSleeping(kernel, thread);
  thread.state = 'ended';
  thread.wakeTicket++;
  thread.frames.length = 0;
  endSharing(kernel, thread);
  thread.fs.leave();
  if (!thread.isLeader) for (const kind of namespaceKinds) release(kernel, thread.namespaces[kind]);
}

export function runThread(kernel: Kernel, thread: Thread): void {
  const previous = kernel.current;
  kernel.current = thread;
  runWith(
    (request) => takeCall(kernel, thread, request),
    () => {
      while (step(kernel, thread)) {
        // One system call after the other, until it sleeps, ends, or something else is due.
      }
    },
  );
  kernel.current = previous;
}

/** One step; true when the thread may go on at once. */
function step(kernel: Kernel, thread: Thread): boolean {
  const { task } = thread;
  if (mayNotRun(thread)) return false;
  if (thread.isLeader && task.pending.length > 0 && deliverSignals(kernel, thread)) return !mayNotRun(thread);
  if (thread.sleep) {
    if (!tryAgain(kernel, thread)) return false;
    // What it slept in may have raised a signal: a write to a pipe whose reader has gone meanwhile.
    if (thread.isLeader && task.pending.length > 0 && deliverSignals(kernel, thread)) return !mayNotRun(thread);
  }
  const request = resume(kernel, thread);
  if (!request) return thread.state !== 'ended';
  const { trapped } = thread;
  if (trapped === null) return makeCall(kernel, thread, request);
  thread.trapped = null;
  if ('broken' in trapped) throw trapped.broken;
  return trapped.goesOn;
}

/** A call that the running program makes, in the midst of its step: its outcome, or null where it has to yield. */
function takeCall(kernel: Kernel, thread: Thread, request: Request): Outcome {
  try {
    const goesOn = makeCall(kernel, thread, request);
    if (goesOn && !mayNotRun(thread) && !(thread.isLeader && thread.task.pending.length > 0))
      return takeOutcome(thread);
    thread.trapped = { goesOn };
  } catch (broken) {
    // No program is to catch it on its way.
    thread.trapped = { broken };
  }
  return null;
}

/** Makes a call for a thread; true when that may go on at once. */
function makeCall(kernel: Kernel, thread: Thread, request: Request): boolean {
  thread.call = request;
  const call = systemCall(request.call);
  const outcome = perform(kernel, thread, call, request);
  if (isOver(thread)) return false;
  if (outcome instanceof Sleep) {
    fallAsleep(kernel, thread, outcome);
    callSleeps(kernel, thread, request);
    return false;
  }
  callReturns(kernel, thread, request, outcome, call.costNs);
  thread.call = null;
  thread.outcome = outcome;
  return goOn(kernel, thread, call.costNs);
}

/** Asked as a function because a system call may end the very thread that makes it. */
function isOver(thread: Thread): boolean {
  return thread.state === 'ended' || thread.task.state === 'zombie' || thread.task.state === 'reaped';
}

function mayNotRun(thread: Thread): boolean {
  const { task } = thread;
  return (
    isOver(thread) || ((task.state === 'stopped' || task.cgroup.frozen) && !(thread.isLeader && takesAtOnce(task)))
  );
}

/**
 * A task that was stopped or frozen goes on: each thread tries again where it was, a computation with all that was left
 * of it.
 */
export function resumeThreads(kernel: Kernel, task: Task): void {
  if (task.state === 'stopped' || task.cgroup.frozen) return;
  for (const thread of task.threads) {
    if (thread.state === 'ended') continue;
    planWork(kernel, thread);
    schedule(kernel, thread, kernel.nowNs);
  }
}

/** A task is stopped or frozen: what it computes waits where it is, and the processors are the others'. */
export function holdThreads(kernel: Kernel, task: Task): void {
  for (const thread of task.threads) {
    pauseWork(kernel, thread);
    endSharing(kernel, thread);
  }
}

/**
 * From so many calls without a sleep on a thread is taken for a busy loop; the price of a call doubles every so many
 * more, up to a limit. A sleep so short is none: of two that shovel through a pipe each waits for the other all the
 * time.
 */
const patience = 200_000;
const doubling = 50_000;
const dearestCallNs = 250_000_000;
const shortestSleepNs = 1_000_000;

/**
 * A loop that never sleeps pays more and more, for its calls and for what it computes: a day of virtual time ends it
 * after some million calls of real work. Without this `yes > /dev/null` would keep the real machine busy for hours.
 */
export function priceNs(thread: Thread, costNs: number): number {
  thread.streak += 1;
  if (thread.streak < patience) return costNs;
  return Math.min(dearestCallNs, costNs * 2 ** Math.min(24, Math.floor((thread.streak - patience) / doubling)));
}

function goOn(kernel: Kernel, thread: Thread, baseNs: number): boolean {
  if (baseNs === 0) return true;
  const costNs = priceNs(thread, baseNs);
  const atNs = callEndsAt(kernel, thread, costNs);
  if (kernel.queue.nextNs() > atNs && atNs <= kernel.limitNs) {
    kernel.nowNs = atNs;
    return true;
  }
  schedule(kernel, thread, atNs);
  return false;
}

/** What it slept for longer than a moment was a sleep. */
function wakesUp({ nowNs }: Kernel, thread: Thread): void {
  if (nowNs - thread.asleepSinceNs >= shortestSleepNs) thread.streak = 0;
  thread.asleepSinceNs = Number.POSITIVE_INFINITY;
}

/** Gives the last outcome to the program and takes its next system call; null when a frame has ended. */
function resume(kernel: Kernel, thread: Thread): Request | null {
  const frame = thread.frames[thread.frames.length - 1];
  if (!frame) return null;
  const outcome = takeOutcome(thread);
  let result: IteratorResult<Request, unknown>;
  try {
    result =
      outcome && 'error' in outcome
        ? frame.run.throw(outcome.error)
        : frame.run.next(outcome ? outcome.value : undefined);
  } catch (error) {
    reportFault(kernel, thread, error);
    // A program that leaves an error of a system call unhandled dies as one that aborts. An init does not hear SIGABRT:
    // abort(3) then faults.
    const aborts = error instanceof Errno && thread.task.pidNamespace.init !== thread.task;
    if (thread.state !== 'ended') exit(kernel, thread.task, endBy(thread.task, aborts ? 'SIGABRT' : 'SIGSEGV'));
    return null;
  }
  if (!result.done) return result.value;
  thread.frames.pop();
  afterFrame(kernel, thread, frame, result.value);
  return null;
}

function takeOutcome(thread: Thread): Outcome {
  const { outcome } = thread;
  thread.outcome = null;
  return outcome;
}

function afterFrame(kernel: Kernel, thread: Thread, frame: Frame, value: unknown): void {
  if (frame.handles) {
    const { signal } = frame.handles;
    thread.task.blocked.delete(signal);
    kernel.record({ type: 'signal.return', pid: thread.task.pid, signal });
    const { outcome, sleep, call, restart } = frame.handles;
    if (!sleep) {
      thread.outcome = outcome;
      return;
    }
    if (restart) {
      sleepOn(thread, sleep);
      thread.call = call;
      thread.state = 'ready';
      planWork(kernel, thread);
      if (sleep.untilNs !== undefined && sleep.untilNs > kernel.nowNs) planExpiry(kernel, thread, sleep.untilNs);
    } else thread.outcome = { error: new Errno('EINTR') };
    return;
  }
  if (thread.isLeader) exit(kernel, thread.task, { code: Number(value) & 0xff });
  else {
    endThread(kernel, thread);
    thread.task.threads.splice(thread.task.threads.indexOf(thread), 1);
  }
}

function perform(kernel: Kernel, thread: Thread, { handler }: SystemCall, { args }: Request): Outcome | Sleep {
  try {
    const value = handler(kernel, thread, ...args);
    return value instanceof Sleep ? value : { value };
  } catch (error) {
    return { error: errnoOf(kernel, thread, error, args) };
  }
}

function fallAsleep(kernel: Kernel, thread: Thread, sleep: Sleep): void {
  if (!sleep.isWork) {
    thread.streak += 1;
    thread.asleepSinceNs = kernel.nowNs;
    thread.busyNs = 0;
    endSharing(kernel, thread);
  }
  sleepOn(thread, sleep);
  thread.state = 'asleep';
  thread.wakeTicket++;
  if (sleep.isWork) planWork(kernel, thread);
  if (sleep.untilNs !== undefined) planExpiry(kernel, thread, sleep.untilNs);
  // Killed by the very call that now waits: it asked for memory, and the OOM killer chose it.
  if (thread.isLeader && thread.task.pending.includes('SIGKILL')) schedule(kernel, thread, kernel.nowNs);
}

/** Plans the end of a sleep, or what else is to happen to it then. */
export function planExpiry(kernel: Kernel, thread: Thread, untilNs: number, run?: (due: Due) => void): void {
  const { sleep } = thread;
  if (thread.expiry) kernel.queue.disregard(thread.expiry);
  const due: Due = kernel.queue.push(untilNs, kindOf(kernel, thread, sleep), () => {
    if (run) run(due);
    else if (thread.sleep === sleep && thread.state !== 'ended') runThread(kernel, thread);
  });
  thread.expiry = due;
}

function sleepOn(thread: Thread, sleep: Sleep): void {
  thread.sleep = sleep;
  for (const queue of sleep.queues) queue.sleepers.add(thread);
}

function hasExpired(kernel: Kernel, { isWork, leftNs, untilNs }: Sleep): boolean {
  return isWork ? leftNs <= 0 : untilNs !== undefined && untilNs <= kernel.nowNs;
}

/** The sleeper's call again: true when it has an outcome now. */
export function tryAgain(kernel: Kernel, thread: Thread): boolean {
  const sleep = thread.sleep;
  if (!sleep) return true;
  try {
    const value = sleep.attempt();
    if (value !== notYet) thread.outcome = { value };
    else if (hasExpired(kernel, sleep)) thread.outcome = { value: sleep.expired?.() };
    else {
      // Woken for nothing: who did it is not why it goes on later.
      thread.cause = undefined;
      thread.state = 'asleep';
      return false;
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    thread.outcome = { error };
  }
  if (isOver(thread)) return false;
  if (thread.call) callReturns(kernel, thread, thread.call, thread.outcome, 0);
  stopSleeping(kernel, thread);
  // Whoever woke because its time had come was planned by nobody, and runs all the same.
  thread.state = 'ready';
  return true;
}

/** The first coroutine of a task, or a further one; it begins after `delayNs`. */
export function startThread(
  kernel: Kernel,
  task: Task,
  run: Frame['run'],
  from: Thread | null,
  isLeader: boolean,
  delayNs = 0,
  isAwaited = true,
): Thread {
  const thread: Thread = {
    id: task.threads.length,
    task,
    frames: [{ run }],
    sleep: null,
    expiry: null,
    call: null,
    outcome: null,
    trapped: null,
    state: 'ready',
    wakeTicket: 0,
    streak: 0,
    asleepSinceNs: Number.POSITIVE_INFINITY,
    busyNs: 0,
    rate: 1,
    work: null,
    fs: isLeader ? task.fs : (from?.fs ?? task.fs),
    namespaces: isLeader ? task.namespaces : (from?.namespaces ?? task.namespaces),
    span: from?.span ?? 0,
    cause: kernel.lastSeq,
    peerSpan: 0,
    isLeader,
    isAwaited,
  };
  task.threads.push(thread);
  thread.fs.share();
  if (!isLeader) for (const kind of namespaceKinds) hold(thread.namespaces[kind]);
  schedule(kernel, thread, kernel.nowNs + delayNs);
  return thread;
}
