/** jq's operators over two values. jq: builtin.c, f_plus() and those after it. */
import { compare, isArray, isObject, isTrue, JqError, named, numberOf, type Json, type JsonObject } from './value.ts';

/** Applies `+ - * / %` or a comparison. Throws a JqError in jq's words. */
export function operate(operator: string, left: Json, right: Json): Json {
  switch (operator) {
    case '+':
      return add(left, right);
    case '-':
      return subtract(left, right);
    case '*':
      return multiply(left, right);
    case '/':
      return divide(left, right);
    case '%':
      return remainder(left, right);
    case '==':
      return compare(left, right) === 0;
    case '!=':
      return compare(left, right) !== 0;
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    case '//':
      return isTrue(left) ? left : right;
    default:
      throw new Error(`no operator ${operator}`);
  }
}

function cannot(left: Json, right: Json, what: string): never {
  throw new JqError(`${named(left)} and ${named(right)} cannot be ${what}`);
}

function numbers(left: Json, right: Json): readonly [number, number] | null {
  const [a, b] = [numberOf(left), numberOf(right)];
  return a === null || b === null ? null : [a, b];
}

function add(left: Json, right: Json): Json {
  if (left === null) return right;
  if (right === null) return left;
  const pair = numbers(left, right);
  if (pair) return pair[0] + pair[1];
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isArray(left) && isArray(right)) return [...left, ...right];
  if (isObject(left) && isObject(right)) return new Map([...left, ...right]);
  return cannot(left, right, 'added');
}

function subtract(left: Json, right: Json): Json {
  const pair = numbers(left, right);
  if (pair) return pair[0] - pair[1];
  if (isArray(left) && isArray(right)) return left.filter((one) => !right.some((other) => compare(one, other) === 0));
  return cannot(left, right, 'subtracted');
}

function multiply(left: Json, right: Json): Json {
  const pair = numbers(left, right);
  if (pair) return pair[0] * pair[1];
  const [text, times] = typeof left === 'string' ? [left, numberOf(right)] : [right, numberOf(left)];
  if (typeof text === 'string' && times !== null) return times > 0 ? text.repeat(Math.max(1, Math.ceil(times))) : null;
  if (isObject(left) && isObject(right)) return merge(left, right);
  return cannot(left, right, 'multiplied');
}

function merge(left: JsonObject, right: JsonObject): JsonObject {
  const merged = new Map(left);
  for (const [key, value] of right) {
    const old = merged.get(key);
    merged.set(key, old !== undefined && isObject(old) && isObject(value) ? merge(old, value) : value);
  }
  return merged;
}

function divide(left: Json, right: Json): Json {
  const pair = numbers(left, right);
  if (pair) return pair[1] === 0 ? cannot(left, right, 'divided because the divisor is zero') : pair[0] / pair[1];
  if (typeof left === 'string' && typeof right === 'string') return left === '' ? [] : left.split(right);
  return cannot(left, right, 'divided');
}

function remainder(left: Json, right: Json): Json {
  const pair = numbers(left, right);
  if (!pair) return cannot(left, right, 'divided');
  const [a, b] = [Math.trunc(pair[0]), Math.trunc(pair[1])];
  if (b === 0) return cannot(left, right, 'divided because the divisor is zero');
  return (a % Math.abs(b)) + 0;
}
