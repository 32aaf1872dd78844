/** getopt_long(3) for the tools, and the two families whose words they use. */
import type { Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import { complain, writeAll } from '../io.ts';

/** coreutils, procps and their like on the host and in Debian images; busybox in busybox and alpine. */
export type Flavour = 'gnu' | 'busybox';

/** coreutils' quotation marks in a UTF-8 locale, as bytes. */
export function quoted(text: string): string {
  return `${utf8('‘')}${text}${utf8('’')}`;
}

export interface Options {
  /** By letter; `''` for one without a value; the last one wins. */
  readonly values: ReadonlyMap<string, string>;
  /** Every occurrence in order. */
  readonly all: readonly (readonly [letter: string, value: string])[];
  readonly operands: readonly string[];
  readonly has: (letter: string) => boolean;
}

/**
 * Parses `words` (argv without the name). `letters` is getopt's: `n:` takes a value, `i::` one that is joined to it, if
 * any; a leading `+` stops at the first operand.
 * `long` names long options by letter, `lines=` → takes a value. Returns the complaint (without the program's name) as
 * a string.
 */
export function parseOptions(
  words: readonly string[],
  letters: string,
  long: Readonly<Record<string, string>> = {},
): Options | string {
  const all: [string, string][] = [];
  const operands: string[] = [];
  const stopsAtOperand = letters.startsWith('+');
  const takesValue = (letter: string): boolean => letters.charAt(letters.indexOf(letter) + 1) === ':';
  const mayLackValue = (letter: string): boolean => letters.startsWith('::', letters.indexOf(letter) + 1);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      if (stopsAtOperand) {
        operands.push(...words.slice(at));
        break;
      }
      operands.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = splitOnce(word.slice(2));
      const found = nameOf(name, long);
      if (found.length > 1) {
        const possibilities = found.map((one) => ` '--${one}'`).join('');
        return `option '--${name}' is ambiguous; possibilities:${possibilities}`;
      }
      const letter = long[found[0] ?? ''];
      if (letter === undefined) return `unrecognized option '--${name}'`;
      if (!takesValue(letter) && value !== undefined) return `option '--${name}' doesn't allow an argument`;
      if (takesValue(letter) && value === undefined && !mayLackValue(letter)) {
        at += 1;
        if (words[at] === undefined) return `option '--${name}' requires an argument`;
        all.push([letter, words[at] ?? '']);
      } else all.push([letter, value ?? '']);
      continue;
    }
    for (let place = 1; place < word.length; place += 1) {
      const letter = word.charAt(place);
      if (letter === ':' || !letters.includes(letter)) return `invalid option -- '${letter}'`;
      if (!takesValue(letter)) {
        all.push([letter, '']);
        continue;
      }
      const rest = word.slice(place + 1);
      const isApart = rest === '' && !mayLackValue(letter);
      if (isApart) at += 1;
      const value = isApart ? words[at] : rest;
      if (value === undefined) return `option requires an argument -- '${letter}'`;
      all.push([letter, value]);
      break;
    }
  }
  const values = new Map(all);
  return { values, all, operands, has: (letter) => values.has(letter) };
}

/** The long option of that name, or those that begin with it and do not mean the same. */
function nameOf(name: string, long: Readonly<Record<string, string>>): readonly string[] {
  if (long[name] !== undefined) return [name];
  const found = Object.keys(long).filter((one) => one.startsWith(name));
  return new Set(found.map((one) => long[one])).size === 1 ? found.slice(0, 1) : found;
}

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf('=');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Complains about options as getopt and the family do. Returns the exit code. */
export function* refuseOptions(name: string, message: string, flavour: Flavour, status = 1): Running<number> {
  yield* complain(name, message);
  if (flavour === 'gnu') yield* writeAll(2, `Try '${name} --help' for more information.\n`);
  return status;
}
