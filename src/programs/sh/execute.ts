/** The interpreter: runs the parser's tree by system calls. */
import { addAll } from './piece.ts';
import {
  type AndOr,
  type Case,
  type CompoundList,
  type For,
  type If,
  type ParsedScript,
  type Pipeline,
  type Redirected,
  type Statement,
  type SyntaxNode,
  type While,
} from 'unbash';
import { O, type Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { builtins } from './builtins.ts';
import { expandToFields, expandToPattern, expandToText } from './expand.ts';
import { Interrupt, LoopJump, ShellError, ShellExit } from './flow.ts';
import { forkShell, makePipe } from './fork.ts';
import { addJob, waitForeground } from './jobs.ts';
import { matches } from './pattern.ts';
import { redirect, restore, type SavedDescriptors } from './redirect.ts';
import { reportError } from './report-error.ts';
import { callFunction, runBuiltin, runExternal, runSimpleCommand } from './simple-command.ts';
import { plainly, type Interpreter, type Manner, type Shell, type ShellFunction, type SourceUnit } from './shell.ts';
import { runSource, runText } from './source.ts';
import { step } from './step.ts';
import { runTraps } from './traps.ts';
import { assign } from './variables.ts';

/** Runs all statements of a script that was parsed from `unit`. Returns $?. */
function* runScript(shell: Shell, script: ParsedScript, unit: SourceUnit, manner: Manner): Running<number> {
  const outer = shell.unit;
  shell.unit = unit;
  try {
    return yield* runStatements(shell, script.commands, manner);
  } finally {
    shell.unit = outer;
  }
}

function* runStatements(shell: Shell, statements: readonly Statement[], manner: Manner): Running<number> {
  let status = 0;
  for (const [index, statement] of statements.entries()) {
    const isLast = index === statements.length - 1;
    status = yield* runStatement(shell, statement, isLast ? manner : { ...manner, last: false });
    shell.status = status;
  }
  return status;
}

function* runList(shell: Shell, list: CompoundList, manner: Manner): Running<number> {
  return yield* runStatements(shell, list.commands, manner);
}

function* runStatement(shell: Shell, statement: Statement, manner: Manner): Running<number> {
  // dash: eval.c, evaltree(): what is read is only looked at from here on.
  if (shell.options.has('n')) return shell.status;
  const status =
    statement.background === true
      ? yield* startInBackground(shell, statement)
      : yield* runNode(shell, statement.command, manner);
  if (shell.caught.length > 0) {
    shell.status = status;
    yield* runTraps(shell);
  }
  if (shell.interrupted) {
    shell.interrupted = false;
    throw new Interrupt();
  }
  return status;
}

/** Runs one command of any kind and returns its status, which is then $?. */
function* runNode(shell: Shell, node: SyntaxNode, manner: Manner): Running<number> {
  const status = yield* runKind(shell, node, manner);
  shell.status = status;
  const counts =
    node.type === 'Command' || node.type === 'Subshell' || node.type === 'Redirected' || isPlainPipeline(node);
  if (status !== 0 && counts && !manner.tested && shell.options.has('e')) throw new ShellExit(status);
  return status;
}

function isPlainPipeline(node: SyntaxNode): boolean {
  return node.type === 'Pipeline' && !node.prefixes.some(({ type }) => type === 'Negation');
}

function* runKind(shell: Shell, node: SyntaxNode, manner: Manner): Running<number> {
  switch (node.type) {
    case 'Command':
      return yield* runSimpleCommand(shell, node, manner, runBody);
    case 'Pipeline':
      return yield* runPipeline(shell, node, manner);
    case 'AndOr':
      return yield* runAndOr(shell, node, manner);
    case 'CompoundList':
      return yield* runList(shell, node, manner);
    case 'BraceGroup':
      return yield* runList(shell, node.body, manner);
    case 'Subshell':
      return yield* runSubshell(shell, node.body, manner, shell.unit.text.slice(node.pos, node.end));
    case 'Redirected':
      return yield* runRedirected(shell, node, manner);
    case 'If':
      return yield* runIf(shell, node, manner);
    case 'While':
      return yield* runWhile(shell, node, manner);
    case 'For':
      return yield* runFor(shell, node, manner);
    case 'Case':
      return yield* runCase(shell, node, manner);
    case 'Function':
      shell.functions.set(node.name.text, { body: node.body, unit: shell.unit });
      return 0;
    default:
      return yield* refuse(shell, node);
  }
}

/** What only bash has: `[[`, `((`, `select`, `coproc`. dash would look for commands of these names. */
function* refuse(shell: Shell, node: SyntaxNode): Running<number> {
  shell.position = node.pos;
  const word = /^\S+/.exec(shell.unit.text.slice(node.pos, node.end))?.[0] ?? '';
  if (word.startsWith('((')) throw new ShellError(shell.dialect.unexpected('"("', null));
  yield* reportError(shell, `${word}: not found`);
  return 127;
}

function* runBody(shell: Shell, { body, unit }: ShellFunction, tested: boolean): Running<number> {
  shell.unit = unit;
  return yield* runNode(shell, body, { tested, last: false });
}

function* runAndOr(shell: Shell, node: AndOr, manner: Manner): Running<number> {
  let status = 0;
  for (const [index, command] of node.commands.entries()) {
    const isLast = index === node.commands.length - 1;
    const operator = node.operators[index - 1];
    if (operator === '&&' && status !== 0) continue;
    if (operator === '||' && status === 0) continue;
    status = yield* runNode(shell, command, isLast ? manner : { tested: true, last: false });
  }
  return status;
}

function* runPipeline(shell: Shell, node: Pipeline, manner: Manner): Running<number> {
  const isNegated = node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
  if (node.prefixes.some(({ type }) => type === 'Time')) return yield* refuse(shell, node);
  const [only] = node.commands;
  const inner = isNegated ? { tested: true, last: false } : manner;
  if (node.commands.length === 1 && only) {
    const status = yield* runNode(shell, only, inner);
    return isNegated ? Number(status === 0) : status;
  }
  const hasJobControl = shell.terminal !== null;
  const pids = yield* forkPipeline(shell, node, hasJobControl, true);
  const texts = node.commands.map((command) => textOf(shell, command));
  const status = yield* waitForeground(shell, addJob(shell, pids, hasJobControl ? (pids[0] ?? 0) : 0, texts, false));
  return isNegated ? Number(status === 0) : status;
}

function textOf(shell: Shell, { pos, end }: SyntaxNode): string {
  return shell.unit.text.slice(pos, end);
}

/** Forks each part of a pipeline, its output tied to the next one's input. */
function* forkPipeline(shell: Shell, node: Pipeline, hasJobControl: boolean, foreground: boolean): Running<number[]> {
  const pids: number[] = [];
  let input = -1;
  for (const [index, command] of node.commands.entries()) {
    const isLast = index === node.commands.length - 1;
    const [reader, writer] = isLast ? [-1, -1] : yield* makePipe(shell, 0, input);
    const withErrors = node.operators[index] === '|&';
    const from = input;
    const pgid = hasJobControl ? (pids[0] ?? 0) : null;
    const pid = yield* forkShell(shell, { pgid, foreground }, function* (child): Running {
      if (reader !== -1) yield* sys.close(reader);
      yield* becomes(from, 0);
      yield* becomes(writer, 1);
      if (withErrors) yield* sys.dup(1, 2);
      return yield* runNode(child, command, { tested: false, last: true });
    });
    pids.push(pid);
    if (from !== -1) yield* sys.close(from);
    if (writer !== -1) yield* sys.close(writer);
    input = reader;
  }
  return pids;
}

function* becomes(from: number, to: number): Running<void> {
  if (from === -1 || from === to) return;
  yield* sys.dup(from, to);
  yield* sys.close(from);
}

/** `LIST &` */
function* startInBackground(shell: Shell, statement: Statement): Running<number> {
  const { command } = statement;
  const hasJobControl = shell.terminal !== null;
  const pids =
    command.type === 'Pipeline' && command.commands.length > 1 && command.prefixes.length === 0
      ? yield* forkPipeline(shell, command, hasJobControl, false)
      : [
          yield* forkShell(shell, { pgid: hasJobControl ? 0 : null, foreground: false }, function* (child): Running {
            if (!hasJobControl) yield* detachFromTerminal(child);
            // A subshell of its own would be a process too many.
            const inner = command.type === 'Subshell' ? command.body : command;
            return yield* runNode(child, inner, { tested: false, last: true });
          }),
        ];
  const parts = pids.length > 1 && command.type === 'Pipeline' ? command.commands : [command];
  shell.backgroundPid = pids.at(-1) ?? null;
  const texts = parts.map((part) => textOf(shell, part));
  addJob(shell, pids, hasJobControl ? (pids[0] ?? 0) : 0, texts, true);
  return 0;
}

/** Without job control a background command reads nothing and outlives Ctrl-C (POSIX, 2.9.3.1 and 2.11). */
function* detachFromTerminal(shell: Shell): Running<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    yield* sys.sigaction(signal, 'ignore');
    shell.signalModes.set(signal, 'hard ignored');
  }
  yield* becomes(yield* sys.open('/dev/null', O.RDONLY), 0);
}

