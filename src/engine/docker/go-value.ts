/**
 * Values as Go's templates see them where JSON alone says too little: structures, maps with a type, and the empty
 * things that Go prints as `[]`, `map[]` or `<nil>`.
 */

import { formatDuration } from './duration.ts';

/** What a field holds. A pointer to nothing prints as `<nil>`, an empty list as `[]`, an empty map as `map[]`. */
export type GoType =
  | 'text'
  | 'number'
  | 'flag'
  /** Nanoseconds, which print as `1m30s`. */
  | 'duration'
  /** Anything: as JSON has it. */
  | 'any'
  | { readonly list: GoType }
  | { readonly map: GoType }
  | { readonly pointer: GoType }
  | StructType;

export interface StructType {
  /** Go's name for it, in messages: `types.Version`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, GoType | Renamed>>;
  /** Fields of an embedded structure: they can be asked for, and are not printed as the owner's own. */
  readonly promoted?: Readonly<Record<string, GoType | Renamed>>;
  /** Further names that JSON has are fields too … */
  readonly isOpen?: boolean;
  /** … but these. */
  readonly hidden?: readonly string[];
  /** How it prints, where Go has a String() for it. */
  readonly show?: (value: GoStruct) => string;
}

/** A field that JSON calls otherwise; '' is an embedded structure, whose fields JSON has among the owner's. */
interface Renamed {
  readonly json: string;
  readonly type: GoType;
}

export class GoStruct {
  readonly type: StructType;
  /** As JSON has it, in JSON's order. */
  readonly json: object;
  readonly isPointer: boolean;
  constructor(type: StructType, json: object, isPointer = false) {
    this.type = type;
    this.json = json;
    this.isPointer = isPointer;
  }

  has(name: string): boolean {
    const { fields, promoted, isOpen, hidden } = this.type;
    if (Object.hasOwn(fields, name) || (promoted !== undefined && Object.hasOwn(promoted, name))) return true;
    return isOpen === true && Object.hasOwn(this.json, name) && hidden?.includes(name) !== true;
  }

  get(name: string): unknown {
    const declared = this.type.fields[name] ?? this.type.promoted?.[name] ?? 'any';
    const [key, type] = isRenamed(declared) ? [declared.json, declared.type] : [name, declared];
    return goValue(key === '' ? this.json : (this.json as Readonly<Record<string, unknown>>)[key], type);
  }

  toJSON(): object {
    return this.json;
  }

  get typeName(): string {
    return this.isPointer ? `*${this.type.name}` : this.type.name;
  }
}

function isRenamed(declared: GoType | Renamed): declared is Renamed {
  return typeof declared === 'object' && 'json' in declared;
}

/** Go: time.Duration. */
export class GoDuration {
  readonly ns: number;
  constructor(ns: number) {
    this.ns = ns;
  }

  toJSON(): number {
    return this.ns;
  }
}

/** A map whose values have a type. */
export class GoMap {
  readonly entries: Readonly<Record<string, unknown>>;
  readonly of: GoType;
  constructor(entries: Readonly<Record<string, unknown>>, of: GoType) {
    this.entries = entries;
    this.of = of;
  }

  get(name: string): unknown {
    return goValue(this.entries[name], this.of);
  }

  /** Go sorts what a map has. */
  toJSON(): object {
    return Object.fromEntries((entriesOf(this) ?? []) as readonly (readonly [string, unknown])[]);
  }
}

/** A list, a map or a structure that is not there: empty in all that is asked of it, `null` in JSON. */
export class GoNothing {
  readonly of: 'list' | 'map' | 'pointer';
  readonly typeName: string;
  constructor(of: 'list' | 'map' | 'pointer', typeName = of === 'list' ? '[]string' : 'map[string]string') {
    this.of = of;
    this.typeName = typeName;
  }

  toJSON(): null {
    return null;
  }
}

