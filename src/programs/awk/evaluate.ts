/** What expressions of awk come to. */
import type { Running } from '../../kernel/abi.ts';
import { callBuiltin } from './builtins.ts';
import { AwkFailure, AwkUnmodelled } from './failure.ts';
import type { Awk } from './machine.ts';
import { countStep } from './machine.ts';
import type { Cell } from './memory.ts';
import type { Expression, Target } from './syntax.ts';
import { compareValues, fromInput, isTrue, toNumber, toText, type Value } from './values.ts';

/** Functions may call each other so deep. */
const deepestCall = 500;

export function* evaluate(awk: Awk, expression: Expression): Running<Value> {
  const { memory } = awk;
  switch (expression.type) {
    case 'number':
    case 'string':
      return expression.value;
    case 'pattern':
      return Number(memory.patterns.test(expression.source, textOf(awk, memory.field(0))));
    case 'variable':
      return memory.get(expression.name);
    case 'field':
      return memory.field(Math.trunc(toNumber(yield* evaluate(awk, expression.index))));
    case 'element': {
      const key = yield* keyOf(awk, expression.keys);
      const array = memory.array(expression.name);
      // To ask for an element makes it.
      if (!array.has(key)) array.set(key, null);
      return array.get(key) ?? null;
    }
    case 'list': {
      const [value] = expression.values;
      if (value === undefined || expression.values.length > 1) throw new AwkFailure('syntax error', 'Unexpected token');
      return yield* evaluate(awk, value);
    }
    case 'unary': {
      const value = yield* evaluate(awk, expression.value);
      if (expression.operator === '!') return Number(!isTrue(value));
      return expression.operator === '-' ? -toNumber(value) : toNumber(value);
    }
    case 'binary':
      return yield* binary(awk, expression);
    case 'in': {
      const key = yield* keyOf(awk, expression.keys);
      return Number(memory.array(expression.array).has(key));
    }
    case 'conditional':
      return yield* evaluate(awk, isTrue(yield* evaluate(awk, expression.test)) ? expression.yes : expression.no);
    case 'assign': {
      const { operator, target } = expression;
      const place = yield* placeOf(awk, target);
      const right = yield* evaluate(awk, expression.value);
      const value = operator === '' ? right : calculate(operator, toNumber(place.get()), toNumber(right));
      place.set(value);
      return value;
    }
    case 'count': {
      const place = yield* placeOf(awk, expression.target);
      const before = toNumber(place.get());
      place.set(before + expression.by);
      return expression.isBefore ? before + expression.by : before;
    }
    case 'call':
      return yield* callFunction(awk, expression.name, expression.values);
    case 'builtin':
      return yield* callBuiltin(awk, expression.name, expression.values);
    case 'getline':
      return yield* getline(awk, expression);
  }
}

/** A value as a text, by CONVFMT. */
export function textOf(awk: Awk, value: Value): string {
  return typeof value === 'string' ? value : toText(value, awk.memory.form());
}

/** The subscripts of an element as one. */
export function* keyOf(awk: Awk, keys: readonly Expression[]): Running<string> {
  const parts: string[] = [];
  for (const key of keys) parts.push(textOf(awk, yield* evaluate(awk, key)));
  return parts.length === 1 ? (parts[0] ?? '') : parts.join(awk.memory.text('SUBSEP'));
}

/** The text of a regular expression: of a constant itself, of anything else its value. */
export function* patternOf(awk: Awk, expression: Expression): Running<string> {
  return expression.type === 'pattern' ? expression.source : textOf(awk, yield* evaluate(awk, expression));
}

interface Place {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
}

/** Where a target is; its subscripts are told once. */
export function* placeOf(awk: Awk, target: Target): Running<Place> {
  const { memory } = awk;
  switch (target.type) {
    case 'variable':
      return { get: () => memory.get(target.name), set: (value) => memory.set(target.name, value) };
    case 'field': {
      const index = Math.trunc(toNumber(yield* evaluate(awk, target.index)));
      return { get: () => memory.field(index), set: (value) => memory.setField(index, value) };
    }
    case 'element': {
      const key = yield* keyOf(awk, target.keys);
      const array = memory.array(target.name);
      return { get: () => array.get(key) ?? null, set: (value) => void array.set(key, value) };
    }
  }
}

function* binary(awk: Awk, { operator, left, right, line }: Expression & { readonly type: 'binary' }): Running<Value> {
  const one = yield* evaluate(awk, left);
  switch (operator) {
    case '||':
      return Number(isTrue(one) || isTrue(yield* evaluate(awk, right)));
    case '&&':
      return Number(isTrue(one) && isTrue(yield* evaluate(awk, right)));
    case '~':
    case '!~': {
      const source = yield* patternOf(awk, right);
      return Number(awk.memory.patterns.test(source, textOf(awk, one)) === (operator === '~'));
    }
    default:
  }
  const other = yield* evaluate(awk, right);
  if (operator === ' ') return textOf(awk, one) + textOf(awk, other);
  if (!comparisons.has(operator)) {
    if (awk.flavour === 'busybox' && (operator === '/' || operator === '%') && toNumber(other) === 0)
      throw new AwkFailure('division by zero', 'Division by zero', line);
    return calculate(operator, toNumber(one), toNumber(other));
  }
  const order = compareValues(one, other, awk.memory.form());
  return Number(comparisons.get(operator)?.(order));
}

const comparisons = new Map<string, (order: number) => boolean>([
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['==', (order) => order === 0],
  ['!=', (order) => order !== 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
]);

function calculate(operator: string, one: number, other: number): number {
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return one / other;
    case '%':
      return one % other;
    default:
      return one ** other;
  }
}

function* callFunction(awk: Awk, name: string, values: readonly Expression[]): Running<Value> {
  const { memory } = awk;
  const called = awk.program.functions.get(name);
  if (!called) throw new AwkFailure(`function ${name} never defined`, 'Call to undefined function');
  if (awk.depth >= deepestCall) throw new AwkUnmodelled(`functions that call each other more than ${deepestCall} deep`);
  const locals = new Map<string, Cell>(called.parameters.map((parameter) => [parameter, { held: null, caller: null }]));
  for (const [index, value] of values.entries()) {
    const parameter = called.parameters[index];
    // An array is handed over itself, and what may yet become one.
    const cell = value.type === 'variable' && value.name !== 'NF' ? memory.cell(value.name) : null;
    const isArray = cell !== null && (cell.held === null || cell.held instanceof Map);
    const given: Cell = isArray
      ? { held: cell.held, caller: cell }
      : { held: yield* evaluate(awk, value), caller: null };
    if (parameter !== undefined) locals.set(parameter, given);
  }
  const outer = memory.locals;
  memory.locals = locals;
  awk.depth += 1;
  yield* countStep(awk);
  awk.returned = null;
  yield* awk.runBody(called.body);
  const { returned } = awk;
  awk.returned = null;
  awk.depth -= 1;
  memory.locals = outer;
  return returned;
}

/** 1 for a record, 0 at the end, -1 for what cannot be read. */
function* getline(awk: Awk, { from, source, target }: Expression & { readonly type: 'getline' }): Running<number> {
  const { memory, streams } = awk;
  let record: string | null;
  if (from === 'input') record = yield* awk.nextRecord();
  else {
    const name = source === null ? '' : textOf(awk, yield* evaluate(awk, source));
    const records = yield* streams.input(name, from);
    if (records === null) return -1;
    record = yield* records.next(memory.text('RS'));
  }
  if (record === null) return 0;
  if (target === null) memory.setRecord(record);
  else (yield* placeOf(awk, target)).set(fromInput(record));
  return 1;
}