function* runSubshell(shell: Shell, body: CompoundList, manner: Manner, text: string): Running<number> {
  yield* step();
  const inner = { tested: manner.tested, last: true };
  const hasJobControl = shell.terminal !== null;
  const pid = yield* forkShell(shell, { pgid: hasJobControl ? 0 : null, foreground: true }, (child) =>
    runList(child, body, inner),
  );
  return yield* waitForeground(shell, addJob(shell, [pid], hasJobControl ? pid : 0, [text], false));
}

function* runRedirected(shell: Shell, node: Redirected, manner: Manner): Running<number> {
  shell.position = node.pos;
  const saved: SavedDescriptors = [];
  try {
    try {
      yield* redirect(shell, node.redirects, saved);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      yield* reportError(shell, error.message);
      return shell.dialect.redirectionStatus;
    }
    return yield* runNode(shell, node.command, manner);
  } finally {
    yield* restore(shell, saved);
  }
}

const asCondition: Manner = { tested: true, last: false };

function* runIf(shell: Shell, node: If, manner: Manner): Running<number> {
  if ((yield* runList(shell, node.clause, asCondition)) === 0) return yield* runList(shell, node.then, manner);
  for (const branch of node.elif) {
    if ((yield* runList(shell, branch.clause, asCondition)) === 0) return yield* runList(shell, branch.then, manner);
  }
  return node.else ? yield* runList(shell, node.else, manner) : 0;
}

