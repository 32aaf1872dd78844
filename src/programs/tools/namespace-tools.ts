/** nsenter(1) and unshare(1) of util-linux, and busybox's words for the same. */
import type { NamespaceKind } from '../../journal/event.ts';
import {
  cloneFlagOf,
  O,
  signalNumbers,
  type CloneFlag,
  type Environment,
  type Program,
  type Running,
  type SignalName,
} from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { waitFor } from '../spawn.ts';
import { become } from './everyday-tools.ts';
import { nsenterHelp, unshareHelp } from './namespace-help.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';

/**
 * In the order in which nsenter enters them: the user namespace first, the mount namespace near the end, since the
 * others are found in /proc.
 */
const kinds: readonly (readonly [letter: string, kind: NamespaceKind])[] = [
  ['U', 'user'],
  ['C', 'cgroup'],
  ['i', 'ipc'],
  ['u', 'uts'],
  ['n', 'net'],
  ['p', 'pid'],
  ['m', 'mnt'],
  ['T', 'time'],
];
const long: Readonly<Record<string, string>> = {
  user: 'U',
  cgroup: 'C',
  ipc: 'i',
  uts: 'u',
  net: 'n',
  pid: 'p',
  mount: 'm',
  time: 'T',
  fork: 'f',
};
const flagBits: Readonly<Record<NamespaceKind, number>> = {
  mnt: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
  time: 0x80,
};

/** What an option with a file takes the namespace from: `--net=/run/docker/netns/…`, `-n/run/…`. */
type Files = ReadonlyMap<string, string>;

/** Takes the files off options that may have one. */
function takeFiles(all: readonly string[]): { readonly words: readonly string[]; readonly files: Files } {
  const files = new Map<string, string>();
  const words: string[] = [];
  for (const [at, word] of all.entries()) {
    if (!word.startsWith('-') && all[at - 1] !== '-t' && all[at - 1] !== '--target') {
      words.push(...all.slice(at));
      break;
    }
    const found = /^--([a-z]+)=(.+)$|^-([a-zA-Z])(\/.*)$/.exec(word);
    const letter = found === null ? undefined : (found[3] ?? long[found[1] ?? ''] ?? placeLetters[found[1] ?? '']);
    const path = found?.[2] ?? found?.[4] ?? '';
    if (letter === undefined || letter === 'f' || !path.startsWith('/')) words.push(word);
    else {
      files.set(letter, path);
      words.push(`-${letter}`);
    }
  }
  return { words, files };
}
const placeLetters: Readonly<Record<string, string>> = { root: 'r', wd: 'w' };

export const nsenter = (flavour: Flavour): Program =>
  function* nsenterMain(argv, environment): Running {
    const { words, files } = takeFiles(argv.slice(1));
    const options = parseOptions(words, '+t:aCiunpmTUFrwhS:G:', {
      ...long,
      target: 't',
      all: 'a',
      'no-fork': 'F',
      root: 'r',
      wd: 'w',
      setuid: 'S',
      setgid: 'G',
      help: 'h',
    });
    if (typeof options === 'string') return yield* refuseOptions('nsenter', options, flavour);
    if (options.has('h')) {
      yield* print(nsenterHelp);
      return 0;
    }
    const target = options.values.get('t');
    if (target !== undefined && !/^\d+$/.test(target)) {
      yield* complain('nsenter', `failed to parse pid: '${target}'`);
      return 1;
    }
    const opened = yield* openNamespaces(options, target, files);
    if (opened === null) return 1;
    const place = yield* placeOf(options, target, files);
    for (const { kind, fd } of opened) {
      try {
        yield* sys.setns(fd, kind);
      } catch (error) {
        const what = flavour === 'gnu' ? `reassociate to namespace 'ns/${kind}' failed` : `setns(${kind})`;
        yield* complain('nsenter', `${what}: ${errnoWords(error)}`);
        return 1;
      }
    }
    const forks = opened.some(({ kind }) => kind === 'pid') && !options.has('F');
    return yield* start('nsenter', options, forks, environment, flavour, place);
  };

interface Opened {
  readonly kind: NamespaceKind;
  readonly fd: number;
}

