/** JSON as Go's decoder makes a structure of it, or refuses to. Go: encoding/json/decode.go. */

import { neverTime } from './timestamp.ts';
import { parseRfc3339 } from './timestamp-fixed.ts';

/** A value of another type than the structure has there, in the decoder's words. */
export class UnmarshalTypeError extends Error {}

/** A Go type, as far as the decoder asks for it. `go`: its name in a refusal. */
export type Shape =
  | { readonly is: 'string' | 'bool' | 'words' | 'time'; readonly go: string }
  | { readonly is: 'own'; readonly go: string; readonly complaintOf: (value: unknown) => string | undefined }
  | { readonly is: 'own text'; readonly go: string; readonly complaintOf: (value: string) => string | undefined }
  | { readonly is: 'integer'; readonly go: string; readonly least: number; readonly most: number }
  | {
      readonly is: 'list' | 'map';
      readonly go: string;
      readonly of: Shape;
      readonly length?: number;
      readonly isNil?: true;
    }
  | Structure;

export interface Structure {
  readonly is: 'structure';
  readonly go: string;
  readonly fields: Readonly<Record<string, Shape>>;
  /** The structures that it embeds, by the fields that are theirs. */
  readonly embedded?: Readonly<Record<string, string>>;
  /** Those that are there, at their zero, when they are not given. */
  readonly needed?: readonly string[];
}

export const text = (go = 'string'): Shape => ({ is: 'string', go });
/** RFC 3339; its zero is the year 1. */
export const time: Shape = { is: 'time', go: 'time.Time' };
/** One that its type reads by itself, from whatever is there. Go: json.Unmarshaler. */
export const own = (go: string, complaintOf: (value: unknown) => string | undefined): Shape => {
  return { is: 'own', go, complaintOf };
};
/** Likewise, from a string alone. Go: encoding.TextUnmarshaler. */
export const ownText = (go: string, complaintOf: (value: string) => string | undefined): Shape => {
  return { is: 'own text', go, complaintOf };
};
export const flag: Shape = { is: 'bool', go: 'bool' };
export const integer = (go: string, least: number = -(2 ** 63), most: number = 2 ** 63): Shape => {
  return { is: 'integer', go, least, most };
};
export const listOf = (of: Shape, go = `[]${of.go}`): Shape => ({ is: 'list', of, go });
/** One that nobody gives is told as null, not as empty. */
export const nilListOf = (of: Shape): Shape => ({ is: 'list', of, go: `[]${of.go}`, isNil: true });
export const mapOf = (of: Shape, go = `map[string]${of.go}`): Shape => ({ is: 'map', of, go });
export const structure = (go: string, fields: Structure['fields'], needed: readonly string[] = []): Structure => {
  return { is: 'structure', go, fields, needed };
};

/** Where the decoder is: the field, of which structure, and where that one is. */
interface Place {
  readonly within: Structure;
  readonly field: string;
  readonly outer: Place | null;
}

/**
 * The value without the fields that are null: they stay as they are in a structure that was empty. Throws an
 * UnmarshalTypeError.
 */
export function decodeAs(shape: Shape, value: unknown, place: Place | null = null): unknown {
  if (value === null) return zeroOf(shape);
  switch (shape.is) {
    case 'string':
    case 'bool':
      if (typeof value !== (shape.is === 'bool' ? 'boolean' : 'string')) throw mismatch(value, shape.go, place);
      return value;
    case 'time':
      return decodeTime(value);
    case 'own':
      return accepted(value, shape.complaintOf(value));
    case 'own text':
      if (typeof value !== 'string') throw mismatch(value, shape.go, place);
      return accepted(value, shape.complaintOf(value));
    case 'words':
      return typeof value === 'string' ? [value] : decodeWords(value, place);
    case 'integer':
      if (typeof value !== 'number') throw mismatch(value, shape.go, place);
      if (!Number.isInteger(value) || value < shape.least || value > shape.most)
        throw refusal(`number ${value}`, shape.go, place);
      return value;
    case 'list': {
      if (!Array.isArray(value)) throw mismatch(value, shape.go, place);
      const list = value.map((element) => decodeAs(shape.of, element, place));
      const { length } = shape;
      return length === undefined ? list : Array.from({ length }, (_, index) => list[index] ?? zeroOf(shape.of));
    }
    case 'map':
      return Object.fromEntries(
        // Go writes a map by its keys.
        entriesOf(value, shape.go, place)
          .map(([name, element]) => [name, decodeAs(shape.of, element, place)] as const)
          .toSorted(([one], [other]) => (one < other ? -1 : 1)),
      );
    case 'structure':
      return decodeStructure(shape, value, place);
  }
}

