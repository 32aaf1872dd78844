/** unshare(1) of util-linux, and busybox's words for the same. */
import type { NamespaceKind } from '../../journal/event.ts';
import {
  cloneFlagOf,
  signalNumbers,
  type CloneFlag,
  type Environment,
  type Program,
  type Running,
  type SignalName,
} from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { becomeUser, idsOf, kinds, long, orRefuse, Refusal, start, unlessRefused } from './namespace-command.ts';
import { unshareHelp } from './namespace-help.ts';
import { childOutside } from './unshare-child.ts';
import { idWishes, mapOwn, mapperOutside, mapsAnybody, needsMapper, type MapWords } from './unshare-maps.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';

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

const propagations: Readonly<Record<string, string | null>> = {
  private: 'MS_PRIVATE',
  shared: 'MS_SHARED',
  slave: 'MS_SLAVE',
  unchanged: null,
};

/** The program, in either family's words. */
export const unshare = (flavour: Flavour): Program =>
  function* unshareMain(argv, environment): Running {
    const wishes = takeLongOnly(argv.slice(1));
    const options = parseOptions(wishes.words, '+CiunpmTUfrchR:w:S:G:', {
      ...long,
      fork: 'f',
      root: 'R',
      'map-root-user': 'r',
      'map-current-user': 'c',
    });
    if (typeof options === 'string') return yield* refuseOptions('unshare', options, flavour);
    if (options.has('h')) {
      yield* print(unshareHelp);
      return 0;
    }
    return yield* unlessRefused('unshare', () => leave(wishes, options, environment, flavour));
  };

function* leave(wishes: LongOnly, options: Options, environment: Environment, flavour: Flavour): Running {
  const { mountProc, killChild, files } = wishes;
  const becoming = idsOf(options);
  const propagation = propagations[wishes.propagation];
  if (propagation === undefined) throw new Refusal(`unsupported propagation mode: ${wishes.propagation}`);
  if (killChild !== null && signalNumbers[killChild] === undefined)
    throw new Refusal(`unknown signal: ${killChild.replace(/^SIG/, '')}`);
  const ids = wishedIds(options, wishes.maps);
  const wished = yield* idWishes(ids);
  const implied = new Set([...(mountProc === null ? [] : ['mnt']), ...(mapsAnybody(ids) ? ['user'] : [])]);
  const wanted = kinds.filter(([letter, kind]) => options.has(letter) || implied.has(kind)).map(([, kind]) => kind);
  // What is mounted in a mount namespace of one's own is not to be seen outside: somebody who stays there does it.
  const own = yield* sys.getpid();
  const keeps = function* (): Running<void> {
    for (const [kind, path] of files) yield* keep(own, kind, path);
  };
  const keeper = files.size > 0 && wanted.includes('mnt') ? yield* childOutside(keeps) : null;
  const mapper = needsMapper(wished) ? yield* mapperOutside(wished) : null;
  if (wanted.length > 0) {
    const bits = wanted.reduce((sum, kind) => sum + flagBits[kind], 0).toString(16);
    yield* orRefuse(
      flavour === 'gnu' ? 'unshare failed' : `unshare(0x${bits})`,
      sys.unshare(...wanted.map((kind): CloneFlag => cloneFlagOf[kind])),
    );
  }
  if (mapper !== null) yield* mapper();
  return yield* start({
    name: 'unshare',
    operands: options.operands,
    environment,
    flavour,
    forks: options.has('f') || killChild !== null,
    before: function* () {
      if (killChild !== null) yield* sys.setParentDeathSignal(killChild);
      yield* mapOwn(wished);
      // util-linux makes the copy private, so that nothing that is mounted here shows outside.
      if (wanted.includes('mnt') && propagation !== null) yield* sys.mount('none', '/', '', ['MS_REC', propagation]);
      yield* settle(options, mountProc);
      yield* becomeUser(becoming);
    },
    meanwhile: keeper ?? keeps,
  });
}

/** `-r` and `-c` beside the long options. */
function wishedIds(options: Options, maps: MapWords): MapWords {
  const short = [...(options.has('r') ? ['map-root-user'] : []), ...(options.has('c') ? ['map-current-user'] : [])];
  return new Map([...maps, ...short.map((name) => [name, ''] as const)]);
}

/** `--uts=FILE`: the namespace is kept by a mount of its file, though nobody is left in it. */
function* keep(pid: number, kind: NamespaceKind, path: string): Running<void> {
  const own = `/proc/${pid}/ns/${kind === 'pid' ? 'pid_for_children' : kind}`;
  yield* orRefuse(`mount ${own} on ${path} failed`, sys.mount(own, path, '', ['MS_BIND']));
}

function* settle(options: Options, mountProc: string | null): Running<void> {
  const { values } = options;
  const root = values.get('R');
  if (root !== undefined) yield* orRefuse(`cannot change root directory to '${root}'`, sys.chroot(root));
  const directory = values.get('w') ?? (root === undefined ? undefined : '/');
  if (directory !== undefined) yield* orRefuse(`cannot chdir to '${directory}'`, sys.chdir(directory));
  if (mountProc !== null)
    yield* orRefuse(
      `mount ${mountProc} failed`,
      sys.mount('proc', mountProc, 'proc', ['MS_NOSUID', 'MS_NOEXEC', 'MS_NODEV']),
    );
}

interface LongOnly {
  readonly words: readonly string[];
  /** Where --mount-proc mounts; null without it. */
  readonly mountProc: string | null;
  readonly propagation: string;
  /** What the child gets when its parent dies; null without --kill-child. */
  readonly killChild: SignalName | null;
  /** Where namespaces are kept. */
  readonly files: ReadonlyMap<NamespaceKind, string>;
  readonly maps: MapWords;
}

/** What has no letter: --mount-proc[=DIR], --propagation MODE, --kill-child, --map-…, and the file of `--net=FILE`. */
function takeLongOnly(all: readonly string[]): LongOnly {
  const words: string[] = [];
  let mountProc: string | null = null;
  let propagation = 'private';
  let killChild: SignalName | null = null;
  const files = new Map<NamespaceKind, string>();
  const maps = new Map<string, string>();
  for (let at = 0; at < all.length; at += 1) {
    const word = all[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(...all.slice(at));
      break;
    }
    const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
    const kind = kinds.find(([letter]) => letter === long[name])?.[1];
    if (kind !== undefined && value !== undefined) {
      files.set(kind, value);
      words.push(`--${name}`);
    } else if (name === 'mount-proc') mountProc = value ?? '/proc';
    else if (name === 'map-auto') maps.set(name, '');
    else if (/^(?:map-(?:user|group)s?|setgroups)$/.test(name)) maps.set(name, value ?? all[(at += 1)] ?? '');
    else if (name === 'propagation') propagation = value ?? all[(at += 1)] ?? '';
    else if (name === 'kill-child')
      killChild = `SIG${(value ?? 'KILL').toUpperCase().replace(/^SIG/, '')}` as SignalName;
    else {
      words.push(word);
      // Its value is no command.
      if (/^(?:-[RwSG]|--(?:root|wd|setuid|setgid))$/.test(word)) words.push(all[(at += 1)] ?? '');
    }
  }
  return { words, mountProc, propagation, killChild, files, maps };
}
