/** tar(1): makes, lists and unpacks archives. GNU tar on the host, busybox's in the images. */
import { O } from '../../kernel/abi.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readSome, writeAll } from '../io.ts';
import { endOfArchive } from '../tar/format.ts';
import type { TarMember } from '../tar/format.ts';
import { packing, packTree } from '../tar/pack.ts';
import { BrokenArchive, readArchive } from '../tar/read.ts';
import { RefusedMember, unpackMember } from '../tar/unpack.ts';
import { formatDate } from './calendar.ts';
import { modeText } from './ls.ts';
import { parseOptions, refuseOptions } from './options.ts';
import type { Flavour, Options } from './options.ts';

const letters = 'cxtf:C:vzphPkO';
const long: Readonly<Record<string, string>> = {
  create: 'c',
  extract: 'x',
  get: 'x',
  list: 't',
  file: 'f',
  directory: 'C',
  verbose: 'v',
  gzip: 'z',
  dereference: 'h',
  'absolute-names': 'P',
  'to-stdout': 'O',
  'preserve-permissions': 'p',
};

export const tar = (flavour: Flavour): Program =>
  function* tarMain(argv): Running {
    const options = parseOptions(dashed(argv.slice(1)), letters, long);
    if (typeof options === 'string') return yield* refuseOptions('tar', options, flavour, 2);
    if (options.has('z')) {
      yield* complain('glassdock', 'tar -z is not modelled yet: nothing here compresses');
      return 2;
    }
    const verbs = ['c', 'x', 't'].filter((letter) => options.has(letter));
    if (verbs.length !== 1) return yield* refuseVerbs(verbs.length, flavour);
    const isWriting = options.has('c');
    const file = options.values.get('f') ?? '-';
    if (isWriting && options.operands.length === 0) return yield* refuseEmpty(flavour);
    if (isWriting && file === '-' && (yield* sys.isatty(1))) return yield* refuseTerminal(flavour);
    let fd = isWriting ? 1 : 0;
    try {
      if (file !== '-') fd = yield* sys.open(file, isWriting ? O.WRONLY | O.CREAT | O.TRUNC : O.RDONLY, 0o644);
    } catch (error) {
      yield* cannot(flavour, file, 'open', error);
      return flavour === 'gnu' ? 2 : 1;
    }
    const directory = options.values.get('C');
    if (directory !== undefined) yield* sys.chdir(directory);
    return isWriting ? yield* create(fd, options, flavour) : yield* readBack(fd, options, flavour);
  };

/** The old way to write it: `tar xf FILE`. */
function dashed(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  if (first.startsWith('-') || !/^[cxt]|^[vfzphPO]+[cxt]/.test(first)) return words;
  const takesValue = (letter: string): boolean => letter === 'f' || letter === 'C';
  const valued = first.split('').filter(takesValue);
  const flags = first
    .split('')
    .filter((letter) => !takesValue(letter))
    .join('');
  const pairs = valued.flatMap((letter, at) => [`-${letter}`, rest[at] ?? '']);
  return [`-${flags}`, ...pairs, ...rest.slice(valued.length)];
}

function* create(fd: number, options: Options, flavour: Flavour): Running {
  let status = 0;
  let bytes = 0;
  const into = {
    ...(yield* packing(function* write(data) {
      bytes += data.length;
      yield* writeAll(fd, data);
    })),
    dereference: options.has('h'),
    hasPlainModes: true,
    ...(options.has('v') ? { told: (name: string) => print(`${name}\n`, fd === 1 ? 2 : 1) } : {}),
  };
  for (const path of options.operands) {
    const name = options.has('P') ? path : path.replace(/^\/+/, '');
    if (name !== path) yield* complain('tar', `${leadingSlash[flavour]} from member names`);
    try {
      yield* packTree(into, path, name === '' ? './' : name);
    } catch (error) {
      yield* cannot(flavour, path, 'stat', error);
      status = flavour === 'gnu' ? 2 : 1;
    }
  }
  yield* writeAll(fd, endOfArchive);
  // GNU tar writes whole records of twenty blocks.
  const over = (bytes + endOfArchive.length) % 10_240;
  if (flavour === 'gnu' && over > 0) yield* writeAll(fd, '\0'.repeat(10_240 - over));
  if (status > 0) yield* complain('tar', failed[flavour]);
  return status;
}

const leadingSlash = { gnu: "Removing leading `/'", busybox: "removing leading '/'" } as const;
const failed = {
  gnu: 'Exiting with failure status due to previous errors',
  busybox: 'error exit delayed from previous errors',
} as const;

const plain = { keepKinds: false, keepInside: false, removeAll: sys.rmdir } as const;

