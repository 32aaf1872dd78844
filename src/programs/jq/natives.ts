/** Filters that jq has in C: what cannot be said in jq itself. jq: builtin.c. */
import { fromUtf8 } from '../../kernel/bytes.ts';
import { each, pathsOf } from './evaluate.ts';
import { plain, type Closure, type Native, type Place } from './scope.ts';
import { fromBase64, inFormat, textOf } from './formats.ts';
import { matchesOf } from './matches.ts';
import { deletePaths, getPath, positionsOf, updatePath, type Path } from './paths.ts';
import { ParseError, parseOne } from './read-json.ts';
import {
  compare,
  isArray,
  isObject,
  isTrue,
  JqError,
  named,
  numberOf,
  sortedKeys,
  toText,
  typeOf,
  type Json,
} from './value.ts';

/** By `name/arity`. */
export const natives: Readonly<Record<string, Native>> = {
  // oxlint-disable-next-line require-yield -- it gives nothing.
  *'empty/0'() {},
  'null/0': valued(() => null),
  'true/0': valued(() => true),
  'false/0': valued(() => false),
  'not/0': valued((value) => !isTrue(value)),
  'error/0': valued((value) => {
    throw new JqError(value);
  }),
  'error/1': valued((_, message) => {
    throw new JqError(message);
  }),
  'type/0': valued(typeOf),
  'length/0': valued(lengthOf),
  'utf8bytelength/0': valued((value) => Array.from(new TextEncoder().encode(textFor(value, 'utf8bytelength'))).length),
  'keys/0': valued((value) => keysOf(value, true)),
  'keys_unsorted/0': valued((value) => keysOf(value, false)),
  'has/1': valued(has),
  'contains/1': valued(contains),
  'tostring/0': valued(textOf),
  'tojson/0': valued(toText),
  'fromjson/0': valued(fromJson),
  'tonumber/0': valued(toNumber),
  'floor/0': mathematics(Math.floor),
  'ceil/0': mathematics(Math.ceil),
  'round/0': mathematics(Math.round),
  'trunc/0': mathematics(Math.trunc),
  'sqrt/0': mathematics(Math.sqrt),
  'fabs/0': mathematics(Math.abs),
  'sort/0': valued((value) => sorted(value)),
  'sort_by_keys/1': valued((value, keys) => byKeys(value, keys).map(([, item]) => item)),
  'group_by_keys/1': valued(grouped),
  'reverse/0': valued((value) =>
    typeof value === 'string' ? Array.from(value).toReversed().join('') : [...listFor(value ?? [])].toReversed(),
  ),
  'indices/1': valued(indices),
  'split/1': valued((value, separator) => {
    if (typeof value !== 'string' || typeof separator !== 'string')
      throw new JqError('split input and separator must be strings');
    return value === '' ? [] : value.split(separator);
  }),
  'ltrimstr/1': valued((value, part) =>
    typeof value === 'string' && typeof part === 'string' && value.startsWith(part) ? value.slice(part.length) : value,
  ),
  'rtrimstr/1': valued((value, part) =>
    typeof value === 'string' && typeof part === 'string' && part !== '' && value.endsWith(part)
      ? value.slice(0, -part.length)
      : value,
  ),
  'startswith/1': valued((value, part) => strings(value, part, 'startswith', (text, start) => text.startsWith(start))),
  'endswith/1': valued((value, part) => strings(value, part, 'endswith', (text, end) => text.endsWith(end))),
  'ascii_downcase/0': valued((value) =>
    textFor(value, 'ascii_downcase').replace(/[A-Z]/g, (char) => char.toLowerCase()),
  ),
  'ascii_upcase/0': valued((value) => textFor(value, 'ascii_upcase').replace(/[a-z]/g, (char) => char.toUpperCase())),
  'trim/0': valued((value) => textFor(value, 'trim').trim()),
  'ltrim/0': valued((value) => textFor(value, 'ltrim').trimStart()),
  'rtrim/0': valued((value) => textFor(value, 'rtrim').trimEnd()),
  'explode/0': valued((value) => Array.from(textFor(value, 'explode'), (char) => char.codePointAt(0) ?? 0)),
  'implode/0': valued((value) =>
    listFor(value)
      .map((code) => String.fromCodePoint(numberOf(code) ?? 0))
      .join(''),
  ),
  'matches/2': valued((value, pattern, flags) => matchesOf(value, pattern, flags)),
  'setpath/2': valued((value, path, item) => updatePath(value, listFor(path), () => item)),
  'delpaths/1': valued((value, paths) => deletePaths(value, listFor(paths).map(listFor))),
  'transpose/0': valued(transposed),
  '@base64d/0': valued((value) => fromUtf8(fromBase64(textOf(value)))),
  ...Object.fromEntries(
    ['@json', '@text', '@csv', '@tsv', '@html', '@uri', '@sh', '@base64'].map((name) => [
      `${name}/0`,
      valued((value) => inFormat(name, value)),
    ]),
  ),
  *'getpath/1'(input, [path]) {
    for (const { value } of path?.run(plain(input.value)) ?? []) {
      const keys = listFor(value);
      yield { value: getPath(input.value, keys), path: input.path === null ? null : [...input.path, ...keys] };
    }
  },
  *'path/1'(input, [filter]) {
    if (filter !== undefined) for (const path of pathsOf(filter, input.value)) yield plain(path);
  },
  *'range/2'(input, [from, to]) {
    yield* range(input, from, to);
  },
  *'range/3'(input, [from, to, by]) {
    for (const step of numbersOf(input, by)) yield* range(input, from, to, step);
  },
  *'limit/2'(input, [count, filter]) {
    for (const most of numbersOf(input, count)) {
      let left = most;
      if (left <= 0) continue;
      for (const place of filter?.run(input) ?? []) {
        yield place;
        left -= 1;
        if (left <= 0) break;
      }
    }
  },
  *'first/1'(input, [filter]) {
    for (const place of filter?.run(input) ?? []) {
      yield place;
      return;
    }
  },
  *'isempty/1'(input, [filter]) {
    yield plain(filter?.run(input).next().done === true);
  },
  *'iterate/0'(input) {
    yield* each(input);
  },
};

