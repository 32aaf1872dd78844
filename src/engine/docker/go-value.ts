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
  /** A string under a name of its own, which is not taken for a string. */
  | { readonly text: string }
  | { readonly list: GoType }
  /** `key` is the type of the keys where they are not plain strings. */
  | { readonly map: GoType; readonly key?: string }
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

type GoMapType = Extract<GoType, { readonly map: GoType }>;

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

/** A string that has a type's name: `events.Action`, or a number of which Go knows no more than its digits. */
export class GoText {
  readonly text: string;
  readonly typeName: string;
  constructor(text: string, typeName: string) {
    this.text = text;
    this.typeName = typeName;
  }

  toJSON(): unknown {
    return this.typeName === 'json.Number' ? Number(this.text) : this.text;
  }
}

/** A list whose members have a type. */
export class GoList {
  readonly items: readonly unknown[];
  readonly typeName: string;
  constructor(items: readonly unknown[], typeName: string) {
    this.items = items;
    this.typeName = typeName;
  }

  toJSON(): readonly unknown[] {
    return this.items;
  }
}

/** A map whose values have a type. */
export class GoMap {
  readonly entries: Readonly<Record<string, unknown>>;
  readonly type: GoMapType;
  constructor(entries: Readonly<Record<string, unknown>>, type: GoMapType) {
    this.entries = entries;
    this.type = type;
  }

  get key(): string {
    return this.type.key ?? 'string';
  }

  get typeName(): string {
    return goTypeName(this.type);
  }

  get(name: string): unknown {
    return goValue(this.entries[name], this.type.map);
  }

  /** Go sorts what a map has. */
  toJSON(): object {
    return Object.fromEntries((entriesOf(this) ?? []) as readonly (readonly [string, unknown])[]);
  }
}

/** A list or what a pointer points to that is not there: empty in all that is asked of it, `null` in JSON. */
export class GoNothing {
  readonly type: { readonly list: GoType } | GoMapType | { readonly pointer: GoType };
  constructor(type: GoNothing['type']) {
    this.type = type;
  }

  get isPointer(): boolean {
    return 'pointer' in this.type;
  }

  get typeName(): string {
    return goTypeName(this.type);
  }

  /** Whether what is missing could be asked for it: a map with plain keys for anything, a structure for its fields. */
  hasField(name: string): boolean {
    if ('map' in this.type) return this.type.key === undefined;
    const target = 'pointer' in this.type ? this.type.pointer : 'any';
    return typeof target === 'object' && 'fields' in target && new GoStruct(target, {}).has(name);
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
  if (type === 'any') return isMissing ? null : json;
  if ('text' in type) return new GoText(isMissing ? '' : (json as string), type.text);
  if ('fields' in type) return new GoStruct(type, isMissing ? {} : json);
  if (isMissing) return new GoNothing(type);
  if ('list' in type) {
    const items = (json as readonly unknown[]).map((one) => goValue(one, type.list));
    return new GoList(items, goTypeName(type));
  }
  if ('map' in type) return new GoMap(json as Readonly<Record<string, unknown>>, type);
  const { pointer } = type;
  if (typeof pointer !== 'object' || !('fields' in pointer)) return goValue(json, pointer);
  return new GoStruct(pointer, json, true);
}

/** JSON as Go reads it that knows no type: numbers stay the digits that they are. Go: json.Decoder.UseNumber(). */
export function untypedValue(json: unknown): unknown {
  if (typeof json === 'number') return new GoText(String(json), 'json.Number');
  if (Array.isArray(json)) return json.map(untypedValue);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, untypedValue(value)]));
}

/** A string, under whatever name its type goes; undefined for what is none. */
export function stringOf(value: unknown): string | undefined {
  if (value instanceof GoText) return value.text;
  return typeof value === 'string' ? value : undefined;
}

/** What a list has; undefined for what is none. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (value instanceof GoList) return value.items;
  if (value instanceof GoNothing && 'list' in value.type) return [];
  return Array.isArray(value) ? value : undefined;
}

/** The values under their keys, in the order in which `range` goes through them; undefined: it cannot. */
export function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value === undefined || value === null) return [];
  if (value instanceof GoNothing) return value.isPointer ? undefined : [];
  if (typeof value === 'number') return Array.from({ length: Math.max(0, value) }, (_, at) => [at, at] as const);
  const list = listOf(value);
  if (list !== undefined) return list.map((one: unknown, at) => [at, one] as const);
  if (value instanceof GoMap) return namesOf(value.entries).map((name) => [name, value.get(name)] as const);
  if (!isUntypedMap(value)) return undefined;
  return namesOf(value).map((name) => [name, value[name]] as const);
}

/** What Go has for an object of which it knows no type: map[string]interface {}. */
export function isUntypedMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function namesOf(map: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(map).toSorted();
}

/** Go's truth: not zero, not empty. A structure is always true. */
export function isTruth(value: unknown): boolean {
  if (value instanceof GoStruct || value instanceof GoRow) return true;
  if (value instanceof GoDuration) return value.ns !== 0;
  const text = stringOf(value);
  if (text !== undefined) return text !== '';
  if (typeof value === 'object') return (entriesOf(value) ?? []).length > 0;
  return value !== undefined && value !== false && value !== 0;
}

/** A value as Go's fmt prints it with %v. */
export function show(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '<nil>';
  const text = stringOf(value);
  if (text !== undefined) return text;
  if (typeof value !== 'object') return JSON.stringify(value) ?? '';
  if (value instanceof GoStruct) return shownStruct(value);
  if (value instanceof GoDuration) return formatDuration(value.ns);
  const list = listOf(value);
  if (list !== undefined) return `[${list.map(shownInside).join(' ')}]`;
  if (value instanceof GoRow) return show(value.fields);
  if (value instanceof GoNothing && value.isPointer) return '<nil>';
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

const plainTypeNames = {
  text: 'string',
  number: 'int',
  flag: 'bool',
  duration: 'time.Duration',
  any: 'interface {}',
} as const;

function goTypeName(type: GoType): string {
  if (typeof type === 'string') return plainTypeNames[type];
  if ('text' in type) return type.text;
  if ('list' in type) return `[]${goTypeName(type.list)}`;
  if ('map' in type) return `map[${type.key ?? 'string'}]${goTypeName(type.map)}`;
  return 'pointer' in type ? `*${goTypeName(type.pointer)}` : type.name;
}

/** Go's name for a value's type. */
export function typeNameOf(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return '[]interface {}';
  if (value instanceof GoDuration) return 'time.Duration';
  return hasTypeName(value) ? value.typeName : 'map[string]interface {}';
}

function hasTypeName(value: object): value is { readonly typeName: string } {
  return !isUntypedMap(value) && 'typeName' in value;
}
