/** truncate(1): coreutils, src/truncate.c. What a file gains is a hole. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import { parseOptions, quoted, refuseOptions } from './options.ts';
import { scaleOf } from './sizes.ts';

/** `-s [+-<>/%]SIZE`: grow, shrink, at most, at least, a multiple of it below or above. */
interface Size {
  readonly sign: string;
  readonly bytes: bigint;
}

/** `truncate [-c] [-r FILE] [-s SIZE] FILE…` */
export function* truncateMain(argv: readonly string[]): Running {
  const long = { size: 's', 'no-create': 'c', reference: 'r' };
  const options = parseOptions(argv.slice(1), 'cr:s:', long);
  if (typeof options === 'string') return yield* refuseOptions('truncate', options, 'gnu');
  const text = options.values.get('s');
  if (text !== undefined && /^\s*[<>/%]\s*[-+]/.test(text))
    return yield* refuseOptions('truncate', 'multiple relative modifiers specified', 'gnu');
  const size = text === undefined ? null : sizeOf(text);
  if (typeof size === 'string') {
    yield* complain('truncate', size);
    return 1;
  }
  const reference = options.values.get('r');
  if (size === null && reference === undefined) {
    const wanted = `you must specify either ${quoted('--size')} or ${quoted('--reference')}`;
    return yield* refuseOptions('truncate', wanted, 'gnu');
  }
  if (size?.sign === '' && reference !== undefined) {
    const wanted = `you must specify a relative ${quoted('--size')} with ${quoted('--reference')}`;
    return yield* refuseOptions('truncate', wanted, 'gnu');
  }
  if (options.operands.length === 0) return yield* refuseOptions('truncate', 'missing file operand', 'gnu');
  let base: bigint | null = null;
  try {
    if (reference !== undefined) {
      const { type, size: bytes } = yield* sys.stat(reference);
      // What is no file is measured by lseek(2), which finds no end of a directory.
      base = type === 'directory' ? largest : BigInt(bytes);
    }
  } catch (error) {
    yield* complain('truncate', `cannot stat '${reference}': ${errnoWords(error)}`);
    return 1;
  }
  let status = 0;
  for (const path of options.operands) {
    if (!(yield* resize(path, base, size, options.has('c')))) status = 1;
  }
  return status;
}

/** A string is a complaint. */
function sizeOf(text: string): Size | string {
  const [, sign = '', plus = '', digits = '', suffix = ''] =
    /^\s*([<>/%]?)\s*([-+]?)(\d*)([a-zA-Z]*)$/.exec(text) ?? [];
  const scale = scaleOf(suffix, 'gGkKmMtTPEZY');
  const invalid = `Invalid number: ${quoted(text.replace(/^\s*[<>/%]?\s*/, ''))}`;
  if (digits + suffix === '' || scale === undefined) return invalid;
  const bytes = BigInt(digits || '1') * BigInt(scale);
  if (bytes > largest) return `${invalid}: Value too large for defined data type`;
  return bytes === 0n && /[/%]/.test(sign) ? 'division by zero' : { sign: sign || plus, bytes };
}

const largest = 2n ** 63n - 1n;

function sizeAfter(before: bigint, { sign, bytes }: Size): bigint {
  switch (sign) {
    case '+':
      return before + bytes;
    case '-':
      return before > bytes ? before - bytes : 0n;
    case '<':
      return before < bytes ? before : bytes;
    case '>':
      return before > bytes ? before : bytes;
    case '/':
      return (before / bytes) * bytes;
    case '%':
      return ((before + bytes - 1n) / bytes) * bytes;
    default:
      return bytes;
  }
}

/** False when that could not be, which is complained about. */
function* resize(path: string, base: bigint | null, size: Size | null, onlyExisting: boolean): Running<boolean> {
  try {
    yield* sys.close(yield* sys.open(path, O.WRONLY | (onlyExisting ? 0 : O.CREAT)));
  } catch (error) {
    if (onlyExisting && isErrno(error, 'ENOENT')) return true;
    yield* complain('truncate', `cannot open '${path}' for writing: ${errnoWords(error)}`);
    return false;
  }
  const before = base ?? BigInt((yield* sys.stat(path)).size);
  const wanted = size === null ? before : sizeAfter(before, size);
  if (wanted > largest) {
    yield* complain('truncate', `overflow extending size of file '${path}'`);
    return false;
  }
  try {
    yield* sys.truncate(path, Number(wanted));
    return true;
  } catch (error) {
    yield* complain('truncate', `failed to truncate '${path}' at ${wanted} bytes: ${errnoWords(error)}`);
    return false;
  }
}
