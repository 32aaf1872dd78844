/** Reading JSON texts, one after the other, from a stream that is there as a whole. jq: jv_parse.c. */
import { Literal, type Json } from './value.ts';

/** What is no JSON; the place is jq's: the line, and the column of the end of the wrong token. */
export class ParseError extends Error {}

export interface ReadValue {
  readonly value: Json;
  /** How many lines had been read when the value was whole. */
  readonly line: number;
}

/** The values of a text, until it ends. Throws a ParseError at what is none: the values before it have been given. */
export function* readJson(text: string): Generator<ReadValue> {
  const state: State = { text, at: 0 };
  for (;;) {
    skipBlanks(state);
    if (state.at >= text.length) return;
    const value = readValue(state);
    yield { value, line: linesUpTo(text, state.at) };
  }
}

/** One JSON text and nothing else: `fromjson`. */
export function parseOne(text: string): Json {
  const values = [...readJson(text)];
  return values.length === 0 ? null : (values[0]?.value ?? null);
}

interface State {
  readonly text: string;
  at: number;
}

function skipBlanks(state: State): void {
  while (state.at < state.text.length && ' \t\r\n'.includes(state.text.charAt(state.at))) state.at += 1;
}

/** jq reads line by line: a value that ends within a line is told with that line's number. */
function linesUpTo(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  const read = end < 0 ? text : text.slice(0, end + 1);
  return read.split('\n').length - 1;
}

function fail(state: State, what: string, at = state.at): never {
  const before = state.text.slice(0, at);
  const line = before.split('\n').length;
  throw new ParseError(`${what} at line ${line}, column ${before.length - before.lastIndexOf('\n') - 1}`);
}

function unfinished(state: State): never {
  const lines = state.text.split('\n');
  throw new ParseError(`Unfinished JSON term at EOF at line ${lines.length}, column ${(lines.at(-1) ?? '').length}`);
}

function readValue(state: State): Json {
  skipBlanks(state);
  const char = state.text.charAt(state.at);
  if (char === '') return unfinished(state);
  if (char === '{') return readObject(state);
  if (char === '[') return readArray(state);
  if (char === '"') return readString(state);
  return readWord(state);
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['nan', Number.NaN],
]);

function readWord(state: State): Json {
  const word = /^[^\s[\]{}:,"]*/.exec(state.text.slice(state.at))?.[0] ?? '';
  if (word === '') {
    const char = state.text.charAt(state.at);
    state.at += 1;
    if (char === ',') return fail(state, "Expected value before ','");
    if (char === ':') return fail(state, "':' not as part of an object");
    return fail(state, `Unmatched '${char}'`);
  }
  state.at += word.length;
  const known = words.get(word);
  if (known !== undefined) return known;
  // The character behind a token is what makes jq look at it.
  if (!/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(word))
    return fail(state, 'Invalid numeric literal', Math.min(state.at + 1, state.text.length));
  const value = Number(word);
  return /^-?\d+(?:\.\d+)?$/.test(word) && String(value) !== word && word !== '-0' ? new Literal(word) : value;
}

function readString(state: State): string {
  const found = /^"(?:[^"\\]|\\[^])*"/.exec(state.text.slice(state.at))?.[0];
  if (found === undefined) return unfinished(state);
  state.at += found.length;
  const body = found.slice(1, -1);
  if (/\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(body.replaceAll('\\\\', ''))) return fail(state, 'Invalid escape');
  const named: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
  return body.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escape: string) =>
    escape.length > 1 ? String.fromCharCode(Number.parseInt(escape.slice(1), 16)) : (named[escape] ?? escape),
  );
}

function readArray(state: State): Json {
  state.at += 1;
  const items: Json[] = [];
  for (;;) {
    skipBlanks(state);
    const char = state.text.charAt(state.at);
    if (char === ']') {
      state.at += 1;
      return items.length === 0 ? items : fail(state, 'Expected another array element');
    }
    items.push(readValue(state));
    if (endsAt(state, ']')) return items;
  }
}

function readObject(state: State): Json {
  state.at += 1;
  const members = new Map<string, Json>();
  for (;;) {
    skipBlanks(state);
    const char = state.text.charAt(state.at);
    if (char === '}') {
      state.at += 1;
      return members.size === 0 ? members : fail(state, 'Objects must consist of key:value pairs');
    }
    const key = readValue(state);
    skipBlanks(state);
    const colon = state.text.charAt(state.at);
    if (colon === '') return unfinished(state);
    state.at += 1;
    if (colon !== ':') return fail(state, 'Objects must consist of key:value pairs');
    if (typeof key !== 'string') return fail(state, 'Object keys must be strings');
    members.set(key, readValue(state));
    if (endsAt(state, '}')) return members;
  }
}

/** After a member: the closing bracket ends the list, a comma goes on. */
function endsAt(state: State, bracket: ']' | '}'): boolean {
  skipBlanks(state);
  const char = state.text.charAt(state.at);
  if (char === '') return unfinished(state);
  state.at += 1;
  if (char === bracket) return true;
  if (char === ',') return false;
  if (char === ']' || char === '}') return fail(state, `Unmatched '${char}'`);
  if (char === ':') return fail(state, bracket === ']' ? "':' not as part of an object" : "':' should follow a key");
  return fail(state, 'Expected separator between values');
}
