/** expr(1): POSIX's operators over strings and integers; the result is printed, and 0 or an empty one is status 1. */
import type { Program, Running } from '../../kernel/abi.ts';
import { complain, print } from '../io.ts';
import { compilePattern, PatternError } from './regular-expression.ts';

/** From the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['=', '==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

class ExprError extends Error {}

export const exprMain: Program = function* (argv): Running {
  const words = argv.slice(1);
  if (words.length === 0) {
    yield* complain('expr', 'missing operand');
    return 2;
  }
  try {
    const rest = [...words];
    const value = evaluate(rest, 0);
    if (rest[0] !== undefined) throw new ExprError('syntax error');
    yield* print(`${value}\n`);
    return value === '' || value === '0' ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError) && !(error instanceof PatternError)) throw error;
    yield* complain('expr', error.message);
    return 2;
  }
};

function evaluate(rest: string[], level: number): string {
  const operators = levels[level];
  if (operators === undefined) return primary(rest);
  let left = evaluate(rest, level + 1);
  while (rest[0] !== undefined && operators.includes(rest[0])) {
    const operator = rest.shift() ?? '';
    left = apply(operator, left, evaluate(rest, level + 1));
  }
  return left;
}

function primary(rest: string[]): string {
  const word = rest.shift();
  if (word === undefined) throw new ExprError('syntax error');
  if (word === 'length' && rest[0] !== undefined) return String(primary(rest).length);
  if (word !== '(') return word;
  const value = evaluate(rest, 0);
  if (rest.shift() !== ')') throw new ExprError("syntax error: expecting ')'");
  return value;
}

function apply(operator: string, left: string, right: string): string {
  const isTrue = (value: string): boolean => value !== '' && value !== '0';
  if (operator === '|') return isTrue(left) ? left : right;
  if (operator === '&') return isTrue(left) && isTrue(right) ? left : '0';
  if (operator === ':') return match(left, right);
  const areNumbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  if ('=!<>'.includes(operator.charAt(0)))
    return compare(operator, areNumbers ? Number(left) - Number(right) : left < right ? -1 : Number(left > right));
  if (!areNumbers) throw new ExprError('non-integer argument');
  const [a, b] = [Number(left), Number(right)];
  if (operator === '+') return String(a + b);
  if (operator === '-') return String(a - b);
  if (operator === '*') return String(a * b);
  if (b === 0) throw new ExprError('division by zero');
  return String(operator === '/' ? Math.trunc(a / b) : a % b);
}

function compare(operator: string, order: number): string {
  const holds = {
    '=': order === 0,
    '==': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return holds[operator as keyof typeof holds] ? '1' : '0';
}

/** `STRING : PATTERN`: what the group matched, else how many characters did; the pattern is anchored at the start. */
function match(text: string, pattern: string): string {
  const found = compilePattern(pattern, 'basic', '', (source) => `^(?:${source})`).exec(text);
  if (pattern.includes('\\(')) return found?.[1] ?? '';
  return String(found?.[0].length ?? 0);
}
