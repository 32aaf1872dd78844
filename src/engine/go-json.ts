/** JSON as Go reads it, and what it says of a text that is none. Go: encoding/json/scanner.go. */
import { fromUtf8, utf8 } from '../kernel/bytes.ts';

interface Scanner {
  readonly text: string;
  at: number;
}

/** Thrown inside: where the text goes wrong. */
class Complaint extends Error {}

/** What a text says, or the words for the first thing that is wrong with it. */
export type Json = { readonly value: unknown } | { readonly complaint: string };

/** As json.Unmarshal reads a text. */
export function unmarshalJson(text: string): Json {
  try {
    return { value: parse(text) };
  } catch {
    return { complaint: complaintOf(text) };
  }
}

/** A string of Go's is UTF-8, whether it was written as such or as escapes; what is none is U+FFFD. */
function parse(text: string): unknown {
  return /[\x80-\xff]|\\u(?!00[0-7])/.test(text) ? encoded(JSON.parse(fromUtf8(text))) : JSON.parse(text);
}

function encoded(value: unknown): unknown {
  if (typeof value === 'string') return utf8(value);
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [utf8(name), encoded(member)]));
}

/** The first value of a stream, and what comes after it; or what is wrong with it. */
export type Decoded = { readonly value: unknown; readonly rest: string } | { readonly complaint: string };

/** As json.Decoder does, which reads a stream: its end is an EOF, an unexpected one within a value. */
export function decodeJson(text: string): Decoded {
  if (text.trim() === '') return { complaint: 'EOF' };
  const read = unmarshalJson(text);
  if ('value' in read) return { ...read, rest: '' };
  if (read.complaint === 'unexpected end of JSON input') return { complaint: 'unexpected EOF' };
  if (!read.complaint.endsWith(afterValue)) return read;
  const scanner: Scanner = { text, at: 0 };
  takeValue(scanner);
  return { value: parse(text.slice(0, scanner.at)), rest: text.slice(scanner.at).trim() };
}
const afterValue = 'after top-level value';

function complaintOf(text: string): string {
  const scanner: Scanner = { text, at: 0 };
  try {
    takeValue(scanner);
    takeBlanks(scanner);
    refuse(scanner, afterValue);
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

function refuse({ text, at }: Scanner, where: string): never {
  const char = text[at];
  if (char === undefined) throw new Complaint('unexpected end of JSON input');
  const shown = char === "'" ? `'\\''` : char === '"' ? `'"'` : char === '\n' ? `'\\n'` : `'${char}'`;
  throw new Complaint(`invalid character ${shown} ${where}`);
}

function takeBlanks(scanner: Scanner): void {
  while (/[ \t\r\n]/.test(scanner.text[scanner.at] ?? '')) scanner.at += 1;
}

function takeValue(scanner: Scanner): void {
  takeBlanks(scanner);
  const char = scanner.text[scanner.at];
  if (char === '{') takeMembers(scanner);
  else if (char === '[') takeElements(scanner);
  else if (char === '"') takeString(scanner);
  else if (char !== undefined && /[-0-9]/.test(char)) takeNumber(scanner);
  else if (char === 't' || char === 'f' || char === 'n')
    takeWord(scanner, char === 't' ? 'true' : char === 'f' ? 'false' : 'null');
  else refuse(scanner, 'looking for beginning of value');
}

function takeMembers(scanner: Scanner): void {
  scanner.at += 1;
  takeBlanks(scanner);
  if (scanner.text[scanner.at] === '}') {
    scanner.at += 1;
    return;
  }
  for (;;) {
    takeBlanks(scanner);
    if (scanner.text[scanner.at] !== '"') refuse(scanner, 'looking for beginning of object key string');
    takeString(scanner);
    takeBlanks(scanner);
    if (scanner.text[scanner.at] !== ':') refuse(scanner, 'after object key');
    scanner.at += 1;
    takeValue(scanner);
    takeBlanks(scanner);
    const char = scanner.text[scanner.at];
    if (char !== ',' && char !== '}') refuse(scanner, 'after object key:value pair');
    scanner.at += 1;
    if (char === '}') return;
  }
}

function takeElements(scanner: Scanner): void {
  scanner.at += 1;
  takeBlanks(scanner);
  if (scanner.text[scanner.at] === ']') {
    scanner.at += 1;
    return;
  }
  for (;;) {
    takeValue(scanner);
    takeBlanks(scanner);
    const char = scanner.text[scanner.at];
    if (char !== ',' && char !== ']') refuse(scanner, 'after array element');
    scanner.at += 1;
    if (char === ']') return;
  }
}

function takeString(scanner: Scanner): void {
  for (scanner.at += 1; ; scanner.at += 1) {
    const char = scanner.text[scanner.at];
    if (char === undefined || char < ' ') refuse(scanner, 'in string literal');
    if (char === '"') break;
    if (char === '\\') {
      scanner.at += 1;
      if (!/["\\/bfnrtu]/.test(scanner.text[scanner.at] ?? '')) refuse(scanner, 'in string escape code');
    }
  }
  scanner.at += 1;
}

function takeNumber(scanner: Scanner): void {
  const [number = ''] = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/.exec(scanner.text.slice(scanner.at)) ?? [];
  scanner.at += number.length;
  if (number === '') {
    scanner.at += 1;
    refuse(scanner, 'in numeric literal');
  }
}

function takeWord(scanner: Scanner, word: string): void {
  for (const [index, char] of Array.from(word).entries()) {
    if (scanner.text[scanner.at] !== char) refuse(scanner, `in literal ${word} (expecting '${word[index]}')`);
    scanner.at += 1;
  }
}
