/** kill(2): whom a signal goes to. Linux: kernel/signal.c, kill_something_info(). */
import { signalNumbers } from '../abi.ts';
import type { SignalName } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { pidSeenFrom } from './clone.ts';
import { hostNumber } from './session.ts';
import { groupOf } from './groups.ts';
import { sendSignal } from './signal.ts';
import { isCapable } from './powers.ts';

/**
 * ESRCH when nobody is meant, EINVAL for no such signal, EPERM when nobody may be signalled: another user's process,
 * but that SIGCONT reaches whoever is in the caller's session.
 */
export function kill(kernel: Kernel, thread: Thread, pid: number, signal: SignalName | 0): void {
  const { task } = thread;
  if (signal !== 0 && !(signal in signalNumbers)) throw new Errno('EINVAL');
  const meant = targets(kernel, task, pid);
  if (meant.length === 0) throw new Errno('ESRCH');
  const continues = (target: Task): boolean => signal === 'SIGCONT' && target.sid === task.sid;
  const allowed = meant.filter(
    (target) => task.uid === target.uid || isCapable(task, 'KILL', target.namespaces.user) || continues(target),
  );
  if (allowed.length === 0) throw new Errno('EPERM');
  if (signal === 0) return;
  for (const target of allowed) sendSignal(kernel, task, target, signal);
}

function targets(kernel: Kernel, task: Task, pid: number): readonly Task[] {
  if (pid > 0) {
    const target = task.pidNamespace.tasks.get(pid);
    return target ? [target] : [];
  }
  if (pid === 0) return groupOf(kernel, task.pgid);
  if (pid === -1) {
    return [...task.pidNamespace.tasks.values()].filter(
      (other) => other !== task && other !== task.pidNamespace.init && other.state !== 'zombie',
    );
  }
  const group = hostNumber(task.pidNamespace, -pid);
  if (group === undefined) return [];
  return groupOf(kernel, group).filter((member) => pidSeenFrom(member, task) !== 0);
}
