/** What a task may do that others may not. Man pages: capabilities(7), seccomp(2), prctl(2). */
import { capabilityNames, type CapabilityName, type PowerChange } from '../abi.ts';
import type { Task } from '../kernel.ts';
import { meantBy, numberIn, type UserNamespace } from '../namespace/user-namespace.ts';

/** Sets of capabilities, a bit each, and what was given up for good. */
export interface Powers {
  readonly bounding: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly isFiltered: boolean;
  readonly hasNoNewPrivileges: boolean;
}

const bits: ReadonlyMap<string, bigint> = new Map(capabilityNames.map((name, at) => [name, 1n << BigInt(at)]));
const all = (1n << BigInt(capabilityNames.length)) - 1n;

/** Those of the first task. */
export const allPowers: Powers = {
  bounding: all,
  permitted: all,
  effective: all,
  isFiltered: false,
  hasNoNewPrivileges: false,
};

/**
 * Whether a task has a capability over what belongs to a user namespace: one that it has in its own counts there and
 * below, and who made one has all there. Linux: security/commoncap.c, cap_capable().
 */
export function isCapable(task: Task, name: CapabilityName, over: UserNamespace): boolean {
  const own = task.namespaces.user;
  if (own === over) return has(task, name);
  for (let at = over; at.level > own.level && at.parent !== null; at = at.parent)
    if (at.parent === own) return has(task, name) || at.ownerUid === task.uid;
  return false;
}

/** Likewise over the machine itself: that goes from its first user namespace only. Linux: capable(). */
export function isCapableOfMachine(task: Task, name: CapabilityName): boolean {
  return task.namespaces.user.level === 0 && has(task, name);
}

/** Likewise over a file whose owner and group have numbers in the task's user namespace. */
export function isCapableOver(task: Task, name: CapabilityName, { uid, gid }: Owned): boolean {
  const { level, uidMap, gidMap } = task.namespaces.user;
  if (!has(task, name)) return false;
  return level === 0 || (numberIn(uidMap, uid) !== null && numberIn(gidMap, gid) !== null);
}

interface Owned {
  readonly uid: number;
  readonly gid: number;
}

/** Whether one task may look into another. Linux: kernel/ptrace.c, __ptrace_may_access(). */
export function mayInspect(by: Task, target: Task): boolean {
  if (by === target) return true;
  const { user } = target.namespaces;
  const isEqual =
    by.uid === target.uid && by.namespaces.user === user && (target.powers.permitted & ~by.powers.effective) === 0n;
  return isEqual || isCapable(by, 'SYS_PTRACE', user);
}

/**
 * Whether the engine's seccomp profile forbids namespaces: it does to who had no CAP_SYS_ADMIN from the beginning. Of a
 * filter nothing else acts here, since what else it refuses takes that capability anyway.
 */
export function isForbidden({ powers: { isFiltered, bounding } }: Task): boolean {
  return isFiltered && (bounding & bitOf('SYS_ADMIN')) === 0n;
}

function has({ powers: { effective } }: Task, name: CapabilityName): boolean {
  return effective === all || (effective & bitOf(name)) !== 0n;
}

/** prctl(2), capset(2) and seccomp(2), as far as they take something away. */
export function give(task: Task, { bounding, effective, ...rest }: PowerChange): void {
  const { powers } = task;
  const held = effective === undefined ? powers.effective : maskOf(effective);
  task.powers = {
    ...powers,
    ...rest,
    bounding: bounding === undefined ? powers.bounding : maskOf(bounding),
    permitted: effective === undefined ? powers.permitted : held,
    effective: held,
  };
}

/** Who stops being its user namespace's user 0 loses all; in one of one's own one has all. */
export function setEffective(task: Task, isAll: boolean): void {
  const held = isAll ? all : 0n;
  task.powers = { ...task.powers, permitted: held, effective: held, ...(isAll ? { bounding: all } : {}) };
}

/** Whether a task is user 0 of its user namespace. */
export function isRoot({ uid, namespaces: { user } }: Task): boolean {
  return uid === meantBy(user.uidMap, 0);
}

/** execve(2): user 0 gets what the bounding set leaves, anybody else nothing. */
export function powersAfterExec(task: Task): Powers {
  const { bounding, isFiltered, hasNoNewPrivileges } = task.powers;
  const held = isRoot(task) ? bounding : 0n;
  return { bounding, permitted: held, effective: held, isFiltered, hasNoNewPrivileges };
}

function maskOf(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | bitOf(name), 0n);
}

function bitOf(name: string): bigint {
  return bits.get(name) ?? 0n;
}
