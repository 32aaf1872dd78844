import type { OpenFileFact } from '../journal/event.ts';
import { tasksOf } from '../journal/look-up.ts';
import { valuesOf } from '../journal/table.ts';
import type { OpenDescriptor, TaskState, World } from '../journal/world.ts';

/** Who has a pipe, fifo or socket open, and which end. */
export interface PipeHolder {
  readonly pid: number;
  readonly fd: number;
  readonly access: OpenFileFact['access'];
}

/** A table of open files is the same object until it changes, and most of a thousand tasks' do not. */
const known = new WeakMap<TaskState['files'], readonly OpenDescriptor[]>();

/** The open files of a task, by number. */
export function filesOf({ files }: Pick<TaskState, 'files'>): readonly OpenDescriptor[] {
  const found = known.get(files) ?? valuesOf(files);
  known.set(files, found);
  return found;
}

/** Every descriptor on the inode, by pid. */
export function holdersOfPipe(world: World, inode: number): readonly PipeHolder[] {
  const holders: PipeHolder[] = [];
  for (const task of tasksOf(world)) {
    for (const { fd, file } of filesOf(task)) {
      if (file.inode === inode) holders.push({ pid: task.pid, fd, access: file.access });
    }
  }
  return holders;
}
