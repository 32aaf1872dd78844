/** `$((…))`: C's integer expressions in 64 bits, over the parser's tree. */
import type {
  ArithmeticBinary,
  ArithmeticCommandExpansion,
  ArithmeticExpression,
  ArithmeticUnary,
  WordPart,
} from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import type { Dialect } from './dialect.ts';
import { ShellError } from './flow.ts';
import type { Shell } from './shell.ts';
import { assign, parameter } from './variables.ts';

/** An operation without a result. The message gets the whole expression from whoever evaluates it. */
export class ArithmeticFault extends Error {}

/** How the words of an expression get their value: given by the expander, which knows `$x` and `$(…)`. */
export type ExpandParts = (shell: Shell, parts: readonly WordPart[]) => Running<string>;

/** Evaluates. Throws ShellError with dash's words. */
export function* evaluate(shell: Shell, expression: ArithmeticExpression, expand: ExpandParts): Running<bigint> {
  switch (expression.type) {
    case 'ArithmeticGroup':
      return yield* evaluate(shell, expression.expression, expand);
    case 'ArithmeticWord':
      // `$((1+))`: the parser leaves an empty word where an operand is missing.
      if (expression.value === '' && !expression.parts) throw new ArithmeticFault('expecting primary');
      return yield* word(shell, expression.value, expression.parts, expand);
    case 'ArithmeticCommandExpansion':
      return number(shell, yield* expand(shell, [commandExpansion(expression)]));
    case 'ArithmeticTernary': {
      const test = yield* evaluate(shell, expression.test, expand);
      return yield* evaluate(shell, test === 0n ? expression.alternate : expression.consequent, expand);
    }
    case 'ArithmeticUnary':
      return yield* unary(shell, expression, expand);
    case 'ArithmeticBinary':
      return yield* binary(shell, expression, expand);
  }
}

/** The parser's nodes compute their script when asked, so it is asked for. */
function commandExpansion({ pos, end, text, script }: ArithmeticCommandExpansion): WordPart {
  return { type: 'CommandExpansion', pos, end, text, script };
}

function* word(
  shell: Shell,
  value: string,
  parts: readonly WordPart[] | undefined,
  expand: ExpandParts,
): Running<bigint> {
  return number(
    shell,
    parts || value.startsWith('$')
      ? yield* expand(shell, parts ?? [{ type: 'SimpleExpansion', text: value, pos: 0, end: 0 }])
      : value,
  );
}

/** A constant (decimal, 0x…, 0…) or a variable's name; an unset variable counts as 0. */
function number(shell: Shell, text: string): bigint {
  const trimmed = text.trim();
  if (!/^[A-Za-z_]\w*$/.test(trimmed)) {
    const value = constant(trimmed, shell.dialect);
    // What begins as a number or a name ends where it is none any more.
    if (value === null) throw new ArithmeticFault(/^\w/.test(trimmed) ? 'expecting EOF' : 'expecting primary');
    return value;
  }
  const held = parameter(shell, trimmed);
  if (held === undefined && shell.options.has('u')) throw new ShellError(`${trimmed}: parameter not set`);
  const value = constant((held ?? '').trim(), shell.dialect);
  if (value !== null && !(shell.dialect.name === 'dash' && isBeyond(held ?? ''))) return value;
  if (shell.dialect.name === 'dash') throw new ShellError(`Illegal number: ${held}`);
  throw new ArithmeticFault('expecting EOF');
}

const largest = 2n ** 63n - 1n;

/** A number that strtoimax(3) has no room for. */
function isBeyond(text: string): boolean {
  const number = numberIn(text.trim());
  return number !== null && number.magnitude > roomOf(number.sign);
}

/** Null for what is no number. dash stops at the largest, by strtoimax(3); busybox counts on from the smallest. */
function constant(text: string, dialect: Dialect): bigint | null {
  if (text === '') return 0n;
  const number = numberIn(text);
  if (number === null) return null;
  const { sign, magnitude } = number;
  const room = roomOf(sign);
  const held = dialect.name === 'dash' && magnitude > room ? room : magnitude;
  return BigInt.asIntN(64, sign === '-' ? -held : held);
}

function numberIn(text: string): { readonly sign: string; readonly magnitude: bigint } | null {
  const [, sign = '', digits] = /^([-+]?)(0[xX][0-9a-fA-F]+|[0-9]+)$/.exec(text) ?? [];
  if (digits === undefined || /^0[0-9]*[89]/.test(digits)) return null;
  return { sign, magnitude: BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits) };
}

const roomOf = (sign: string): bigint => (sign === '-' ? largest + 1n : largest);

function nameOf(expression: ArithmeticExpression, otherwise = 'expecting EOF'): string {
  if (expression.type === 'ArithmeticWord' && /^[A-Za-z_]\w*$/.test(expression.value)) return expression.value;
  throw new ArithmeticFault(otherwise);
}

function* unary(shell: Shell, { operator, operand, prefix }: ArithmeticUnary, expand: ExpandParts): Running<bigint> {
  const value = yield* evaluate(shell, operand, expand);
  // dash has no ++ and no --: it reads two signs, where they may stand.
  if (shell.dialect.name === 'dash' && (operator === '++' || operator === '--')) {
    if (!prefix) throw new ArithmeticFault('expecting primary');
    return value;
  }
  switch (operator) {
    case '-':
      return BigInt.asIntN(64, -value);
    case '+':
      return value;
    case '!':
      return value === 0n ? 1n : 0n;
    case '~':
      return ~value;
    case '++':
    case '--': {
      const changed = BigInt.asIntN(64, operator === '++' ? value + 1n : value - 1n);
      assign(shell, nameOf(operand, 'expecting primary'), String(changed));
      return prefix ? changed : value;
    }
    default:
      throw new ArithmeticFault('expecting primary');
  }
}

function* binary(shell: Shell, { operator, left, right }: ArithmeticBinary, expand: ExpandParts): Running<bigint> {
  if (operator === '=') {
    const value = yield* evaluate(shell, right, expand);
    assign(shell, nameOf(left), String(value));
    return value;
  }
  const first = yield* evaluate(shell, left, expand);
  if (operator === '&&') return first !== 0n && (yield* evaluate(shell, right, expand)) !== 0n ? 1n : 0n;
  if (operator === '||') return first !== 0n || (yield* evaluate(shell, right, expand)) !== 0n ? 1n : 0n;
  // dash has no comma: the expression is over, whatever follows.
  if (operator === ',' && shell.dialect.name === 'dash') throw new ArithmeticFault('expecting EOF');
  const second = yield* evaluate(shell, right, expand);
  const isAssignment = /^(?:[-+*/%&|^]|<<|>>)=$/.test(operator);
  // busybox raises to a power; to dash the second `*` is a missing operand.
  const raises = operator === '**' && shell.dialect.name === 'ash' && second >= 0n;
  const value = raises
    ? BigInt.asIntN(64, first ** second)
    : combine(isAssignment ? operator.slice(0, -1) : operator, first, second);
  if (isAssignment) assign(shell, nameOf(left), String(value));
  return value;
}

function combine(operator: string, a: bigint, b: bigint): bigint {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, a + b);
    case '-':
      return BigInt.asIntN(64, a - b);
    case '*':
      return BigInt.asIntN(64, a * b);
    case '/':
    case '%':
      if (b === 0n) throw new ArithmeticFault('division by zero');
      return BigInt.asIntN(64, operator === '/' ? a / b : a % b);
    case '<<':
      return BigInt.asIntN(64, a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case ',':
      return b;
    default:
      throw new ArithmeticFault(operator === '**' ? 'expecting primary' : 'expecting EOF');
  }
}
