/** Regular expressions: JavaScript's stand in for Oniguruma's. jq: builtin.c, f_match(). */
import { JqError, named, type Json } from './value.ts';

/** Every match (with the flag `g`), or the first, as jq's match objects. */
export function matchesOf(value: Json, given: Json, givenFlags: Json): Json {
  const [pattern, flags] = Array.isArray(given) ? [given[0] as Json, (given[1] ?? null) as Json] : [given, givenFlags];
  if (typeof value !== 'string') throw new JqError(`${named(value)} cannot be matched, as it is not a string`);
  if (typeof pattern !== 'string') throw new JqError(`${named(pattern)} cannot be matched, as it is not a string`);
  const letters = typeof flags === 'string' ? flags : '';
  const wrong = /[^gimnpslx]/.exec(letters);
  if (wrong) throw new JqError(`${letters} is not a valid modifier string`);
  const expression = compiled(pattern, letters);
  const found = letters.includes('g') ? [...value.matchAll(expression)] : [expression.exec(value)];
  return found.flatMap((match) => (match === null ? [] : [matchObject(match, pattern)]));
}

function compiled(pattern: string, letters: string): RegExp {
  const source = letters.includes('x')
    ? pattern.replace(/\\[^]|\s+|#.*/g, (part) => (part.startsWith('\\') ? part : ''))
    : pattern;
  const posix = source.replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole);
  try {
    return new RegExp(
      posix,
      `du${letters.includes('i') ? 'i' : ''}${/[sp]/.test(letters) ? 's' : ''}${letters.includes('g') ? 'g' : ''}`,
    );
  } catch {
    throw new JqError(`${pattern} (at offset 0) is not a valid regex`);
  }
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  space: '\\s',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9A-Fa-f',
};

function matchObject(match: RegExpExecArray, pattern: string): Json {
  // Groups are named in the order in which their parentheses open.
  const names = Array.from(pattern.matchAll(/\\[^]|\((?:\?<([A-Za-z_]\w*)>|(?!\?))/g))
    .filter(([whole]) => !whole.startsWith('\\'))
    .map(([, name]) => name ?? null);
  const offset = (at: number): number => Array.from(match.input.slice(0, at)).length;
  const captures = match.slice(1).map((string: string | undefined, index): Json => {
    const range = match.indices?.[index + 1];
    return new Map<string, Json>([
      ['offset', range === undefined ? -1 : offset(range[0])],
      ['length', string === undefined ? 0 : Array.from(string).length],
      ['string', string ?? null],
      ['name', names[index] ?? null],
    ]);
  });
  return new Map<string, Json>([
    ['offset', offset(match.index)],
    ['length', Array.from(match[0]).length],
    ['string', match[0]],
    ['captures', captures],
  ]);
}
