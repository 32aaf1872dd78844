/** Reaching into values by keys and paths, and putting something there. jq: jv_aux.c. */
import { compare, isArray, isObject, JqError, numberOf, typeOf, type Json } from './value.ts';

export type Path = readonly Json[];

/** `value[key]`. Throws a JqError in jq's words. */
export function getKey(value: Json, key: Json): Json {
  const index = numberOf(key);
  if (isObject(value) && typeof key === 'string') return value.get(key) ?? null;
  if (isArray(value) && index !== null) {
    const at = Math.floor(index) + (index < 0 ? value.length : 0);
    return value[at] ?? null;
  }
  if (isObject(key) && (isArray(value) || value === null))
    return slice(value, key.get('start') ?? null, key.get('end') ?? null);
  if (isArray(value) && isArray(key)) return positionsOf(value, key);
  if (value === null && (typeof key === 'string' || index !== null || key === null)) return null;
  if (typeof key === 'string') throw new JqError(`Cannot index ${typeOf(value)} with string "${key}"`);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

/** `value[from:to]` of an array or a string. */
export function slice(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  const [start, end] = [from === null ? 0 : numberOf(from), to === null ? Number.POSITIVE_INFINITY : numberOf(to)];
  if (!isArray(value) && typeof value !== 'string') throw new JqError(`Cannot index ${typeOf(value)} with object`);
  if (start === null || end === null) throw new JqError('Start and end indices of an array slice must be numbers');
  const part = <T>(items: readonly T[]): readonly T[] => {
    const bound = (at: number): number => Math.min(items.length, Math.max(0, at < 0 ? at + items.length : at));
    return items.slice(Math.floor(bound(start)), Math.ceil(bound(end)));
  };
  return isArray(value) ? part(value) : part(Array.from(value)).join('');
}

/** Where one list stands in another: `indices`. */
export function positionsOf(list: readonly Json[], part: readonly Json[]): Json {
  if (part.length === 0) return null;
  return list.flatMap((_, at) =>
    part.every((each, by) => list[at + by] !== undefined && compare(list[at + by] ?? null, each) === 0) ? [at] : [],
  );
}

export function getPath(value: Json, path: Path): Json {
  return path.reduce<Json>((inner, key) => (inner === null ? null : getKey(inner, key)), value);
}

/** The value with `update` made of what stands at the path. */
export function updatePath(value: Json, path: Path, update: (old: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return update(value);
  return setKey(value, key, updatePath(getKey(value, key), rest, update));
}

function setKey(value: Json, key: Json, item: Json): Json {
  const index = numberOf(key);
  if (typeof key === 'string' && (value === null || isObject(value))) return new Map([...(value ?? []), [key, item]]);
  if (index !== null && (value === null || isArray(value))) return setIndex(value ?? [], index, item);
  if (isObject(key) && (value === null || isArray(value))) return setSlice(value ?? [], key, item);
  if (typeof key === 'string') throw new JqError(`Cannot index ${typeOf(value)} with string "${key}"`);
  throw new JqError(`Cannot update field at ${typeOf(key)} index of ${typeOf(value)}`);
}

function setIndex(list: readonly Json[], index: number, item: Json): Json {
  const at = Math.floor(index) + (index < 0 ? list.length : 0);
  if (at < 0) throw new JqError('Out of bounds negative array index');
  const filled = Array.from({ length: Math.max(list.length, at + 1) }, (_, place) => list[place] ?? null);
  filled[at] = item;
  return filled;
}

function setSlice(list: readonly Json[], key: ReadonlyMap<string, Json>, item: Json): Json {
  if (!isArray(item)) throw new JqError('A slice of an array can only be assigned another array');
  const part = slice(list, key.get('start') ?? null, null);
  const from = list.length - (isArray(part) ? part.length : 0);
  const head = slice(list, 0, key.get('end') ?? null);
  const to = Math.max(from, isArray(head) ? head.length : 0);
  return [...list.slice(0, from), ...item, ...list.slice(to)];
}

/** The value without what stands at the paths; the last ones go first, so that indices stay true. */
export function deletePaths(value: Json, paths: readonly Path[]): Json {
  return paths.toSorted((one, other) => compare(other, one)).reduce<Json>(deletePath, value);
}

function deletePath(value: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined || value === null) return null;
  if (rest.length > 0) {
    const inner = getKey(value, key);
    return inner === null ? value : setKey(value, key, deletePath(inner, rest));
  }
  const index = numberOf(key);
  if (isObject(value) && typeof key === 'string') return new Map([...value].filter(([name]) => name !== key));
  if (isArray(value) && index !== null) {
    const at = Math.floor(index) + (index < 0 ? value.length : 0);
    return value.filter((_, place) => place !== at);
  }
  if (isArray(value) && isObject(key)) return setSlice(value, key, []);
  throw new JqError(
    `Cannot delete field at ${typeOf(value) === 'array' ? 'array' : 'object'} index of ${typeOf(value)}`,
  );
}
