import { lookUp, withEntry } from '../table.ts';
import type { TaskState, World } from '../world.ts';

/** The next world while `apply` makes it: nobody else holds it yet, so its fields may be set. Tables stay values. */
export type Draft = { -readonly [Field in keyof World]: World[Field] };

/** Changes some fields of a task; nothing when the journal never told of its birth. */
export function changeTask(draft: Draft, pid: number, changes: Partial<TaskState>): void {
  const task = lookUp(draft.tasks, pid);
  if (task !== undefined) draft.tasks = withEntry(draft.tasks, pid, { ...task, ...changes });
}
