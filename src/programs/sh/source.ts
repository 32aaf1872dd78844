/** Reading a script: a complete command at a time, so that what comes before a mistake is run. */
import { forEachChild, parse, type ParsedScript, type SyntaxNode } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, readSome, writeError } from '../io.ts';
import { specialNames } from './builtins/names.ts';
import { ShellError } from './flow.ts';
import { plainly, type Manner, type Shell } from './shell.ts';
import { isIncomplete, placeOf, syntaxError, unexpectedAt } from './syntax-error.ts';

/** Gives the next line with its newline, '' at the end. */
export type LineReader = () => Running<string>;

/** A reader over a text that is there as a whole. */
export function linesOfText(text: string): LineReader {
  let at = 0;
  return function* (): Running<string> {
    const end = text.indexOf('\n', at);
    const line = end === -1 ? text.slice(at) : text.slice(at, end + 1);
    at += line.length;
    return line;
  };
}

/** `set -v`: each line is written to standard error as it is read. */
export function echoed(shell: Shell, next: LineReader): LineReader {
  return function* (): Running<string> {
    const line = yield* next();
    if (shell.options.has('v')) yield* writeError(line);
    return line;
  };
}

/** What dash and ash read of standard input at a time (BUFSIZ). */
const inputBlock = 8192;

/**
 * A reader over a descriptor. As the real shells do, it takes whole blocks: what a script's command reads from the same
 * pipe is what is left. What cannot be read, a directory or a closed descriptor, is empty (asked of both).
 */
export function linesOfDescriptor(fd: number): LineReader {
  let text = '';
  return function* (): Running<string> {
    while (!text.includes('\n')) {
      const part = yield* orNothing(readSome(fd, inputBlock));
      if (part === '') break;
      text += part;
    }
    const end = text.indexOf('\n');
    const line = end === -1 ? text : text.slice(0, end + 1);
    text = text.slice(line.length);
    return line;
  };
}

function* orNothing(reading: Running<string>): Running<string> {
  try {
    return yield* reading;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return '';
  }
}

export interface CompleteCommand {
  readonly text: string;
  readonly firstLine: number;
  readonly script: ParsedScript;
}

/**
 * Reads lines until they make a complete command. Null at the end of the input. Throws ShellError for what cannot be
 * parsed.
 */
export function* readCommand(shell: Shell, next: LineReader, firstLine: number): Running<CompleteCommand | null> {
  let text = yield* next();
  if (text === '') return null;
  for (;;) {
    const reading = readingOf(shell, text, firstLine);
    text = reading.text;
    if (!reading.wantsMore) {
      shell.unit = { text, firstLine };
      return { text, firstLine, script: reading.script };
    }
    const line = yield* next();
    if (line === '') {
      const { script } = reading;
      const errors = script.errors ?? [];
      shell.unit = { text, firstLine };
      shell.position = text.length;
      refuseWhatIsNoShell(shell, text, script);
      if (errors.length === 0) return { text, firstLine, script };
      throw syntaxError(shell.dialect, text, errors);
    }
    text += line;
  }
}

/** What a text says, as far as it goes. */
interface Reading {
  /** As the shell takes it: with `& >` for dash's `&>`. */
  readonly text: string;
  readonly script: ParsedScript;
  readonly wantsMore: boolean;
}

/**
 * What was read lately and is no mistake, by dialect and text: each container of an image runs the same scripts.
 * Nobody changes a tree, so whether it is read again or remembered makes no difference.
 */
const lately = new Map<string, Reading>();
const mostRemembered = 1000;
/** Of a script that people wrote; a long text that a program made is not kept. */
const longestRemembered = 10_000;

/** Throws ShellError for what no line after it can mend. */
function readingOf(shell: Shell, text: string, firstLine: number): Reading {
  const key = `${shell.dialect.name} ${text}`;
  const known = lately.get(key);
  if (known) return known;
  const reading = readAnew(shell, text, firstLine);
  if (lately.size >= mostRemembered) lately.clear();
  if (text.length <= longestRemembered) lately.set(key, reading);
  return reading;
}

