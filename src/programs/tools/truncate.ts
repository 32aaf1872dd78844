/** truncate(1): coreutils, src/truncate.c. What a file gains is a hole. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import { parseOptions, quoted, refuseOptions } from './options.ts';

/** `-s [+-]SIZE`, with K, M, G, T for powers of 1024 and KB… for powers of 1000. */
interface Size {
  readonly sign: string;
  readonly bytes: number;
}

/** `truncate [-c] -s SIZE FILE…` */
export function* truncateMain(argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), 'cs:', { size: 's', 'no-create': 'c' });
  if (typeof options === 'string') return yield* refuseOptions('truncate', options, 'gnu');
  const text = options.values.get('s');
  const size = text === undefined ? null : sizeOf(text);
  if (text !== undefined && size === null) {
    yield* complain('truncate', `Invalid number: ${quoted(text)}`);
    return 1;
  }
  if (size === null) {
    const wanted = `you must specify either ${quoted('--size')} or ${quoted('--reference')}`;
    return yield* refuseOptions('truncate', wanted, 'gnu');
  }
  if (options.operands.length === 0) return yield* refuseOptions('truncate', 'missing file operand', 'gnu');
  let status = 0;
  for (const path of options.operands) {
    if (!(yield* resize(path, size, options.has('c')))) status = 1;
  }
  return status;
}

function sizeOf(text: string): Size | null {
  const [, sign = '', digits, unit = '', decimal] = /^([-+]?)(\d+)(?:([KMGT])(B)?)?$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const power = unit === '' ? 0 : 'KMGT'.indexOf(unit) + 1;
  const bytes = Number(digits) * (decimal === undefined ? 1024 : 1000) ** power;
  return { sign, bytes };
}

/** False when that could not be, which is complained about. */
function* resize(path: string, { sign, bytes }: Size, onlyExisting: boolean): Running<boolean> {
  try {
    yield* sys.close(yield* sys.open(path, O.WRONLY | (onlyExisting ? 0 : O.CREAT)));
  } catch (error) {
    if (onlyExisting && isErrno(error, 'ENOENT')) return true;
    yield* complain('truncate', `cannot open '${path}' for writing: ${errnoWords(error)}`);
    return false;
  }
  const { size } = yield* sys.stat(path);
  const wanted = sign === '' ? bytes : Math.max(0, sign === '+' ? size + bytes : size - bytes);
  try {
    yield* sys.truncate(path, wanted);
    return true;
  } catch (error) {
    yield* complain('truncate', `failed to truncate '${path}' at ${wanted} bytes: ${errnoWords(error)}`);
    return false;
  }
}
