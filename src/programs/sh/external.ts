/** Programs: finding and executing them. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { errnoWords } from '../io.ts';
import { Errno, isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { lookPath } from '../spawn.ts';
import { ShellExit } from './flow.ts';
import { dieOfInterrupt, mindsInterrupts } from './traps.ts';
import { reportError } from './report-error.ts';
import type { Applet, Shell } from './shell.ts';
import { environmentOf, parameter } from './variables.ts';

/** Where a command was found. */
export type Executable =
  | { readonly type: 'applet'; readonly name: string; readonly applet: Applet }
  | { readonly type: 'file'; readonly path: string };

/**
 * Looks a command up as an applet, then in $PATH. Reports and gives the status when there is none: 127, or 126 for one
 * that may not run.
 */
export function* findExecutable(
  shell: Shell,
  name: string,
  command: string | null = null,
): Running<Executable | number> {
  const applet = name.includes('/') ? undefined : shell.applets?.find(name);
  if (applet) return { type: 'applet', name, applet };
  return yield* findFile(shell, name, command);
}

function* findFile(shell: Shell, name: string, command: string | null): Running<Executable | number> {
  if (name === '' && shell.dialect.name === 'dash') {
    yield* reportError(shell, `: ${strerror('EACCES')}`, command);
    return 127;
  }
  try {
    // The shell has a PATH of its own from its start: without one nothing is looked for.
    if (!name.includes('/') && parameter(shell, 'PATH') === undefined) throw new Errno('ENOENT');
    return { type: 'file', path: yield* lookPath(name, environmentOf(shell)) };
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* reportError(shell, `${name}: ${error.errno === 'EACCES' ? strerror('EACCES') : 'not found'}`, command);
    return error.errno === 'EACCES' ? 126 : 127;
  }
}

/**
 * Replaces this process by the program. Comes back only by throwing ShellExit, or as the shell that runs a script
 * without `#!`.
 */
export function* execute(
  shell: Shell,
  executable: Executable,
  argv: readonly string[],
  environment: Environment,
  command: string | null = null,
): Running<number> {
  if (executable.type === 'applet')
    return yield* executeApplet(shell, executable.applet, executable.name, argv, environment);
  try {
    return yield* sys.execve(executable.path, argv, environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.errno === 'ENOEXEC') return yield* runAsScript(shell, executable.path, argv);
    const isMissing = error.errno === 'ENOENT' || error.errno === 'ENOTDIR';
    yield* reportError(shell, `${argv[0]}: ${isMissing ? 'not found' : errnoWords(error)}`, command);
    throw new ShellExit(isMissing ? 127 : 126);
  }
}

/**
 * busybox: an applet marked NOEXEC runs in the forked shell, under its own name; another is busybox once more. Where
 * there is no /proc/self/exe it is looked for in $PATH as any program: ash.c, shellexec().
 */
function* executeApplet(
  shell: Shell,
  applet: Applet,
  name: string,
  argv: readonly string[],
  environment: Environment,
): Running<number> {
  if (applet.kind === 'exec') {
    try {
      return yield* sys.execve('/proc/self/exe', argv, environment);
    } catch (error) {
      if (!isErrno(error)) throw error;
    }
    const found = yield* findFile(shell, name, null);
    if (typeof found === 'number') throw new ShellExit(found);
    return yield* execute(shell, found, argv, environment);
  }
  yield* sys.setName(name);
  // Nothing was exec'd, so the shell's handlers stay.
  if (mindsInterrupts(shell)) yield* sys.sigaction('SIGINT', dieOfInterrupt);
  throw new ShellExit(yield* applet.main(argv, environment));
}

/** POSIX, 2.9.1.1: a text file without `#!` is a script for this shell. */
function* runAsScript(shell: Shell, path: string, argv: readonly string[]): Running<number> {
  const fd = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
  shell.name = path;
  shell.positional = argv.slice(1);
  shell.source = 'file';
  throw new ShellExit(yield* shell.interpreter.runFile(shell, fd));
}
