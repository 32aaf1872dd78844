/** Reading a script: a complete command at a time, so that what comes before a mistake is run. */
import { forEachChild, parse, type ParsedScript, type SyntaxNode } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, readSome } from '../io.ts';
import { ShellError } from './flow.ts';
import { plainly, type Manner, type Shell } from './shell.ts';
import { isIncomplete, syntaxError } from './syntax-error.ts';

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

/** What dash and ash read of standard input at a time (BUFSIZ). */
const inputBlock = 8192;

/**
 * A reader over a descriptor. As the real shells do, it takes whole blocks: what a script's command reads from the same
 * pipe is what is left.
 */
export function linesOfDescriptor(fd: number): LineReader {
  let text = '';
  return function* (): Running<string> {
    while (!text.includes('\n')) {
      const part = yield* readSome(fd, inputBlock);
      if (part === '') break;
      text += part;
    }
    const end = text.indexOf('\n');
    const line = end === -1 ? text : text.slice(0, end + 1);
    text = text.slice(line.length);
    return line;
  };
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
    const script = parse(text);
    const errors = script.errors ?? [];
    if (!wantsMore(text, script)) {
      if (errors.length === 0) {
        refuseWhatIsNoShell(shell, text, script);
        return { text, firstLine, script };
      }
      shell.unit = { text, firstLine };
      shell.position = errors[0]?.pos ?? 0;
      throw syntaxError(shell.dialect, text, errors);
    }
    const line = yield* next();
    if (line === '') {
      if (errors.length === 0) return { text, firstLine, script };
      shell.unit = { text, firstLine };
      shell.position = text.length;
      throw syntaxError(shell.dialect, text, errors);
    }
    text += line;
  }
}

/**
 * The parser takes more than shells do: any word as a name of a function or of a variable of `for`, and the word
 * `function`, which dash takes for a command. Throws ShellError.
 */
function refuseWhatIsNoShell(shell: Shell, text: string, node: SyntaxNode): void {
  const { dialect } = shell;
  if (node.type === 'Function' && dialect.name === 'dash') {
    const [, parenthesis] = /^function\s+[^\s()]+\s*(\()?/.exec(text.slice(node.pos)) ?? [];
    const isKeyword = /^function\s/.test(text.slice(node.pos));
    if (isKeyword) throw new ShellError(dialect.unexpected(`"${parenthesis ?? '}'}"`, null));
  }
  if ((node.type === 'Function' || node.type === 'For') && !/^[A-Za-z_]\w*$/.test(node.name.text)) {
    throw new ShellError(dialect.badName(node.type === 'For' ? 'for loop variable' : 'function name'));
  }
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
  isAtEnd: () => boolean = () => false,
): Running<number> {
  let line = 1;
  for (;;) {
    const command = yield* readCommand(shell, next, line);
    if (!command) return shell.status;
    line += command.text.split('\n').length - 1;
    if (command.script.commands.length > 0) {
      shell.status = yield* shell.interpreter.runScript(shell, command.script, command, isAtEnd() ? manner : plainly);
    }
  }
}

/** Runs an open file as a script. The descriptor is the shell's own. */
export function* runSource(shell: Shell, fd: number): Running<number> {
  const text = yield* readAll(fd);
  yield* sys.close(fd);
  return yield* runLines(shell, linesOfText(text));
}
