/** Builtins about variables: export, readonly, unset, local, read, getopts, alias. */
import type { Running } from '../../../kernel/abi.ts';
import * as sys from '../../../kernel/sys.ts';
import { isErrno } from '../../../kernel/errno.ts';
import { mayHold, print, writeError } from '../../io.ts';
import { builtinOptions } from './builtin-options.ts';
import { ShellError } from '../flow.ts';
import type { Shell } from '../shell.ts';
import { assign, ifs, makeLocal, mark, parameter, quoteForShell, unsetVariable } from '../variables.ts';

function split(word: string): { readonly name: string; readonly value: string | null } {
  const at = word.indexOf('=');
  return at === -1 ? { name: word, value: null } : { name: word.slice(0, at), value: word.slice(at + 1) };
}

const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

function checkName(name: string, command: string): void {
  if (!isName(name)) throw new ShellError(`${name}: bad variable name`, 2, command);
}

/** dash names the letter that it does not know. */
function refuseOptions(shell: Shell, [command = '', first = '']: readonly string[], known: RegExp): void {
  if (shell.dialect.name !== 'dash' || !first.startsWith('-') || known.test(first)) return;
  const letter = Array.from(first.slice(1)).find((one) => !known.test(`-${one}`)) ?? '-';
  throw new ShellError(`Illegal option -${letter}`, 2, command);
}

/** `export` and `readonly` */
export function* markVariables(shell: Shell, argv: readonly string[]): Running<number> {
  const command = argv[0] ?? '';
  const as = command === 'export' ? 'exported' : 'readonly';
  refuseOptions(shell, argv, /^-(?:-|p.*)?$/);
  const words = argv.slice(1).filter((word) => word !== '--' && word !== '-p');
  if (words.length === 0) {
    for (const name of [...shell.variables.keys()].sort()) {
      const variable = shell.variables.get(name);
      if (!variable?.[as]) continue;
      yield* print(
        variable.value === undefined ? `${command} ${name}\n` : `${command} ${name}=${quoteForShell(variable.value)}\n`,
      );
    }
    return 0;
  }
  for (const word of words) {
    const { name, value } = split(word);
    checkName(name, command);
    if (value !== null) assign(shell, name, value);
    mark(shell, name, as);
  }
  return 0;
}

export function* unset(shell: Shell, argv: readonly string[]): Running<number> {
  refuseOptions(shell, argv, /^-(?:-|[fv]+)?$/);
  const functionsOnly = argv[1] === '-f';
  for (const name of argv.slice(1)) {
    if (name === '-f' || name === '-v') continue;
    if (functionsOnly) shell.functions.delete(name);
    else {
      checkName(name, 'unset');
      unsetVariable(shell, name);
    }
  }
  return 0;
}

export function* local(shell: Shell, argv: readonly string[]): Running<number> {
  for (const word of argv.slice(1)) {
    const { name, value } = split(word);
    checkName(name, 'local');
    makeLocal(shell, name);
    if (value !== null) assign(shell, name, value);
  }
  return 0;
}

/** `read [-r] [-p PROMPT] NAME…`: one line of standard input, cut by $IFS; the last variable gets the rest. */
export function* read(shell: Shell, argv: readonly string[]): Running<number> {
  let raw = false;
  let at = 1;
  for (; /^-./.test(argv[at] ?? ''); at += 1) {
    const option = argv[at];
    if (option === '-r') raw = true;
    else if (option === '-p') {
      const prompt = argv[(at += 1)] ?? '';
      // Who types is asked; a file or a pipe is not.
      if (yield* sys.isatty(0)) yield* writeError(prompt);
    } else throw new ShellError(`Illegal option ${option}`, 2, 'read');
  }
  const names = argv.slice(at);
  if (names.length === 0 && shell.dialect.name === 'dash') throw new ShellError('arg count', 2, 'read');
  for (const name of names) {
    if (shell.dialect.name === 'dash') checkName(name, 'read');
    else if (!isName(name)) throw new ShellError(`read: '${name}': bad variable name`, 1, '');
  }
  const line = yield* readInputLine(raw);
  if (line === null) return 1;
  assignWords(shell, names.length === 0 ? ['REPLY'] : names, line.chars);
  return line.complete ? 0 : 1;
}

interface InputChar {
  readonly char: string;
  readonly escaped: boolean;
}

const inputChars = (escaped: boolean): readonly InputChar[] =>
  Array.from({ length: 256 }, (_, code) => ({ char: String.fromCharCode(code), escaped }));
const plainChars = inputChars(false);
const escapedChars = inputChars(true);
/** What one of them takes in a list. */
const charBytes = 8;

