/** What awk computes with: numbers, texts, and texts that came in and look like numbers. POSIX, awk, "Expressions". */
import { formatNumber } from './format.ts';

/** Null is what was never assigned: 0 and the empty text. */
export type Value = string | number | NumericText | null;

export interface NumericText {
  readonly text: string;
  readonly number: number;
}

export type AwkArray = Map<string, Value>;

const leadingNumber = /^[ \t\n\r\f\v]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/;

/** A field, a line, a value of the command line: a number too if it looks like one. */
export function fromInput(text: string): Value {
  const found = leadingNumber.exec(text)?.[0];
  return found !== undefined && text.slice(found.length).trim() === '' ? { text, number: Number(found) } : text;
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value === null) return 0;
  return typeof value === 'string' ? Number(leadingNumber.exec(value)?.[0] ?? 0) : value.number;
}

/** How a program makes texts of numbers. */
export interface NumberForm {
  /** CONVFMT, or OFMT where it is printed. */
  readonly format: string;
  /** Up to here whole numbers are written out: mawk's are C's int, busybox's its long long. */
  readonly largestWhole: number;
}

export function toText(value: Value, { format, largestWhole }: NumberForm): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value !== 'number') return value.text;
  if (Number.isInteger(value) && Math.abs(value) <= largestWhole) return BigInt(value).toString();
  return formatNumber(format, value);
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'string') return value !== '';
  return toNumber(value) !== 0;
}

/** Below 0, 0 or above 0. Numbers are compared as numbers, all else as texts. */
export function compareValues(one: Value, other: Value, form: NumberForm): number {
  if (typeof one !== 'string' && typeof other !== 'string') return toNumber(one) - toNumber(other);
  const [a, b] = [toText(one, form), toText(other, form)];
  return a < b ? -1 : a === b ? 0 : 1;
}
