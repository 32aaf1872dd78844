/** Who a task becomes. Man pages: setuid(2), setgid(2), setgroups(2); Linux: kernel/sys.c, kernel/groups.c. */
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { requireMeant } from '../namespace/user-namespace.ts';
import { isCapable, isRoot, setEffective } from './powers.ts';

/** Another user and group, by their numbers inside; -1 stays. EINVAL for nobody's number, EPERM. */
export function setuid(_kernel: Kernel, { task }: Thread, uid: number, gid: number): void {
  const { user } = task.namespaces;
  const nextUid = uid === -1 ? task.uid : requireMeant(user.uidMap, uid);
  const nextGid = gid === -1 ? task.gid : requireMeant(user.gidMap, gid);
  if (nextUid !== task.uid && !isCapable(task, 'SETUID', user)) throw new Errno('EPERM');
  const wasRoot = isRoot(task);
  task.uid = nextUid;
  task.gid = nextGid;
  if (wasRoot && !isRoot(task)) setEffective(task, false);
}

/** The kernel's numbers of supplementary groups. EPERM where a user namespace forbids it, EINVAL. */
export function supplementaryGroups(task: Task, groups: readonly number[]): readonly number[] {
  const { user } = task.namespaces;
  if (!isCapable(task, 'SETGID', user) || user.gidMap.length === 0 || !user.maySetGroups) throw new Errno('EPERM');
  return groups.map((group) => requireMeant(user.gidMap, group)).toSorted((a, b) => a - b);
}
