/** What a template may call: Go's own functions and those of docker's templates package; and how Go prints a value. */
import { goQuote } from './go-text.ts';

/** A function refuses its arguments with Go's words. */
export class CallError extends Error {}

type Fn = (...args: readonly unknown[]) => unknown;

/** Go's truth: not zero, not empty. */
export function isTruth(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

/** A value as Go's fmt prints it with %v. */
export function show(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value) ?? '';
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, inner]) => `${name}:${show(inner)}`).join(' ')}]`;
}

export const functions: Readonly<Record<string, Fn>> = {
  json: (value) => JSON.stringify(value ?? null),
  split: (text, separator) => String(text).split(String(separator)),
  join: (list, separator) => listOf(list).map(show).join(String(separator)),
  title: (text) =>
    String(text).replace(
      /(^|[^A-Za-z0-9_'])([a-z])/g,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  lower: (text) => String(text).toLowerCase(),
  upper: (text) => String(text).toUpperCase(),
  pad: (text, before, after) =>
    text === '' ? '' : ' '.repeat(Number(before)) + String(text) + ' '.repeat(Number(after)),
  truncate: (text, length) => String(text).slice(0, Number(length)),
  print: (...values) => printed(values),
  println: (...values) => `${values.map(show).join(' ')}\n`,
  printf: (format, ...values) => formatted(String(format), values),
  html: (value) => show(value),
  len: (value) => {
    if (typeof value === 'string' || Array.isArray(value)) return value.length;
    if (typeof value === 'object' && value !== null) return Object.keys(value).length;
    throw new CallError(`len of type ${typeName(value)}`);
  },
  index: (value, ...keys) => keys.reduce(indexed, value),
  slice: (value, from = 0, to) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.slice(Number(from), to === undefined ? undefined : Number(to))
      : value,
  not: (value) => !isTruth(value),
  and: (...values) => values.find((value) => !isTruth(value)) ?? values.at(-1),
  or: (...values) => values.find(isTruth) ?? values.at(-1),
  eq: (first, ...others) => others.some((other) => compared(first, other) === 0),
  ne: (a, b) => compared(a, b) !== 0,
  lt: (a, b) => compared(a, b) < 0,
  le: (a, b) => compared(a, b) <= 0,
  gt: (a, b) => compared(a, b) > 0,
  ge: (a, b) => compared(a, b) >= 0,
};

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function typeName(value: unknown): string {
  return value === null || value === undefined ? 'nil' : typeof value === 'number' ? 'int' : typeof value;
}

function compared(a: unknown, b: unknown): number {
  if (typeof a !== typeof b && a !== undefined && b !== undefined)
    throw new CallError('incompatible types for comparison');
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

function indexed(value: unknown, key: unknown): unknown {
  if (Array.isArray(value) || typeof value === 'string') {
    const at = Number(key);
    if (!(at >= 0 && at < value.length)) throw new CallError(`index out of range: ${at}`);
    return typeof value === 'string' ? value.charCodeAt(at) : (value[at] as unknown);
  }
  if (value === null || value === undefined) throw new CallError('index of untyped nil');
  return (value as Readonly<Record<string, unknown>>)[String(key)] ?? '';
}

/** Go: fmt.Sprint(): a blank between two that are no strings. */
function printed(values: readonly unknown[]): string {
  return values.reduce((text: string, value, at) => {
    const apart = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string';
    return `${text}${apart ? ' ' : ''}${show(value)}`;
  }, '');
}

/** Go: fmt.Sprintf(), for %s %v %d %q %t %x %f, with width and flags. */
function formatted(format: string, values: readonly unknown[]): string {
  let next = 0;
  return format.replace(
    /%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= values.length) return `%!${verb}(MISSING)`;
      const text = verbOf(verb, values[next], precision);
      next += 1;
      if (text === null) return whole;
      const length = Number(width);
      if (flags.includes('-')) return text.padEnd(length);
      return text.padStart(length, flags.includes('0') ? '0' : ' ');
    },
  );
}

function verbOf(verb: string, value: unknown, precision: string | undefined): string | null {
  switch (verb) {
    case 's':
    case 'v':
      return precision === undefined ? show(value) : show(value).slice(0, Number(precision));
    case 'd':
    case 't':
      return show(value);
    case 'q':
      return goQuote(show(value));
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : Array.from(String(value), (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    case 'f':
      return Number(value).toFixed(Number(precision ?? 6));
    default:
      return null;
  }
}
