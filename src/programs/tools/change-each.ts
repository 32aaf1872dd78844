/** What chmod, chown and chgrp have in common: operands, and with -R what is below them. */
import type { Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, statIfAny } from '../io.ts';
import type { Flavour } from './options.ts';

interface Change {
  readonly name: 'chmod' | 'chown' | 'chgrp';
  readonly flavour: Flavour;
  readonly isRecursive: boolean;
  readonly act: (path: string, stat: Stat) => Running<void>;
}

const changed = { chmod: 'permissions', chown: 'ownership', chgrp: 'group' } as const;

/** What cannot be changed is complained of, and the rest is. Returns the exit code. */
export function* changeEach(paths: readonly string[], change: Change): Running {
  let status = 0;
  for (const path of paths) {
    const stat = yield* statNamed(path, change);
    if (stat === null || !(yield* changeBelow(path, stat, change))) status = 1;
  }
  return status;
}

/**
 * The file, and with -R all that is in it; of links below nothing is changed. chmod takes a directory before what is
 * in it, chown after, and busybox's chmod looks into none that it could not change. coreutils: chmod.c, chown-core.c;
 * busybox: recursive_action().
 */
function* changeBelow(path: string, stat: Stat, change: Change): Running<boolean> {
  const { name, flavour, isRecursive } = change;
  if (!isRecursive || stat.type !== 'directory') return yield* changeOne(path, stat, change);
  let isWell = name !== 'chmod' || (yield* changeOne(path, stat, change));
  if (!isWell && flavour === 'busybox') return false;
  const entries = yield* attempt(sys.readdir(path), change, path, `cannot read directory '${path}'`);
  if (entries === null) return false;
  for (const entry of entries) {
    const below = `${path.replace(/\/+$/, '')}/${entry.name}`;
    const found = yield* attempt(sys.lstat(below), change, below);
    if (found?.type === 'symlink') continue;
    if (found === null || !(yield* changeBelow(below, found, change))) isWell = false;
  }
  return (name === 'chmod' || (yield* changeOne(path, stat, change))) && isWell;
}

function* changeOne(path: string, stat: Stat, change: Change): Running<boolean> {
  const { name, flavour, isRecursive, act } = change;
  const what = changed[name];
  try {
    yield* act(path, stat);
    return true;
  } catch (error) {
    const words = errnoWords(error);
    yield* complain(name, flavour === 'gnu' ? `changing ${what} of '${path}': ${words}` : `${path}: ${words}`);
    // Once by the applet, once by the walk.
    if (flavour === 'busybox' && isRecursive && stat.type === 'directory') yield* complain(name, `${path}: ${words}`);
    return false;
  }
}

/** What a call gives; null after a complaint, which busybox makes of the path alone. */
function* attempt<T>(
  call: Running<T>,
  { name, flavour }: Change,
  path: string,
  what = `cannot access '${path}'`,
): Running<T | null> {
  try {
    return yield* call;
  } catch (error) {
    yield* complain(name, `${flavour === 'gnu' ? what : path}: ${errnoWords(error)}`);
    return null;
  }
}

/** What an operand names; null after a complaint. GNU has other words for a link to nothing. */
function* statNamed(path: string, change: Change): Running<Stat | null> {
  const { name, flavour } = change;
  try {
    return yield* sys.stat(path);
  } catch (error) {
    const words = errnoWords(error);
    const isDangling =
      flavour === 'gnu' && isErrno(error, 'ENOENT') && (yield* statIfAny(path, false))?.type === 'symlink';
    if (isDangling && name === 'chmod') yield* complain(name, `cannot operate on dangling symlink '${path}'`);
    else {
      const what = `cannot ${isDangling ? 'dereference' : 'access'} '${path}'`;
      yield* complain(name, `${flavour === 'gnu' ? what : path}: ${words}`);
    }
    return null;
  }
}
