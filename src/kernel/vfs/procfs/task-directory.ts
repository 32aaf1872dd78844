/** /proc/PID and /proc/PID/task/TID. */
import { networkDevices, tcp6Table, tcpTable, unixTable } from './net-tables.ts';
import { namespaceKinds } from '../../../journal/event.ts';
import { Errno } from '../../errno.ts';
import type { Kernel, Task } from '../../kernel.ts';
import { oomScore } from '../../memory/oom.ts';
import { pidIn } from '../../task/clone.ts';
import { isCapable, mayInspect } from '../../task/powers.ts';
import type { Namespace, NamespaceSet } from '../../namespace/namespace.ts';
import type { Inode, Reader } from '../inode.ts';
import { rootLocation, type Location } from '../mount.ts';
import { namespaceDentry, namespaceName } from '../namespace-file.ts';
import type { OpenFile } from '../open-file.ts';
import { absolutePath } from '../path-name.ts';
import { directoryAbout, virtualDirectory, virtualFile, virtualLink } from '../virtual-inode.ts';
import { mountInfo, mountsTable, mountStatistics } from './mount-table.ts';
import type { Proc } from './proc.ts';
import { gids, mapText, setgroupsText, uids, writeMap, writeSetgroups } from './id-maps.ts';
import {
  cgroupLine,
  commandLine,
  environment,
  limits,
  statLine,
  statmLine,
  statusText,
  waitChannel,
} from './task-text.ts';

/** Whose directory it is; `tid` null for the process itself, else one of its threads' (its numbers per level). */
interface Subject {
  readonly proc: Proc;
  readonly task: Task;
  readonly tid: readonly number[] | null;
}

type Maker = (subject: Subject) => Inode;

/** The directory of a task; `tid` null for the process itself, else its number at each level. */
export function taskDirectory(proc: Proc, task: Task, tid: readonly number[] | null): Inode {
  const makers = tid === null ? processFiles : threadFiles;
  return ownedBy(task, directoryAbout(proc.filesystem, makers, { proc, task, tid }, { refusal: 'ENOENT' }));
}

function file(text: (subject: Subject, reader: Reader) => string, mode = 0o444): Maker {
  return (subject) => virtualFile(subject.proc.filesystem, (reader) => text(subject, reader), undefined, mode);
}

/** A file that only those may open who may look into the task. */
function inner(text: (subject: Subject) => string, mode: number): Maker {
  return (subject) => ({
    ...file(text, mode)(subject),
    requireOpening: (thread) => requireInspection(thread, subject.task),
  });
}

function idMap(kind: typeof uids): Maker {
  return ({ proc, task }) =>
    virtualFile(
      proc.filesystem,
      (reader) => mapText(kind, task, reader),
      (reader, data) => writeMap(kind, task, reader, data),
    );
}

/** proc(5): where a task is and what it has open is for those that may trace it. EACCES. */
function requireInspection(thread: Reader['thread'], task: Task): void {
  if (thread !== null && !mayInspect(thread.task, task)) throw new Errno('EACCES');
}

/** A link that only those may read or follow who may look into the task. */
function innerLink(
  { filesystem }: Proc,
  task: Task,
  target: (reader: Reader) => string,
  jump: (reader: Reader) => Location,
): Inode {
  const forInspectors =
    <Value>(answer: (reader: Reader) => Value) =>
    (reader: Reader): Value => {
      requireInspection(reader.thread, task);
      return answer(reader);
    };
  return virtualLink(filesystem, forInspectors(target), forInspectors(jump));
}

function place(at: (task: Task) => Location): Maker {
  return ({ proc, task }) =>
    innerLink(
      proc,
      task,
      (reader) => absolutePath(at(living(task)), rootOf(reader)),
      () => at(living(task)),
    );
}

