/** Tools that change the file tree: mkdir, rmdir, rm, cp, mv, ln, touch, chmod, chown. */
import { O, type Program, type Running, type Stat } from '../../kernel/abi.ts';
import { Errno, isErrno, type ErrnoName } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, readSome, writeAll } from '../io.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

/** coreutils' quotation marks in a UTF-8 locale, and busybox's. */
function named(path: string, flavour: Flavour): string {
  return flavour === 'gnu' ? quoted(path) : `'${path}'`;
}

/** A copy that cannot be made or has no room: what tools have other words for than for a source that is not there. */
class CopyFailure extends Errno {
  readonly what: string;
  constructor(what: string, errno: ErrnoName) {
    super(errno);
    this.what = what;
  }
}

/** Does something to each operand; a failure is complained about and the rest goes on. Returns the exit code. */
function* forEach(
  name: string,
  paths: readonly string[],
  say: (path: string, words: string) => string,
  body: (path: string) => Running<boolean | void>,
): Running<number> {
  let status = 0;
  for (const path of paths) {
    try {
      if ((yield* body(path)) === false) status = 1;
    } catch (error) {
      if (!isErrno(error)) throw error;
      const words = errnoWords(error);
      yield* complain(name, error instanceof CopyFailure ? `${error.what}: ${words}` : say(path, words));
      status = 1;
    }
  }
  return status;
}

export const mkdir = (flavour: Flavour): Program =>
  function* mkdirMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'm:pv', { parents: 'p', mode: 'm', verbose: 'v' });
    if (typeof options === 'string') return yield* refuseOptions('mkdir', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('mkdir', 'missing operand', flavour);
    const mode = Number.parseInt(options.values.get('m') ?? '777', 8);
    const say = (path: string, words: string): string =>
      flavour === 'gnu'
        ? `cannot create directory ${named(path, flavour)}: ${words}`
        : `can't create directory '${path}': ${words}`;
    return yield* forEach('mkdir', options.operands, say, (path) =>
      options.has('p') ? makeParents(path, mode) : sys.mkdir(path, mode),
    );
  };

function* makeParents(path: string, mode: number): Running<void> {
  const parts = path.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const prefix = parts.slice(0, length).join('/');
    if (prefix === '' || prefix === '.') continue;
    try {
      yield* sys.mkdir(prefix, length === parts.length ? mode : 0o777);
    } catch (error) {
      if (!isErrno(error, 'EEXIST', 'EROFS') || (yield* sys.stat(prefix)).type !== 'directory') throw error;
    }
  }
}

export const rmdir = (flavour: Flavour): Program =>
  function* rmdirMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'p', {});
    if (typeof options === 'string') return yield* refuseOptions('rmdir', options, flavour);
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `failed to remove '${path}': ${words}` : `'${path}': ${words}`;
    return yield* forEach('rmdir', options.operands, say, sys.rmdir);
  };

export const rm = (flavour: Flavour): Program =>
  function* rmMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'dfirRv', { force: 'f', recursive: 'r', verbose: 'v' });
    if (typeof options === 'string') return yield* refuseOptions('rm', options, flavour);
    const isRecursive = options.has('r') || options.has('R');
    if (options.operands.length === 0 && !options.has('f'))
      return yield* refuseOptions('rm', 'missing operand', flavour);
    if (isRecursive && flavour === 'gnu' && options.operands.some((path) => /^\/+$/.test(path))) {
      yield* complain('rm', "it is dangerous to operate recursively on '/'");
      yield* complain('rm', 'use --no-preserve-root to override this failure');
      return 1;
    }
    const removal = { name: 'rm', isRecursive, isForced: options.has('f'), flavour };
    let status = 0;
    for (const path of options.operands) if (!(yield* remove(path, removal))) status = 1;
    return status;
  };

interface Removal {
  /** Who says what cannot go. */
  readonly name: string;
  readonly isRecursive: boolean;
  readonly isForced: boolean;
  readonly flavour: Flavour;
}

/** What cannot go is complained of, and the rest goes; a directory that keeps something is let be. False then. */
function* remove(path: string, removal: Removal): Running<boolean> {
  const { name, isRecursive, isForced, flavour } = removal;
  try {
    const { type } = yield* sys.lstat(path);
    if (type === 'directory' && isRecursive) {
      let isEmpty = true;
      for (const entry of yield* sys.readdir(path))
        if (!(yield* remove(`${path.replace(/\/+$/, '')}/${entry.name}`, removal))) isEmpty = false;
      if (!isEmpty) return false;
      yield* sys.rmdir(path);
    } else yield* sys.unlink(path);
    return true;
  } catch (error) {
    if (isForced && isErrno(error, 'ENOENT', 'ENOTDIR')) return true;
    const words = errnoWords(error);
    const complaint =
      words === 'Is a directory' && flavour === 'busybox'
        ? `'${path}' is a directory`
        : `${flavour === 'gnu' ? 'cannot' : "can't"} remove '${path}': ${words}`;
    yield* complain(name, complaint);
    return false;
  }
}