/** Null when a signal's handler came first. */
function* readInputLine(
  raw: boolean,
): Running<{ readonly chars: readonly InputChar[]; readonly complete: boolean } | null> {
  const chars: InputChar[] = [];
  let escaped = false;
  for (;;) {
    let char: string;
    try {
      char = yield* sys.read(0, 1);
    } catch (error) {
      if (isErrno(error, 'EINTR')) return null;
      if (isErrno(error, 'EBADF', 'EIO', 'EISDIR')) return { chars, complete: false };
      throw error;
    }
    if (char === '') return { chars, complete: false };
    if (escaped) {
      escaped = false;
      if (char !== '\n') chars.push(escapedChars[char.charCodeAt(0)] ?? { char, escaped: true });
    } else if (char === '\\' && !raw) escaped = true;
    else if (char === '\n') return { chars, complete: true };
    else if (char !== '\0') chars.push(plainChars[char.charCodeAt(0)] ?? { char, escaped: false });
    if (chars.length % 65_536 === 0) yield* mayHold(chars.length * charBytes);
  }
}

function assignWords(shell: Shell, names: readonly string[], chars: readonly InputChar[]): void {
  const separators = ifs(shell);
  const isSpace = ({ char, escaped }: InputChar): boolean =>
    !escaped && separators.includes(char) && /[ \t\n]/.test(char);
  const isSeparator = ({ char, escaped }: InputChar): boolean => !escaped && separators.includes(char);
  let rest = chars.slice();
  const trimStart = (): void => {
    while (rest[0] && isSpace(rest[0])) rest.shift();
  };
  trimStart();
  for (const [index, name] of names.entries()) {
    let end = rest.findIndex(isSeparator);
    if (index === names.length - 1) {
      while (rest.length > 0 && isSpace(rest.at(-1) as InputChar)) rest.pop();
      // A lone separator at the very end belongs to the last word's end, not to its text.
      const last = rest.at(-1);
      if (last && isSeparator(last) && end === rest.length - 1) rest.pop();
      end = rest.length;
    }
    if (end === -1) end = rest.length;
    assign(
      shell,
      name,
      rest
        .slice(0, end)
        .map(({ char }) => char)
        .join(''),
    );
    rest = rest.slice(end);
    trimStart();
    if (rest[0] && isSeparator(rest[0])) rest.shift();
    trimStart();
  }
}

/** `getopts OPTSTRING NAME [ARG…]`: POSIX. */
export function* getopts(shell: Shell, argv: readonly string[]): Running<number> {
  const [, options, name, ...given] = argv;
  if (options === undefined || name === undefined)
    throw new ShellError('Usage: getopts optstring var [arg...]', 2, 'getopts');
  const words = given.length > 0 ? given : shell.positional;
  const index = Math.max(1, Number(parameter(shell, 'OPTIND') ?? '1'));
  const word = words[index - 1];
  const offset = shell.optionOffset === 0 ? 1 : shell.optionOffset;
  const finish = (next: number, nextOffset: number): void => {
    assign(shell, 'OPTIND', String(next));
    shell.optionOffset = nextOffset;
  };
  if (word === undefined || !/^-./.test(word) || word === '--') {
    assign(shell, name, '?');
    finish(word === '--' ? index + 1 : index, 0);
    return 1;
  }
  const letter = word.charAt(offset);
  const isLast = offset + 1 >= word.length;
  const place = letter === ':' ? -1 : options.indexOf(letter, options.startsWith(':') ? 1 : 0);
  const silent = options.startsWith(':');
  shell.variables.delete('OPTARG');
  if (place === -1) {
    if (silent) assign(shell, 'OPTARG', letter);
    else yield* writeError(`Illegal option -${letter}\n`);
    assign(shell, name, '?');
    finish(isLast ? index + 1 : index, isLast ? 0 : offset + 1);
    return 0;
  }
  if (options.charAt(place + 1) !== ':') {
    assign(shell, name, letter);
    finish(isLast ? index + 1 : index, isLast ? 0 : offset + 1);
    return 0;
  }
  const value = isLast ? words[index] : word.slice(offset + 1);
  if (value === undefined) {
    if (silent) assign(shell, 'OPTARG', letter);
    else yield* writeError(`No arg for -${letter} option\n`);
    assign(shell, name, silent ? ':' : '?');
  } else {
    assign(shell, 'OPTARG', value);
    assign(shell, name, letter);
  }
  finish(isLast ? index + 2 : index + 1, 0);
  return 0;
}

export function* alias(shell: Shell, argv: readonly string[]): Running<number> {
  const words = argv.length > 1 ? argv.slice(1) : [...shell.aliases.keys()].sort();
  let status = 0;
  for (const word of words) {
    const { name, value } = split(word);
    const known = shell.aliases.get(name);
    if (value !== null) shell.aliases.set(name, { text: value, unit: shell.unit });
    else if (known !== undefined) yield* print(`${name}=${quoteForShell(known.text)}\n`);
    else {
      yield* writeError(`alias: ${name} not found\n`);
      status = 1;
    }
  }
  return status;
}

export function* unalias(shell: Shell, argv: readonly string[]): Running<number> {
  const { letters, operands } = builtinOptions(shell, argv, 'a');
  if (letters !== '') shell.aliases.clear();
  let status = 0;
  for (const name of letters === '' ? operands : []) {
    if (shell.aliases.delete(name)) continue;
    yield* writeError(`unalias: ${name} not found\n`);
    status = 1;
  }
  return status;
}
