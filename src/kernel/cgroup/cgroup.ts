/** The cgroup v2 tree: who is where. Man page: cgroups(7); Linux: kernel/cgroup/cgroup.c. */
import type { DeviceRule } from '../abi.ts';
import type { CgroupCpu } from '../cpu/cgroup-cpu.ts';
import type { Task } from '../kernel.ts';
import type { CgroupMemory } from '../memory/cgroup-memory.ts';
import type { CgroupIo } from './io.ts';
import type { CgroupPids } from './pids.ts';
import type { Inode } from '../vfs/inode.ts';

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
  readonly memory: CgroupMemory;
  readonly pids: CgroupPids;
  readonly cpu: CgroupCpu;
  readonly io: CgroupIo;
  /** Living members here and below. */
  population: number;
  /** cgroup.type is `threaded`. */
  threaded: boolean;
  readonly inode: number;
  /** Its control files that were looked at, by name: who watches one watches its inode. */
  readonly controlInodes: Map<string, Inode>;
  /** Of the filter that is attached to it; null without one. */
  deviceRules: readonly DeviceRule[] | null;
  /** cgroup.freeze is set here or above: its members do not run. */
  frozen: boolean;
  removed: boolean;
}
