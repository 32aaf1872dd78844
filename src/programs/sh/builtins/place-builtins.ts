/** Builtins about the process's surroundings: cd, pwd, umask, times, type, hash. */
import type { Running } from '../../../kernel/abi.ts';
import { isErrno, strerror } from '../../../kernel/errno.ts';
import * as sys from '../../../kernel/sys.ts';
import { print, statIfAny } from '../../io.ts';
import { changedMode } from '../../tools/file-tools.ts';
import type { Dialect } from '../dialect.ts';
import { ShellError } from '../flow.ts';
import { reportError } from '../report-error.ts';
import type { Shell } from '../shell.ts';
import { assign, mark, parameter } from '../variables.ts';
import { builtinOptions } from './builtin-options.ts';
import { describeCommand } from './describe-command.ts';

/** `cd [-L|-P] [DIR|-]`. $PWD keeps the path as it was walked, symlinks included, as POSIX has it by default. */
export function* changeDirectory(shell: Shell, argv: readonly string[]): Running<number> {
  const { letters, operands } = builtinOptions(shell, argv, 'LP');
  const [operand] = operands;
  const target = operand === '-' ? parameter(shell, 'OLDPWD') : (operand ?? parameter(shell, 'HOME'));
  if (target === undefined) throw new ShellError(operand === '-' ? 'OLDPWD not set' : 'HOME not set', 2, 'cd');
  if (target === '') return 0;
  const physical = (): Running<string> => physicalDirectory(shell.dialect, (words) => reportError(shell, words, 'cd'));
  const here = parameter(shell, 'PWD') ?? (yield* physical());
  const found = yield* foundInPath(shell, target);
  const isLogical = !letters.endsWith('P') && (here !== '' || found.startsWith('/'));
  const path = isLogical ? logicalPath(here, found) : found;
  try {
    yield* sys.chdir(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new ShellError(
      shell.dialect.cannotChangeTo(target, error.errno),
      shell.dialect.name === 'dash' ? 2 : 1,
      'cd',
    );
  }
  assign(shell, 'OLDPWD', here);
  const place = isLogical ? path : yield* physical();
  assign(shell, 'PWD', place);
  for (const name of ['OLDPWD', 'PWD']) mark(shell, name, 'exported');
  if (operand === '-' || found !== target) yield* print(`${place}\n`);
  return 0;
}

/** The first directory of $CDPATH that has `target`: dash and ash, cd.c. An empty entry is where the shell is. */
function* foundInPath(shell: Shell, target: string): Running<string> {
  const places = parameter(shell, 'CDPATH');
  if (places === undefined || /^(?:\/|\.\.?(?:\/|$))/.test(target)) return target;
  for (const place of places.split(':')) {
    const path = place === '' ? target : `${place}/${target}`;
    if ((yield* statIfAny(path))?.type === 'directory') return path;
  }
  return target;
}

function logicalPath(from: string, target: string): string {
  const parts: string[] = [];
  for (const part of (target.startsWith('/') ? target : `${from}/${target}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function* printDirectory(shell: Shell, argv: readonly string[]): Running<number> {
  const logical = builtinOptions(shell, argv, 'LP').letters.endsWith('P') ? undefined : parameter(shell, 'PWD');
  const tell = (words: string): Running<void> => reportError(shell, words, 'pwd');
  yield* print(`${logical ?? (yield* physicalDirectory(shell.dialect, tell))}\n`);
  return 0;
}

/** getcwd(3), or nothing in a directory that has been removed, of which dash tells and busybox does not. dash: cd.c. */
export function* physicalDirectory(dialect: Dialect, tell: (words: string) => Running<void>): Running<string> {
  try {
    return yield* sys.getcwd();
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (dialect.name === 'dash') yield* tell(`getcwd() failed: ${strerror(error.errno)}`);
    return '';
  }
}

/** `umask [-S] [MODE]`, octal or as chmod has it; -S tells what is left to each of user, group and others. */
export function* umask(shell: Shell, argv: readonly string[]): Running<number> {
  const { letters, operands } = builtinOptions(shell, argv, 'S');
  const [mode] = operands;
  if (mode === undefined) {
    const old = yield* sys.umask(0);
    yield* sys.umask(old);
    yield* print(`${letters !== '' ? symbolic(old) : old.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (/^[0-9]+$/.test(mode) && !/^[0-7]+$/.test(mode)) throw new ShellError(`Illegal number: ${mode}`, 2, 'umask');
  if (/^[0-7]+$/.test(mode)) {
    yield* sys.umask(Number.parseInt(mode, 8) & 0o777);
    return 0;
  }
  // `u=rwx,g-w` speaks of the rights that are left.
  const clause = '[ugoa]*[-+=][rwxXst]*';
  if (!new RegExp(`^${clause}(?:,${clause})*$`).test(mode)) throw new ShellError(`Illegal mode: ${mode}`, 2, 'umask');
  const old = yield* sys.umask(0);
  yield* sys.umask(~changedMode({ mode: ~old & 0o777, type: 'file' }, mode) & 0o777);
  return 0;
}

/** A mask as the rights that it leaves: `u=rwx,g=rx,o=rx`. */
function symbolic(mask: number): string {
  const rights = (shift: number): string =>
    [4, 2, 1].map((bit, index) => ((mask >> shift) & bit ? '' : 'rwx'.charAt(index))).join('');
  return `u=${rights(6)},g=${rights(3)},o=${rights(0)}`;
}

/** `times`: the processor time of the shell and of its children. Not accounted here. */
export function* times(): Running<number> {
  yield* print('0m0.000000s 0m0.000000s\n0m0.000000s 0m0.000000s\n');
  return 0;
}

export function* type(shell: Shell, argv: readonly string[]): Running<number> {
  let status = 0;
  for (const name of argv.slice(1)) {
    const text = yield* describeCommand(shell, name, false);
    if (text !== null) yield* print(`${text}\n`);
    else {
      if (shell.dialect.name === 'dash') yield* print(`${name}: not found\n`);
      else yield* reportError(shell, `${name}: not found`);
      status = 127;
    }
  }
  return status;
}