/** Where an operand goes: into the target when that is a directory. */
function* destination(source: string, target: string): Running<string> {
  const stat = yield* statIfAny(target);
  return stat?.type === 'directory'
    ? `${target.replace(/\/+$/, '')}/${source.replace(/\/+$/, '').split('/').at(-1) ?? ''}`
    : target;
}

function* statIfAny(path: string): Running<Stat | null> {
  try {
    return yield* sys.stat(path);
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

export const cp = (flavour: Flavour): Program =>
  function* cpMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'adfilLnpPrRvT', {
      recursive: 'r',
      archive: 'a',
      force: 'f',
      preserve: 'p',
      verbose: 'v',
    });
    if (typeof options === 'string') return yield* refuseOptions('cp', options, flavour);
    const target = options.operands.at(-1);
    if (target === undefined || options.operands.length < 2)
      return yield* refuseOptions(
        'cp',
        target === undefined ? 'missing file operand' : `missing destination file operand after '${target}'`,
        flavour,
      );
    const isRecursive = options.has('r') || options.has('R') || options.has('a');
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot stat '${path}': ${words}` : `can't stat '${path}': ${words}`;
    let omitted = 0;
    const status = yield* forEach('cp', options.operands.slice(0, -1), say, function* (path): Running<void> {
      if ((yield* sys.stat(path)).type === 'directory' && !isRecursive) {
        yield* complain(
          'cp',
          flavour === 'gnu' ? `-r not specified; omitting directory '${path}'` : `omitting directory '${path}'`,
        );
        omitted = 1;
        return;
      }
      yield* copyTree(path, yield* destination(path, target), { isRecursive, isMove: false, flavour });
    });
    return status === 0 ? omitted : status;
  };

interface Copy {
  /** What is no plain file is made anew; else it is read, or followed. */
  readonly isRecursive: boolean;
  readonly isMove: boolean;
  readonly flavour: Flavour;
}

function* copyTree(from: string, to: string, copy: Copy): Running<void> {
  const { isRecursive, flavour } = copy;
  const stat = isRecursive ? yield* sys.lstat(from) : yield* sys.stat(from);
  if (stat.type === 'symlink') {
    yield* sys.symlink(yield* sys.readlink(from), to);
    return;
  }
  if (stat.type === 'directory') {
    if (!(yield* statIfAny(to))) yield* sys.mkdir(to, stat.mode & 0o7777);
    for (const { name } of yield* sys.readdir(from)) yield* copyTree(`${from}/${name}`, `${to}/${name}`, copy);
    return;
  }
  if (isRecursive && (stat.type === 'fifo' || stat.type === 'character' || stat.type === 'block')) {
    yield* makeSpecial({ ...stat, type: stat.type }, to, copy);
    return;
  }
  const input = yield* sys.open(from, O.RDONLY);
  const output = yield* sys.open(to, O.WRONLY | O.CREAT | O.TRUNC, stat.mode & 0o777);
  try {
    for (let part = yield* readSome(input); part !== ''; part = yield* readSome(input)) yield* writeAll(output, part);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
    throw new CopyFailure(flavour === 'gnu' ? `error writing '${to}'` : 'write error', error.errno);
  }
  yield* sys.close(input);
  yield* sys.close(output);
}

/**
 * A fifo or a device is made again, not read. GNU and every mv do so in the place of a file that is there; busybox's cp
 * does not. coreutils: copy_internal(); busybox: copy_file.c.
 */
function* makeSpecial(
  { type, mode, rdev }: Stat & { readonly type: 'fifo' | 'character' | 'block' },
  to: string,
  { isMove, flavour }: Copy,
): Running<void> {
  if (flavour === 'gnu' || isMove) yield* unlinkIfAny(to);
  try {
    if (type === 'fifo') yield* sys.mkfifo(to, mode & 0o7777);
    else yield* sys.mknod(to, type, mode & 0o7777, rdev.major, rdev.minor);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const kind = type === 'fifo' ? 'fifo' : 'special file';
    throw new CopyFailure(flavour === 'gnu' ? `cannot create ${kind} '${to}'` : `can't create '${to}'`, error.errno);
  }
  if (isMove) yield* sys.chmod(to, mode & 0o7777);
}

