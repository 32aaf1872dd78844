/**
 * User namespaces: what a user's number means to those who live in one. The kernel itself counts users as the first
 * namespace does. Man page: user_namespaces(7); Linux: kernel/user_namespace.c.
 */
import { Errno } from '../errno.ts';
import type { Task } from '../kernel.ts';
import type { Namespace } from './namespace.ts';

/** `count` numbers from `inside` on, which are the kernel's own from `outside` on. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export type IdMap = readonly IdRange[];

export interface UserNamespace extends Namespace {
  readonly kind: 'user';
  /** Null of the first one only. */
  readonly parent: UserNamespace | null;
  readonly level: number;
  /** Who made it, by the kernel's number: in the parent, that user may all here. */
  readonly ownerUid: number;
  /** Empty until somebody has written it, which goes once. */
  uidMap: IdMap;
  gidMap: IdMap;
  maySetGroups: boolean;
}

/** Who has no number here is shown as nobody, and nogroup. Linux: overflowuid. */
const nobody = 65_534;
const numbers = 2 ** 32 - 1;
const deepest = 32;

/** The one in which pid 1 lives: every number is itself. */
export function firstUserNamespace(inode: number): UserNamespace {
  const whole: IdMap = [{ inside: 0, outside: 0, count: numbers }];
  return {
    kind: 'user',
    inode,
    holders: 0,
    parent: null,
    level: 0,
    ownerUid: 0,
    uidMap: whole,
    gidMap: whole,
    maySetGroups: true,
  };
}

/**
 * Whether a task may have one below its own. ENOSPC where 33 are above it already; EPERM to whom its own has no number
 * for. Linux: create_user_ns().
 */
export function requireUserNamespace({ uid, gid, namespaces: { user } }: Task): void {
  if (user.level > deepest) throw new Errno('ENOSPC');
  if (numberIn(user.uidMap, uid) === null || numberIn(user.gidMap, gid) === null) throw new Errno('EPERM');
}

/** One in which nobody has a number yet. */
export function createUserNamespace(inode: number, parent: UserNamespace, ownerUid: number): UserNamespace {
  return {
    kind: 'user',
    inode,
    holders: 0,
    parent,
    level: parent.level + 1,
    ownerUid,
    uidMap: [],
    gidMap: [],
    maySetGroups: parent.maySetGroups,
  };
}

/** What the kernel's number is called inside; null for one without a number there. */
export function numberIn(map: IdMap, outside: number): number | null {
  for (const range of map)
    if (outside >= range.outside && outside < range.outside + range.count)
      return range.inside + outside - range.outside;
  return null;
}

/** What `stat` and `id` show of the kernel's number. */
export function shownIn(map: IdMap, outside: number): number {
  return numberIn(map, outside) ?? nobody;
}

/** The kernel's number for one that somebody inside gave; null where it means nobody. */
export function meantBy(map: IdMap, inside: number): number | null {
  for (const range of map)
    if (inside >= range.inside && inside < range.inside + range.count) return range.outside + inside - range.inside;
  return null;
}

/** Likewise. EINVAL for one that means nobody. */
export function requireMeant(map: IdMap, inside: number): number {
  const outside = meantBy(map, inside);
  if (outside === null) throw new Errno('EINVAL');
  return outside;
}
