/** The cgroup v2 tree: who is where. Man page: cgroups(7); Linux: kernel/cgroup/cgroup.c. */
import type { Task } from '../kernel.ts';

export interface Cgroup {
  readonly name: string;
  readonly parent: Cgroup | null;
  readonly children: Map<string, Cgroup>;
  /** Members, zombies not counted. */
  readonly tasks: Set<Task>;
  /** Controllers enabled for the children: cgroup.subtree_control. */
  readonly subtreeControl: Set<string>;
  /** Values that were written to its control files, by file name. */
  readonly settings: Map<string, string>;
  readonly inode: number;
  /** cgroup.freeze is set here or above: its members do not run. */
  frozen: boolean;
  removed: boolean;
}
