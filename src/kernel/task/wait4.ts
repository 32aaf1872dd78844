/** wait4(2): what became of a child. Linux: kernel/exit.c, do_wait(). */
import type { Waited } from '../abi.ts';
import { assert } from '../assert.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { notYet, sleepUntil, type Sleep } from '../wait.ts';
import { pidSeenFrom } from './clone.ts';
import { reap } from './reap.ts';
import { hostNumber } from './session.ts';

export interface WaitOptions {
  readonly nohang?: boolean;
  readonly untraced?: boolean;
  readonly peek?: boolean;
}

/**
 * The oldest child that matches and has something to tell; a zombie that is told of is gone. ECHILD when no child
 * matches.
 */
export function wait4(
  kernel: Kernel,
  thread: Thread,
  pid: number,
  options: WaitOptions,
): Waited | null | Sleep<Waited> {
  const { task } = thread;
  const attempt = (): Waited | typeof notYet => {
    const matching = [...task.children].filter((child) => matches(child, task, pid));
    if (matching.length === 0) throw new Errno('ECHILD');
    for (const child of matching) {
      const told = tell(kernel, task, child, options);
      if (told) return told;
    }
    return notYet;
  };
  if (!options.nohang) return sleepUntil([task.childChanges], attempt);
  const told = attempt();
  return told === notYet ? null : told;
}

function tell(kernel: Kernel, task: Task, child: Task, options: WaitOptions): Waited | undefined {
  const pid = pidSeenFrom(child, task);
  if (child.state === 'zombie') {
    assert(child.exitStatus, 'a zombie has a status');
    const waited = { pid, status: child.exitStatus };
    if (!options.peek) reap(kernel, child, task);
    return waited;
  }
  if (!options.untraced || !child.untold) return undefined;
  const status = child.untold;
  if (!options.peek) child.untold = null;
  return { pid, status };
}

function matches(child: Task, task: Task, pid: number): boolean {
  if (pid === -1) return true;
  if (pid > 0) return pidSeenFrom(child, task) === pid;
  return child.pgid === (pid === 0 ? task.pgid : hostNumber(task.pidNamespace, -pid));
}
