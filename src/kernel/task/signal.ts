/**
 * Sending a signal. Man page: signal(7); Linux: kernel/signal.c, prepare_signal(), sig_task_ignored(),
 * send_signal_locked().
 */
import type { SignalName } from '../abi.ts';
import type { Kernel, Task } from '../kernel.ts';
import { holdThreads, interrupt, resumeThreads, schedule, wake } from '../scheduler.ts';
import { signalSent } from '../trace/trace.ts';
import { takesAtOnce } from './deliver.ts';

const stopSignals: readonly SignalName[] = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];
const ignoredByDefault: readonly SignalName[] = ['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT'];

/**
 * Sends `signal` to the process. `sender` is null for the kernel itself.
 * A namespace's init gets no signal that it has no handler for, but SIGKILL and SIGSTOP from an ancestor namespace;
 * `force` is a real fault or the OOM killer, which init does not survive either.
 */
export function sendSignal(kernel: Kernel, sender: Task | null, target: Task, signal: SignalName, force = false): void {
  if (target.state === 'zombie' || target.state === 'reaped') return;
  const fate = fateOf(sender, target, signal, force);
  signalSent(kernel, sender, target, signal, fate === 'ignored' || fate === 'discarded');
  // The end of a child is already in the journal, and nobody who does not handle SIGCHLD hears of it.
  if (fate !== 'ignored' || signal !== 'SIGCHLD') {
    kernel.record({ type: 'signal.send', from: sender?.pid ?? 0, pid: target.pid, signal, fate });
  }
  if (signal === 'SIGCONT') resumeTask(kernel, target);
  else if (stopSignals.includes(signal)) dropPending(target, ['SIGCONT']);
  if (fate === 'ignored' || fate === 'discarded') return;
  if (!target.pending.includes(signal)) target.pending.push(signal);
  if (fate === 'blocked') return;
  const leader = target.threads[0];
  // An init that waits for its namespace to empty runs no more, whatever else is sent to it.
  if (!leader || leader.state === 'ended') return;
  leader.cause ??= kernel.lastSeq;
  const isHeld = target.state === 'stopped' || target.cgroup.frozen;
  if (isHeld ? takesAtOnce(target) : signal === 'SIGKILL' && leader.sleep?.interrupted === 'never') {
    schedule(kernel, leader, kernel.nowNs);
  } else if (!isHeld) interrupt(kernel, leader);
}

function fateOf(
  sender: Task | null,
  target: Task,
  signal: SignalName,
  force: boolean,
): 'queued' | 'ignored' | 'discarded' | 'blocked' {
  const action = target.actions.get(signal)?.action ?? 'default';
  const cannotBeCaught = signal === 'SIGKILL' || signal === 'SIGSTOP';
  if (force) return 'queued';
  if (target.blocked.has(signal) && !cannotBeCaught) return 'blocked';
  if (target.pidNamespace.init === target && (action === 'default' || cannotBeCaught)) {
    const fromAncestor = sender === null || !isInside(sender, target);
    if (ignoredByDefault.includes(signal)) return 'ignored';
    if (!(cannotBeCaught && fromAncestor && target.pidNamespace.parent)) return 'discarded';
  }
  if (action === 'ignore' && !cannotBeCaught) return 'ignored';
  if (action === 'default' && ignoredByDefault.includes(signal)) return 'ignored';
  return 'queued';
}

/** Whether the sender lives in the target's pid namespace or below it. */
function isInside(sender: Task, target: Task): boolean {
  for (let namespace: Task['pidNamespace'] | null = sender.pidNamespace; namespace; namespace = namespace.parent) {
    if (namespace === target.pidNamespace) return true;
  }
  return false;
}

export function dropPending(task: Task, signals: readonly SignalName[]): void {
  for (const signal of signals) {
    const index = task.pending.indexOf(signal);
    if (index >= 0) task.pending.splice(index, 1);
  }
}

/** SIGCONT resumes a stopped process whether or not it handles the signal. */
function resumeTask(kernel: Kernel, task: Task): void {
  dropPending(task, stopSignals);
  if (task.state !== 'stopped') return;
  task.state = 'alive';
  kernel.record({ type: 'task.stop', pid: task.pid, on: false, signal: 'SIGCONT' });
  resumeThreads(kernel, task);
  task.untold = { continued: true };
  if (task.parent) {
    wake(kernel, task.parent.childChanges);
    sendSignal(kernel, task, task.parent, 'SIGCHLD');
  }
}

/** The default action of SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
export function stopTask(kernel: Kernel, task: Task, signal: SignalName): void {
  task.state = 'stopped';
  holdThreads(kernel, task);
  kernel.record({ type: 'task.stop', pid: task.pid, on: true, signal });
  task.untold = { stopped: signal };
  if (task.parent) {
    wake(kernel, task.parent.childChanges);
    sendSignal(kernel, task, task.parent, 'SIGCHLD');
  }
}
