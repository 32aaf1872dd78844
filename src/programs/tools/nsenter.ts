/** nsenter(1) of util-linux, and busybox's words for the same. */
import type { NamespaceKind } from '../../journal/event.ts';
import { O, type Environment, type Program, type Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFile, writeAll } from '../io.ts';
import {
  becomeUser,
  dropGroups,
  idsOf,
  kinds,
  long,
  orRefuse,
  Refusal,
  start,
  unlessRefused,
} from './namespace-command.ts';
import { nsenterHelp } from './namespace-help.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';

const letters = '+t:aC::i::u::n::p::m::U::T::r::w::W:eFcS:G:hP';

/** The program, in either family's words. */
export const nsenter = (flavour: Flavour): Program =>
  function* nsenterMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), letters, {
      ...long,
      target: 't',
      all: 'a',
      'no-fork': 'F',
      wdns: 'W',
      env: 'e',
      'join-cgroup': 'c',
      'preserve-credentials': 'P',
    });
    if (typeof options === 'string') return yield* refuseOptions('nsenter', options, flavour);
    if (options.has('h')) {
      yield* print(nsenterHelp);
      return 0;
    }
    return yield* unlessRefused('nsenter', () => enter(options, environment, flavour));
  };

function* enter(options: Options, environment: Environment, flavour: Flavour): Running {
  const target = options.values.get('t');
  if (target !== undefined && !/^\d+$/.test(target)) throw new Refusal(`failed to parse pid: '${target}'`);
  const ids = idsOf(options);
  const places = { root: yield* openPlace(options, 'r', 'root'), directory: yield* openPlace(options, 'w', 'cwd') };
  const opened = yield* openNamespaces(options, target, flavour);
  const itsEnvironment = options.has('e') ? yield* environmentOf(target) : environment;
  if (options.has('c')) yield* joinCgroup(target);
  // In a user namespace one is its user 0. Its groups go before or after, wherever that is permitted.
  const isRootThere = opened.some(({ kind }) => kind === 'user') && !options.has('P');
  const hasDropped = isRootThere && (yield* dropGroups());
  for (const { kind, fd, isNamed } of opened) {
    const what = isNamed ? `reassociate to namespace 'ns/${kind}' failed` : 'reassociate to namespaces failed';
    yield* orRefuse(flavour === 'gnu' ? what : `setns(${kind})`, sys.setns(fd, kind));
  }
  return yield* start({
    name: 'nsenter',
    operands: options.operands,
    environment: itsEnvironment,
    flavour,
    forks: opened.some(({ kind }) => kind === 'pid') && !options.has('F'),
    before: function* () {
      yield* stand(options, places);
      yield* becomeUser(isRootThere ? { uid: ids.uid ?? 0, gid: ids.gid ?? 0 } : ids, hasDropped);
    },
  });
}

/** A directory of `-r` or `-w`: the one named, or the target's own; null without the option. */
function* openPlace({ values }: Options, letter: string, link: string): Running<number | null> {
  const named = values.get(letter);
  if (named === undefined) return null;
  const target = values.get('t');
  if (named === '' && target === undefined) throw new Refusal(`neither filename nor target pid supplied for ${link}`);
  const path = named === '' ? `/proc/${target}/${link}` : named;
  return yield* orRefuse(`cannot open ${path}`, sys.open(path, O.RDONLY | O.CLOEXEC));
}

interface Opened {
  readonly kind: NamespaceKind;
  readonly fd: number;
  /** Given as a file, and entered by itself; the target's are entered all at once. */
  readonly isNamed: boolean;
}

/** All are opened first: after the mount namespace's, the paths would mean other files. */
function* openNamespaces(options: Options, target: string | undefined, flavour: Flavour): Running<readonly Opened[]> {
  const isForAll = options.has('a');
  const wanted = kinds.filter(([letter]) => isForAll || options.has(letter));
  if (wanted.length === 0 && flavour === 'gnu') throw new Refusal('no namespace specified');
  if (target === undefined && !isForAll && wanted.some(([letter]) => options.values.get(letter) === ''))
    throw new Refusal('no target PID specified');
  const opened: Opened[] = [];
  for (const [letter, kind] of wanted) {
    const named = options.values.get(letter) ?? '';
    const path = named === '' ? `/proc/${target ?? 0}/ns/${kind}` : named;
    // What --all would not change is left alone, as util-linux does.
    if (named === '' && isForAll && (yield* orRefuse(`stat of ${path} failed`, isMine(path, kind)))) continue;
    const words = flavour === 'gnu' ? `cannot open ${path}` : `can't open '${path}'`;
    const fd = yield* orRefuse(words, sys.open(path, O.RDONLY | O.CLOEXEC));
    opened.push({ kind, fd, isNamed: named !== '' });
  }
  return opened;
}

function* isMine(path: string, kind: NamespaceKind): Running<boolean> {
  return (yield* sys.stat(path)).inode === (yield* sys.stat(`/proc/self/ns/${kind}`)).inode;
}

/** -r, -w and -W: root and working directory, taken on once the namespaces are entered. */
function* stand(
  options: Options,
  { root, directory }: { readonly root: number | null; readonly directory: number | null },
): Running<void> {
  if (root !== null) {
    yield* orRefuse('change directory by root file descriptor failed', sys.fchdir(root));
    yield* orRefuse('chroot failed', sys.chroot('.'));
  }
  if (directory !== null)
    yield* orRefuse('change directory by working directory file descriptor failed', sys.fchdir(directory));
  const inside = options.values.get('W');
  if (inside !== undefined) yield* orRefuse(`cannot chdir to '${inside}'`, sys.chdir(inside));
}

/** -e: the target's environment, as it was given at its execve. */
function* environmentOf(target: string | undefined): Running<Environment> {
  const path = `/proc/${target ?? 0}/environ`;
  const words = (yield* orRefuse(`cannot open ${path}`, readFile(path))).split('\0').filter((word) => word !== '');
  return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

/** -c: from now on in the target's cgroup. */
function* joinCgroup(target: string | undefined): Running<void> {
  if (target === undefined) throw new Refusal('--join-cgroup requires --target');
  const path = `/proc/${target}/cgroup`;
  const [, place = ''] = /^0::(.*)$/m.exec(yield* orRefuse(`cannot open ${path}`, readFile(path))) ?? [];
  const procs = `/sys/fs/cgroup${place}/cgroup.procs`;
  const fd = yield* orRefuse(`cannot open ${procs}`, sys.open(procs, O.WRONLY));
  yield* orRefuse('write cgroup.procs failed', writeAll(fd, '0\n'));
  yield* sys.close(fd);
}
