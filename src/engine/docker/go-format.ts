/** Go's fmt.Sprintf(): %v %s %d %q %t %x %f %c %T and their like, with flags, width, precision and [n]. */
import { goQuote } from '../go-text.ts';
import { entriesOf, GoMap, GoNothing, GoStruct, isUntypedMap, listOf, show, stringOf, typeNameOf } from './go-value.ts';

interface Verb {
  readonly letter: string;
  readonly flags: string;
  readonly precision: number | undefined;
}

const verbShape = /%([-+0 #]*)(?:\[(\d+)\])?(\*|\d*)(?:\.(\d*))?(?:\[(\d+)\])?([^]|$)/g;

/** Formats values; what is missing, too much or of the wrong type stands in the text, as Go has it. */
export function goFormat(format: string, values: readonly unknown[]): string {
  let next = 0;
  let isReordered = false;
  const moveTo = (index: string | undefined): void => {
    if (index === undefined) return;
    next = Number(index) - 1;
    isReordered = true;
  };
  const text = format.replace(
    verbShape,
    (_, flags: string, first: string | undefined, width: string, dot: string | undefined, second, letter: string) => {
      if (letter === '') return '%!(NOVERB)';
      if (letter === '%') return '%';
      moveTo(first);
      let length = Number(width === '*' ? 0 : width);
      if (width === '*') length = Number(values[next++]);
      moveTo(second as string | undefined);
      if (next >= values.length) return `%!${letter}(${isReordered ? 'BADINDEX' : 'MISSING'})`;
      const value = values[next++];
      const shown = formatted(value, { letter, flags, precision: dot === undefined ? undefined : Number(dot) }, 0);
      if (flags.includes('-')) return shown.padEnd(length);
      return shown.padStart(length, flags.includes('0') && typeof value === 'number' ? '0' : ' ');
    },
  );
  const extra = isReordered ? [] : values.slice(next).map((value) => `${nameOf(value)}=${show(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function nameOf(value: unknown): string {
  return value === null || value === undefined ? '<nil>' : typeNameOf(value);
}

/** A value under a verb; of a list, a map or a structure each part is. */
function formatted(value: unknown, verb: Verb, depth: number): string {
  const { letter, flags } = verb;
  if (letter === 'T') return nameOf(value);
  if (value === null || value === undefined) return letter === 'v' ? '<nil>' : `%!${letter}(<nil>)`;
  const inner = (part: unknown): string => formatted(part, verb, depth + 1);
  const list = listOf(value);
  if (list !== undefined) return `[${list.map(inner).join(' ')}]`;
  if (value instanceof GoMap || isUntypedMap(value))
    return `map[${(entriesOf(value) ?? []).map(([name, part]) => `${inner(name)}:${inner(part)}`).join(' ')}]`;
  if (value instanceof GoStruct && value.type.show === undefined) {
    if (value.isPointer && depth > 0) return '0xc000138000';
    const names = letter === 'v' && /[+#]/.test(flags);
    const fields = Object.keys(value.type.fields).map((name) => (names ? `${name}:` : '') + inner(value.get(name)));
    const mark = value.isPointer ? '&' : '';
    if (letter === 'v' && flags.includes('#')) return `${mark}${value.type.name}{${fields.join(', ')}}`;
    return `${mark}{${fields.join(' ')}}`;
  }
  if (letter === 'v' && flags.includes('#') && typeof value === 'string') return goQuote(value);
  const isNilPointer = value instanceof GoNothing && letter !== 'v';
  const shown = isNilPointer ? undefined : verbs[letter]?.(value, verb);
  return shown ?? `%!${letter}(${nameOf(value)}=${show(value)})`;
}

type Formatter = (value: unknown, verb: Verb) => string | undefined;

const cut = (text: string, { precision }: Verb): string => (precision === undefined ? text : text.slice(0, precision));

const ofNumber =
  (body: (value: number, verb: Verb) => string): Formatter =>
  (value, verb) =>
    typeof value === 'number' ? signed(body(value, verb), value, verb) : undefined;

function signed(text: string, value: number, { flags }: Verb): string {
  return flags.includes('+') && value >= 0 ? `+${text}` : text;
}

/** Go writes at least two digits of an exponent. */
function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
}

const hexadecimal: Formatter = (value, { letter, flags }) => {
  const text = stringOf(value);
  const digits =
    typeof value === 'number'
      ? value.toString(16)
      : text === undefined
        ? undefined
        : Array.from(text, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  if (digits === undefined) return undefined;
  const whole = flags.includes('#') ? `0x${digits}` : digits;
  return letter === 'X' ? whole.toUpperCase() : whole;
};

const verbs: Readonly<Record<string, Formatter>> = {
  v: (value, verb) => cut(show(value), verb),
  s: (value, verb) => (typeof value === 'number' || typeof value === 'boolean' ? undefined : cut(show(value), verb)),
  q: (value) => {
    const text = stringOf(value);
    return text === undefined ? undefined : goQuote(text);
  },
  t: (value) => (typeof value === 'boolean' ? show(value) : undefined),
  d: ofNumber((value) => String(value)),
  o: ofNumber((value) => value.toString(8)),
  b: ofNumber((value) => value.toString(2)),
  c: ofNumber((value) => String.fromCodePoint(value)),
  U: ofNumber((value) => `U+${value.toString(16).toUpperCase().padStart(4, '0')}`),
  f: ofNumber((value, { precision }) => value.toFixed(precision ?? 6)),
  e: ofNumber((value, { precision }) => exponential(value, precision ?? 6)),
  g: ofNumber((value) => String(value)),
  x: hexadecimal,
  X: hexadecimal,
};