/** `t` and `x`: all members, or those that are named and what is in them. */
function* readBack(fd: number, options: Options, flavour: Flavour): Running {
  const wanted = options.operands.map((name) => name.replace(/\/+$/, ''));
  const found = new Set<string>();
  const isRoot = (yield* sys.getuid()) === 0;
  const here = yield* sys.getcwd();
  try {
    const lone = yield* readArchive(
      () => readSome(fd),
      flavour,
      function* take(member, content) {
        const match = wanted.find((name) => member.name === name || member.name.startsWith(`${name}/`));
        if (wanted.length > 0 && match === undefined) return;
        found.add(match ?? '');
        if (options.has('O') && !options.has('t')) yield* print(content);
        else if (options.has('t')) yield* print(`${options.has('v') ? longLine(member) : member.name}\n`);
        else {
          if (options.has('v')) yield* print(`${member.name}\n`);
          yield* unpackMember(here, member, content, { ...plain, keepOwner: isRoot });
        }
      },
    );
    if (lone !== null && flavour === 'gnu') yield* complain('tar', `A lone zero block at ${lone}`);
  } catch (error) {
    if (!(error instanceof BrokenArchive || error instanceof RefusedMember) && !isErrno(error)) throw error;
    yield* complain('tar', brokenWords(error, flavour));
    const isCut = error instanceof BrokenArchive && error.message === 'unexpected EOF';
    // Extracting, GNU tar looks for the end of the member once more.
    if (isCut && flavour === 'gnu' && !options.has('t')) yield* complain('tar', brokenWords(error, flavour));
    if (flavour === 'gnu') yield* complain('tar', isCut ? 'Error is not recoverable: exiting now' : failed.gnu);
    return flavour === 'gnu' ? 2 : 1;
  }
  const missing = wanted.filter((name) => !found.has(name));
  for (const name of missing)
    yield* complain('tar', flavour === 'gnu' ? `${name}: Not found in archive` : `${name}: not found in archive`);
  if (missing.length > 0) yield* complain('tar', failed[flavour]);
  return missing.length > 0 ? (flavour === 'gnu' ? 2 : 1) : 0;
}

function brokenWords(error: unknown, flavour: Flavour): string {
  if (error instanceof RefusedMember) return error.message;
  if (!(error instanceof BrokenArchive)) return errnoWords(error);
  if (error.message === 'unexpected EOF') return flavour === 'gnu' ? 'Unexpected EOF in archive' : 'short read';
  return flavour === 'gnu' ? 'This does not look like a tar archive' : 'invalid tar magic';
}

/** `-rw-r--r-- root/root         3 2026-11-24 02:40 tmp/new`. */
function longLine(member: TarMember): string {
  const { type, mode, uid, gid, size, modifiedSeconds, name, target } = member;
  const owner = (id: number): string => (id === 0 ? 'root' : String(id));
  const owners = `${owner(uid)}/${owner(gid)}`;
  const when = formatDate('%Y-%m-%d %H:%M', modifiedSeconds, 0);
  const arrow = type === 'symlink' ? ` -> ${target}` : type === 'hard link' ? ` link to ${target}` : '';
  const bits = type === 'hard link' ? `h${modeText({ type: 'file', mode }).slice(1)}` : modeText({ type, mode });
  return `${bits} ${owners} ${String(size).padStart(Math.max(0, 19 - owners.length - 1))} ${when} ${name}${arrow}`;
}

function* cannot(flavour: Flavour, path: string, what: 'open' | 'stat', error: unknown): Running<void> {
  const words = errnoWords(error);
  if (flavour === 'busybox')
    yield* complain('tar', what === 'open' ? `can't open '${path}': ${words}` : `${path}: ${words}`);
  else {
    yield* complain('tar', `${path}: Cannot ${what}: ${words}`);
    if (what === 'open') yield* complain('tar', 'Error is not recoverable: exiting now');
  }
}

function* refuseVerbs(count: number, flavour: Flavour): Running {
  if (flavour === 'busybox') {
    yield* print('BusyBox: tar needs exactly one of -c, -x and -t\n', 2);
    return 1;
  }
  const words =
    count === 0
      ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
      : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option";
  return yield* refuseOptions('tar', words, 'gnu', 2);
}

function* refuseEmpty(flavour: Flavour): Running {
  if (flavour === 'gnu') return yield* refuseOptions('tar', 'Cowardly refusing to create an empty archive', 'gnu', 2);
  yield* complain('tar', 'empty archive');
  return 1;
}

function* refuseTerminal(flavour: Flavour): Running {
  yield* complain('tar', 'Refusing to write archive contents to terminal (missing -f option?)');
  if (flavour === 'gnu') yield* complain('tar', 'Error is not recoverable: exiting now');
  return 2;
}
