/** nsenter(1) and unshare(1) of util-linux, and busybox's words for the same. */
import type { NamespaceKind } from '../../journal/event.ts';
import {
  cloneFlagOf,
  O,
  type CloneFlag,
  type Environment,
  type Program,
  type Running,
  type SignalName,
} from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import { waitFor } from '../spawn.ts';
import { become } from './everyday-tools.ts';
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

export const nsenter = (flavour: Flavour): Program =>
  function* nsenterMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), '+t:aCiunpmTUFrwSG', {
      ...long,
      target: 't',
      all: 'a',
      'no-fork': 'F',
      root: 'r',
      wd: 'w',
    });
    if (typeof options === 'string') return yield* refuseOptions('nsenter', options, flavour);
    const target = options.values.get('t');
    const wanted = kinds.filter(([letter]) => options.has('a') || options.has(letter));
    if (target === undefined && wanted.length > 0) {
      yield* complain('nsenter', 'neither filename nor target pid supplied for ns/' + (wanted[0]?.[1] ?? ''));
      return 1;
    }
    const opened: { readonly kind: NamespaceKind; readonly fd: number }[] = [];
    for (const [, kind] of wanted) {
      const path = `/proc/${target}/ns/${kind}`;
      try {
        // What --all would not change is left alone, as util-linux does.
        if (options.has('a') && (yield* sys.stat(path)).inode === (yield* sys.stat(`/proc/self/ns/${kind}`)).inode)
          continue;
        opened.push({ kind, fd: yield* sys.open(path, O.RDONLY | O.CLOEXEC) });
      } catch (error) {
        const what = options.has('a') ? `stat of ${path} failed` : `cannot open ${path}`;
        yield* complain('nsenter', `${what}: ${errnoWords(error)}`);
        return 1;
      }
    }
    for (const { kind, fd } of opened) {
      try {
        yield* sys.setns(fd, kind);
      } catch (error) {
        const what = flavour === 'gnu' ? `reassociate to namespace 'ns/${kind}' failed` : `setns(${kind})`;
        yield* complain('nsenter', `${what}: ${errnoWords(error)}`);
        return 1;
      }
    }
    return yield* start(
      'nsenter',
      options,
      opened.some(({ kind }) => kind === 'pid') && !options.has('F'),
      environment,
      flavour,
    );
  };

export const unshare = (flavour: Flavour): Program =>
  function* unshareMain(argv, environment): Running {
    const { words, mountProc, propagation } = takeLongOnly(argv.slice(1));
    const options = parseOptions(words, '+CiunpmTUfr', { ...long, 'map-root-user': 'r' });
    if (typeof options === 'string') return yield* refuseOptions('unshare', options, flavour);
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
    const before = mountProc === null ? undefined : () => mountNewProc(mountProc);
    return yield* start('unshare', options, options.has('f'), environment, flavour, before);
  };

interface LongOnly {
  readonly words: readonly string[];
  /** Where --mount-proc mounts; null without it. */
  readonly mountProc: string | null;
  readonly propagation: string;
}

/** --mount-proc[=DIR], --propagation MODE and --kill-child have no letter. */
function takeLongOnly(all: readonly string[]): LongOnly {
  const words: string[] = [];
  let mountProc: string | null = null;
  let propagation = 'private';
  for (let at = 0; at < all.length; at += 1) {
    const word = all[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(...all.slice(at));
      break;
    }
    if (word === '--mount-proc' || word.startsWith('--mount-proc=')) mountProc = word.split('=')[1] ?? '/proc';
    else if (word.startsWith('--propagation=')) propagation = word.slice('--propagation='.length);
    else if (word === '--propagation') propagation = all[(at += 1)] ?? '';
    else if (!word.startsWith('--kill-child')) words.push(word);
  }
  return { words, mountProc, propagation };
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
    if (before !== undefined) yield* before();
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
