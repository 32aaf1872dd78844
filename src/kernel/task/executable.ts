/** A program that runs keeps its mount busy and its file as it is: it is mapped. Linux: mm_struct.exe_file. */
import type { Executable, Task } from '../kernel.ts';
import { countWrites } from '../vfs/write-count.ts';

/** The task runs another program, or, as one that has just been forked, its parent's. */
export function mapExecutable(task: Task, executable: Executable): void {
  use(executable, 1);
  task.executable = executable;
}

/** The task has ended, or is about to run something else. */
export function unmapExecutable({ executable }: Task): void {
  use(executable, -1);
}

function use({ location }: Executable, change: 1 | -1): void {
  if (location === null) return;
  location.mount.users += change;
  countWrites(location.dentry.inode, change === 1 ? -1 : 1);
}