function readAnew(shell: Shell, text: string, firstLine: number): Reading {
  const script = parse(text);
  const joined = shell.dialect.name === 'dash' ? joinedRedirection(script) : null;
  // Within a substitution places are counted from its own beginning.
  if (joined !== null && text.startsWith('&>', joined)) {
    // dash reads `&>` as `&` and `>`.
    return readAnew(shell, `${text.slice(0, joined + 1)} ${text.slice(joined + 1)}`, firstLine);
  }
  // Nor has either bash's `((`: it is a subshell in a subshell.
  const doubled = script.errors === undefined || script.errors.length === 0 ? doubledParenthesis(script) : null;
  if (doubled !== null && text.startsWith('((', doubled))
    return readAnew(shell, `${text.slice(0, doubled + 1)} ${text.slice(doubled + 1)}`, firstLine);
  if (wantsMore(text, script)) return { text, script, wantsMore: true };
  const errors = script.errors ?? [];
  shell.unit = { text, firstLine };
  if (errors.length > 0) shell.position = placeOf(errors[0]);
  refuseWhatIsNoShell(shell, text, script);
  if (errors.length > 0) throw syntaxError(shell.dialect, text, errors);
  return { text, script, wantsMore: false };
}

/** Where `&>` stands as one operator; null without one. */
function joinedRedirection(script: ParsedScript): number | null {
  return placeOfFirst(script, (node) => node.type === 'Redirect' && node.operator.startsWith('&>'));
}

function doubledParenthesis(script: ParsedScript): number | null {
  return placeOfFirst(script, (node) => node.type === 'ArithmeticCommand');
}

function placeOfFirst(node: SyntaxNode, isWanted: (node: SyntaxNode) => boolean): number | null {
  if (isWanted(node)) return node.pos;
  let found: number | null = null;
  forEachChild(node, (child) => {
    found ??= placeOfFirst(child, isWanted);
  });
  return found;
}

/** `! !`, and `!` with nothing after it: one pipeline has one, before a command. Throws ShellError. */
function refuseNegation(shell: Shell, text: string, node: SyntaxNode): void {
  if (node.type !== 'Pipeline') return;
  const [first, second] = (node.prefixes ?? []).filter(({ type }) => type === 'Negation');
  if (!first || (!second && node.commands.length > 0)) return;
  const token = unexpectedAt(text, first.end);
  // The shells have read a newline when they name it.
  shell.position = token === 'newline' ? text.indexOf('\n', first.end) + 1 : first.end;
  throw new ShellError(shell.dialect.unexpected(token, null));
}

