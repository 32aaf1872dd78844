/** Tools that change the file tree: mkdir, rmdir, rm, ln, touch, chmod, chown, chgrp. */
import { O, type Program, type Running, type Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, statIfAny } from '../io.ts';
import { changeEach } from './change-each.ts';
import { remove } from './remove.ts';
import { numberOfName, readAccounts } from './accounts.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

/** coreutils' quotation marks in a UTF-8 locale, and busybox's. */
function named(path: string, flavour: Flavour): string {
  return flavour === 'gnu' ? quoted(path) : `'${path}'`;
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
      yield* complain(name, say(path, words));
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
    const ofGnu = flavour === 'gnu' ? { 'no-preserve-root': '/', 'preserve-root': 'p' } : {};
    const long = { force: 'f', recursive: 'r', verbose: 'v', ...ofGnu };
    const options = parseOptions(argv.slice(1), 'dfirRv', long);
    if (typeof options === 'string') return yield* refuseOptions('rm', options, flavour);
    const isRecursive = options.has('r') || options.has('R');
    if (options.operands.length === 0 && !options.has('f'))
      return yield* refuseOptions('rm', 'missing operand', flavour);
    if (isRecursive && flavour === 'gnu' && !options.has('/') && options.operands.some((path) => /^\/+$/.test(path))) {
      yield* complain('rm', "it is dangerous to operate recursively on '/'");
      yield* complain('rm', 'use --no-preserve-root to override this failsafe');
      return 1;
    }
    const removal = { name: 'rm', isRecursive, isForced: options.has('f'), flavour };
    let status = 0;
    for (const path of options.operands) if (!(yield* remove(path, removal))) status = 1;
    return status;
  };

/** Where an operand goes: into the target when that is a directory. */
function* destination(source: string, target: string): Running<string> {
  const stat = yield* statIfAny(target);
  return stat?.type === 'directory'
    ? `${target.replace(/\/+$/, '')}/${source.replace(/\/+$/, '').split('/').at(-1) ?? ''}`
    : target;
}

function* unlinkIfAny(path: string): Running<void> {
  try {
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Whether there is something to make a hard link to. */
function* isThere(path: string, flavour: Flavour): Running<boolean> {
  try {
    yield* sys.lstat(path);
    return true;
  } catch (error) {
    yield* complain('ln', `${flavour === 'gnu' ? `failed to access '${path}'` : path}: ${errnoWords(error)}`);
    return false;
  }
}

export const ln = (flavour: Flavour): Program =>
  function* lnMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'fnsTv', { symbolic: 's', force: 'f' });
    if (typeof options === 'string') return yield* refuseOptions('ln', options, flavour);
    const [first, second = first?.split('/').at(-1)] = options.operands;
    if (first === undefined || second === undefined) return yield* refuseOptions('ln', 'missing file operand', flavour);
    const kind = options.has('s') ? 'symbolic link' : 'hard link';
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `failed to create ${kind} '${path}': ${words}` : `${path}: ${words}`;
    if (!options.has('s') && !(yield* isThere(first, flavour))) return 1;
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
    const { isRecursive, operands } = ownershipWords(argv);
    const [mode, ...paths] = operands;
    if (mode === undefined || paths.length === 0) return yield* refuseOptions('chmod', 'missing operand', flavour);
    if (!/^[0-7]{1,4}$/.test(mode) && !/^([ugoa]*[-+=][rwxXst]*,?)+$/.test(mode))
      return yield* refuseOptions('chmod', `invalid mode: ${named(mode, flavour)}`, flavour);
    const act = (path: string, stat: Stat): Running<void> => sys.chmod(path, changedMode(stat, mode));
    return yield* changeEach(paths, { name: 'chmod', flavour, isRecursive, act });
  };

/** `-R` and the operands; what else there is changes no file. */
function ownershipWords(argv: readonly string[]): {
  readonly isRecursive: boolean;
  readonly operands: readonly string[];
} {
  const words = argv.slice(1);
  const isOption = (word: string): boolean => /^-[RvcfhHLP]+$|^--(?:recursive|verbose)?$/.test(word);
  return {
    isRecursive: words.some((word) => word === '--recursive' || /^-[vcfhHLP]*R[vcfhHLP]*$/.test(word)),
    operands: words.filter((word) => !isOption(word)),
  };
}

/** `755`, `u+x`, `go-w`, `a=r,u+w` */
export function changedMode({ mode, type }: Pick<Stat, 'mode' | 'type'>, text: string): number {
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
    const { isRecursive, operands } = ownershipWords(argv);
    const [owner, ...paths] = operands;
    if (owner === undefined || paths.length === 0)
      return yield* refuseOptions('chown', flavour === 'gnu' ? missing(operands) : 'missing operand', flavour);
    const [user = '', group] = owner.split(/[:.]/);
    const { users, groups } = yield* readAccounts();
    const uid = numberOf(user, users);
    const gid = numberOf(group ?? '', groups);
    if (uid === undefined || gid === undefined) {
      const kind = uid === undefined ? 'user' : 'group';
      const who = uid === undefined ? user : (group ?? '');
      yield* complain(
        'chown',
        flavour === 'gnu' ? `invalid ${kind}: ${named(owner, flavour)}` : `unknown ${kind} ${who}`,
      );
      return 1;
    }
    const act = (path: string): Running<void> => sys.chown(path, uid ?? -1, gid ?? -1);
    return yield* changeEach(paths, { name: 'chown', flavour, isRecursive, act });
  };

/** chgrp(1) of coreutils. */
export const chgrp: Program = function* chgrpMain(argv): Running {
  const { isRecursive, operands } = ownershipWords(argv);
  const [group, ...paths] = operands;
  if (group === undefined || paths.length === 0) return yield* refuseOptions('chgrp', missing(operands), 'gnu');
  const gid = numberOf(group, (yield* readAccounts()).groups);
  if (gid === undefined) {
    yield* complain('chgrp', `invalid group: ${quoted(group)}`);
    return 1;
  }
  const act = (path: string): Running<void> => sys.chown(path, -1, gid ?? -1);
  return yield* changeEach(paths, { name: 'chgrp', flavour: 'gnu', isRecursive, act });
};

/** coreutils' words for operands that are not there. */
function missing(operands: readonly string[]): string {
  const last = operands.at(-1);
  return last === undefined ? 'missing operand' : `missing operand after ${quoted(last)}`;
}

/** Null for nothing said; undefined for a name that nobody has. */
function numberOf(name: string, known: ReadonlyMap<number, string>): number | null | undefined {
  if (name === '') return null;
  return numberOfName(name, known) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
}
