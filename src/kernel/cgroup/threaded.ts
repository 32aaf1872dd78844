/**
 * Threaded cgroups, as far as their types go: what a cgroup may be turned into, and where no process may go. Man page:
 * cgroups(7), "Thread mode".
 */
import { Errno } from '../errno.ts';
import type { Cgroup } from './cgroup.ts';

export type CgroupType = 'domain' | 'threaded' | 'domain threaded' | 'domain invalid';

/** cgroup.type. */
export function typeOf(cgroup: Cgroup): CgroupType {
  if (cgroup.threaded) return 'threaded';
  const above = cgroup.parent;
  if (above?.parent && (above.threaded || typeOf(above) !== 'domain')) return 'domain invalid';
  return [...cgroup.children.values()].some(({ threaded }) => threaded) ? 'domain threaded' : 'domain';
}

/** A write of `threaded`, which cannot be taken back. EINVAL for another word, EOPNOTSUPP where domains are needed. */
export function makeThreaded(cgroup: Cgroup, value: string): void {
  if (value !== 'threaded') throw new Errno('EINVAL');
  if (cgroup.population > 0 && cgroup.subtreeControl.size > 0) throw new Errno('EOPNOTSUPP');
  cgroup.threaded = true;
}
