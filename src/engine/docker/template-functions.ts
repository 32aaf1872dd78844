/** What a template may call: Go's own functions and those of docker's templates package. */
import { goFormat } from './go-format.ts';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import {
  entriesOf,
  GoMap,
  GoNothing,
  GoRow,
  GoList,
  isTruth,
  isUntypedMap,
  listOf,
  show,
  stringOf,
  typeNameOf,
} from './go-value.ts';

/** A function refuses its arguments with Go's words. */
export class CallError extends Error {}

export type Parameter = 'string' | 'int' | '[]string' | 'any';

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** What all further arguments are; without it there are none. */
  readonly more?: Parameter;
  readonly call: (...args: readonly unknown[]) => unknown;
}

function takes(
  parameters: readonly Parameter[],
  call: (...args: readonly unknown[]) => unknown,
  more?: Parameter,
): TemplateFunction {
  return more === undefined ? { parameters, call } : { parameters, call, more };
}

/** Docker's. cli: templates/templates.go. */
const dockerFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: takes(['any'], jsonOf),
  split: takes(
    ['string', 'string'],
    (text, separator) => new GoList(String(text).split(String(separator)), '[]string'),
  ),
  join: takes(['[]string', 'string'], (list, separator) => (listOf(list) ?? []).map(show).join(String(separator))),
  title: takes(['string'], (text) =>
    String(text).replace(
      /(^|[^A-Za-z0-9_\x80-\xff])([a-z])/g,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  lower: takes(['string'], (text) => utf8(fromUtf8(String(text)).toLowerCase())),
  upper: takes(['string'], (text) => utf8(fromUtf8(String(text)).toUpperCase())),
  pad: takes(['string', 'int', 'int'], (text, before, after) =>
    text === '' ? '' : ' '.repeat(Number(before)) + String(text) + ' '.repeat(Number(after)),
  ),
  truncate: takes(['string', 'int'], (text, length) => String(text).slice(0, Number(length))),
};

export const functions: Readonly<Record<string, TemplateFunction>> = {
  ...dockerFunctions,
  print: takes([], (...values) => printed(values), 'any'),
  println: takes([], (...values) => `${values.map(show).join(' ')}\n`, 'any'),
  printf: takes(['string'], (format, ...values) => goFormat(String(format), values), 'any'),
  html: takes([], (...values) => printed(values).replace(/[&<>"']/g, (char) => htmlEscapes[char] ?? char), 'any'),
  js: takes([], (...values) => printed(values).replace(/[\\'"<>&=\n\r]/g, (char) => jsEscapes[char] ?? char), 'any'),
  urlquery: takes([], (...values) => encodeURIComponent(printed(values)).replaceAll('%20', '+'), 'any'),
  len: takes(['any'], lengthOf),
  index: takes(['any'], (value, ...keys) => keys.reduce(indexed, value), 'any'),
  slice: takes(['any'], sliced, 'any'),
  // Whoever calls it knows how the value is written.
  call: takes(
    ['any'],
    (value, text) => {
      throw new CallError(isNil(value) ? 'call of nil' : `non-function ${String(text)} of type ${typeNameOf(value)}`);
    },
    'any',
  ),
  not: takes(['any'], (value) => !isTruth(value)),
  // The caller stops at the first argument that decides.
  and: takes(['any'], (...values) => values.at(-1), 'any'),
  or: takes(['any'], (...values) => values.at(-1), 'any'),
  eq: takes(['any'], equal, 'any'),
  ne: takes(['any', 'any'], (a, b) => compared(a, b) !== 0),
  lt: takes(['any', 'any'], (a, b) => ordered(a, b) < 0),
  le: takes(['any', 'any'], (a, b) => ordered(a, b) <= 0),
  gt: takes(['any', 'any'], (a, b) => ordered(a, b) > 0),
  ge: takes(['any', 'any'], (a, b) => ordered(a, b) >= 0),
};

/** The same where a table's head is drawn: what shapes a value leaves a title as it is. cli: HeaderFunctions. */
export const headerFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...functions,
  ...Object.fromEntries(['json', 'title', 'lower', 'upper'].map((name) => [name, takes(['string'], (title) => title)])),
  ...Object.fromEntries(['split', 'join'].map((name) => [name, takes(['string', 'string'], (title) => title)])),
  truncate: takes(['string', 'int'], (title) => title),
};

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
  '\n': '\\u000A',
  '\r': '\\u000D',
};

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return value instanceof GoRow ? escapeJson(text) : text;
}

/** Go's own JSON writes <, > and & as escapes. */
export function escapeJson(json: string): string {
  return json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function lengthOf(value: unknown): number {
  const text = stringOf(value);
  if (text !== undefined) return text.length;
  if (isNil(value)) throw new CallError('len of nil pointer');
  const entries = typeof value === 'object' ? entriesOf(value) : undefined;
  if (entries === undefined) throw new CallError(`len of type ${typeNameOf(value)}`);
  return entries.length;
}

function equal(first: unknown, ...others: readonly unknown[]): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison');
  return others.some((other) => compared(first, other) === 0);
}

function ordered(a: unknown, b: unknown): number {
  if (isNil(a) || isNil(b)) throw new CallError('invalid type for comparison');
  const difference = compared(a, b);
  if (typeof a === 'boolean') throw new CallError('invalid type for comparison');
  return difference;
}

function isNil(value: unknown): boolean {
  return value === null || value === undefined || (value instanceof GoNothing && value.isPointer);
}

function compared(a: unknown, b: unknown): number {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b) ? 0 : 1;
  const [one, other] = [stringOf(a) ?? a, stringOf(b) ?? b];
  if (typeof one !== typeof other) throw new CallError('incompatible types for comparison');
  if (typeof one === 'object') throw new CallError(`non-comparable type ${show(a)}: ${typeNameOf(a)}`);
  if (one === other) return 0;
  return (one as string) < (other as string) ? -1 : 1;
}

/** Go: index(). What a map does not have is its type's zero. */
function indexed(value: unknown, key: unknown, at: number): unknown {
  if (isNil(value))
    throw new CallError(`index of ${at === 0 && !(value instanceof GoNothing) ? 'untyped nil' : 'nil pointer'}`);
  const list = stringOf(value) ?? listOf(value);
  if (list !== undefined) {
    const place = placeIn(list.length, key);
    const kind = typeof list === 'string' ? 'string' : 'slice';
    if (place === list.length) throw new CallError(`reflect: ${kind} index out of range`);
    return typeof list === 'string' ? list.charCodeAt(place) : list[place];
  }
  if (value instanceof GoMap || (value instanceof GoNothing && 'map' in value.type)) {
    const map = value instanceof GoMap ? value : new GoMap({}, value.type as GoMap['type']);
    checkKey(key, map.key);
    return map.get(String(key));
  }
  if (!isUntypedMap(value)) throw new CallError(`can't index item of type ${typeNameOf(value)}`);
  checkKey(key, 'string');
  return value[String(key)] ?? null;
}

function checkKey(key: unknown, wanted: string): void {
  if (isNil(key)) throw new CallError(`value is nil; should be of type ${wanted}`);
  if (typeNameOf(key) !== wanted) throw new CallError(`value has type ${typeNameOf(key)}; should be ${wanted}`);
}

/** Go: indexArg() */
function placeIn(length: number, key: unknown): number {
  if (isNil(key)) throw new CallError('cannot index slice/array with nil');
  if (typeof key !== 'number') throw new CallError(`cannot index slice/array with type ${typeNameOf(key)}`);
  if (key < 0 || key > length) throw new CallError(`index out of range: ${key}`);
  return key;
}

function sliced(value: unknown, ...bounds: readonly unknown[]): unknown {
  if (isNil(value)) throw new CallError('slice of untyped nil');
  const list = stringOf(value) ?? listOf(value);
  if (list === undefined) throw new CallError(`can't slice item of type ${typeNameOf(value)}`);
  if (bounds.length > 3) throw new CallError(`too many slice indexes: ${bounds.length}`);
  if (bounds.length === 3 && typeof list === 'string') throw new CallError('cannot 3-index slice a string');
  const places = bounds.map((bound) => placeIn(list.length, bound));
  const [from = 0, to = list.length] = places;
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`);
  if (typeof list === 'string') return list.slice(from, to);
  return value instanceof GoList ? new GoList(list.slice(from, to), value.typeName) : list.slice(from, to);
}

/** Go: fmt.Sprint(): a blank between two that are no strings. */
function printed(values: readonly unknown[]): string {
  return values.reduce((text: string, value, at) => {
    const apart = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string';
    return `${text}${apart ? ' ' : ''}${show(value)}`;
  }, '');
}

/** Why an argument does not fit; undefined when it does. `literal` is how a constant was written. */
export function misfit(value: unknown, parameter: Parameter, literal: string | undefined): string | undefined {
  if (parameter === 'any') return undefined;
  if (value === undefined) return parameter === '[]string' ? undefined : `invalid value; expected ${parameter}`;
  const name = value === null ? 'interface {}' : typeNameOf(value);
  if (name === parameter) return undefined;
  if (literal !== undefined) return `expected ${parameter === 'int' ? 'integer' : parameter}; found ${literal}`;
  return `wrong type for value; expected ${parameter}; got ${name}`;
}
