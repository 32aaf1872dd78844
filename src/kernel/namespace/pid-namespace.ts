/** Pid namespaces nest: a task has one number in its own and one in each above. Man page: pid_namespaces(7). */
import type { Kernel } from '../kernel.ts';
import { hold } from './holders.ts';
import type { PidNamespace } from './namespace.ts';
import type { UserNamespace } from './user-namespace.ts';

export function createPidNamespace(
  kernel: Pick<Kernel, 'nextInode'>,
  parent: PidNamespace | null,
  owner: UserNamespace,
  inode = kernel.nextInode++,
): PidNamespace {
  // A namespace outlives those below it.
  if (parent) hold(parent);
  return {
    kind: 'pid',
    inode,
    holders: 0,
    owner,
    parent,
    level: parent ? parent.level + 1 : 0,
    nextPid: 1,
    tasks: new Map(),
    formerLeaders: new Map(),
    init: null,
    dead: false,
    whenEmpty: null,
  };
}

/** The next free number at each level, outermost first. */
export function allocatePids(namespace: PidNamespace): readonly number[] {
  const pids: number[] = [];
  for (let level: PidNamespace | null = namespace; level; level = level.parent) pids.unshift(level.nextPid++);
  return pids;
}
