/**
 * /proc/PID/uid_map, gid_map and setgroups: who is who in a user namespace. Man page: user_namespaces(7); Linux:
 * kernel/user_namespace.c, map_write(), new_idmap_permitted().
 */
import type { CapabilityName } from '../../abi.ts';
import { Errno } from '../../errno.ts';
import type { Task } from '../../kernel.ts';
import { meantBy, numberIn, type IdMap, type IdRange, type UserNamespace } from '../../namespace/user-namespace.ts';
import { isCapable } from '../../task/powers.ts';
import type { Reader } from '../inode.ts';

interface MapKind {
  readonly map: 'uidMap' | 'gidMap';
  readonly own: 'uid' | 'gid';
  readonly capability: CapabilityName;
}

export const uids: MapKind = { map: 'uidMap', own: 'uid', capability: 'SETUID' };
export const gids: MapKind = { map: 'gidMap', own: 'gid', capability: 'SETGID' };

const notMapped = 2 ** 32 - 1;
const mostLines = 340;

/** The ranges, outside numbers as the reader has them; to who lives inside, as its parent has them. */
export function mapText({ map }: MapKind, { namespaces: { user } }: Task, { thread }: Reader): string {
  const reader = thread?.namespaces.user ?? user;
  const whose = reader === user && user.parent !== null ? user.parent : reader;
  const column = (number: number): string => String(number).padStart(10);
  return user[map]
    .map(({ inside, outside, count }) =>
      [inside, numberIn(whose[map], outside) ?? notMapped, count].map(column).join(' '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Writes a map, once. EPERM, EINVAL. */
export function writeMap(kind: MapKind, { namespaces: { user } }: Task, { thread }: Reader, data: string): void {
  const { parent } = user;
  if (thread === null || parent === null) throw new Errno('EPERM');
  const { task: writer } = thread;
  const { user: its } = writer.namespaces;
  if ((its !== user && its !== parent) || user[kind.map].length > 0) throw new Errno('EPERM');
  if (!isCapable(writer, 'SYS_ADMIN', user)) throw new Errno('EPERM');
  const ranges = parse(data);
  if (!isPermitted(kind, writer, user, parent, ranges)) throw new Errno('EPERM');
  user[kind.map] = ranges.map((range) => ({ ...range, outside: lower(parent[kind.map], range) }));
}

function parse(data: string): IdMap {
  const lines = data.replace(/\n$/, '').split('\n');
  if (lines.length > mostLines) throw new Errno('EINVAL');
  const ranges: IdRange[] = [];
  for (const line of lines) {
    const [, inside, outside, count] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line)?.map(Number) ?? [];
    if (inside === undefined || outside === undefined || count === undefined) throw new Errno('EINVAL');
    if (count === 0 || inside + count > notMapped || outside + count > notMapped) throw new Errno('EINVAL');
    const range = { inside, outside, count };
    if (ranges.some((other) => overlap(other, range, 'inside') || overlap(other, range, 'outside')))
      throw new Errno('EINVAL');
    ranges.push(range);
  }
  return ranges;
}

function overlap(one: IdRange, other: IdRange, side: 'inside' | 'outside'): boolean {
  return one[side] < other[side] + other.count && other[side] < one[side] + one.count;
}

/**
 * The maker may map itself, one number; its group only where setgroups(2) is denied. All else takes the capability in
 * the parent.
 */
function isPermitted(
  { map, own, capability }: MapKind,
  writer: Task,
  user: UserNamespace,
  parent: UserNamespace,
  ranges: IdMap,
): boolean {
  const [first] = ranges;
  const isSelf =
    first !== undefined &&
    ranges.length === 1 &&
    first.count === 1 &&
    user.ownerUid === writer.uid &&
    meantBy(parent[map], first.outside) === writer[own];
  return (isSelf && (own === 'uid' || !user.maySetGroups)) || isCapable(writer, capability, parent);
}

/** Where a range begins by the kernel's numbers. EPERM where the parent has none for all of it. */
function lower(parent: IdMap, { outside, count }: IdRange): number {
  for (const range of parent)
    if (outside >= range.inside && outside + count <= range.inside + range.count)
      return range.outside + outside - range.inside;
  throw new Errno('EPERM');
}

export function setgroupsText({ namespaces: { user } }: Task): string {
  return user.maySetGroups ? 'allow\n' : 'deny\n';
}

/** Denies for good, before gid_map is written. EPERM, EINVAL; EACCES without CAP_SYS_ADMIN, from the opening on. */
export function writeSetgroups({ namespaces: { user } }: Task, data: string): void {
  const word = data.trim();
  if (word !== 'allow' && word !== 'deny') throw new Errno('EINVAL');
  if (word === 'allow' && !user.maySetGroups) throw new Errno('EPERM');
  if (word === 'deny' && user.gidMap.length > 0 && user.maySetGroups) throw new Errno('EPERM');
  user.maySetGroups = word === 'allow';
}
