/** Copying files and trees, for cp and for mv to another file system. coreutils: copy.c; busybox: libbb/copy_file.c. */
import { O, type Running, type Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readSome, writeAll } from '../io.ts';
import type { Flavour } from './options.ts';

export interface Copy {
  readonly name: 'cp' | 'mv';
  readonly flavour: Flavour;
  /** What is no plain file is made anew; else it is read, or followed. */
  readonly isRecursive: boolean;
  /** A link named on the command line is one. */
  readonly keepsLinks: boolean;
  readonly isVerbose: boolean;
  /** `-n`: what is there stays. */
  readonly keepsOld: boolean;
  /** `-i`: asks before it overwrites. */
  readonly asks: boolean;
  readonly isForced: boolean;
}

/** `cannot stat 'x'`, or busybox's `can't stat 'x'`. */
export function cannot(flavour: Flavour, what: string): string {
  return `${flavour === 'gnu' ? 'cannot' : "can't"} ${what}`;
}

/** Whether a failure's words are said; anything else is thrown on. Always false. */
export function* failed(name: string, what: string, error: unknown): Running<false> {
  yield* complain(name, `${what}: ${errnoWords(error)}`);
  return false;
}

/** Copies what is at `from`; what fails is complained of and the rest goes on. Whether all went well. */
export function* copyTree(from: string, to: string, copy: Copy, isNamed = true): Running<boolean> {
  const { name, flavour, isRecursive, keepsLinks } = copy;
  let stat: Stat;
  try {
    stat = (isNamed && !keepsLinks) || !isRecursive ? yield* sys.stat(from) : yield* sys.lstat(from);
  } catch (error) {
    return yield* failed(name, cannot(flavour, `stat '${from}'`), error);
  }
  if (stat.type === 'directory' && !isRecursive) {
    yield* complain(name, `${flavour === 'gnu' ? '-r not specified; ' : ''}omitting directory '${from}'`);
    return false;
  }
  let old: Stat | null;
  try {
    old = yield* statAt(to, stat.type === 'symlink');
  } catch (error) {
    return yield* failed(name, cannot(flavour, `stat '${to}'`), error);
  }
  if (old !== null) {
    const goesOn = yield* mayReplace({ from, to, stat, old }, copy);
    if (goesOn !== 'replace') return goesOn === 'kept';
  }
  if (stat.type === 'directory') return yield* copyDirectory(from, to, stat, old, copy);
  const done = yield* copyOne(from, to, stat, copy);
  if (done && copy.isVerbose) yield* print(`'${from}' -> '${to}'\n`);
  return done;
}

