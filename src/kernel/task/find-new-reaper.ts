/**
 * Who takes the children of the dead. Linux: kernel/exit.c, find_new_reaper(). Man page: prctl(2),
 * PR_SET_CHILD_SUBREAPER.
 */
import { assert } from '../assert.ts';
import type { Kernel, Task } from '../kernel.ts';

/**
 * The nearest living subreaper among the dead parent's ancestors in the dead parent's pid namespace; else that
 * namespace's init. It is the dead parent's namespace that counts, not the child's.
 */
export function findNewReaper(kernel: Kernel, father: Task): Task {
  const { pidNamespace } = father;
  for (let ancestor = father.parent; ancestor?.pidNamespace === pidNamespace; ancestor = ancestor.parent) {
    if (ancestor.isSubreaper && isLiving(ancestor)) return ancestor;
  }
  const { init } = pidNamespace;
  if (init && init !== father) return init;
  // The namespace's own init died: its children outside the namespace's care go one level up.
  const outer = pidNamespace.parent?.init ?? kernel.rootPidNamespace.init;
  assert(outer, 'a pid namespace has an init or is empty');
  return outer;
}

/** The kernel's reason, for the journal. */
export function whyReaper(_kernel: Kernel, father: Task, reaper: Task): 'subreaper' | 'namespace-init' {
  return father.pidNamespace.init === reaper || reaper.pidNamespace.init === reaper ? 'namespace-init' : 'subreaper';
}

function isLiving(task: Task): boolean {
  return task.exitStatus === null;
}
