/** `@json`, `@csv` and their like: values as text of other kinds. jq: builtin.c, f_format(). */
import { utf8 } from '../../kernel/bytes.ts';
import { isArray, JqError, named, toText, typeOf, type Json } from './value.ts';

/** A value in a format. Throws a JqError in jq's words. */
export function inFormat(name: string, value: Json): string {
  switch (name) {
    case '@json':
      return toText(value);
    case '@text':
      return textOf(value);
    case '@csv':
      return row(value, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`);
    case '@tsv':
      return row(value, 'tsv', '\t', (text) => text.replace(/[\\\t\n\r]/g, (char) => tsvEscapes[char] ?? char));
    case '@html':
      return textOf(value).replace(/[<>&'"]/g, (char) => entities[char] ?? char);
    case '@uri':
      return encodeUri(textOf(value));
    case '@sh':
      return (isArray(value) ? value : [value]).map(shellWord).join(' ');
    case '@base64':
      return base64(utf8(textOf(value)));
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}

/** A string as it is, anything else as JSON. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : toText(value);
}

const tsvEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&quot;',
};

function row(value: Json, kind: string, separator: string, quote: (text: string) => string): string {
  if (!isArray(value)) throw new JqError(`${named(value)} cannot be ${kind}-formatted, only array`);
  const cells = value.map((cell) => {
    if (typeof cell === 'string') return quote(cell);
    if (cell === null) return '';
    if (typeOf(cell) === 'number' || typeof cell === 'boolean') return toText(cell);
    throw new JqError(`${named(cell)} is not valid in a csv row`);
  });
  return cells.join(separator);
}

function shellWord(value: Json): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`;
  if (typeOf(value) === 'object' || isArray(value)) throw new JqError(`${named(value)} can not be escaped for shell`);
  return toText(value);
}

function encodeUri(text: string): string {
  return Array.from(utf8(text), (byte) =>
    /[A-Za-z0-9_.~-]/.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: string): string {
  const groups = bytes.match(/[^]{1,3}/g) ?? [];
  return groups
    .map((group) => {
      const [a = 0, b = 0, c = 0] = Array.from(group, (char) => char.charCodeAt(0));
      const bits = a * 65_536 + b * 256 + c;
      const four = [18, 12, 6, 0].map((shift) => digits.charAt(Math.floor(bits / 2 ** shift) % 64)).join('');
      return four.slice(0, group.length + 1).padEnd(4, '=');
    })
    .join('');
}

/** Bytes out of base64 text. */
export function fromBase64(text: string): string {
  const values = Array.from(text.replace(/=+$/, ''), (char) => digits.indexOf(char));
  if (values.includes(-1)) throw new JqError(`${named(text)} is not valid base64 data`);
  const bytes: string[] = [];
  for (let at = 0; at + 1 < values.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = values.slice(at, at + 4);
    const bits = a * 262_144 + b * 4096 + c * 64 + d;
    const count = Math.min(3, values.length - at - 1);
    for (const shift of [16, 8, 0].slice(0, count))
      bytes.push(String.fromCharCode(Math.floor(bits / 2 ** shift) % 256));
  }
  return bytes.join('');
}