/** What is there; null for nothing. Throws an Errno when a part of the way is no directory. */
export function* statAt(path: string, asLink = false): Running<Stat | null> {
  try {
    return asLink ? yield* sys.lstat(path) : yield* sys.stat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

interface Meeting {
  readonly from: string;
  readonly to: string;
  readonly stat: Stat;
  readonly old: Stat;
}

/** Whether what is there gives way: it stays by the user's wish, or one of the two cannot take the other's place. */
export function* mayReplace(
  { from, to, stat, old }: Meeting,
  { name, keepsOld, asks }: Pick<Copy, 'name' | 'keepsOld' | 'asks'>,
): Running<'replace' | 'kept' | 'refused'> {
  const isDirectory = stat.type === 'directory';
  const refusal =
    stat.inode === old.inode && stat.device === old.device && !isDirectory
      ? `'${from}' and '${to}' are the same file`
      : isDirectory && old.type !== 'directory'
        ? `cannot overwrite non-directory '${to}' with directory '${from}'`
        : !isDirectory && old.type === 'directory'
          ? `cannot overwrite directory '${to}' with non-directory`
          : undefined;
  if (refusal !== undefined) {
    yield* complain(name, refusal);
    return 'refused';
  }
  if (isDirectory) return 'replace';
  if (keepsOld) return 'kept';
  if (!asks) return 'replace';
  yield* print(`${name}: overwrite '${to}'? `, 2);
  return /^[yY]/.test(yield* readSome(0)) ? 'replace' : 'kept';
}

function* copyDirectory(from: string, to: string, stat: Stat, old: Stat | null, copy: Copy): Running<boolean> {
  const { name, flavour, isVerbose } = copy;
  if (yield* isWithin(to, stat)) {
    yield* complain(
      name,
      flavour === 'gnu'
        ? `cannot copy a directory, '${from}', into itself, '${to}'`
        : `recursion detected, omitting directory '${to}'`,
    );
    return false;
  }
  try {
    if (old === null) yield* sys.mkdir(to, stat.mode & 0o7777);
  } catch (error) {
    return yield* failed(name, cannot(flavour, `create directory '${to}'`), error);
  }
  if (isVerbose && flavour === 'gnu') yield* print(`'${from}' -> '${to}'\n`);
  const isWell = yield* copyEntries(from, to, copy);
  if (isVerbose && flavour === 'busybox') yield* print(`'${from}' -> '${to}'\n`);
  return isWell;
}

/** busybox says nothing of a directory that it cannot read: copy_file.c, opendir(). */
function* copyEntries(from: string, to: string, copy: Copy): Running<boolean> {
  let entries: readonly { readonly name: string }[];
  try {
    entries = yield* sys.readdir(from);
  } catch (error) {
    if (copy.flavour === 'gnu') return yield* failed(copy.name, `cannot access '${from}'`, error);
    if (!isErrno(error)) throw error;
    return false;
  }
  let isWell = true;
  for (const { name } of entries)
    if (!(yield* copyTree(`${from}/${name}`, `${to}/${name}`, copy, false))) isWell = false;
  return isWell;
}

/** Whether a path leads through a directory. */
function* isWithin(path: string, { inode, device }: Stat): Running<boolean> {
  const parts = path.replace(/\/+$/, '').split('/');
  for (let length = parts.length - 1; length >= 0; length -= 1) {
    const above = parts.slice(0, length).join('/') || (path.startsWith('/') ? '/' : '.');
    const found = yield* statAt(above);
    if (found !== null && found.inode === inode && found.device === device) return true;
  }
  return false;
}

function* copyOne(from: string, to: string, stat: Stat, copy: Copy): Running<boolean> {
  const { name, flavour } = copy;
  if (stat.type === 'symlink') {
    try {
      yield* unlinkIfAny(to);
      yield* sys.symlink(yield* sys.readlink(from), to);
      return true;
    } catch (error) {
      return yield* failed(name, cannot(flavour, `create symbolic link '${to}'`), error);
    }
  }
  if (copy.isRecursive && stat.type !== 'file') return yield* makeSpecial(stat, to, copy);
  return yield* copyBytes(from, to, stat, copy);
}

function* copyBytes(from: string, to: string, { mode }: Stat, { name, flavour, isForced }: Copy): Running<boolean> {
  let [input, output] = [-1, -1];
  try {
    input = yield* sys.open(from, O.RDONLY);
  } catch (error) {
    const what = flavour === 'gnu' ? `cannot open '${from}' for reading` : `can't open '${from}'`;
    return yield* failed(name, what, error);
  }
  try {
    if (isForced) yield* unlinkUnwritable(to);
    output = yield* sys.open(to, O.WRONLY | O.CREAT | O.TRUNC, mode & 0o777);
  } catch (error) {
    yield* sys.close(input);
    return yield* failed(name, cannot(flavour, `create ${flavour === 'gnu' ? 'regular file ' : ''}'${to}'`), error);
  }
  try {
    for (let part = yield* readSome(input); part !== ''; part = yield* readSome(input)) yield* writeAll(output, part);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOSPC'))
      return yield* failed(name, flavour === 'gnu' ? `error writing '${to}'` : 'write error', error);
    return yield* failed(name, flavour === 'gnu' ? `error reading '${from}'` : 'read error', error);
  } finally {
    yield* sys.close(input);
    yield* sys.close(output);
  }
}

function* unlinkUnwritable(path: string): Running<void> {
  try {
    yield* sys.close(yield* sys.open(path, O.WRONLY));
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM')) yield* unlinkIfAny(path);
    else if (!isErrno(error)) throw error;
  }
}

/**
 * A fifo, a socket or a device is made again, not read. GNU and every mv do so in the place of a file that is there;
 * busybox's cp does not. coreutils: copy_internal(); busybox: copy_file.c.
 */
function* makeSpecial({ type, mode, rdev }: Stat, to: string, { name, flavour }: Copy): Running<boolean> {
  try {
    if (flavour === 'gnu' || name === 'mv') yield* unlinkIfAny(to);
    if (type === 'fifo') yield* sys.mkfifo(to, mode & 0o7777);
    else if (type === 'character' || type === 'block')
      yield* sys.mknod(to, type, mode & 0o7777, rdev.major, rdev.minor);
    else yield* sys.mksocket(to, mode & 0o7777);
    if (name === 'mv') yield* sys.chmod(to, mode & 0o7777);
    return true;
  } catch (error) {
    const kind = type === 'fifo' ? 'fifo ' : 'special file ';
    return yield* failed(name, cannot(flavour, `create ${flavour === 'gnu' ? kind : ''}'${to}'`), error);
  }
}

function* unlinkIfAny(path: string): Running<void> {
  try {
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
