/**
 * Go's regular expressions as JavaScript's. Go: regexp/syntax, parse.go. How much a repetition takes is not told apart:
 * nobody here asks for more than whether a text matches.
 */
import { characterClasses } from '../programs/character-classes.ts';

/** Null: Go does not compile it. */
export function goRegExp(pattern: string): RegExp | null {
  try {
    return new RegExp(sourceOf(pattern), 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Go's words for what is wrong with a pattern that it does not compile. Go: regexp/syntax, ErrorCode. */
export function whyNoRegExp(pattern: string): string {
  let depth = 0;
  let before = '';
  for (let at = 0; at < pattern.length; at += before.length) {
    const rest = pattern.slice(at);
    if (rest === '\\') return 'trailing backslash at end of expression: ``';
    const bracket = /^\[\^?\]?(?:\\[^]|[^\]\\])*\]/.exec(rest)?.[0];
    if (rest.startsWith('[') && bracket === undefined) return `missing closing ]: \`${rest}\``;
    const operator = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest)?.[0];
    if (operator !== undefined && ['', '(', '|'].includes(before))
      return `missing argument to repetition operator: \`${operator}\``;
    before = bracket ?? operator ?? /^(?:\\[^]|[^])/u.exec(rest)?.[0] ?? rest;
    if (before === '(') depth += 1;
    else if (before === ')') depth -= 1;
    if (depth < 0) return `unexpected ): \`${pattern}\``;
  }
  return depth > 0 ? `missing closing ): \`${pattern}\`` : `invalid escape sequence: \`${pattern}\``;
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

const noFlags: Flags = { i: false, m: false, s: false };
/** The next piece of a pattern, outside brackets. */
const pieces: readonly (readonly [piece: RegExp, type: string])[] = [
  [/\\Q((?:(?!\\E)[^])*)(?:\\E)?/uy, 'verbatim'],
  [/\(\?P?<\w+>/uy, 'group'],
  [/\(\?([imsU]*)(?:-([imsU]+))?([:)])/uy, 'flags'],
  [/\((?!\?)/uy, 'group'],
  [/\)/uy, 'end'],
  [/(?:[*+?]|\{(\d+)(,(\d*))?\})\??/uy, 'repetition'],
  [/\[(\^?)/uy, 'class'],
  [/\\(?:p|P)(?:\{\^?\w+\}|\w)|\\x\{[\da-f]+\}|\\x[\da-f]{2}|\\[0-7]{2,3}|\\0|\\[^]/iuy, 'escape'],
  [/[^()*+?[\\]/uy, 'char'],
];

function sourceOf(pattern: string): string {
  let at = 0;
  let source = '';
  let flags = noFlags;
  const outer: Flags[] = [];
  let wasRepeated = false;
  while (at < pattern.length) {
    const [found, type] = pieceAt(pattern, at);
    const [whole, first = '', second = '', third = ''] = found;
    at += whole.length;
    // Go: "invalid nested repetition operator".
    if (type === 'repetition' && (wasRepeated || Number(first) > 1000 || Number(third) > 1000)) throw new SyntaxError();
    wasRepeated = type === 'repetition';
    if (type === 'class') {
      const [end, text] = readClass(pattern, at, flags);
      at = end;
      source += `[${first}${text}]`;
    } else if (type === 'flags') {
      if (third === ':') outer.push(flags);
      flags = withFlags(flags, first, second);
      source += third === ':' ? '(?:' : '';
    } else if (type === 'group') {
      outer.push(flags);
      source += '(';
    } else if (type === 'end') {
      flags = outer.pop() ?? noFlags;
      source += ')';
    } else if (type === 'verbatim') source += Array.from(first, (char) => literal(char, flags)).join('');
    else if (type === 'escape') source += escaped(whole, flags);
    else source += type === 'char' ? plain(whole, flags) : whole;
  }
  return source;
}

function pieceAt(pattern: string, at: number): readonly [RegExpExecArray, type: string] {
  for (const [piece, type] of pieces) {
    piece.lastIndex = at;
    const found = piece.exec(pattern);
    if (found) return [found, type];
  }
  throw new SyntaxError();
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const is = (letter: keyof Flags): boolean => !off.includes(letter) && (on.includes(letter) || flags[letter]);
  return { i: is('i'), m: is('m'), s: is('s') };
}

function plain(char: string, flags: Flags): string {
  if (char === '|') return char;
  if (char === '.') return flags.s ? '[^]' : '[^\\n]';
  // JavaScript lets nobody repeat a look behind or ahead.
  if (char === '^') return `(?:(?<!${flags.m ? '[^\\n]' : '[^]'}))`;
  if (char === '$') return `(?:(?!${flags.m ? '[^\\n]' : '[^]'}))`;
  return literal(char, flags);
}

function literal(char: string, flags: Flags): string {
  const codes = Array.from(flags.i ? `${char}${char.toLowerCase()}${char.toUpperCase()}` : char, codeOf).join('');
  return flags.i ? `[${codes}]` : codes;
}

const codeOf = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

const controls: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' };
/** Classes and places that are not the same in JavaScript, or that it does not let repeat. */
const perl: Readonly<Record<string, string>> = {
  s: '[\\t\\n\\f\\r ]',
  S: '[^\\t\\n\\f\\r ]',
  A: '(?:(?<![^]))',
  z: '(?:(?![^]))',
  b: '(?:\\b)',
  B: '(?:\\B)',
};

function escaped(whole: string, flags: Flags): string {
  const letter = whole.charAt(1);
  return perl[letter] ?? (/[dDwW]/.test(letter) ? whole : (property(whole) ?? literal(charOf(whole), flags)));
}

/** `\pL`, `\p{Greek}`, `\p{^Greek}`. */
function property(whole: string): string | undefined {
  const [, letter, not, name = ''] = /^\\([pP])\{?(\^?)(\w+)\}?$/.exec(whole) ?? [];
  if (letter === undefined) return undefined;
  const isNegative = (letter === 'P') !== (not === '^');
  return `\\${isNegative ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`;
}

/** The one character that an escape stands for. Throws a SyntaxError for letters that mean nothing. */
function charOf(whole: string): string {
  const [, hex, octal] = /^\\(?:x\{?([\da-f]+)\}?|([0-7]{2,3}|0))$/i.exec(whole) ?? [];
  if (hex !== undefined && parseInt(hex, 16) > 0x10ffff) throw new SyntaxError();
  if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
  if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
  const char = controls[whole.slice(1)] ?? whole.slice(1);
  if (char === whole.slice(1) && /^[^\x00-\x7f]|[A-Za-z0-9]$/.test(char)) throw new SyntaxError();
  return char;
}

const classPieces =
  /\[:(\^?)(\w+):\]|\\(?:p|P)(?:\{\^?\w+\}|\w)|\\[dDwWsS]|(\\x\{[\da-f]+\}|\\x[\da-f]{2}|\\[0-7]{2,3}|\\0|\\[^]|[^\\])/iuy;

/** From behind `[` or `[^`: where the class ends, and JavaScript's insides. */
function readClass(pattern: string, start: number, flags: Flags): readonly [end: number, source: string] {
  let at = start;
  let source = '';
  while (at === start || pattern[at] !== ']') {
    classPieces.lastIndex = at;
    const found = classPieces.exec(pattern);
    if (!found) throw new SyntaxError();
    const [whole, not = '', posix, char] = found;
    at += whole.length;
    if (posix !== undefined) source += posixClass(posix, not);
    else if (char === undefined) source += property(whole) ?? perlInside(whole);
    else {
      const low = char.startsWith('\\') ? charOf(char) : char;
      const [end, high] = rangeEnd(pattern, at) ?? [at, low];
      at = end;
      source += range(low, high, flags);
    }
  }
  return [at + 1, source];
}

/** Behind `a` of `a-z`: where it ends, and its last character. */
function rangeEnd(pattern: string, at: number): readonly [end: number, high: string] | undefined {
  if (pattern[at] !== '-' || pattern[at + 1] === ']' || pattern[at + 1] === undefined) return undefined;
  classPieces.lastIndex = at + 1;
  const found = classPieces.exec(pattern);
  const char = found?.[3];
  if (!found || char === undefined) throw new SyntaxError();
  return [at + 1 + found[0].length, char.startsWith('\\') ? charOf(char) : char];
}

function range(low: string, high: string, { i }: Flags): string {
  const own = `${codeOf(low)}-${codeOf(high)}`;
  if (!i) return own;
  const inOtherCase = (first: string, last: string, shift: number): string => {
    const from = low > first ? low : first;
    const to = high < last ? high : last;
    const moved = (char: string): string => codeOf(String.fromCharCode(char.charCodeAt(0) + shift));
    return from <= to ? `${moved(from)}-${moved(to)}` : '';
  };
  return own + inOtherCase('a', 'z', -32) + inOtherCase('A', 'Z', 32);
}

function perlInside(whole: string): string {
  if (whole === '\\S') return '\\0-\\x08\\x0b\\x0e-\\x1f!-\\u{10ffff}';
  return whole === '\\s' ? '\\t\\n\\f\\r ' : whole;
}

function posixClass(name: string, not: string): string {
  const inside = name === 'space' ? '\\t-\\r ' : name === 'word' ? '\\w' : characterClasses[name];
  // `[:^alpha:]` is not modelled: JavaScript has nothing like it inside brackets.
  if (inside === undefined || not !== '') throw new SyntaxError();
  return inside;
}