const commonFiles: Readonly<Record<string, Maker>> = {
  attr: (subject) => directoryAbout(subject.proc.filesystem, { current: file(() => 'unconfined\n') }, subject),
  cgroup: file(({ task }, reader) => cgroupLine(reader, task)),
  cmdline: file(({ task }) => commandLine(task)),
  comm: ({ proc, task }) =>
    virtualFile(
      proc.filesystem,
      () => `${task.comm}\n`,
      (reader, data) => rename(reader, task, data),
    ),
  cwd: place(({ fs }) => fs.cwd),
  environ: inner(({ task }) => environment(task), 0o400),
  exe: place(executableOf),
  fd: ({ proc, task }) => descriptorDirectory(proc, task),
  fdinfo: ({ proc }) => virtualDirectory(proc.filesystem, {}),
  gid_map: idMap(gids),
  limits: file(({ task }) => limits(task)),
  // What pam_loginuid would set is not modelled. Linux: AUDIT_UID_UNSET.
  loginuid: file(() => '4294967295', 0o644),
  maps: inner(() => '', 0o444),
  mountinfo: file(({ task }, reader) => mountInfo(reader, living(task))),
  mounts: file(({ task }) => mountsTable(living(task))),
  mountstats: file(({ task }) => mountStatistics(living(task))),
  net: (subject) =>
    directoryAbout(
      subject.proc.filesystem,
      {
        dev: file(({ task }) => networkDevices(task)),
        tcp: file(({ task }) => tcpTable(task)),
        tcp6: file(({ task }) => tcp6Table(task)),
        unix: file(({ task }) => unixTable(task)),
      },
      subject,
    ),
  ns: ({ proc, task, tid }) => namespaceDirectory(proc, task, tid),
  oom_score: file(({ task }, { kernel }) => `${oomScore(kernel, task)}\n`),
  oom_score_adj: ({ proc, task }) =>
    virtualFile(
      proc.filesystem,
      () => `${task.oomScoreAdj}\n`,
      ({ kernel }, data) => setOomScore(kernel, task, data),
    ),
  root: place(({ fs }) => fs.root),
  setgroups: ({ proc, task }) => ({
    ...virtualFile(
      proc.filesystem,
      () => setgroupsText(task),
      (_reader, data) => writeSetgroups(task, data),
    ),
    requireOpening: ({ task: by }, isWriting) => {
      if (isWriting && !isCapable(by, 'SYS_ADMIN', task.namespaces.user)) throw new Errno('EACCES');
    },
  }),
  stat: file(({ proc, task, tid }, { kernel }) => statLine(kernel, proc, task, tid)),
  statm: file(({ task }) => statmLine(task)),
  status: file(({ proc, task, tid }, reader) => statusText(reader, proc, task, tid)),
  timers: file(() => ''),
  uid_map: idMap(uids),
  wchan: file(({ task, tid }) => waitChannel(task, tid)),
};

const processFiles: Readonly<Record<string, Maker>> = {
  ...commonFiles,
  task: ({ proc, task }) => threadsDirectory(proc, task),
};

const threadFiles: Readonly<Record<string, Maker>> = {
  ...commonFiles,
  children: file(({ proc, task }) => children(proc, task)),
};

/** proc(5): the files of a process belong to its user. It may have changed since they were looked up last. */
function ownedBy(task: Task, directory: Inode): Inode {
  const { body } = directory;
  if (body.type !== 'directory') return directory;
  const owned = (inode: Inode | null): Inode | null => {
    if (inode !== null) Object.assign(inode.attributes, { uid: task.uid, gid: task.gid });
    return inode;
  };
  owned(directory);
  return { ...directory, body: { ...body, lookup: (reader, name) => owned(body.lookup(reader, name)) } };
}

/** A zombie has no files, no memory and no place any more. */
function living(task: Task): Task {
  if (task.state === 'zombie' || task.state === 'reaped') throw new Errno('ENOENT');
  return task;
}

function rootOf(reader: Reader): Location {
  return reader.thread?.task.fs.root ?? rootLocation(reader.kernel.vfs.rootNamespace);
}

/** proc(5): the file itself, wherever it has been moved to and even when it has been removed. */
function executableOf({ executable: { location } }: Task): Location {
  if (location === null) throw new Errno('ENOENT');
  return location;
}