function accepted(value: unknown, complaint: string | undefined): unknown {
  if (complaint !== undefined) throw new UnmarshalTypeError(complaint);
  return value;
}

/** A name may be written in any case, one as it is comes first; what has none is passed over, as Go's decoder does. */
function decodeStructure(shape: Structure, value: unknown, place: Place | null): unknown {
  const { go, fields, needed = [] } = shape;
  const decoded = new Map<string, unknown>();
  for (const [typed, element] of entriesOf(value, go, place)) {
    const field = fieldNamed(fields, typed);
    const type = field === undefined ? undefined : fields[field];
    if (field === undefined || type === undefined || element === null) continue;
    decoded.set(field, decodeAs(type, element, { within: shape, field, outer: place }));
  }
  // In the structure's order: so it is shown again.
  const all: Record<string, unknown> = {};
  for (const [field, type] of Object.entries(fields)) {
    if (decoded.has(field)) all[field] = decoded.get(field);
    else if (needed.includes(field)) all[field] = zeroOf(type);
  }
  return all;
}

function fieldNamed(fields: Structure['fields'], typed: string): string | undefined {
  if (Object.hasOwn(fields, typed)) return typed;
  const folded = typed.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === folded);
}

/** It decodes itself, so where it stands is not told. Go: time/time.go, UnmarshalJSON(). */
function decodeTime(value: unknown): string {
  if (typeof value !== 'string') throw new UnmarshalTypeError('Time.UnmarshalJSON: input is not a JSON string');
  if (parseRfc3339(value) !== null) return value;
  const quoted = JSON.stringify(value);
  throw new UnmarshalTypeError(
    `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`,
  );
}

/** moby: api/types/strslice, which tries a list and then one word. */
function decodeWords(value: unknown, place: Place | null): readonly string[] {
  if (Array.isArray(value) && value.every((word) => word === null || typeof word === 'string'))
    return value.map((word: string | null) => word ?? '');
  throw mismatch(value, 'string', place);
}

function entriesOf(value: unknown, go: string, place: Place | null): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(value, go, place);
  return Object.entries(value);
}

function zeroOf(shape: Shape): unknown {
  if ('isNil' in shape) return null;
  if (shape.is === 'structure') return decodeStructure(shape, {}, null);
  const zeros = {
    string: '',
    own: '',
    'own text': '',
    bool: false,
    integer: 0,
    time: neverTime,
    words: [],
    list: [],
    map: {},
  };
  return zeros[shape.is];
}

function mismatch(value: unknown, go: string, place: Place | null): Error {
  const kind = typeof value === 'boolean' ? 'bool' : typeof value;
  return refusal(Array.isArray(value) ? 'array' : kind, go, place);
}

function refusal(found: string, go: string, place: Place | null): Error {
  const where = place === null ? 'value' : `struct field ${place.within.go.split('.').at(-1)}.${pathOf(place)}`;
  return new UnmarshalTypeError(`json: cannot unmarshal ${found} into Go ${where} of type ${go}`);
}

/** The fields on the way there, embedded structures among them. */
function pathOf({ within, field, outer }: Place): string {
  const owner = within.embedded?.[field];
  return [...(outer === null ? [] : [pathOf(outer)]), ...(owner === undefined ? [] : [owner]), field].join('.');
}