function* unlinkIfAny(path: string): Running<void> {
  try {
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

export const mv = (flavour: Flavour): Program =>
  function* mvMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'finTv', { force: 'f' });
    if (typeof options === 'string') return yield* refuseOptions('mv', options, flavour);
    const target = options.operands.at(-1);
    if (target === undefined || options.operands.length < 2)
      return yield* refuseOptions('mv', 'missing file operand', flavour);
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot stat '${path}': ${words}` : `can't rename '${path}': ${words}`;
    return yield* forEach('mv', options.operands.slice(0, -1), say, function* (path): Running<boolean> {
      yield* sys.lstat(path);
      const to = yield* destination(path, target);
      try {
        yield* sys.rename(path, to);
        return true;
      } catch (error) {
        if (!isErrno(error, 'EXDEV')) throw error;
        yield* copyTree(path, to, { isRecursive: true, isMove: true, flavour });
        return yield* remove(path, { name: 'mv', isRecursive: true, isForced: false, flavour });
      }
    });
  };

export const ln = (flavour: Flavour): Program =>
  function* lnMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'fnsTv', { symbolic: 's', force: 'f' });
    if (typeof options === 'string') return yield* refuseOptions('ln', options, flavour);
    const [first, second = first?.split('/').at(-1)] = options.operands;
    if (first === undefined || second === undefined) return yield* refuseOptions('ln', 'missing file operand', flavour);
    const kind = options.has('s') ? 'symbolic link' : 'hard link';
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `failed to create ${kind} '${path}': ${words}` : `${path}: ${words}`;
    const to = options.has('n') || options.has('T') ? second : yield* destination(first, second);
    return yield* forEach('ln', [to], say, function* (path): Running<void> {
      if (options.has('f')) yield* unlinkIfAny(path);
      yield* options.has('s') ? sys.symlink(first, path) : sys.link(first, path);
    });
  };

export const touch = (flavour: Flavour): Program =>
  function* touchMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'acd:hmr:t:', { 'no-create': 'c', date: 'd' });
    if (typeof options === 'string') return yield* refuseOptions('touch', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('touch', 'missing file operand', flavour);
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot touch '${path}': ${words}` : `${path}: ${words}`;
    return yield* forEach('touch', options.operands, say, function* (path): Running<void> {
      try {
        yield* sys.utimens(path);
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error;
        if (!options.has('c')) yield* sys.close(yield* sys.open(path, O.WRONLY | O.CREAT));
      }
    });
  };

export const chmod = (flavour: Flavour): Program =>
  function* chmodMain(argv): Running {
    const [mode, ...paths] = argv.slice(1).filter((word) => word !== '-R' && word !== '-v' && word !== '--');
    if (mode === undefined || paths.length === 0) return yield* refuseOptions('chmod', 'missing operand', flavour);
    if (!/^[0-7]{1,4}$/.test(mode) && !/^([ugoa]*[-+=][rwxXst]*,?)+$/.test(mode))
      return yield* refuseOptions('chmod', `invalid mode: ${named(mode, flavour)}`, flavour);
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot access '${path}': ${words}` : `${path}: ${words}`;
    return yield* forEach('chmod', paths, say, function* (path): Running<void> {
      yield* sys.chmod(path, changedMode(yield* sys.stat(path), mode));
    });
  };

/** `755`, `u+x`, `go-w`, `a=r,u+w` */
export function changedMode({ mode, type }: Stat, text: string): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  let result = mode & 0o7777;
  for (const clause of text.split(',')) {
    const [, who = '', operator, letters = ''] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
    const hasX = (result & 0o111) !== 0 || type === 'directory';
    const bits =
      (letters.includes('r') ? 4 : 0) |
      (letters.includes('w') ? 2 : 0) |
      (letters.includes('x') || (letters.includes('X') && hasX) ? 1 : 0);
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes(letter) && !who.includes('a')) continue;
      if (operator === '=') result &= ~(7 << shift);
      if (operator === '-') result &= ~(bits << shift);
      else result |= bits << shift;
    }
    if (letters.includes('t')) result = operator === '-' ? result & ~0o1000 : result | 0o1000;
  }
  return result;
}

export const chown = (flavour: Flavour): Program =>
  function* chownMain(argv): Running {
    const [owner, ...paths] = argv.slice(1).filter((word) => word !== '-R' && word !== '-h' && word !== '--');
    if (owner === undefined || paths.length === 0) return yield* refuseOptions('chown', 'missing operand', flavour);
    const [user = '', group] = owner.split(/[:.]/);
    const numberOf = (name: string | undefined): number =>
      name === undefined || name === '' ? -1 : name === 'root' ? 0 : Number(name);
    if (Number.isNaN(numberOf(user)) || Number.isNaN(numberOf(group))) {
      return yield* refuseOptions(
        'chown',
        flavour === 'gnu' ? `invalid user: ${named(owner, flavour)}` : `unknown user ${user}`,
        'busybox',
      );
    }
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot access '${path}': ${words}` : `${path}: ${words}`;
    return yield* forEach('chown', paths, say, function* (path): Running<void> {
      const { uid, gid } = yield* sys.stat(path);
      yield* sys.chown(
        path,
        numberOf(user) === -1 ? uid : numberOf(user),
        numberOf(group) === -1 ? gid : numberOf(group),
      );
    });
  };
