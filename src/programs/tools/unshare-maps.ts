/** unshare(1): who is who in the new user namespace. util-linux: unshare.c, map_ids_from_child(), map_id(). */
import { O, type Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, readFileIfAny, writeAll } from '../io.ts';
import { numberOfName, readAccounts } from './accounts.ts';
import { orRefuse, Refusal } from './namespace-command.ts';
import { childOutside } from './unshare-child.ts';

/** What is wanted of one kind of numbers, users' or groups'. */
interface Wish {
  readonly kind: 'user' | 'group';
  /** The caller's own number outside. */
  readonly own: number;
  /** What it is called inside; null where nothing is said of it. */
  readonly inside: number | null;
  /** More ranges, as lines of the map. */
  readonly ranges: readonly string[];
}

/** What the options say of users and groups. */
export interface IdWishes {
  readonly users: Wish;
  readonly groups: Wish;
  readonly setgroups: 'allow' | 'deny' | null;
}

/** The options' words: their last values by name. */
export type MapWords = ReadonlyMap<string, string>;

/** Whether one of them asks for a user namespace. */
export function mapsAnybody(words: MapWords): boolean {
  return [...words.keys()].some((name) => name.startsWith('map-'));
}

/** Reads the options. Throws Refusal. */
export function* idWishes(words: MapWords): Running<IdWishes> {
  const setgroups = words.get('setgroups') ?? null;
  if (setgroups !== null && setgroups !== 'allow' && setgroups !== 'deny')
    throw new Refusal(`unsupported --setgroups argument '${setgroups}'`);
  const status = (yield* readFileIfAny('/proc/self/status')) ?? '';
  const { users, groups } = yield* readAccounts();
  const wish = function* (kind: Wish['kind'], names: ReadonlyMap<number, string>): Running<Wish> {
    const id = kind === 'user' ? 'uid' : 'gid';
    const own = Number(new RegExp(`^${id}:\\s+(\\d+)`, 'im').exec(status)?.[1] ?? 0);
    const inside = words.has('map-root-user') ? '0' : words.has('map-current-user') ? String(own) : undefined;
    const named = words.get(`map-${kind}`) ?? inside;
    const number = named === undefined ? null : numberOf(named, names, id);
    const given = words.get(`map-${kind}s`) ?? (words.has('map-auto') ? 'auto' : undefined);
    return { kind, own, inside: number, ranges: given === undefined ? [] : yield* rangesOf(given, kind, own, number) };
  };
  return { users: yield* wish('user', users), groups: yield* wish('group', groups), setgroups };
}

function numberOf(text: string, names: ReadonlyMap<number, string>, id: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : numberOfName(text, names);
  if (number !== null) return number;
  throw new Refusal(`failed to parse ${id}: '${text}'`);
}

/** `INSIDE:OUTSIDE:COUNT`, the older `OUTSIDE,INSIDE,COUNT`, or `auto`: what /etc/subuid gives the user. */
function* rangesOf(text: string, kind: Wish['kind'], own: number, inside: number | null): Running<readonly string[]> {
  if (text === 'auto') return yield* subordinates(kind, own, inside);
  const [, first, second, third] = /^(\d+):(\d+):(\d+)$/.exec(text) ?? [];
  if (first !== undefined) return [`${first} ${second} ${third}`];
  const [, outside, number, count] = /^(\d+),(\d+),(\d+)$/.exec(text) ?? [];
  if (outside === undefined) throw new Refusal(`invalid mapping '${text}'`);
  return [`${number} ${outside} ${count}`];
}

/** Those of the file from 0 on, but for the number that the caller itself has inside. */
function* subordinates(kind: Wish['kind'], own: number, inside: number | null): Running<readonly string[]> {
  const path = kind === 'user' ? '/etc/subuid' : '/etc/subgid';
  const user = (yield* readAccounts()).users.get(yield* sys.getuid()) ?? String(own);
  for (const line of linesOf((yield* readFileIfAny(path)) ?? '')) {
    const [name, begin = '', length = ''] = line.split(':');
    if (name !== user) continue;
    const [start, count] = [Number(begin), Number(length)];
    if (inside === null || inside >= count) return [`0 ${start} ${count}`];
    const below = inside === 0 ? [] : [`0 ${start} ${inside}`];
    return [...below, `${inside + 1} ${start + inside} ${count - inside}`];
  }
  throw new Refusal(`no line matching user "${user}" in ${path}`);
}

/**
 * A child outside, where the capabilities are that writing more than one's own number takes. What is returned has it
 * write the maps and waits for it.
 */
export function* mapperOutside({ users, groups }: IdWishes): Running<() => Running<void>> {
  const pid = yield* sys.getpid();
  return yield* childOutside(function* () {
    for (const wish of [users, groups])
      if (wish.ranges.length > 0)
        yield* writeWord(mapOf(String(pid), wish.kind), [...ownLine(wish), ...wish.ranges].join('\n'));
  });
}

/** Whether somebody has to do it from outside. */
export function needsMapper({ users, groups }: IdWishes): boolean {
  return users.ranges.length > 0 || groups.ranges.length > 0;
}

/** Maps the caller's own numbers from inside. Whoever maps its group may not call setgroups(2) any more. */
export function* mapOwn({ users, groups, setgroups }: IdWishes): Running<void> {
  if (users.inside !== null && users.ranges.length === 0) yield* writeOwn(users);
  if (groups.inside !== null && groups.ranges.length === 0) {
    if (setgroups === 'allow') throw new Refusal('options --setgroups=allow and --map-group are mutually exclusive');
    yield* writeWord('/proc/self/setgroups', 'deny');
    yield* writeOwn(groups);
  }
  if (setgroups !== null) yield* writeWord('/proc/self/setgroups', setgroups);
}

function* writeOwn(wish: Wish): Running<void> {
  yield* writeWord(mapOf('self', wish.kind), ownLine(wish).join(''));
}

function ownLine({ inside, own }: Wish): readonly string[] {
  return inside === null ? [] : [`${inside} ${own} 1`];
}

function mapOf(pid: string, kind: Wish['kind']): string {
  return `/proc/${pid}/${kind === 'user' ? 'uid_map' : 'gid_map'}`;
}

function* writeWord(path: string, text: string): Running<void> {
  const fd = yield* orRefuse(`cannot open ${path}`, sys.open(path, O.WRONLY));
  yield* orRefuse(`write failed ${path}`, writeAll(fd, text));
  yield* sys.close(fd);
}
