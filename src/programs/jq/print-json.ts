/** Values as jq writes them out: laid out or in one line, in colours on a terminal. jq: jv_print.c. */
import { isArray, isObject, sortedKeys, toText, quoted, typeOf, type Json } from './value.ts';

export interface Layout {
  /** What one level of nesting is set in by; null for one line. */
  readonly indent: string | null;
  readonly sorted: boolean;
  readonly coloured: boolean;
}

/** SGR codes of jq 1.7.1. */
const colours: Readonly<Record<string, string>> = {
  null: '1;30',
  boolean: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
};

/** A value without a newline behind it. */
export function layOut(value: Json, layout: Layout, level = 0): string {
  const { indent, sorted } = layout;
  const paint = (text: string, kind: string): string => painted(text, kind, layout);
  const type = typeOf(value);
  if (!isArray(value) && !isObject(value)) return paint(toText(value), type);
  const items = isArray(value)
    ? value.map((item) => layOut(item, layout, level + 1))
    : (sorted ? sortedKeys(value) : [...value.keys()]).map((key) => {
        const colon = paint(indent === null ? ':' : ': ', 'object');
        return paint(quoted(key), 'key') + colon + layOut(value.get(key) ?? null, layout, level + 1);
      });
  const [open = '', close = ''] = isArray(value) ? '[]' : '{}';
  if (items.length === 0) return paint(open + close, type);
  const line = (depth: number): string => (indent === null ? '' : `\n${indent.repeat(depth)}`);
  const inner = items.map((item, index) => `${index === 0 ? '' : paint(',', type)}${line(level + 1)}${item}`);
  return `${paint(open, type)}${inner.join('')}${line(level)}${paint(close, type)}`;
}

function painted(text: string, kind: string, { coloured }: Layout): string {
  return coloured ? `\x1b[${colours[kind] ?? '0;39'}m${text}\x1b[0m` : text;
}
