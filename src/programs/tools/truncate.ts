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
  readonly bytes: number;
}

/** `truncate [-c] [-r FILE] [-s SIZE] FILE…` */
export function* truncateMain(argv: readonly string[]): Running {
  const long = { size: 's', 'no-create': 'c', reference: 'r' };
  const options = parseOptions(argv.slice(1), 'cr:s:', long);
  if (typeof options === 'string') return yield* refuseOptions('truncate', options, 'gnu');
  const text = options.values.get('s');
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
  let base: number | null = null;
  try {
    if (reference !== undefined) base = (yield* sys.stat(reference)).size;
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
  const scale = scaleOf(suffix, 'gGkKmMtTPE');
  if (digits + suffix === '' || scale === undefined || (sign !== '' && plus !== ''))
    return `Invalid number: ${quoted(text.replace(/^\s*[<>/%]/, ''))}`;
  const bytes = Number(digits || '1') * scale;
  return bytes === 0 && /[/%]/.test(sign) ? 'division by zero' : { sign: sign || plus, bytes };
}

function sizeAfter(before: number, { sign, bytes }: Size): number {
  switch (sign) {
    case '+':
      return before + bytes;
    case '-':
      return Math.max(0, before - bytes);
    case '<':
      return Math.min(before, bytes);
    case '>':
      return Math.max(before, bytes);
    case '/':
      return Math.floor(before / bytes) * bytes;
    case '%':
      return Math.ceil(before / bytes) * bytes;
    default:
      return bytes;
  }
}

/** False when that could not be, which is complained about. */
function* resize(path: string, base: number | null, size: Size | null, onlyExisting: boolean): Running<boolean> {
  try {
    yield* sys.close(yield* sys.open(path, O.WRONLY | (onlyExisting ? 0 : O.CREAT)));
  } catch (error) {
    if (onlyExisting && isErrno(error, 'ENOENT')) return true;
    yield* complain('truncate', `cannot open '${path}' for writing: ${errnoWords(error)}`);
    return false;
  }
  const before = base ?? (yield* sys.stat(path)).size;
  const wanted = size === null ? before : sizeAfter(before, size);
  try {
    yield* sys.truncate(path, wanted);
    return true;
  } catch (error) {
    yield* complain('truncate', `failed to truncate '${path}' at ${wanted} bytes: ${errnoWords(error)}`);
    return false;
  }
}
