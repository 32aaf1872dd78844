/** JSON values as jq has them: ordered objects, and numbers that keep the text they were written as. */

export type Json = null | boolean | number | Literal | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** A number whose text says more than a double does: `18446744073709551615`, `1.50`. jq 1.7 prints it as it was. */
export class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  get number(): number {
    return Number(this.text);
  }
}

/** A failure of the running program; `value` is what `catch` gets. */
export class JqError extends Error {
  readonly value: Json;
  constructor(value: Json) {
    super(typeof value === 'string' ? value : toText(value));
    this.value = value;
  }
}

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function isObject(value: Json): value is JsonObject {
  return value instanceof Map;
}

export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (isArray(value)) return 'array';
  return isObject(value) ? 'object' : 'number';
}

/** The double of a number; null for what is none. */
export function numberOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  return value instanceof Literal ? value.number : null;
}

/** Everything is true but null and false. */
export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

const order: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** jq's order over all values: by type, then within it; objects by their sorted keys, then by those keys' values. */
export function compare(one: Json, other: Json): number {
  const type = typeOf(one);
  if (type !== typeOf(other)) return order.indexOf(type) - order.indexOf(typeOf(other));
  if (isArray(one) && isArray(other)) return compareLists(one, other);
  if (isObject(one) && isObject(other)) {
    const keys = sortedKeys(one);
    const byKeys = compareLists(keys, sortedKeys(other));
    if (byKeys !== 0) return byKeys;
    return compareLists(
      keys.map((key) => one.get(key) ?? null),
      keys.map((key) => other.get(key) ?? null),
    );
  }
  if (type === 'boolean') return Number(one) - Number(other);
  const [a, b] = [numberOf(one) ?? one, numberOf(other) ?? other] as [string, string];
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(one: readonly Json[], other: readonly Json[]): number {
  for (const [index, value] of one.entries()) {
    const rival = other[index];
    if (rival === undefined) return 1;
    const result = compare(value, rival);
    if (result !== 0) return result;
  }
  return one.length - other.length;
}

export function sortedKeys(object: JsonObject): readonly string[] {
  return [...object.keys()].toSorted();
}

/** A value in one line, as `tojson` and `-c` have it. */
export function toText(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Literal) return value.text;
  if (isArray(value)) return `[${value.map(toText).join(',')}]`;
  if (isObject(value)) return `{${[...value].map(([key, each]) => `${quoted(key)}:${toText(each)}`).join(',')}}`;
  return String(value);
}

/** A string as JSON; jq escapes DEL too. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}

/**
 * A number with as few digits as tell it apart; exponents from -5 down and where zeros would be more than 15.
 * jq: jv_dtoa.c, jvp_dtoa_fmt().
 */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [, sign = '', lead = '', rest = '', exponent = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const digits = lead + rest;
  const point = Number(exponent) + 1;
  if (point > -4 && point <= digits.length + 15) {
    if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
    if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
    return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  const power = point - 1;
  const magnitude = String(Math.abs(power)).padStart(2, '0');
  return `${sign}${lead}${rest === '' ? '' : `.${rest}`}e${power < 0 ? '-' : '+'}${magnitude}`;
}

/** `object ({"a":{"b":[...)`: how errors name a value. */
export function named(value: Json): string {
  const text = toText(value);
  const bytes = Array.from(text, (char) => [char, utf8Length(char)] as const);
  const total = bytes.reduce((sum, [, length]) => sum + length, 0);
  if (total <= 14) return `${typeOf(value)} (${text})`;
  let room = 11;
  const kept = bytes.flatMap(([char, length]) => {
    room -= length;
    return room >= 0 ? [char] : [];
  });
  return `${typeOf(value)} (${kept.join('')}...)`;
}

function utf8Length(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
