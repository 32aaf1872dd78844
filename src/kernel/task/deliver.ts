/** Taking a signal: what a process does between two of its system calls. Linux: kernel/signal.c, get_signal(). */
import { signalNumbers } from '../abi.ts';
import type { SignalName } from '../abi.ts';
import type { Kernel, Thread } from '../kernel.ts';
import { stopSleeping } from '../scheduler.ts';
import { exit } from './exit.ts';
import { stopTask } from './signal.ts';

const coreDumping: readonly SignalName[] = [
  'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS',
];
const stopping: readonly SignalName[] = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];

/** Delivers the lowest pending signal that is not blocked. True when it changed the thread's course. */
export function deliverSignals(kernel: Kernel, thread: Thread): boolean {
  const { task } = thread;
  const signal = nextSignal(thread);
  if (!signal) return false;
  task.pending.splice(task.pending.indexOf(signal), 1);
  const { action, restart } = task.actions.get(signal) ?? { action: 'default', restart: true };
  if (action === 'ignore') return false;
  if (action !== 'default' && signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
    kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'handler' });
    const sleep = thread.sleep;
    const call = thread.call;
    stopSleeping(thread);
    const again = sleep?.interrupted === 'never' || (sleep?.interrupted === 'if asked' && restart);
    task.blocked.add(signal);
    thread.frames.push({ run: action(signal), handles: { signal, sleep, call, restart: again } });
    return true;
  }
  if (signal === 'SIGCONT' || signal === 'SIGCHLD' || signal === 'SIGURG' || signal === 'SIGWINCH') return false;
  if (stopping.includes(signal)) {
    kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'stop' });
    stopTask(kernel, task, signal);
    return true;
  }
  kernel.record({ type: 'signal.deliver', pid: task.pid, signal, action: 'terminate' });
  exit(kernel, task, coreDumping.includes(signal) ? { signal, core: true } : { signal });
  return true;
}

function nextSignal(thread: Thread): SignalName | undefined {
  const { task } = thread;
  if (task.pending.includes('SIGKILL')) return 'SIGKILL';
  let lowest: SignalName | undefined;
  for (const signal of task.pending) {
    if (task.blocked.has(signal) && signal !== 'SIGSTOP') continue;
    if (!lowest || signalNumbers[signal] < signalNumbers[lowest]) lowest = signal;
  }
  return lowest;
}