/** fd: what readlink shows is the name, what open follows is the file itself. */
function descriptorDirectory(proc: Proc, task: Task): Inode {
  const links = new Map<number, { readonly file: OpenFile; readonly inode: Inode }>();
  const linkOf = (fd: number): Inode | null => {
    const file = task.files.get(fd)?.file;
    if (file === undefined) return null;
    const known = links.get(fd);
    if (known?.file === file) return known.inode;
    const inode = innerLink(
      proc,
      task,
      (reader) => (isNameless(file) ? file.name : absolutePath(file.location, rootOf(reader))),
      () => file.location,
    );
    links.set(fd, { file, inode });
    return inode;
  };
  return virtualDirectory(
    proc.filesystem,
    {},
    {
      mode: 0o500,
      dynamic: {
        lookup: (_reader, name) => (/^\d+$/.test(name) ? linkOf(Number(name)) : null),
        list: () =>
          [...task.files.keys()].flatMap((fd) => {
            const inode = linkOf(fd);
            return inode === null ? [] : [[String(fd), inode] as const];
          }),
      },
    },
  );
}

/** Pipes, sockets, memfds, and terminals that were opened by another name; not what lies in a mount that is gone. */
function isNameless({ location: { mount, dentry } }: OpenFile): boolean {
  return mount.namespace === null && dentry.parent === null;
}

function threadsDirectory(proc: Proc, task: Task): Inode {
  const made = new Map<number, Inode>();
  const { level } = proc.namespace;
  const numbers = (): readonly (readonly number[])[] => [task.nsPids, ...task.extraTids];
  const directoryOf = (tid: readonly number[]): Inode => {
    const number = tid[level] ?? 0;
    const known = made.get(number);
    if (known !== undefined) return known;
    const inode = taskDirectory(proc, task, tid);
    made.set(number, inode);
    return inode;
  };
  return virtualDirectory(
    proc.filesystem,
    {},
    {
      dynamic: {
        lookup: (_reader, name) => {
          const tid = numbers().find((each) => String(each[level]) === name);
          return tid === undefined ? null : directoryOf(tid);
        },
        list: () => numbers().map((tid) => [String(tid[level]), directoryOf(tid)] as const),
      },
    },
  );
}

/** ns: of a process those of its leader; of thread-self those that the reading coroutine wears. */
function namespaceDirectory(proc: Proc, task: Task, tid: readonly number[] | null): Inode {
  const worn = ({ thread }: Reader): NamespaceSet =>
    tid !== null && thread?.task === task ? thread.namespaces : living(task).namespaces;
  const entry = (find: (reader: Reader) => Namespace) => (): Inode =>
    innerLink(
      proc,
      task,
      (reader) => namespaceName(find(reader)),
      (reader) => ({ mount: reader.kernel.vfs.anonymous, dentry: namespaceDentry(reader.kernel, find(reader)) }),
    );
  const makers: Record<string, () => Inode> = {};
  for (const kind of namespaceKinds) makers[kind] = entry((reader) => worn(reader)[kind]);
  makers['pid_for_children'] = entry(() => {
    const { pidNamespaceForChildren: namespace } = living(task);
    // Recorded (k12): it has no file before its first process is born.
    if (namespace.init === null) throw new Errno('ENOENT');
    return namespace;
  });
  makers['time_for_children'] = entry((reader) => worn(reader).time);
  return virtualDirectory(proc.filesystem, makers, { mode: 0o511 });
}

function children(proc: Proc, task: Task): string {
  return [...task.children].map((child) => `${pidIn(child, proc.namespace)} `).join('');
}

function rename({ kernel }: Reader, task: Task, data: string): void {
  task.comm = data.replace(/\n$/, '').slice(0, 15);
  kernel.record({ type: 'task.name', pid: task.pid, comm: task.comm });
}

/** -1000 to 1000; EINVAL. */
function setOomScore(kernel: Kernel, task: Task, data: string): void {
  const text = data.trim();
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < -1000 || value > 1000) throw new Errno('EINVAL');
  task.oomScoreAdj = value;
  kernel.record({ type: 'task.oom-score', pid: task.pid, adjustment: value });
}