/** `f(` begins a function, and `)` must follow; after further words a `(` is out of place. Throws ShellError. */
function refuseParenthesis(shell: Shell, text: string, node: SyntaxNode): void {
  if (node.type !== 'Command' || !node.name) return;
  const opening = /^[ \t]*\(/.exec(text.slice(node.name.end))?.[0];
  if (opening === undefined) return;
  if (node.prefix.length > 0) throw new ShellError(shell.dialect.unexpected('"("', null));
  const token = unexpectedAt(text, node.name.end + opening.length);
  shell.position = token === 'newline' ? text.indexOf('\n', node.name.end) + 1 : node.name.end;
  throw new ShellError(shell.dialect.unexpected(/^"[^;&|()<>]/.test(token) ? 'word' : token, ')'));
}

/**
 * The parser takes more than shells do: any word as a name of a function or of a variable of `for`, a `!` or a `(`
 * where none belongs, bash's `select`, `|&` and `;&`, and the word `function`, which dash takes for a command. Throws
 * ShellError.
 */
function refuseWhatIsNoShell(shell: Shell, text: string, node: SyntaxNode): void {
  const { dialect } = shell;
  refuseNegation(shell, text, node);
  refuseParenthesis(shell, text, node);
  if (node.type === 'Function' && dialect.name === 'dash') {
    const [, parenthesis] = /^function\s+[^\s()]+\s*(\()?/.exec(text.slice(node.pos)) ?? [];
    const isKeyword = /^function\s/.test(text.slice(node.pos));
    if (isKeyword) throw new ShellError(dialect.unexpected(`"${parenthesis ?? '}'}"`, null));
  }
  if (node.type === 'Redirect' && /^[<>]&$/.test(node.operator) && dialect.name === 'dash' && node.target) {
    const word = text.slice(node.target.pos, node.target.end);
    if (/^[A-Za-z][\w./]*$/.test(word)) throw new ShellError('Syntax error: Bad fd number');
  }
  if (node.type === 'Assignment' && node.value.type === 'ArrayValue' && node.append === true)
    throw new ShellError(dialect.unexpected('word', ')'));
  if (node.type === 'Select') throw new ShellError(dialect.unexpected('"do"', null));
  if (node.type === 'Pipeline' && node.operators.includes('|&')) throw new ShellError(dialect.unexpected('"&"', null));
  if (node.type === 'CaseItem' && node.terminator !== undefined && node.terminator !== ';;')
    throw new ShellError(dialect.unexpected('"&"', null));
  // A function of ash's may have any name, as that of the fork bomb `:(){ :|:& };:` has.
  const isNamed = node.type === 'For' || (node.type === 'Function' && dialect.name === 'dash');
  const isTaken = node.type === 'Function' && specialNames.has(node.name.text);
  if (isNamed && (isTaken || !/^[A-Za-z_]\w*$/.test(node.name.text)))
    throw new ShellError(dialect.badName(node.type === 'For' ? 'for loop variable' : 'function name'));
  forEachChild(node, (child) => refuseWhatIsNoShell(shell, text, child));
}

/** Whether the text is only the beginning of a command. */
export function wantsMore(text: string, script: ParsedScript): boolean {
  if (/(^|[^\\])(\\\\)*\\\n?$/.test(text) && !/(^|\s)#[^\n]*$/.test(text)) return true;
  if (isIncomplete(text, script.errors ?? [])) return true;
  return text.includes('<<') && hasOpenDocument(script);
}

function hasOpenDocument(node: SyntaxNode): boolean {
  if (node.type === 'HereDoc') return node.closing === undefined;
  let found = false;
  forEachChild(node, (child) => {
    found ||= hasOpenDocument(child);
  });
  return found;
}

/**
 * Runs what a reader gives, command by command, to its end. `manner` holds for the last command when the text ends with
 * it.
 */
export function* runLines(
  shell: Shell,
  next: LineReader,
  manner: Manner = plainly,
  { firstLine, isAtEnd } = { firstLine: 1, isAtEnd: () => false },
): Running<number> {
  let line = firstLine;
  let status = 0;
  for (;;) {
    const command = yield* readCommand(shell, next, line);
    if (!command) return status;
    line += command.text.split('\n').length - 1;
    if (command.script.commands.length > 0) {
      const how = isAtEnd() ? manner : { ...manner, last: false };
      status = yield* shell.interpreter.runScript(shell, command.script, command, how);
      shell.status = status;
    }
  }
}

/**
 * Runs text as one that is read line by line: `-c`, `eval`, traps, aliases. `manner` holds for its last command. What a
 * message says of the line counts from the text's first, which is `firstLine`.
 */
export function* runText(shell: Shell, text: string, manner: Manner, firstLine = 1): Running<number> {
  const lines = linesOfText(text);
  let isDone = false;
  const next: LineReader = function* (): Running<string> {
    const line = yield* lines();
    isDone = line === '' || !line.endsWith('\n');
    return line;
  };
  return yield* runLines(shell, next, manner, { firstLine, isAtEnd: () => isDone });
}

/** Runs an open file as a script. The descriptor is the shell's own. */
export function* runSource(shell: Shell, fd: number): Running<number> {
  const text = yield* orNothing(readAll(fd));
  yield* sys.close(fd);
  return yield* runLines(shell, echoed(shell, linesOfText(text)));
}
