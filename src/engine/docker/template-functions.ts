/** What a template may call: Go's own functions and those of docker's templates package. */
import { goFormat } from './go-format.ts';
import { goQuote } from '../go-text.ts';
import { entriesOf, GoMap, GoNothing, GoRow, GoStruct, isTruth, show, typeNameOf } from './go-value.ts';

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
  split: takes(['string', 'string'], (text, separator) => String(text).split(String(separator))),
  join: takes(['[]string', 'string'], (list, separator) => listOf(list).map(show).join(String(separator))),
  title: takes(['string'], (text) =>
    String(text).replace(
      /(^|[^A-Za-z0-9_'])([a-z])/g,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  lower: takes(['string'], (text) => String(text).toLowerCase()),
  upper: takes(['string'], (text) => String(text).toUpperCase()),
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
  slice: takes(['any'], sliced, 'int'),
  call: takes(['any'], (value) => {
    throw new CallError(`non-function of type ${typeNameOf(value)}`);
  }),
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
  ...Object.fromEntries(
    Object.entries(dockerFunctions)
      .filter(([name]) => !['split', 'join'].includes(name))
      .map(([name, { parameters }]) => [name, takes(parameters, (value) => value)]),
  ),
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

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value === null || value === undefined) throw new CallError('len of nil pointer');
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
  return compared(a, b);
}

function isNil(value: unknown): boolean {
  return value === null || value === undefined;
}

function compared(a: unknown, b: unknown): number {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b) ? 0 : 1;
  if (typeof a !== typeof b) throw new CallError('incompatible types for comparison');
  if (typeof a === 'object') throw new CallError(`non-comparable type ${show(a)}: ${typeNameOf(a)}`);
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

function indexed(value: unknown, key: unknown): unknown {
  if (isNil(value)) throw new CallError('index of untyped nil');
  if (value instanceof GoNothing && value.of === 'map') return '';
  if (value instanceof GoMap) return value.get(String(key)) ?? '';
  if (Array.isArray(value) || typeof value === 'string' || value instanceof GoNothing) {
    const length = value instanceof GoNothing ? 0 : value.length;
    if (typeof key !== 'number') throw new CallError(`cannot index slice/array with type ${typeNameOf(key)}`);
    if (key < 0 || key > length) throw new CallError(`index out of range: ${key}`);
    const kind = typeof value === 'string' ? 'string' : 'slice';
    if (key === length || value instanceof GoNothing) throw new CallError(`reflect: ${kind} index out of range`);
    return typeof value === 'string' ? value.charCodeAt(key) : (value[key] as unknown);
  }
  if (typeof value !== 'object' || value instanceof GoStruct || value instanceof GoRow)
    throw new CallError(`can't index item of type ${typeNameOf(value)}`);
  if (typeof key !== 'string') throw new CallError(`value has type ${typeNameOf(key)}; should be string`);
  return (value as Readonly<Record<string, unknown>>)[key];
}

function sliced(value: unknown, ...bounds: readonly unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new CallError(isNil(value) ? 'slice of untyped nil' : `can't slice item of type ${typeNameOf(value)}`);
  const numbers = bounds.map(Number);
  const beyond = numbers.find((bound) => bound < 0 || bound > value.length);
  if (beyond !== undefined) throw new CallError(`index out of range: ${beyond}`);
  const [from = 0, to = value.length] = numbers;
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`);
  return value.slice(from, to);
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
  const name = typeNameOf(value);
  const fits = name === parameter || (parameter === '[]string' && Array.isArray(value) && value.length === 0);
  if (fits) return undefined;
  if (literal !== undefined) return `expected ${parameter === 'int' ? 'integer' : parameter}; found ${literal}`;
  return `wrong type for value; expected ${parameter}; got ${name === 'nil' ? goQuote('nil') : name}`;
}