/** All are opened first: after the mount namespace's, the paths would mean other files. Null once it has complained. */
function* openNamespaces(
  options: Options,
  target: string | undefined,
  files: Files,
): Running<readonly Opened[] | null> {
  const wanted = kinds.filter(([letter]) => options.has('a') || options.has(letter));
  const opened: Opened[] = [];
  for (const [letter, kind] of wanted) {
    const path = files.get(letter) ?? (target === undefined ? undefined : `/proc/${target}/ns/${kind}`);
    if (path === undefined) {
      yield* complain('nsenter', `neither filename nor target pid supplied for ns/${kind}`);
      return null;
    }
    try {
      // What --all would not change is left alone, as util-linux does.
      if (options.has('a') && (yield* sys.stat(path)).inode === (yield* sys.stat(`/proc/self/ns/${kind}`)).inode)
        continue;
      opened.push({ kind, fd: yield* sys.open(path, O.RDONLY | O.CLOEXEC) });
    } catch (error) {
      const what = options.has('a') ? `stat of ${path} failed` : `cannot open ${path}`;
      yield* complain('nsenter', `${what}: ${errnoWords(error)}`);
      return null;
    }
  }
  return opened;
}

/** -r, -w, -S and -G: root, working directory and user, taken on once the namespaces are entered. */
function* placeOf(
  options: Options,
  target: string | undefined,
  files: Files,
): Running<(() => Running<void>) | undefined> {
  const [uid, gid] = [options.values.get('S'), options.values.get('G')];
  if (!options.has('r') && !options.has('w') && uid === undefined && gid === undefined) return undefined;
  const links = target === undefined ? '/proc/self' : `/proc/${target}`;
  const root = options.has('r') ? (files.get('r') ?? `${links}/root`) : undefined;
  const directory = options.has('w') ? (files.get('w') ?? (yield* sys.readlink(`${links}/cwd`))) : undefined;
  // The root of an entered mount namespace is the target's already.
  const entersMount = options.has('m') || options.has('a');
  return function* () {
    if (root !== undefined && !(entersMount && files.get('r') === undefined)) yield* sys.chroot(root);
    if (root !== undefined || directory !== undefined) yield* sys.chdir(directory ?? '/');
    yield* becomeUser(uid, gid);
  };
}

/** `-S` and `-G`: who gets another group has no others. util-linux: nsenter.c, unshare.c. */
function* becomeUser(uid: string | undefined, gid: string | undefined): Running<void> {
  if (gid !== undefined) yield* sys.setgroups([]);
  if (uid !== undefined || gid !== undefined) yield* sys.setuid(Number(uid ?? 0), Number(gid ?? 0));
}

export const unshare = (flavour: Flavour): Program =>
  function* unshareMain(argv, environment): Running {
    const { words, mountProc, propagation, killChild } = takeLongOnly(argv.slice(1));
    const options = parseOptions(words, '+CiunpmTUfrhR:w:S:G:', {
      ...long,
      'map-root-user': 'r',
      root: 'R',
      wd: 'w',
      setuid: 'S',
      setgid: 'G',
      help: 'h',
    });
    if (typeof options === 'string') return yield* refuseOptions('unshare', options, flavour);
    if (options.has('h')) {
      yield* print(unshareHelp);
      return 0;
    }
    if (killChild !== null && signalNumbers[killChild] === undefined) {
      yield* complain('unshare', `unknown signal: ${killChild.replace(/^SIG/, '')}`);
      return 1;
    }
    const wanted = kinds
      .filter(
        ([letter, kind]) =>
          options.has(letter) || (kind === 'mnt' && mountProc !== null) || (kind === 'user' && options.has('r')),
      )
      .map(([, kind]) => kind);
    try {
      if (wanted.length > 0) yield* sys.unshare(...wanted.map((kind): CloneFlag => cloneFlagOf[kind]));
    } catch (error) {
      const bits = wanted.reduce((sum, kind) => sum + flagBits[kind], 0).toString(16);
      yield* complain(
        'unshare',
        `${flavour === 'gnu' ? 'unshare failed' : `unshare(0x${bits})`}: ${errnoWords(error)}`,
      );
      return 1;
    }
    // util-linux makes the copy private, so that nothing that is mounted here shows outside.
    if (wanted.includes('mnt') && propagation !== 'unchanged') {
      yield* sys.mount('none', '/', '', [
        'MS_REC',
        propagation === 'shared' ? 'MS_SHARED' : propagation === 'slave' ? 'MS_SLAVE' : 'MS_PRIVATE',
      ]);
    }
    const before = function* (): Running<void> {
      if (killChild !== null) yield* sys.setParentDeathSignal(killChild);
      yield* furnish(options, mountProc);
    };
    return yield* start('unshare', options, options.has('f') || killChild !== null, environment, flavour, before);
  };

