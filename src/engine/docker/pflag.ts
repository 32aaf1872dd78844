import type { Flag } from './command.ts';
import { readValue, zeroValue } from './flag-values.ts';
import type { FlagValue } from './flag-values.ts';
import { goQuote, goQuoteRune } from '../go-text.ts';

/** The flags of a command line, each with the value given to it or its default. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, FlagValue>;
  /** The flags that the user set, as typed (`-p` or `--publish`), by long name. */
  readonly typed: ReadonlyMap<string, string>;
}

/** What parsing gives: flags and arguments, a wish for help, or pflag's words. */
export type FlagResult =
  | { readonly type: 'parsed'; readonly flags: ParsedFlags; readonly args: readonly string[] }
  | { readonly type: 'error'; readonly message: string };

interface Parsing {
  readonly known: readonly Flag[];
  readonly values: Map<string, FlagValue>;
  readonly typed: Map<string, string>;
  readonly rest: string[];
}

/**
 * Parses a command line by the rules of spf13/pflag: `--flag value`, `--flag=value`, bundled letters (`-itd`), a value
 * glued to its letter (`-p80:80`, `-e=A=1`), `--` ends the flags.
 *
 * @param interspersed whether flags may follow the first argument.
 */
export function parseFlags(known: readonly Flag[], argv: readonly string[], interspersed: boolean): FlagResult {
  const parsing: Parsing = { known, values: new Map(), typed: new Map(), rest: [...argv] };
  for (const flag of known) parsing.values.set(flag.name, defaultValue(flag));
  const args: string[] = [];
  for (let word = parsing.rest.shift(); word !== undefined; word = parsing.rest.shift()) {
    if (word === '--') {
      args.push(...parsing.rest);
      break;
    }
    if (word.startsWith('-') && word.length > 1) {
      const message = word.startsWith('--') ? parseLong(parsing, word) : parseShort(parsing, word.slice(1));
      if (message !== undefined) return { type: 'error', message };
      continue;
    }
    args.push(word);
    if (!interspersed) {
      args.push(...parsing.rest);
      break;
    }
  }
  return { type: 'parsed', flags: { values: parsing.values, typed: parsing.typed }, args };
}

const defaults = new WeakMap<Flag, FlagValue>();

/** The value of a flag that nobody set, read back from what `--help` prints. */
export function defaultValue(flag: Flag): FlagValue {
  const known = defaults.get(flag);
  if (known !== undefined) return known;
  const value = printedValue(flag);
  defaults.set(flag, value);
  return value;
}

function printedValue(flag: Flag): FlagValue {
  const printed = flag.printedDefault;
  if (printed === '' || printed === '[]' || printed === 'map[]') return zeroValue(flag.kind);
  const read = readValue(flag.kind, printed.replace(/^"(.*)"$/, '$1'), zeroValue(flag.kind));
  return read.type === 'value' ? read.value : zeroValue(flag.kind);
}

function parseLong(parsing: Parsing, word: string): string | undefined {
  const name = word.slice(2).split('=')[0] ?? '';
  if (name === '' || name.startsWith('-')) return `bad flag syntax: ${word}`;
  const flag = parsing.known.find((candidate) => candidate.name === name);
  if (flag === undefined) return `unknown flag: --${name}`;
  if (word.includes('=')) return set(parsing, flag, word.slice(word.indexOf('=') + 1), `--${name}`);
  if (flag.kind === 'bool') return set(parsing, flag, 'true', `--${name}`);
  const value = parsing.rest.shift();
  if (value === undefined) return `flag needs an argument: ${word}`;
  return set(parsing, flag, value, `--${name}`);
}

/** `-itd`, `-p80:80`, `-e A=1`; `letters` is what follows the dash. */
function parseShort(parsing: Parsing, letters: string): string | undefined {
  let left = letters;
  while (left !== '') {
    const letter = left.charAt(0);
    const flag = parsing.known.find((candidate) => candidate.shorthand === letter);
    if (flag === undefined) return `unknown shorthand flag: ${goQuoteRune(letter)} in -${left}`;
    const typed = `-${letter}`;
    // pflag asks for something after the `=`: in `-d=` the `=` is taken for the next letter.
    if (left.length > 2 && left.charAt(1) === '=') return set(parsing, flag, left.slice(2), typed);
    if (flag.kind !== 'bool') {
      const value = left.length > 1 ? left.slice(1) : parsing.rest.shift();
      if (value === undefined) return `flag needs an argument: ${goQuoteRune(letter)} in -${left}`;
      return set(parsing, flag, value, typed);
    }
    const message = set(parsing, flag, 'true', typed);
    if (message !== undefined) return message;
    left = left.slice(1);
  }
  return undefined;
}

function set(parsing: Parsing, flag: Flag, text: string, typed: string): string | undefined {
  // A list's default is replaced by the first value given, then it grows.
  const before = parsing.typed.has(flag.name) ? parsing.values.get(flag.name) : undefined;
  const read = readValue(flag.kind, text, before ?? zeroValue(flag.kind));
  if (read.type === 'refusal') {
    const name = flag.shorthand === '' ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`;
    return `invalid argument ${goQuote(text)} for "${name}" flag: ${read.because}`;
  }
  parsing.values.set(flag.name, read.value);
  parsing.typed.set(flag.name, typed);
  return undefined;
}

/** Whether the user gave this flag. */
export function isSet(flags: ParsedFlags, name: string): boolean {
  return flags.typed.has(name);
}

/** The value of a bool. */
export function boolFlag(flags: ParsedFlags, name: string): boolean {
  return flags.values.get(name) === true;
}

/** The text of a flag that has one value. */
export function stringFlag(flags: ParsedFlags, name: string): string {
  const value = flags.values.get(name);
  return typeof value === 'string' ? value : '';
}

/** The number of a flag: a count, bytes, nanoseconds of a duration, billionths of a processor. */
export function numberFlag(flags: ParsedFlags, name: string): number {
  const value = flags.values.get(name);
  return typeof value === 'number' ? value : 0;
}

/** The values of a flag that may be given many times, in the order given. */
export function listFlag(flags: ParsedFlags, name: string): readonly string[] {
  const value = flags.values.get(name);
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