function* runWhile(shell: Shell, node: While, manner: Manner): Running<number> {
  let status = 0;
  const wanted = node.kind === 'while';
  const result = yield* inLoop(shell, function* (): Running<boolean> {
    yield* step();
    if (((yield* runList(shell, node.clause, asCondition)) === 0) !== wanted) return false;
    status = yield* runList(shell, node.body, { tested: manner.tested, last: false });
    return true;
  });
  return result ?? status;
}

function* runFor(shell: Shell, node: For, manner: Manner): Running<number> {
  const words: string[] = [];
  if (!node.wordlist) addAll(words, shell.positional);
  else for (const word of node.wordlist) addAll(words, yield* expandToFields(shell, word));
  let status = 0;
  let next = 0;
  const result = yield* inLoop(shell, function* (): Running<boolean> {
    const word = words[next];
    if (word === undefined) return false;
    next += 1;
    yield* step();
    assign(shell, node.name.text, word);
    status = yield* runList(shell, node.body, { tested: manner.tested, last: false });
    return true;
  });
  return result ?? status;
}

/** Runs `turn` until it says false, or `break`. Returns 0 after a break, else null. */
function* inLoop(shell: Shell, turn: () => Running<boolean>): Running<number | null> {
  shell.loopDepth += 1;
  try {
    for (;;) {
      try {
        if (!(yield* turn())) return null;
      } catch (error) {
        if (!(error instanceof LoopJump)) throw error;
        if (error.levels > 1) throw new LoopJump(error.kind, error.levels - 1);
        if (error.kind === 'break') return 0;
      }
    }
  } finally {
    shell.loopDepth -= 1;
  }
}

function* runCase(shell: Shell, node: Case, manner: Manner): Running<number> {
  const text = yield* expandToText(shell, node.word);
  for (const item of node.items) {
    for (const pattern of item.pattern) {
      if (matches(yield* expandToPattern(shell, pattern), text)) return yield* runList(shell, item.body, manner);
    }
  }
  return 0;
}

/** A command given as words: `exec`, `command`. */
function* runArguments(shell: Shell, argv: readonly string[], withFunctions: boolean): Running<number> {
  const name = argv[0] ?? '';
  const body = withFunctions ? shell.functions.get(name) : undefined;
  if (body) return yield* callFunction(shell, body, argv, runBody);
  const builtin = builtins.get(name);
  // `command` takes the special ones' sharpness away.
  if (builtin) return yield* runBuiltin(shell, { ...builtin, special: false }, argv);
  return yield* runExternal(shell, argv, plainly);
}

export const interpreter: Interpreter = { runScript, runText, runFile: runSource, runArguments };
