/** Go's fmt.Sprintf(): %v %s %d %q %t %x %f %c %T and their like, with width and flags. */
import { goQuote } from '../go-text.ts';
import { show, typeNameOf } from './go-value.ts';

/** Formats values; what is missing, too much or of the wrong type stands in the text, as Go has it. */
export function goFormat(format: string, values: readonly unknown[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= values.length) return `%!${verb}(MISSING)`;
      const value = values[next];
      next += 1;
      const shown = verbs[verb]?.(value, precision) ?? wrongVerb(verb, value);
      const length = Number(width);
      if (flags.includes('-')) return shown.padEnd(length);
      return shown.padStart(length, flags.includes('0') && typeof value === 'number' ? '0' : ' ');
    },
  );
  const extra = values.slice(next).map((value) => `${typeNameOf(value)}=${show(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function wrongVerb(verb: string, value: unknown): string {
  return `%!${verb}(${typeNameOf(value)}=${show(value)})`;
}

type Verb = (value: unknown, precision: string | undefined) => string | undefined;

const cut = (text: string, precision: string | undefined): string =>
  precision === undefined ? text : text.slice(0, Number(precision));

const ofNumber =
  (body: (value: number, precision: string | undefined) => string): Verb =>
  (value, precision) =>
    typeof value === 'number' ? body(value, precision) : undefined;

const verbs: Readonly<Record<string, Verb>> = {
  v: (value, precision) => cut(show(value), precision),
  s: (value, precision) =>
    typeof value === 'number' || typeof value === 'boolean' ? undefined : cut(show(value), precision),
  q: (value) => (typeof value === 'string' ? goQuote(value) : undefined),
  t: (value) => (typeof value === 'boolean' ? show(value) : undefined),
  T: (value) => typeNameOf(value),
  d: ofNumber((value) => String(value)),
  c: ofNumber((value) => String.fromCodePoint(value)),
  U: ofNumber((value) => `U+${value.toString(16).toUpperCase().padStart(4, '0')}`),
  f: ofNumber((value, precision) => value.toFixed(Number(precision ?? 6))),
  x: (value) => {
    if (typeof value === 'number') return value.toString(16);
    if (typeof value !== 'string') return undefined;
    return Array.from(value, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  },
};
