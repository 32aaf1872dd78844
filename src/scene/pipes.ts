import type { OpenFileFact } from '../journal/event.ts';
import { tasksOf } from '../journal/look-up.ts';
import { valuesOf } from '../journal/table.ts';
import type { World } from '../journal/world.ts';

/** Who has a pipe, fifo or socket open, and which end. */
export interface PipeHolder {
  readonly pid: number;
  readonly fd: number;
  readonly access: OpenFileFact['access'];
}

/** Every descriptor on the inode, by pid. */
export function holdersOfPipe(world: World, inode: number): readonly PipeHolder[] {
  return tasksOf(world).flatMap(({ pid, files }) =>
    valuesOf(files)
      .filter(({ file }) => file.inode === inode)
      .map(({ fd, file }) => ({ pid, fd, access: file.access })),
  );
}
