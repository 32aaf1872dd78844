/**
 * Who a container's process runs as: names are looked up in the container's own /etc/passwd and /etc/group. moby:
 * getUser(), moby/sys/user.
 */
import type { Running } from '../../kernel/abi.ts';
import { linesOf, readFileIfAny } from '../../programs/io.ts';
import { serverError } from './api-error.ts';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
}

/**
 * Resolves `USER[:GROUP]`, names or numbers, and the groups of `--group-add`.
 *
 * @param root where the container's root file system is mounted.
 * @throws ApiError `unable to find user NAME: no matching entries in passwd file`.
 */
export function* resolveUser(root: string, text: string, added: readonly string[] | null): Running<UserIds> {
  const [user = '', group = ''] = text.split(':');
  const accounts = yield* rowsOf(`${root}/etc/passwd`);
  const groups = yield* rowsOf(`${root}/etc/group`);
  const wanted = user === '' ? '0' : user;
  const isNumber = /^[+-]?\d+$/.test(wanted);
  const account = accounts.find(([name]) => name === wanted) ?? accounts.find((row) => isNumber && row[2] === wanted);
  if (account === undefined && !isNumber)
    throw serverError(`unable to find user ${wanted}: no matching entries in passwd file`);
  const uid = account === undefined ? inRange(Number(wanted)) : Number(account[2]);
  const ownGid = account === undefined ? 0 : Number(account[3]);
  const gid = group === '' ? ownGid : groupNumber(groups, group);
  const name = account?.[0] ?? '';
  const memberships = groups
    .filter((row) => name !== '' && (row[3] ?? '').split(',').includes(name))
    .map((row) => Number(row[2]));
  const additionalGids = [...new Set([gid, ...(group === '' ? memberships : []), ...groupsAdded(groups, added ?? [])])];
  return { uid, gid, additionalGids };
}

/** moby/sys/user: ErrRange. */
function inRange(id: number): number {
  if (id < 0 || id > 2_147_483_647) throw serverError('uids and gids must be in range 0-2147483647');
  return id;
}

function groupNumber(groups: readonly (readonly string[])[], group: string): number {
  const row = groups.find(([name]) => name === group);
  if (row !== undefined) return Number(row[2]);
  if (/^[+-]?\d+$/.test(group)) return inRange(Number(group));
  throw serverError(`unable to find group ${group}: no matching entries in group file`);
}

/**
 * A group that is found only once more is none: the second time its name stands for nothing, and its number for itself
 * (asked of 26.1.5). moby/sys/user: GetAdditionalGroups().
 */
function groupsAdded(groups: readonly (readonly string[])[], added: readonly string[]): readonly number[] {
  const numbers = new Set<number>();
  for (const wanted of added) {
    const row = groups.find(([name, , id]) => (name === wanted || id === wanted) && !numbers.has(Number(id)));
    if (row === undefined && !/^[+-]?\d+$/.test(wanted))
      throw serverError(`Unable to find group ${wanted}: no matching entries in group file`);
    numbers.add(row === undefined ? inRange(Number(wanted)) : Number(row[2]));
  }
  return [...numbers];
}

/** The fields of each line of a file like /etc/passwd; none where there is no such file. */
export function* rowsOf(path: string): Running<readonly (readonly string[])[]> {
  return linesOf((yield* readFileIfAny(path)) ?? '').map((line) => line.split(':'));
}
