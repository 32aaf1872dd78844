/** Shell patterns: POSIX, Shell Command Language, 2.13. */
import { characterClasses } from '../character-classes.ts';
import type { Field } from './piece.ts';

interface Char {
  readonly char: string;
  readonly quoted: boolean;
}

/** Whether the field has a `*`, `?` or `[` that is not quoted. */
export function hasPattern(field: Field): boolean {
  return field.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));
}

/** The pattern as the source of a regular expression that matches whole strings. */
export function patternSource(field: Field): string {
  const chars: Char[] = field.flatMap(({ text, quoted }) => Array.from(text, (char) => ({ char, quoted })));
  let source = '';
  for (let at = 0; at < chars.length; at += 1) {
    const { char, quoted } = chars[at] as Char;
    if (quoted) source += escape(char);
    else if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      source += escape(chars[at]?.char ?? '');
    } else if (char === '[') {
      const bracket = bracketAt(chars, at);
      source += bracket ? bracket.source : '\\[';
      if (bracket) at = bracket.end;
    } else source += escape(char);
  }
  return source;
}

export function matches(field: Field, text: string): boolean {
  return new RegExp(`^(?:${patternSource(field)})$`).test(text);
}

function escape(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}

/** A bracket expression that begins at `start`; null when nothing closes it. */
function bracketAt(chars: readonly Char[], start: number): { readonly source: string; readonly end: number } | null {
  let at = start + 1;
  let inside = '';
  const negated = chars[at]?.char === '!' || (chars[at]?.char === '^' && chars[at]?.quoted === false);
  if (negated) at += 1;
  for (let first = true; ; first = false) {
    const item = chars[at];
    if (!item) return null;
    if (item.char === ']' && !item.quoted && !first) break;
    if (item.char === '[' && chars[at + 1]?.char === ':' && !item.quoted) {
      const close = chars.findIndex(
        (one, index) => index > at + 1 && one.char === ':' && chars[index + 1]?.char === ']',
      );
      const name =
        close === -1
          ? ''
          : chars
              .slice(at + 2, close)
              .map(({ char }) => char)
              .join('');
      const members = characterClasses[name];
      if (members !== undefined) {
        inside += members;
        at = close + 2;
        continue;
      }
    }
    inside += item.char === '-' && !item.quoted ? '-' : escape(item.char);
    at += 1;
  }
  // A range whose ends are the wrong way round matches nothing, as in the C library.
  try {
    const source = `[${negated ? '^' : ''}${inside}]`;
    return { source: new RegExp(source).source, end: at };
  } catch {
    return { source: '(?!)', end: at };
  }
}

/**
 * `${x#p}` and its kin: what is left of `text` without the shortest (`#` `%`) or longest (`##` `%%`) match at its
 * beginning or end.
 */
export function removeMatch(text: string, field: Field, operator: '#' | '##' | '%' | '%%'): string {
  const pattern = new RegExp(`^(?:${patternSource(field)})$`);
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    const [part, rest] = operator.startsWith('#')
      ? [text.slice(0, length), text.slice(length)]
      : [text.slice(text.length - length), text.slice(0, text.length - length)];
    if (pattern.test(part)) return rest;
  }
  return text;
}
