/** The table of builtins. */
import type { Running } from '../../kernel/abi.ts';
import { echo } from '../tools/echo.ts';
import { printf } from '../tools/printf.ts';
import { evaluateTest } from '../tools/test.ts';
import { builtinOptions } from './builtins/builtin-options.ts';
import type { Builtin } from './builtins/builtin.ts';
import {
  command,
  evaluateText,
  exec,
  exit,
  jump,
  returnFrom,
  set,
  shift,
  source,
  trap,
} from './builtins/flow-builtins.ts';
import { background, foreground, jobs, kill, wait } from './builtins/job-builtins.ts';
import { specialNames, type BuiltinName } from './builtins/names.ts';
import { changeDirectory, printDirectory, times, type, umask } from './builtins/place-builtins.ts';
import { ulimit } from './builtins/ulimit.ts';
import { describeCommand } from './builtins/describe-command.ts';
import { alias, getopts, local, markVariables, read, unalias, unset } from './builtins/variable-builtins.ts';
import { reportError } from './report-error.ts';
import type { Shell } from './shell.ts';

export type { Builtin };

type Run = (shell: Shell, argv: readonly string[]) => Running<number>;

function* succeed(): Running<number> {
  return 0;
}

function* failQuietly(): Running<number> {
  return 1;
}

/** `hash NAME…`: whether each is a command. Where commands are is not remembered, so there is nothing to list. */
function* hash(shell: Shell, argv: readonly string[]): Running<number> {
  let status = 0;
  for (const name of builtinOptions(shell, argv, 'rv').operands) {
    if ((yield* describeCommand(shell, name, true)) !== null) continue;
    yield* reportError(shell, `${name}: not found`, 'hash');
    status = 1;
  }
  return status;
}

function* echoBuiltin(shell: Shell, argv: readonly string[]): Running<number> {
  return yield* echo(argv.slice(1), shell.dialect.echoEscapes ? 'posix' : 'gnu');
}

function* printfBuiltin(shell: Shell, argv: readonly string[]): Running<number> {
  const { name } = shell.dialect;
  const command = name === 'ash' ? null : 'printf';
  return yield* printf(argv.slice(1), (message) => reportError(shell, message, command), name);
}

function* testBuiltin(shell: Shell, argv: readonly string[]): Running<number> {
  const { name } = shell.dialect;
  const command = name === 'ash' ? null : (argv[0] ?? 'test');
  return yield* evaluateTest(argv, (message) => reportError(shell, message, command), name);
}

const runs: Readonly<Record<BuiltinName, Run>> = {
  ':': succeed,
  '.': source,
  break: jump,
  continue: jump,
  eval: evaluateText,
  exec,
  exit,
  export: markVariables,
  readonly: markVariables,
  return: returnFrom,
  set,
  shift,
  times,
  trap,
  unset,
  alias,
  bg: background,
  cd: changeDirectory,
  command,
  echo: echoBuiltin,
  false: failQuietly,
  fg: foreground,
  getopts,
  hash,
  jobs,
  kill,
  local,
  printf: printfBuiltin,
  pwd: printDirectory,
  read,
  test: testBuiltin,
  '[': testBuiltin,
  true: succeed,
  type,
  ulimit,
  umask,
  unalias,
  wait,
};

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries(runs).map(([name, run]) => [name, { special: specialNames.has(name), run }]),
);
