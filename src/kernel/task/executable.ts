/** A program that runs keeps its mount busy: its file is mapped. Linux: mm_struct.exe_file. */
import type { Executable, Task } from '../kernel.ts';

/** The task runs another program, or, as one that has just been forked, its parent's. */
export function mapExecutable(task: Task, executable: Executable): void {
  if (executable.location !== null) executable.location.mount.users += 1;
  task.executable = executable;
}

/** The task has ended, or is about to run something else. */
export function unmapExecutable({ executable: { location } }: Task): void {
  if (location !== null) location.mount.users -= 1;
}
