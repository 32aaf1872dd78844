/**
 * What differs between the two shells that containers and hosts have: Debian's dash and busybox's ash. Words are theirs
 * to the letter.
 */
import type { ErrnoName } from '../../kernel/errno.ts';
import { strerror } from '../../kernel/errno.ts';

export interface Dialect {
  readonly name: 'dash' | 'ash';
  /** What precedes a message on standard error. `command` is the builtin that complains. */
  readonly prefix: (place: ErrorPlace, command: string | null) => string;
  readonly cannotOpen: (path: string, errno: ErrnoName) => string;
  readonly cannotCreate: (path: string, errno: ErrnoName) => string;
  readonly cannotChangeTo: (path: string, errno: ErrnoName) => string;
  readonly cannotFork: (errno: ErrnoName) => string;
  readonly cannotPipe: (errno: ErrnoName) => string;
  readonly cannotGiveTerminal: (errno: ErrnoName) => string;
  readonly unexpected: (token: string, expecting: string | null) => string;
  /** What a builtin says of an option that it does not have. */
  readonly illegalOption: (letter: string) => string;
  readonly unterminatedQuote: string;
  readonly missingBrace: string;
  readonly badSubstitution: string;
  readonly openArithmetic: string;
  /** A word that is no name, at the place of `what`. */
  readonly badName: (what: 'for loop variable' | 'function name') => string;
  /** `what`: dash's words. */
  readonly wrongArithmetic: (what: string, expression: string) => string;
  readonly stoppedJobs: string;
  /**
   * Whether the last command of `sh -c` takes the shell's place without a fork (recorded: busybox's does, dash 0.5.12
   * forks).
   */
  readonly execsLastOfCommandString: boolean;
  /** $? after a redirection that failed (ash: recorded). */
  readonly redirectionStatus: number;
  /** Whether `echo` reads backslash escapes without being asked. */
  readonly echoEscapes: boolean;
}

export interface ErrorPlace {
  readonly name: string;
  readonly line: number;
  readonly interactive: boolean;
  /** Running `-c 'text'`, whose first line ash counts as 0. */
  readonly source: 'command string' | 'file' | 'terminal';
}

export const dash: Dialect = {
  name: 'dash',
  prefix: ({ name, line }, command) => `${name}: ${line}: ${command === null ? '' : `${command}: `}`,
  cannotOpen: (path, errno) => `cannot open ${path}: ${isMissing(errno) ? 'No such file' : strerror(errno)}`,
  cannotCreate: (path, errno) =>
    `cannot create ${path}: ${isMissing(errno) ? 'Directory nonexistent' : strerror(errno)}`,
  cannotChangeTo: (path) => `can't cd to ${path}`,
  cannotFork: () => 'Cannot fork',
  cannotPipe: () => 'Pipe call failed',
  cannotGiveTerminal: (errno) => `Cannot set tty process group (${strerror(errno)})`,
  unexpected: (token, expecting) => `Syntax error: ${token} unexpected${expectation(expecting)}`,
  illegalOption: (letter) => `Illegal option -${letter}`,
  unterminatedQuote: 'Syntax error: Unterminated quoted string',
  missingBrace: "Syntax error: Missing '}'",
  badSubstitution: 'Bad substitution',
  badName: (what) => `Syntax error: Bad ${what}`,
  openArithmetic: "Syntax error: Missing '))'",
  wrongArithmetic: (what, expression) => `arithmetic expression: ${what}: "${expression}"`,
  stoppedJobs: 'You have stopped jobs.',
  execsLastOfCommandString: false,
  redirectionStatus: 2,
  echoEscapes: true,
};

export const ash: Dialect = {
  name: 'ash',
  prefix: ({ name, line, interactive, source }, command) => {
    if (command === null) return source === 'file' ? `${name}: line ${line}: ` : `${name}: `;
    if (interactive) return `${name}: ${command}: `;
    return `${name}: ${command}: line ${source === 'command string' ? line - 1 : line}: `;
  },
  cannotOpen: (path, errno) => `can't open ${path}: ${isMissing(errno) ? 'no such file' : strerror(errno)}`,
  cannotCreate: (path, errno) =>
    `can't create ${path}: ${isMissing(errno) ? 'nonexistent directory' : strerror(errno)}`,
  cannotChangeTo: (path, errno) => `can't cd to ${path}: ${strerror(errno)}`,
  cannotFork: (errno) => `can't fork: ${strerror(errno)}`,
  cannotPipe: (errno) => `can't create pipe: ${strerror(errno)}`,
  cannotGiveTerminal: (errno) => `can't set tty process group: ${strerror(errno)}`,
  unexpected: (token, expecting) => `syntax error: unexpected ${token}${expectation(expecting)}`,
  illegalOption: (letter) => `illegal option -${letter}`,
  unterminatedQuote: 'syntax error: unterminated quoted string',
  missingBrace: "syntax error: missing '}'",
  badSubstitution: 'syntax error: bad substitution',
  badName: (what) => `syntax error: bad ${what}`,
  openArithmetic: "syntax error: missing '))'",
  wrongArithmetic: (what) => (what === 'division by zero' ? 'divide by zero' : 'arithmetic syntax error'),
  stoppedJobs: 'You have stopped jobs.',
  execsLastOfCommandString: true,
  redirectionStatus: 1,
  echoEscapes: false,
};

/** A kind of token has no quotation marks. */
function expectation(expecting: string | null): string {
  if (expecting === null) return '';
  return ` (expecting ${expecting === 'word' ? 'word' : `"${expecting}"`})`;
}

function isMissing(errno: ErrnoName): boolean {
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}