function* furnish(options: Options, mountProc: string | null): Running<void> {
  const { values } = options;
  const root = values.get('R');
  if (root !== undefined) yield* sys.chroot(root);
  const directory = values.get('w') ?? (root === undefined ? undefined : '/');
  if (directory !== undefined) yield* sys.chdir(directory);
  if (mountProc !== null) yield* mountNewProc(mountProc);
  yield* becomeUser(values.get('S'), values.get('G'));
}

interface LongOnly {
  readonly words: readonly string[];
  /** Where --mount-proc mounts; null without it. */
  readonly mountProc: string | null;
  readonly propagation: string;
  /** What the child gets when its parent dies; null without --kill-child. */
  readonly killChild: SignalName | null;
}

/** --mount-proc[=DIR], --propagation MODE and --kill-child have no letter. */
function takeLongOnly(all: readonly string[]): LongOnly {
  const words: string[] = [];
  let mountProc: string | null = null;
  let propagation = 'private';
  let killChild: SignalName | null = null;
  for (let at = 0; at < all.length; at += 1) {
    const word = all[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(...all.slice(at));
      break;
    }
    if (word === '--mount-proc' || word.startsWith('--mount-proc=')) mountProc = word.split('=')[1] ?? '/proc';
    else if (word.startsWith('--propagation=')) propagation = word.slice('--propagation='.length);
    else if (word === '--propagation') propagation = all[(at += 1)] ?? '';
    else if (word === '--kill-child') killChild = 'SIGKILL';
    else if (word.startsWith('--kill-child='))
      killChild = `SIG${word.slice('--kill-child='.length).toUpperCase().replace(/^SIG/, '')}` as SignalName;
    else {
      words.push(word);
      // Its value is no command.
      if (/^(?:-[RwSG]|--(?:root|wd|setuid|setgid))$/.test(word)) words.push(all[(at += 1)] ?? '');
    }
  }
  return { words, mountProc, propagation, killChild };
}

function* mountNewProc(path: string): Running<void> {
  yield* sys.mount('proc', path, 'proc', ['MS_NOSUID', 'MS_NOEXEC', 'MS_NODEV']);
}

/** Becomes the command, or the user's shell when none is given; in a child when a new pid namespace waits for one. */
function* start(
  name: string,
  options: Options,
  forks: boolean,
  environment: Environment,
  flavour: Flavour,
  before?: () => Running<void>,
): Running<number> {
  const shell = environment['SHELL'] ?? '/bin/sh';
  const command = options.operands.length > 0 ? options.operands : [shell];
  const enter = function* (): Running<number> {
    if (before !== undefined) {
      try {
        yield* before();
      } catch (error) {
        yield* complain(name, errnoWords(error));
        return 1;
      }
    }
    if (options.operands.length > 0) return yield* become(name, command, environment, flavour);
    try {
      return yield* sys.execve(shell, [`-${shell.split('/').at(-1) ?? ''}`], environment);
    } catch (error) {
      yield* complain(name, `failed to execute ${shell}: ${errnoWords(error)}`);
      return 127;
    }
  };
  if (!forks) return yield* enter();
  let child: number;
  try {
    child = yield* sys.fork(enter);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain(name, `fork failed: ${errnoWords(error)}`);
    return 1;
  }
  const status = yield* waitFor(child);
  if ('code' in status) return status.code;
  yield* sys.kill(yield* sys.getpid(), status.signal as SignalName);
  return 1;
}
