/** The functions that awk brings along. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { evaluate, patternOf, placeOf, textOf } from './evaluate.ts';
import { AwkFailure } from './failure.ts';
import { format } from './format.ts';
import type { Awk } from './machine.ts';
import type { Expression, Target } from './syntax.ts';
import { splitText, substitute, substr } from './text-functions.ts';
import { fromInput, toNumber, toText, type Value } from './values.ts';

/** Calls one of them. */
export function* callBuiltin(awk: Awk, name: string, given: readonly Expression[]): Running<Value> {
  const [first, second, third] = given;
  switch (name) {
    case 'length': {
      const held = first?.type === 'variable' && first.name !== 'NF' ? awk.memory.cell(first.name).held : null;
      return held instanceof Map ? held.size : (yield* recordOr(awk, first)).length;
    }
    case 'split':
      return yield* split(awk, given);
    case 'sub':
    case 'gsub':
      return yield* replace(awk, given, name === 'gsub');
    case 'match': {
      const text = yield* textAt(awk, first);
      const found = awk.memory.patterns.compile(second ? yield* patternOf(awk, second) : '').exec(text);
      awk.memory.set('RSTART', found ? found.index + 1 : 0);
      awk.memory.set('RLENGTH', found ? found[0].length : -1);
      return found ? found.index + 1 : 0;
    }
    default:
  }
  const values: Value[] = [];
  for (const one of given) values.push(yield* evaluate(awk, one));
  const text = (index: number): string => textOf(awk, values[index] ?? null);
  const number = (index: number): number => toNumber(values[index] ?? null);
  switch (name) {
    case 'substr':
      return substr(awk.flavour, text(0), number(1), third ? number(2) : Infinity);
    case 'index':
      return text(0).indexOf(text(1)) + 1;
    case 'sprintf':
      return sprintf(awk, values);
    case 'tolower':
      return text(0).replace(/[A-Z]+/g, (part) => part.toLowerCase());
    case 'toupper':
      return text(0).replace(/[a-z]+/g, (part) => part.toUpperCase());
    case 'srand':
      return yield* seed(awk, values[0]);
    case 'rand':
      return yield* random(awk);
    case 'systime':
      return (yield* sys.realtime()).seconds;
    case 'system':
      return yield* awk.streams.system(text(0));
    case 'close':
      return yield* awk.streams.close(text(0));
    case 'fflush':
      yield* awk.streams.flushAll();
      return 0;
    case 'atan2':
      return Math.atan2(number(0), number(1));
    default:
      return mathematics[name]?.(number(0)) ?? null;
  }
}

const mathematics: Readonly<Record<string, (value: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  int: Math.trunc,
};

/** sprintf and printf. */
export function sprintf(awk: Awk, values: readonly Value[], name = 'sprintf'): string {
  const [pattern = null, ...rest] = values;
  const text = textOf(awk, pattern);
  let at = 0;
  const formatted = format(text, {
    isInt: awk.flavour === 'gnu',
    next: () => {
      if (at >= rest.length && awk.flavour === 'gnu') return null;
      const value = rest[at] ?? null;
      at += 1;
      return {
        text: toText(value, awk.memory.form()),
        number: toNumber(value),
        isNumber: typeof value === 'number' || (value !== null && typeof value === 'object' && awk.flavour === 'gnu'),
      };
    },
  });
  if (formatted === null) throw new AwkFailure(`not enough arguments passed to ${name}("${text}")`);
  return formatted;
}

function* textAt(awk: Awk, expression: Expression | undefined): Running<string> {
  return expression ? textOf(awk, yield* evaluate(awk, expression)) : '';
}

function* recordOr(awk: Awk, expression: Expression | undefined): Running<string> {
  return expression ? yield* textAt(awk, expression) : textOf(awk, awk.memory.field(0));
}

function* split(awk: Awk, [first, second, third]: readonly Expression[]): Running<number> {
  const text = yield* textAt(awk, first);
  if (second?.type !== 'variable') throw new AwkFailure('syntax error', 'Not an array');
  const { memory } = awk;
  const separator = third ? yield* patternOf(awk, third) : memory.text('FS');
  const parts =
    third?.type === 'pattern' ? splitText(text, memory.patterns.compile(separator)) : memory.parts(text, separator);
  const array = memory.array(second.name);
  array.clear();
  for (const [index, part] of parts.entries()) array.set(String(index + 1), fromInput(part));
  return parts.length;
}

function* replace(awk: Awk, [first, second, third]: readonly Expression[], isEverywhere: boolean): Running<number> {
  const source = first ? yield* patternOf(awk, first) : '';
  const replacement = yield* textAt(awk, second);
  const record: Target = { type: 'field', index: { type: 'number', value: 0 } };
  const target = third?.type === 'list' && third.values.length === 1 ? third.values[0] : (third ?? record);
  const isPlace = target?.type === 'variable' || target?.type === 'field' || target?.type === 'element';
  const place = isPlace ? yield* placeOf(awk, target) : null;
  const text = place ? textOf(awk, place.get()) : yield* textAt(awk, target);
  const result = substitute(awk.memory.patterns.compile(source), replacement, text, isEverywhere);
  if (result.count > 0) place?.set(result.text);
  return result.count;
}

function* random(awk: Awk): Running<number> {
  const state = awk.random.state ?? (yield* sys.getrandom(1)).charCodeAt(0);
  awk.random.state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return awk.random.state / 0x8000_0000;
}

/** Gives the seed before. */
function* seed(awk: Awk, given: Value | undefined): Running<Value> {
  const before = awk.random.seed;
  const value = given === undefined ? (yield* sys.realtime()).seconds : given;
  awk.random = { seed: value, state: Math.trunc(toNumber(value)) & 0x7fff_ffff };
  return before;
}
