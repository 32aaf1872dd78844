/** Taking a signal: what a process does between two of its system calls. Linux: kernel/signal.c, get_signal(). */
import type { ExitStatus } from '../../journal/event.ts';
import { signalNumbers } from '../abi.ts';
import type { SignalName } from '../abi.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { stopSleeping, tryAgain } from '../scheduler.ts';
import { exit } from './exit.ts';
import { isOrphanedGroup } from './orphaned-group.ts';
import { stopTask } from './signal.ts';

const coreDumping: readonly SignalName[] = [
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGSEGV',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
];
const stopping: readonly SignalName[] = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];
const ignoredByDefault: readonly SignalName[] = ['SIGCONT', 'SIGCHLD', 'SIGURG', 'SIGWINCH'];

/** Delivers pending signals that are not blocked, lowest first, until one changes the thread's course: then true. */
export function deliverSignals(kernel: Kernel, thread: Thread): boolean {
  for (let signal = nextSignal(thread.task); signal !== undefined; signal = nextSignal(thread.task)) {
    if (deliver(kernel, thread, signal)) return true;
  }
  return false;
}

function deliver(kernel: Kernel, thread: Thread, signal: SignalName): boolean {
  const { task } = thread;
  const { action, restart } = task.actions.get(signal) ?? { action: 'default', restart: true };
  const ends = isFatal(task, signal);
  // The signal that ends a process is still to be seen as pending in its zombie (recorded: k20).
  if (!ends) task.pending.splice(task.pending.indexOf(signal), 1);
  if (action === 'ignore') return false;
  if (action !== 'default') {
    kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'handler' });
    // What it waited for may be there: then its call has returned. Linux: do_wait(), wait_event_interruptible().
    tryAgain(kernel, thread);
    const sleep = thread.sleep;
    const call = thread.call;
    stopSleeping(kernel, thread);
    const again =
      sleep?.isWork === true || sleep?.interrupted === 'never' || (sleep?.interrupted === 'if asked' && restart);
    task.blocked.add(signal);
    // A call that has returned already has its result after the handler, not in it.
    thread.frames.push({
      run: action(signal),
      handles: { signal, outcome: thread.outcome, sleep, call, restart: again },
    });
    thread.outcome = null;
    return true;
  }
  if (stopping.includes(signal)) {
    // Nobody could continue an orphaned group from its terminal; an init is stopped by SIGSTOP alone.
    if (signal !== 'SIGSTOP' && (isProtected(task) || isOrphanedGroup(kernel, task.pgid))) return false;
    kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'stop' });
    stopTask(kernel, task, signal);
    return true;
  }
  if (!ends) return false;
  kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'terminate' });
  exit(kernel, task, endBy(task, signal));
  return true;
}

/** How a process ends by a signal: with a core where the signal dumps one and RLIMIT_CORE lets it. core(5). */
export function endBy(task: Task, signal: SignalName): ExitStatus {
  return coreDumping.includes(signal) && task.limits.RLIMIT_CORE.soft > 0 ? { signal, core: true } : { signal };
}

/** Whether the process would die of the signal: no handler, and the default is neither to ignore nor to stop. */
function isFatal(task: Task, signal: SignalName): boolean {
  if (signal === 'SIGKILL') return true;
  const action = task.actions.get(signal)?.action ?? 'default';
  return action === 'default' && !isProtected(task) && !stopping.includes(signal) && !ignoredByDefault.includes(signal);
}

/**
 * A namespace's init takes nothing that it does not handle, even what was sent while it still did. Linux:
 * SIGNAL_UNKILLABLE.
 */
function isProtected(task: Task): boolean {
  return task.pidNamespace.init === task;
}

/**
 * Whether a stopped or frozen task has a signal that does not wait until it goes on: SIGKILL, and in a frozen cgroup
 * (version 2) whatever kills without a core (recorded: k20). Linux: kernel/signal.c, complete_signal().
 */
export function takesAtOnce(task: Task): boolean {
  return (
    task.pending.includes('SIGKILL') || (task.state !== 'stopped' && task.cgroup.frozen && fatalOne(task) !== undefined)
  );
}

function fatalOne(task: Task): SignalName | undefined {
  return task.pending.find(
    (signal) => !task.blocked.has(signal) && !coreDumping.includes(signal) && isFatal(task, signal),
  );
}

function nextSignal(task: Task): SignalName | undefined {
  if (task.pending.includes('SIGKILL')) return 'SIGKILL';
  if (task.cgroup.frozen) return fatalOne(task);
  let lowest: SignalName | undefined;
  for (const signal of task.pending) {
    if (task.blocked.has(signal) && signal !== 'SIGSTOP') continue;
    if (!lowest || signalNumbers[signal] < signalNumbers[lowest]) lowest = signal;
  }
  return lowest;
}
