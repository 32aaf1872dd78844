/** The parser's complaints in the shell's own words. */
import type { ParseError } from 'unbash';
import type { Dialect } from './dialect.ts';
import { ShellError } from './flow.ts';

/**
 * Whether more lines could make sense of it: something is still open at the end of the text, and nothing before it is
 * wrong. (An empty group is told of at its brace, `{`, before the missing `}`.)
 */
export function isIncomplete(text: string, errors: readonly ParseError[]): boolean {
  const last = errors[errors.length - 1];
  if (!last || errors.some((error) => misplacedCloser(text, error) !== null || lacksWord(error) !== null)) return false;
  if (errors.some((error) => isParenthesisInWord(error) || isCommandMissing(text, error))) return false;
  if (!errors.every(({ message }) => message.startsWith('expected') || message.startsWith('unterminated')))
    return false;
  return errors[0]?.message.startsWith('unterminated') === true || last.pos >= text.trimEnd().length;
}

/** `x=(`: the parser takes it for a pattern of bash, which these shells do not have. */
function isParenthesisInWord({ message }: ParseError): boolean {
  return message === 'unterminated extended glob';
}

/** `if then`: where a command was to stand there is a word that is none. */
function isCommandMissing(text: string, { message, pos }: ParseError): boolean {
  return message.startsWith('expected command after') && text.slice(pos).trim() !== '';
}

/**
 * `if x; fi`: the parser reports what it missed at the end of the text, after a word that closes something too early.
 */
function misplacedCloser(text: string, { message }: ParseError): string | null {
  if (!/^expected '[^']+'$/.test(message)) return null;
  return /(?:^|[\s;&|])(fi|done|esac|elif|else|do|then|\}|\))[\s;]*$/.exec(text)?.[1] ?? null;
}

/** `for` and `case` want their word on the same line. */
function lacksWord({ message }: ParseError): string | null {
  return /^expected word after '(for|case)'$/.exec(message)?.[1] ?? null;
}

/** Where the shell is when it complains: a newline that it did not want is behind it, and counts. */
export function placeOf(error: ParseError | undefined): number {
  if (error === undefined) return 0;
  return error.pos + (lacksWord(error) === null ? 0 : 1);
}

/** What dash or ash says to a text that cannot be parsed. */
export function syntaxError(dialect: Dialect, text: string, errors: readonly ParseError[]): ShellError {
  const [first] = errors;
  const message = first?.message ?? '';
  if (/unterminated (double|single) quote/.test(message)) return new ShellError(dialect.unterminatedQuote);
  if (first && isParenthesisInWord(first)) return new ShellError(dialect.unexpected('"("', null));
  if (message.includes('unterminated parameter')) return new ShellError(dialect.missingBrace);
  if (message.includes('unterminated arithmetic command'))
    return new ShellError(dialect.unexpected('end of file', ')'));
  if (message.includes('unterminated arithmetic')) return new ShellError(dialect.openArithmetic);
  const isBackquote = /`[^`]*$/.test(text) && !/\$\([^`]*$/.test(text);
  if (message.includes('unterminated backtick') || (message.includes('unterminated command') && isBackquote)) {
    return new ShellError(
      dialect.name === 'dash'
        ? 'Syntax error: EOF in backquote substitution'
        : 'syntax error: EOF in backquote substitution',
    );
  }
  const lacking = first === undefined ? null : lacksWord(first);
  if (lacking === 'for') return new ShellError(dialect.badName('for loop variable'));
  if (lacking === 'case') return new ShellError(dialect.unexpected('newline', 'word'));
  if (isIncomplete(text, errors)) {
    if (/(?:^|[\s;&|(])for\s*$/.test(text)) return new ShellError(dialect.badName('for loop variable'));
    const isWordWanted = /(?:^|[\s;&|(])case\s*$/.test(text);
    return new ShellError(dialect.unexpected('end of file', isWordWanted ? 'word' : wantedAtEnd(text, errors)));
  }
  const token =
    (first && misplacedCloser(text, first)) ??
    /unexpected token '([^']+)'/.exec(message)?.[1] ??
    // Of an empty group it is the brace that is told of; the shells stop at what follows it.
    tokenAt(text, (first?.pos ?? 0) + (/^expected command in (subshell|brace group)/.test(message) ? 1 : 0));
  const expecting = /^expected '([^']+)'/.exec(message)?.[1] ?? null;
  return new ShellError(dialect.unexpected(token === '\n' ? 'newline' : `"${token}"`, expecting));
}

/** The token that would have come next: the innermost word that is missing, or what ends a pattern's commands. */
function wantedAtEnd(text: string, errors: readonly ParseError[]): string | null {
  for (const { message } of errors) {
    const [, token = null, closes] = /^expected '([^']+)'( to close)?/.exec(message) ?? [];
    if (token === 'esac' && /\)[^;)]*$/.test(text)) return ';;';
    if (token !== null && (closes !== undefined || token !== 'command')) return token;
    if (message.includes('command substitution')) return ')';
  }
  return null;
}

/** What stands at `position`, as the shells name it: a token in quotes, `newline`, `end of file`. */
export function unexpectedAt(text: string, position: number): string {
  const rest = text.slice(position).trimStart();
  if (rest === '' && !text.slice(position).includes('\n')) return 'end of file';
  const token = tokenAt(text, position);
  return token === '\n' ? 'newline' : `"${token}"`;
}

function tokenAt(text: string, position: number): string {
  return /^[ \t]*(\n|&&|\|\||;;|[;&|()<>]|[^\s;&|()<>]+)/.exec(text.slice(position))?.[1] ?? '\n';
}
