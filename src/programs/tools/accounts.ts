/** Names of users and groups, from /etc/passwd and /etc/group of the caller's root. */
import type { Running } from '../../kernel/abi.ts';
import { linesOf, readFileIfAny } from '../io.ts';

export interface Accounts {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

export function* readAccounts(): Running<Accounts> {
  return { users: yield* namesIn('/etc/passwd'), groups: yield* namesIn('/etc/group') };
}

function* namesIn(path: string): Running<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const line of linesOf((yield* readFileIfAny(path)) ?? '')) {
    const [name = '', , id = ''] = line.split(':');
    if (!names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

/** Groups of which a user is a member by name: the last field of /etc/group. */
export function* supplementaryGroups(user: string): Running<number[]> {
  const numbers: number[] = [];
  for (const line of linesOf((yield* readFileIfAny('/etc/group')) ?? '')) {
    const [, , id = '', members = ''] = line.split(':');
    if (members.split(',').includes(user)) numbers.push(Number(id));
  }
  return numbers;
}

/** A line of /etc/passwd, and the groups that initgroups(3) would set. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  readonly groups: readonly number[];
}

/** The account of that name; null where there is none. */
export function accountOf(name: string): Running<Account | null> {
  return accountWhere((user) => user === name);
}

/** The account of that name or number; null where there is none. */
export function accountMeant(word: string): Running<Account | null> {
  return accountWhere((user, uid) => user === word || uid === word);
}

function* accountWhere(isMeant: (user: string, uid: string) => boolean): Running<Account | null> {
  for (const line of linesOf((yield* readFileIfAny('/etc/passwd')) ?? '')) {
    const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
    if (!isMeant(name, uid)) continue;
    const groups = [Number(gid), ...(yield* supplementaryGroups(name))];
    return { name, uid: Number(uid), gid: Number(gid), home, shell: shell === '' ? '/bin/sh' : shell, groups };
  }
  return null;
}

/** The number of a group; null where there is none of that name. */
export function* groupNumber(name: string): Running<number | null> {
  return numberOfName(name, (yield* readAccounts()).groups);
}

/** Whose number a name is; null for nobody's. */
export function numberOfName(name: string, names: ReadonlyMap<number, string>): number | null {
  for (const [number, one] of names) if (one === name) return number;
  return null;
}
