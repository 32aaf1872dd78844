/** Simple commands: POSIX, Shell Command Language, 2.9.1. */
import type { Assignment, Command } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { complain, errnoWords, writeError } from '../io.ts';
import { holdValue } from './large-values.ts';
import { builtins, type Builtin } from './builtins.ts';
import { expandToFields, expandToText } from './expand.ts';
import { execute, findExecutable, type Executable } from './external.ts';
import { FunctionReturn, ShellError, ShellExit } from './flow.ts';
import { forkShell } from './fork.ts';
import { addJob, waitForeground } from './jobs.ts';
import { addAll } from './piece.ts';
import { forget, redirect, restore, type SavedDescriptors } from './redirect.ts';
import { reportError } from './report-error.ts';
import { currentLine, isInteractive, type Manner, type Shell, type ShellFunction, type Variable } from './shell.ts';
import { step } from './step.ts';
import { assign, environmentOf, leaveScope, parameter, quoteForShell } from './variables.ts';

/** How the interpreter runs a function's body; handed in, since functions contain commands. */
export type RunBody = (shell: Shell, body: ShellFunction, tested: boolean) => Running<number>;

export function* runSimpleCommand(shell: Shell, command: Command, manner: Manner, runBody: RunBody): Running<number> {
  shell.position = command.pos;
  shell.tested = manner.tested;
  yield* step();
  const alias = aliasOf(shell, command);
  if (alias !== undefined) return yield* runAlias(shell, command, alias, manner);
  shell.substitutionStatus = 0;
  const argv = yield* expandArguments(shell, command);
  const assignments = assignmentsBefore(command);
  const [name] = argv;
  const builtin = name === undefined ? undefined : builtins.get(name);
  const isSpecial = builtin?.special === true && name !== undefined && !shell.functions.has(name);
  const saved: SavedDescriptors = [];
  try {
    try {
      yield* redirect(shell, command.redirects, saved);
    } catch (error) {
      if (!(error instanceof ShellError) || (isSpecial && !isInteractive(shell))) throw error;
      yield* reportError(shell, error.message);
      return shell.dialect.redirectionStatus;
    }
    const log = saved.find(({ fd }) => fd === 2) ?? { copy: 2 };
    if (name === undefined) return yield* assignOnly(shell, assignments, log);
    if (isSpecial || assignments.length === 0) {
      yield* assignAll(shell, assignments);
      yield* trace(shell, assignments, argv, log);
      if (name === 'exec') yield* forget(shell, saved.splice(0));
      return yield* dispatch(shell, argv, builtin, manner, runBody);
    }
    return yield* withAssignments(shell, assignments, function* (): Running {
      yield* trace(shell, assignments, argv, log);
      return yield* dispatch(shell, argv, builtin, manner, runBody);
    });
  } finally {
    yield* restore(shell, saved);
  }
}

function* expandArguments(shell: Shell, command: Command): Running<string[]> {
  const argv: string[] = [];
  for (const item of assignmentsOf(command).slice(assignmentsBefore(command).length))
    argv.push(yield* appended(shell, item));
  if (command.name) addAll(argv, yield* expandToFields(shell, command.name));
  for (const item of command.args) {
    if (item.type === 'Word') addAll(argv, yield* expandToFields(shell, item));
    else argv.push(yield* appended(shell, item));
  }
  return argv;
}

function assignmentsOf({ prefix }: Command): readonly Assignment[] {
  return prefix.filter((item) => item.type === 'Assignment');
}

/** Those before the command's first word. `x+=1`, which is none to these shells, is such a word. */
function assignmentsBefore(command: Command): readonly Assignment[] {
  const assignments = assignmentsOf(command);
  const end = assignments.findIndex(({ append }) => append === true);
  return end === -1 ? assignments : assignments.slice(0, end);
}

/** What looks like an assignment where a word is read. */
function* appended(shell: Shell, item: Assignment): Running<string> {
  return `${item.name}${item.append === true ? '+' : ''}=${yield* valueOf(shell, item)}`;
}

function* valueOf(shell: Shell, assignment: Assignment): Running<string> {
  if (assignment.value.type === 'ArrayValue' || assignment.index)
    throw new ShellError(shell.dialect.unexpected('"("', null));
  return yield* expandToText(shell, assignment.value, true);
}

function* assignAll(shell: Shell, assignments: readonly Assignment[]): Running<void> {
  for (const assignment of assignments) {
    assign(shell, assignment.name, yield* valueOf(shell, assignment));
    yield* holdValue(shell, assignment.name);
  }
}

function* assignOnly(shell: Shell, assignments: readonly Assignment[], log: TraceLog): Running<number> {
  yield* assignAll(shell, assignments);
  if (assignments.length > 0) yield* trace(shell, assignments, [], log);
  return shell.substitutionStatus;
}

/** Assignments before a command hold while it runs, and are exported to it. */
function* withAssignments(shell: Shell, assignments: readonly Assignment[], body: () => Running): Running<number> {
  const before: [string, Variable | undefined][] = assignments.map(({ name }) => [name, shell.variables.get(name)]);
  try {
    for (const assignment of assignments) {
      assign(shell, assignment.name, yield* valueOf(shell, assignment));
      const variable = shell.variables.get(assignment.name);
      if (variable) shell.variables.set(assignment.name, { ...variable, exported: true });
    }
    return yield* body();
  } finally {
    for (const [name, variable] of before.toReversed()) {
      if (variable) shell.variables.set(name, variable);
      else shell.variables.delete(name);
    }
  }
}

