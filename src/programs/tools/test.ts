/** test(1): POSIX, with the -a and -o that people use. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { statIfAny } from '../io.ts';

type Complain = (message: string) => Running<void>;

/** A mistake in the expression, in dash's and coreutils' words, and in busybox's. */
class TestError extends Error {
  readonly busybox: string;
  constructor(message: string, busybox = message) {
    super(message);
    this.busybox = busybox;
  }
}

/** `argv`: `test …` or `[ … ]`. Returns 0 for true, 1 for false, 2 for a mistake, which is complained about. */
export function* evaluateTest(
  argv: readonly string[],
  complain: Complain,
  flavour: 'dash' | 'ash' = 'dash',
): Running<number> {
  let words = argv.slice(1);
  if (argv[0]?.endsWith('[') === true) {
    if (words.at(-1) !== ']') {
      yield* complain('missing ]');
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    const parser = { words, at: 0 };
    if (words.length === 0) return 1;
    const value = yield* disjunction(parser);
    if (parser.at < words.length) {
      // dash names the word before the one that does not belong there.
      throw new TestError(`${words[parser.at - 1]}: unexpected operator`, `${words[parser.at]}: unknown operand`);
    }
    return value ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    yield* complain(flavour === 'ash' ? error.busybox : error.message);
    return 2;
  }
}

interface Parser {
  readonly words: readonly string[];
  at: number;
}

function* disjunction(parser: Parser): Running<boolean> {
  let value = yield* conjunction(parser);
  while (parser.words[parser.at] === '-o') {
    parser.at += 1;
    const other = yield* conjunction(parser);
    value ||= other;
  }
  return value;
}

function* conjunction(parser: Parser): Running<boolean> {
  let value = yield* negation(parser);
  while (parser.words[parser.at] === '-a') {
    parser.at += 1;
    const other = yield* negation(parser);
    value &&= other;
  }
  return value;
}

const binaryOperators: ReadonlySet<string> = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

function* negation(parser: Parser): Running<boolean> {
  const { words, at } = parser;
  const left = words.length - at;
  // `! = x` compares; so does `( = x`: a binary operator in the middle decides (POSIX, by number of arguments).
  if (left >= 3 && binaryOperators.has(words[at + 1] ?? '')) return yield* primary(parser);
  if (words[at] === '!' && left > 1) {
    parser.at += 1;
    return !(yield* negation(parser));
  }
  return yield* primary(parser);
}

function* primary(parser: Parser): Running<boolean> {
  const { words, at } = parser;
  const first = words[at];
  if (first === undefined) throw new TestError('argument expected');
  const operator = words[at + 1] ?? '';
  const second = words[at + 2];
  if (binaryOperators.has(operator) && second !== undefined) {
    parser.at += 3;
    return yield* compare(first, operator, second);
  }
  if (binaryOperators.has(operator) && words.length === 2) throw new TestError(`${operator}: argument expected`);
  if (first === '(' && words.length - at > 1) {
    parser.at += 1;
    const value = yield* disjunction(parser);
    if (words[parser.at] !== ')') throw new TestError('closing paren expected');
    parser.at += 1;
    return value;
  }
  if (/^-[a-zA-Z]$/.test(first) && words.length - at > 1 && 'bcdefghknprstuwxzLOGS'.includes(first.charAt(1))) {
    parser.at += 2;
    return yield* unary(first, operator);
  }
  parser.at += 1;
  return first !== '';
}

function integer(text: string): number {
  if (!/^\s*[-+]?[0-9]+\s*$/.test(text)) throw new TestError(`Illegal number: ${text}`, `${text}: bad number`);
  const value = Number(text);
  if (Math.abs(value) > 2 ** 63) throw new TestError(`Illegal number: ${text}`, `${text}: out of range`);
  return value;
}

function* compare(left: string, operator: string, right: string): Running<boolean> {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-eq':
      return integer(left) === integer(right);
    case '-ne':
      return integer(left) !== integer(right);
    case '-lt':
      return integer(left) < integer(right);
    case '-le':
      return integer(left) <= integer(right);
    case '-gt':
      return integer(left) > integer(right);
    case '-ge':
      return integer(left) >= integer(right);
    default: {
      const [one, other] = [yield* statIfAny(left, true), yield* statIfAny(right, true)];
      if (operator === '-ef')
        return one !== null && other !== null && one.inode === other.inode && one.device === other.device;
      if (operator === '-nt') return one !== null && other !== null && one.modifiedNs > other.modifiedNs;
      return one !== null && other !== null && one.modifiedNs < other.modifiedNs;
    }
  }
}

function* unary(operator: string, operand: string): Running<boolean> {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-t') return yield* sys.isatty(integer(operand));
  if (operator === '-r' || operator === '-w' || operator === '-x')
    return yield* may(operand, operator.slice(1) as 'r' | 'w' | 'x');
  const stat = yield* statIfAny(operand, operator !== '-L' && operator !== '-h');
  if (!stat) return false;
  switch (operator) {
    case '-d':
      return stat.type === 'directory';
    case '-f':
      return stat.type === 'file';
    case '-s':
      return stat.size > 0;
    case '-L':
    case '-h':
      return stat.type === 'symlink';
    case '-p':
      return stat.type === 'fifo';
    case '-S':
      return stat.type === 'socket';
    case '-c':
      return stat.type === 'character';
    case '-b':
      return stat.type === 'block';
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    default:
      return true;
  }
}

function* may(path: string, mode: 'r' | 'w' | 'x'): Running<boolean> {
  try {
    yield* sys.access(path, mode);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}