/** A filter over values: for every combination of what its arguments give. */
function valued(body: (value: Json, ...args: Json[]) => Json): Native {
  return function* (input, args) {
    for (const given of combinations(input, args)) yield plain(body(input.value, ...given));
  };
}

function* combinations(input: Place, args: readonly Closure[]): Generator<Json[]> {
  const [first, ...rest] = args;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const others of combinations(input, rest))
    for (const { value } of first.run(plain(input.value))) yield [value, ...others];
}

function mathematics(body: (number: number) => number): Native {
  return valued((value) => {
    const number = numberOf(value);
    if (number === null) throw new JqError(`${named(value)} number required`);
    return body(number);
  });
}

function* numbersOf(input: Place, filter: Closure | undefined): Generator<number> {
  for (const { value } of filter?.run(plain(input.value)) ?? []) yield numberOf(value) ?? 0;
}

function* range(input: Place, from: Closure | undefined, to: Closure | undefined, by = 1): Generator<Place> {
  for (const start of numbersOf(input, from))
    for (const end of numbersOf(input, to))
      for (let at = start; by > 0 ? at < end : by < 0 && at > end; at += by) yield plain(at);
}

function textFor(value: Json, who: string): string {
  if (typeof value === 'string') return value;
  throw new JqError(who.includes('trim') ? `${named(value)} cannot be trimmed` : `${who} input must be a string`);
}

function listFor(value: Json): Path {
  if (isArray(value)) return value;
  throw new JqError(`Path must be specified as an array`);
}

function strings(value: Json, part: Json, who: string, body: (text: string, part: string) => boolean): boolean {
  if (typeof value === 'string' && typeof part === 'string') return body(value, part);
  throw new JqError(`${who}() requires string inputs`);
}

function lengthOf(value: Json): Json {
  if (value === null) return 0;
  if (isArray(value)) return value.length;
  if (isObject(value)) return value.size;
  if (typeof value === 'string') return Array.from(value).length;
  const number = numberOf(value);
  if (number === null) throw new JqError(`${named(value)} has no length`);
  return Math.abs(number);
}

function keysOf(value: Json, inOrder: boolean): Json {
  if (isArray(value)) return value.map((_, index) => index);
  if (!isObject(value)) throw new JqError(`${named(value)} has no keys`);
  return inOrder ? sortedKeys(value) : [...value.keys()];
}

function has(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return value.has(key);
  const index = numberOf(key);
  if (isArray(value) && index !== null) return index >= 0 && index < value.length;
  throw new JqError(
    `Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`,
  );
}

function contains(value: Json, part: Json): boolean {
  if (isObject(value) && isObject(part))
    return [...part].every(([key, inner]) => value.has(key) && contains(value.get(key) ?? null, inner));
  if (isArray(value) && isArray(part))
    return part.every((inner) => value.some((item) => typeOf(item) === typeOf(inner) && contains(item, inner)));
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
  if (typeOf(value) !== typeOf(part))
    throw new JqError(`${named(value)} and ${named(part)} cannot have their containment checked`);
  return compare(value, part) === 0;
}

function fromJson(value: Json): Json {
  if (typeof value !== 'string') throw new JqError(`${named(value)} only strings can be parsed`);
  try {
    return parseOne(value);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new JqError(
      `${error.message.replace(' at line', error.message.includes('EOF') ? ' at line' : ' at EOF at line')} (while parsing '${value}')`,
    );
  }
}

function toNumber(value: Json): Json {
  if (numberOf(value) !== null) return value;
  if (typeof value !== 'string') throw new JqError(`${named(value)} cannot be parsed as a number`);
  const parsed = fromJson(value.trim());
  if (numberOf(parsed) === null) throw new JqError(`${named(value)} cannot be parsed as a number`);
  return parsed;
}

function sorted(value: Json): Json {
  if (!isArray(value)) throw new JqError(`${named(value)} cannot be sorted, as it is not an array`);
  return value.toSorted(compare);
}

function byKeys(value: Json, keys: Json): readonly (readonly [key: Json, item: Json])[] {
  if (!isArray(value) || !isArray(keys))
    throw new JqError(`${named(value)} and ${named(keys)} cannot be sorted, as they are not both arrays`);
  return value
    .map((item, index) => [keys[index] ?? null, item] as const)
    .toSorted(([one], [other]) => compare(one, other));
}

function grouped(value: Json, keys: Json): Json {
  const groups: { readonly key: Json; readonly items: Json[] }[] = [];
  for (const [key, item] of byKeys(value, keys)) {
    const last = groups.at(-1);
    if (last !== undefined && compare(last.key, key) === 0) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => items);
}

function indices(value: Json, part: Json): Json {
  if (value === null) return null;
  if (typeof value === 'string' && typeof part === 'string') {
    const found: number[] = [];
    for (let at = value.indexOf(part); part !== '' && at >= 0; at = value.indexOf(part, at + 1)) found.push(at);
    return found;
  }
  if (isArray(value)) return positionsOf(value, isArray(part) ? part : [part]);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(part)}`);
}

function transposed(value: Json): Json {
  const rows = listFor(value).map(listFor);
  const width = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
}
