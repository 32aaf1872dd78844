/** sh: Debian's dash on the host and in Debian images, busybox's ash in busybox and alpine. */
import { writeError } from '../io.ts';
import { O, type Environment, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { physicalDirectory } from './builtins/place-builtins.ts';
import { ash, dash, type Dialect } from './dialect.ts';
import { interpreter } from './execute.ts';
import { ShellExit } from './flow.ts';
import { runToEnd } from './fork.ts';
import { runInteractively } from './interactive.ts';
import { parseInvocation, type Invocation } from './options.ts';
import { createShell, type Applets, type Shell } from './shell.ts';
import { echoed, linesOfDescriptor, runLines, runSource, runText } from './source.ts';
import { applySignal } from './traps.ts';

/** Debian's /bin/sh. */
export function* dashMain(argv: readonly string[], env: Environment): Running {
  return yield* shellMain(dash, null, argv, env);
}

/** busybox's sh, which runs applets by itself. */
export function* ashMain(applets: Applets, argv: readonly string[], env: Environment): Running {
  return yield* shellMain(ash, applets, argv, env);
}

function* shellMain(dialect: Dialect, applets: Applets | null, argv: readonly string[], env: Environment): Running {
  const invocation = parseInvocation(argv);
  if (typeof invocation === 'string') {
    yield* writeError(`${argv[0] ?? 'sh'}: ${dialect.name === 'dash' ? '0: ' : ''}${invocation}\n`);
    return 2;
  }
  const shell = createShell({
    dialect,
    interpreter,
    applets,
    name: invocation.name,
    pid: yield* sys.getpid(),
    parentPid: yield* sys.getppid(),
    positional: invocation.positional,
    environment: env,
  });
  for (const letter of invocation.options) shell.options.add(letter);
  yield* setUpVariables(shell, dialect);
  yield* applySignal(shell, 'SIGCHLD');
  return yield* runToEnd(shell, () => runInvocation(shell, invocation));
}

/** What every shell sets at its start. */
function* setUpVariables(shell: Shell, dialect: Dialect): Running<void> {
  const set = (name: string, value: string, exported = false): void => {
    shell.variables.set(name, {
      value,
      exported: exported || shell.variables.get(name)?.exported === true,
      readonly: false,
    });
  };
  set('PPID', String(shell.parentPid));
  set('IFS', ' \t\n');
  set('OPTIND', '1');
  const sign = (yield* sys.getuid()) === 0 ? '#' : '$';
  set('PS1', shell.variables.get('PS1')?.value ?? (dialect.name === 'ash' ? `\\w ${sign} ` : `${sign} `));
  set('PS2', '> ');
  set('PS4', '+ ');
  if (!shell.variables.has('PATH')) set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  set('PWD', yield* physicalDirectory(dialect, (words) => writeError(`sh: 0: ${words}\n`)), true);
  if (dialect.name === 'ash')
    set('SHLVL', String((Number.parseInt(shell.variables.get('SHLVL')?.value ?? '', 10) || 0) + 1), true);
}

function* runInvocation(shell: Shell, invocation: Invocation): Running<number> {
  const { dialect } = shell;
  switch (invocation.mode) {
    case 'command string':
      shell.source = 'command string';
      yield* applySignal(shell, 'SIGINT');
      // busybox's shell lets the last command take its place; dash's does not.
      return yield* runText(shell, invocation.text, { tested: false, last: dialect.execsLastOfCommandString });
    case 'file':
      yield* applySignal(shell, 'SIGINT');
      return yield* runSource(shell, yield* openScript(shell, invocation.text));
    case 'standard input': {
      if (shell.options.has('i') || ((yield* sys.isatty(0)) && (yield* sys.isatty(2)))) {
        shell.options.add('i');
        shell.source = 'terminal';
        return yield* runInteractively(shell, invocation.isLogin);
      }
      shell.options.add('s');
      return yield* runLines(shell, echoed(shell, linesOfDescriptor(0)));
    }
  }
}

function* openScript(shell: Shell, path: string): Running<number> {
  try {
    const fd = yield* sys.open(path, O.RDONLY);
    const moved = yield* sys.dup(fd, 10, true);
    yield* sys.close(fd);
    return moved;
  } catch (error) {
    if (!isErrno(error)) throw error;
    const { name, cannotOpen } = shell.dialect;
    yield* writeError(
      `sh: ${name === 'dash' ? `0: ${cannotOpen(path, error.errno)}` : `can't open '${path}': ${strerror(error.errno)}`}\n`,
    );
    throw new ShellExit(2);
  }
}