/** A thing whose fields are methods, as rows of `docker ps` are: they may take an argument. */
export class GoRow {
  readonly typeName: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly methods: Readonly<Record<string, (argument: string) => string>>;
  constructor(
    typeName: string,
    fields: Readonly<Record<string, unknown>>,
    methods: Readonly<Record<string, (argument: string) => string>> = {},
  ) {
    this.typeName = typeName;
    this.fields = fields;
    this.methods = methods;
  }

  toJSON(): object {
    return this.fields;
  }
}

/** Gives a value out of JSON its type. */
export function goValue(json: unknown, type: GoType): unknown {
  const isMissing = json === undefined || json === null;
  if (type === 'text') return isMissing ? '' : json;
  if (type === 'number') return isMissing ? 0 : json;
  if (type === 'flag') return isMissing ? false : json;
  if (type === 'duration') return new GoDuration(isMissing ? 0 : (json as number));
  if (type === 'any') return json;
  if ('list' in type)
    return isMissing ? new GoNothing('list') : (json as readonly unknown[]).map((one) => goValue(one, type.list));
  if ('map' in type)
    return isMissing ? new GoNothing('map') : new GoMap(json as Readonly<Record<string, unknown>>, type.map);
  if (!('pointer' in type)) return new GoStruct(type, isMissing ? {} : json);
  const { pointer } = type;
  if (typeof pointer !== 'object' || !('fields' in pointer)) return isMissing ? null : goValue(json, pointer);
  return isMissing ? new GoNothing('pointer', `*${pointer.name}`) : new GoStruct(pointer, json, true);
}

/** The values under their keys, in the order in which `range` goes through them; undefined: it cannot. */
export function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value === undefined || value === null || value instanceof GoNothing) return [];
  if (typeof value === 'number') return Array.from({ length: Math.max(0, value) }, (_, at) => [at, at] as const);
  if (Array.isArray(value)) return value.map((one: unknown, at) => [at, one] as const);
  if (value instanceof GoStruct || value instanceof GoRow || typeof value !== 'object') return undefined;
  const names = Object.keys(value instanceof GoMap ? value.entries : value).toSorted();
  const at = (name: string): unknown =>
    value instanceof GoMap ? value.get(name) : (value as Readonly<Record<string, unknown>>)[name];
  return names.map((name) => [name, at(name)] as const);
}

/** Go's truth: not zero, not empty. A structure is always true. */
export function isTruth(value: unknown): boolean {
  if (value instanceof GoStruct || value instanceof GoRow) return true;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'object') return (entriesOf(value) ?? []).length > 0;
  return value !== undefined && value !== false && value !== 0;
}

/** A value as Go's fmt prints it with %v. */
export function show(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value) ?? '';
  if (value instanceof GoStruct) return shownStruct(value);
  if (value instanceof GoDuration) return formatDuration(value.ns);
  if (value instanceof GoNothing) return value.of === 'list' ? '[]' : value.of === 'map' ? 'map[]' : '<nil>';
  if (Array.isArray(value)) return `[${value.map(shownInside).join(' ')}]`;
  if (value instanceof GoRow) return show(value.fields);
  return `map[${(entriesOf(value) ?? []).map(([name, inner]) => `${String(name)}:${shownInside(inner)}`).join(' ')}]`;
}

/** Inside another value a pointer to a structure is an address. Which one says nothing. */
function shownInside(value: unknown): string {
  if (value === undefined) return '<nil>';
  if (value instanceof GoStruct && value.type.show !== undefined) return value.type.show(value);
  return value instanceof GoStruct && value.isPointer ? '0xc000138000' : show(value);
}

function shownStruct(value: GoStruct): string {
  return `{${Object.keys(value.type.fields)
    .map((name) => shownInside(value.get(name)))
    .join(' ')}}`;
}

/** Go's name for a value's type. */
export function typeNameOf(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (value instanceof GoStruct || value instanceof GoRow) return value.typeName;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? '[]string' : '[]interface {}';
  if (value instanceof GoNothing) return value.typeName;
  if (value instanceof GoDuration) return 'time.Duration';
  return value instanceof GoMap ? 'map[string]string' : 'map[string]interface {}';
}