/** Where `set -x` writes: standard error as it was before the command's own redirections; null when it was closed. */
type TraceLog = { readonly copy: number | null };

function* trace(
  shell: Shell,
  assignments: readonly Assignment[],
  argv: readonly string[],
  log: TraceLog,
): Running<void> {
  if (!shell.options.has('x') || log.copy === null) return;
  const quote = (word: string): string =>
    shell.dialect.name === 'dash' || (/^[\w@+:,./^\]-]*$/.test(word) && !keywords.has(word))
      ? word
      : quoteForShell(word);
  const words = [
    ...assignments.map(({ name }) => `${name}=${quote(parameter(shell, name) ?? '')}`),
    ...argv.map(quote),
  ];
  yield* writeError(`${parameter(shell, 'PS4') ?? '+ '}${words.join(' ')}\n`, log.copy);
}

/** ash quotes a word that would mean more than itself. */
const keywords: ReadonlySet<string> = new Set(
  'if then else elif fi do done case esac while until for in function'.split(' '),
);

function* dispatch(
  shell: Shell,
  argv: readonly string[],
  builtin: Builtin | undefined,
  manner: Manner,
  runBody: RunBody,
): Running<number> {
  const name = argv[0] ?? '';
  const body = shell.functions.get(name);
  if (body) return yield* callFunction(shell, body, argv, runBody);
  if (builtin) return yield* runBuiltin(shell, builtin, argv);
  return yield* runExternal(shell, argv, manner);
}

export function* runBuiltin(shell: Shell, builtin: Builtin, argv: readonly string[]): Running<number> {
  try {
    return yield* builtin.run(shell, argv);
  } catch (error) {
    if (isErrno(error)) {
      // Nobody reads its output any more, or there is no room for it: the shell goes on.
      if (shell.dialect.name === 'dash') yield* reportError(shell, `${argv[0]}: I/O error`, argv[0] ?? null);
      else if (argv[0] === 'echo') yield* complain(shell.name, `write error: ${errnoWords(error)}`);
      return 1;
    }
    if (!(error instanceof ShellError)) throw error;
    // Here, while the command's redirections hold.
    const command = error.command ?? argv[0] ?? null;
    yield* reportError(shell, error.message, command === '' ? null : command);
    if (builtin.special && !isInteractive(shell)) throw new ShellExit(error.status);
    return error.status;
  }
}

export function* callFunction(
  shell: Shell,
  body: ShellFunction,
  argv: readonly string[],
  runBody: RunBody,
): Running<number> {
  const { positional, unit, position, loopDepth } = shell;
  shell.positional = argv.slice(1);
  shell.localScopes.push(new Map());
  shell.functionDepth += 1;
  shell.loopDepth = 0;
  try {
    if (shell.functionDepth > 1000) throw new ShellError('Maximum function recursion depth (1000) reached');
    return yield* runBody(shell, body, shell.tested);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    leaveScope(shell);
    Object.assign(shell, { positional, unit, position, loopDepth, functionDepth: shell.functionDepth - 1 });
  }
}

/** A program: forked, executed and waited for. When the shell has nothing left to do it becomes the program itself. */
export function* runExternal(shell: Shell, argv: readonly string[], manner: Manner): Running<number> {
  const executable = yield* findExecutable(shell, argv[0] ?? '');
  if (typeof executable === 'number') return executable;
  const environment = environmentOf(shell);
  if (executable.type === 'applet' && executable.applet.kind === 'nofork')
    return yield* executable.applet.main(argv, environment);
  if (manner.last && shell.traps.size === 0) return yield* execute(shell, executable, argv, environment);
  return yield* runInFork(shell, executable, argv);
}

function* runInFork(shell: Shell, executable: Executable, argv: readonly string[]): Running<number> {
  const hasJobControl = shell.terminal !== null;
  const pid = yield* forkShell(shell, { pgid: hasJobControl ? 0 : null, foreground: true }, (child) =>
    execute(child, executable, argv, environmentOf(child)),
  );
  const job = addJob(shell, [pid], hasJobControl ? pid : 0, [argv.join(' ')], false);
  return yield* waitForeground(shell, job);
}

/**
 * An alias for the command's first word, which must be plain. POSIX expands it while parsing; here the text is parsed
 * again.
 */
function aliasOf(shell: Shell, command: Command): string | undefined {
  if (shell.aliases.size === 0 || !command.name || command.name.parts || command.name.text !== command.name.value)
    return undefined;
  const alias = shell.aliases.get(command.name.text);
  return alias && alias.unit !== shell.unit ? alias.text : undefined;
}

function* runAlias(shell: Shell, command: Command, alias: string, manner: Manner): Running<number> {
  const { unit, position } = shell;
  const name = command.name?.text ?? '';
  const before = unit.text.slice(command.pos, command.name?.pos);
  const after = unit.text.slice(command.name?.end, command.end);
  const kept = shell.aliases.get(name);
  shell.aliases.delete(name);
  try {
    return yield* shell.interpreter.runText(shell, `${before}${alias}${after}`, manner, currentLine(shell));
  } finally {
    if (kept) shell.aliases.set(name, kept);
    Object.assign(shell, { unit, position });
  }
}
