/** Namespaces: what a task sees. Each has an inode number, as /proc/PID/ns shows. Man page: namespaces(7). */
import type { NamespaceKind, Namespaces } from '../../journal/event.ts';
import type { Task } from '../kernel.ts';
import type { MountNamespace } from '../vfs/mount.ts';
import type { NetNamespace } from '../net/network-layer.ts';
import type { Settings } from './sysctl.ts';
import type { UserNamespace } from './user-namespace.ts';

/** A namespace lives while a task, an open file or a bind mount holds it: `holders` counts them. */
export interface Namespace {
  readonly kind: NamespaceKind;
  readonly inode: number;
  holders: number;
}

/** All but user namespaces belong to one: who has a capability there has it over them. */
export interface OwnedNamespace extends Namespace {
  readonly owner: UserNamespace;
}

export interface PidNamespace extends OwnedNamespace {
  readonly kind: 'pid';
  readonly parent: PidNamespace | null;
  readonly level: number;
  nextPid: number;
  /** Every task that has a number here, by that number. */
  readonly tasks: Map<number, Task>;
  /**
   * Numbers of reaped tasks whose group or session lives on, with their host pids: a number of such a group still names
   * it.
   */
  readonly formerLeaders: Map<number, number>;
  /** Its first task; null before it is born, and a later fork fails with ENOMEM once it has died. */
  init: Task | null;
  dead: boolean;
  /** Its dying init waits until every other member is reaped; then this ends it. */
  whenEmpty: (() => void) | null;
}

export interface UtsNamespace extends OwnedNamespace {
  readonly kind: 'uts';
  hostname: string;
  /** NIS's; no resolver reads it. */
  domainname: string;
}

export interface IpcNamespace extends OwnedNamespace {
  readonly kind: 'ipc';
  readonly settings: Settings;
}

/** The cgroup at which its members' view of the tree begins. */
export interface CgroupNamespace extends OwnedNamespace {
  readonly kind: 'cgroup';
  readonly rootPath: string;
}

export interface NamespaceSet {
  readonly cgroup: CgroupNamespace;
  readonly ipc: IpcNamespace;
  readonly mnt: MountNamespace;
  readonly net: NetNamespace;
  readonly pid: PidNamespace;
  readonly time: OwnedNamespace;
  readonly user: UserNamespace;
  readonly uts: UtsNamespace;
}

/** The inode numbers alone. */
export function inodesOf(set: NamespaceSet): Namespaces {
  return {
    cgroup: set.cgroup.inode,
    ipc: set.ipc.inode,
    mnt: set.mnt.inode,
    net: set.net.inode,
    pid: set.pid.inode,
    time: set.time.inode,
    user: set.user.inode,
    uts: set.uts.inode,
  };
}
