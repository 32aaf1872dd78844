/** test(1): POSIX, with the -a and -o that people use. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { statIfAny } from '../io.ts';
import { quoted } from './options.ts';

type Complain = (message: string) => Running<void>;

/** Whose test it is: those of the two shells, or coreutils'. */
type TestFlavour = 'dash' | 'ash' | 'gnu';

/** A mistake in the expression, in dash's words, busybox's and coreutils'. */
class TestError extends Error {
  readonly words: Readonly<Record<TestFlavour, string>>;
  constructor(dash: string, ash = dash, gnu = dash) {
    super(dash);
    this.words = { dash, ash, gnu };
  }
}

/** `argv`: `test …` or `[ … ]`. Returns 0 for true, 1 for false, 2 for a mistake, which is complained about. */
export function* evaluateTest(argv: readonly string[], complain: Complain, flavour: TestFlavour): Running<number> {
  let words = argv.slice(1);
  if (argv[0]?.endsWith('[') === true) {
    if (words.at(-1) !== ']') {
      yield* complain(flavour === 'gnu' ? `missing ${quoted(']')}` : 'missing ]');
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    const parser = { words, at: 0, flavour };
    if (words.length === 0) return 1;
    const value = yield* disjunction(parser);
    if (parser.at < words.length) {
      // dash names the word before the one that does not belong there.
      throw new TestError(
        `${words[parser.at - 1]}: unexpected operator`,
        `${words[parser.at]}: unknown operand`,
        words.length === 2
          ? `missing argument after ${quoted(words[1] ?? '')}`
          : `extra argument ${quoted(words[parser.at] ?? '')}`,
      );
    }
    return value ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    yield* complain(error.words[flavour]);
    return 2;
  }
}

interface Parser {
  readonly words: readonly string[];
  readonly flavour: TestFlavour;
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
  if (left >= 3 && isBinary(words[at + 1] ?? '', parser)) return yield* primary(parser);
  if (words[at] === '!' && left > 1) {
    parser.at += 1;
    return !(yield* negation(parser));
  }
  return yield* primary(parser);
}

/** dash does not know `==`. */
function isBinary(word: string, { flavour }: Parser): boolean {
  return binaryOperators.has(word) && !(word === '==' && flavour === 'dash');
}

function* primary(parser: Parser): Running<boolean> {
  const { words, at } = parser;
  const first = words[at];
  if (first === undefined) throw new TestError('argument expected');
  const operator = words[at + 1] ?? '';
  const second = words[at + 2];
  if (isBinary(operator, parser) && second !== undefined) {
    parser.at += 3;
    return yield* compare(first, operator, second, parser.flavour);
  }
  if (isBinary(operator, parser) && words.length === 2) {
    const words = `${operator}: argument expected`;
    throw new TestError(words, words, `missing argument after ${quoted(operator)}`);
  }
  if (first === '(' && words.length - at > 1) {
    parser.at += 1;
    const value = yield* disjunction(parser);
    if (words[parser.at] !== ')') throw new TestError('closing paren expected');
    parser.at += 1;
    return value;
  }
  if (/^-[a-zA-Z]$/.test(first) && words.length - at > 1 && 'bcdefghknprstuwxzLOGS'.includes(first.charAt(1))) {
    parser.at += 2;
    return yield* unary(first, operator, parser.flavour);
  }
  parser.at += 1;
  return first !== '';
}

/** coreutils compares numbers of any length; the shells have 64 bits for one. */
function integer(text: string, flavour: TestFlavour): bigint {
  const invalid = `invalid integer ${quoted(text)}`;
  if (!/^\s*[-+]?[0-9]+\s*$/.test(text)) throw new TestError(`Illegal number: ${text}`, `${text}: bad number`, invalid);
  const value = BigInt(text.trim().replace(/^\+/, ''));
  if (flavour !== 'gnu' && value !== BigInt.asIntN(64, value))
    throw new TestError(`Illegal number: ${text}`, `${text}: out of range`, invalid);
  return value;
}

function* compare(left: string, operator: string, right: string, flavour: TestFlavour): Running<boolean> {
  const number = (text: string): bigint => integer(text, flavour);
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
      return number(left) === number(right);
    case '-ne':
      return number(left) !== number(right);
    case '-lt':
      return number(left) < number(right);
    case '-le':
      return number(left) <= number(right);
    case '-gt':
      return number(left) > number(right);
    case '-ge':
      return number(left) >= number(right);
    default: {
      const [one, other] = [yield* statIfAny(left, true), yield* statIfAny(right, true)];
      if (operator === '-ef')
        return one !== null && other !== null && one.inode === other.inode && one.device === other.device;
      if (operator === '-nt') return one !== null && other !== null && one.modifiedNs > other.modifiedNs;
      return one !== null && other !== null && one.modifiedNs < other.modifiedNs;
    }
  }
}

function* unary(operator: string, operand: string, flavour: TestFlavour): Running<boolean> {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-t') return yield* sys.isatty(Number(integer(operand, flavour)));
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
