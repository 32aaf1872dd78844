/**
 * proc(5): the kernel's account of itself and of its tasks, in the numbers of the pid namespace for which it was
 * mounted.
 */
import { Errno } from '../../errno.ts';
import type { Task } from '../../kernel.ts';
import { pidIn } from '../../task/clone.ts';
import type { PidNamespace } from '../../namespace/namespace.ts';
import { forget, rootDentry, type Dentry } from '../dentry.ts';
import type { FileSystem, Inode, Reader } from '../inode.ts';
import { virtualDirectory, virtualLink } from '../virtual-inode.ts';
import { systemFiles } from './system.ts';
import { taskDirectory } from './task-directory.ts';

/** One mount of proc. */
export interface Proc {
  readonly filesystem: FileSystem;
  readonly namespace: PidNamespace;
}

export function createProc(filesystem: FileSystem, namespace: PidNamespace): Dentry {
  const proc: Proc = { filesystem, namespace };
  const directories = new Map<Task, Inode>();
  const directoryOf = (task: Task): Inode => {
    const known = directories.get(task);
    if (known !== undefined) return known;
    const inode = taskDirectory(proc, task, null);
    directories.set(task, inode);
    return inode;
  };
  // Linux: fs/proc/self.c, proc_self_get_link(): a task that has no number in this namespace has no self.
  const self = ({ thread }: Reader): string => {
    const number = thread === null ? 1 : pidIn(thread.task, namespace);
    if (number === 0) throw new Errno('ENOENT');
    return String(number);
  };
  const makers = {
    ...systemFiles(proc),
    self: () => virtualLink(filesystem, self),
    'thread-self': () => virtualLink(filesystem, (reader) => `${self(reader)}/task/${self(reader)}`),
    mounts: () => virtualLink(filesystem, () => 'self/mounts'),
    net: () => virtualLink(filesystem, () => 'self/net'),
  };
  const forgetReaped = (): void => {
    for (const task of directories.keys()) {
      if (task.state !== 'reaped') continue;
      directories.delete(task);
      forget(root, String(task.nsPids[namespace.level]));
    }
  };
  const root = rootDentry(
    virtualDirectory(filesystem, makers, {
      refusal: 'ENOENT',
      dynamic: {
        lookup: (_reader, name) => {
          const task = /^[1-9]\d*$/.test(name) ? namespace.tasks.get(Number(name)) : undefined;
          return task === undefined || task.state === 'reaped' ? null : directoryOf(task);
        },
        list: () => {
          forgetReaped();
          return [...namespace.tasks].map(([number, task]) => [String(number), directoryOf(task)] as const);
        },
      },
    }),
  );
  return root;
}
