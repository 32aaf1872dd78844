/** dd(1): copies in blocks of a size, and says how many. coreutils: src/dd.c; busybox: coreutils/dd.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, readSome, writeAll } from '../io.ts';
import type { Flavour } from './options.ts';

interface Order {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly blockBytes: number;
  /** Blocks; Infinity to the end of the input. */
  readonly count: number;
  readonly skip: number;
  readonly seek: number;
  readonly keepsRest: boolean;
  readonly status: string;
}

/** Of a copy, in whole blocks and parts of blocks. */
interface Counts {
  wholeIn: number;
  partIn: number;
  wholeOut: number;
  partOut: number;
  bytes: number;
}

const scales: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  M: 1024 ** 2,
  MB: 1000 ** 2,
  G: 1024 ** 3,
  GB: 1000 ** 3,
};
/** As much of a block as is moved at once. */
const pieceBytes = 2 ** 28;
/** A byte's way through memory, ns. */
const byteNs = 0.35;

export const dd = (flavour: Flavour): Program =>
  function* ddMain(argv): Running {
    const order = parse(argv.slice(1), flavour);
    if (typeof order === 'string') {
      yield* complain('dd', order);
      if (flavour === 'gnu' && order.startsWith('unrecognized')) {
        yield* writeAll(2, "Try 'dd --help' for more information.\n");
      }
      return 1;
    }
    const input = yield* openOr(order.from, O.RDONLY, 0, flavour);
    if (input === null) return 1;
    const truncates = order.keepsRest || order.seek > 0 ? 0 : O.TRUNC;
    const output = yield* openOr(order.to, O.WRONLY | O.CREAT | truncates, 1, flavour);
    if (output === null) return 1;
    return yield* copy(order, input, output, flavour);
  };

function* openOr(path: string | undefined, flags: number, otherwise: number, flavour: Flavour): Running<number | null> {
  if (path === undefined) return otherwise;
  try {
    return yield* sys.open(path, flags);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const what = flavour === 'gnu' ? 'failed to open' : "can't open";
    yield* complain('dd', `${what} '${path}': ${strerror(error.errno)}`);
    return null;
  }
}

function* copy(order: Order, input: number, output: number, flavour: Flavour): Running {
  const { blockBytes, status } = order;
  const began = yield* sys.monotonic();
  if (blockBytes >= 131_072) yield* sys.mmap(blockBytes);
  yield* pass(input, order.skip, blockBytes);
  if (order.seek > 0) yield* sys.seek(output, order.seek * blockBytes, 'set');
  const counts: Counts = { wholeIn: 0, partIn: 0, wholeOut: 0, partOut: 0, bytes: 0 };
  let failure: string | null = null;
  while (counts.wholeIn + counts.partIn < order.count && failure === null) {
    const block = yield* readBlock(input, blockBytes);
    const bytes = lengthOf(block);
    if (bytes === 0) break;
    if (bytes === blockBytes) counts.wholeIn += 1;
    else counts.partIn += 1;
    yield* sys.compute(bytes * byteNs);
    failure = yield* put(output, block, blockBytes, counts);
  }
  if (failure !== null) {
    yield* complain('dd', `error writing '${order.to ?? 'standard output'}': ${failure}`);
  }
  if (status !== 'none') yield* print(report(counts, (yield* sys.monotonic()) - began, status, flavour), 2);
  return failure === null ? 0 : 1;
}

/** A block, in the pieces that a read gives at most; what is read into one is less only where the input has no more. */
function* readBlock(input: number, blockBytes: number): Running<readonly string[]> {
  const pieces: string[] = [];
  for (let left = blockBytes; left > 0;) {
    const asked = Math.min(left, pieceBytes);
    const piece = yield* readSome(input, asked);
    pieces.push(piece);
    left -= asked;
    if (piece.length < asked) break;
  }
  return pieces;
}

function lengthOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Writes a block; returns the words of what went wrong. */
function* put(output: number, block: readonly string[], blockBytes: number, counts: Counts): Running<string | null> {
  let total = 0;
  let failure: string | null = null;
  for (const piece of block) {
    let done = 0;
    while (done < piece.length && failure === null) {
      try {
        done += yield* sys.write(output, done === 0 ? piece : piece.slice(done));
      } catch (error) {
        if (!isErrno(error)) throw error;
        failure = strerror(error.errno);
      }
    }
    total += done;
  }
  counts.bytes += total;
  if (total === blockBytes) counts.wholeOut += 1;
  else if (total > 0) counts.partOut += 1;
  return failure;
}

/** Leaves out blocks of the input: by seeking where that goes, else by reading. */
function* pass(input: number, blocks: number, blockBytes: number): Running<void> {
  if (blocks === 0) return;
  try {
    yield* sys.seek(input, blocks * blockBytes, 'current');
  } catch (error) {
    if (!isErrno(error, 'ESPIPE')) throw error;
    for (let count = 0; count < blocks; count += 1) if ((yield* readSome(input, blockBytes)) === '') return;
  }
}

function report(
  { wholeIn, partIn, wholeOut, partOut, bytes }: Counts,
  ns: number,
  status: string,
  flavour: Flavour,
): string {
  const records = `${wholeIn}+${partIn} records in\n${wholeOut}+${partOut} records out\n`;
  if (status === 'noxfer') return records;
  const seconds = ns / 1e9;
  if (flavour === 'busybox') {
    const rate = seconds > 0 ? bytes / seconds : 0;
    const sizes = `${bytes} bytes (${oneDecimal(bytes)}B)`;
    return `${records}${sizes} copied, ${seconds.toFixed(6)} seconds, ${oneDecimal(rate)}B/s\n`;
  }
  const sizes = bytes < 1000 ? '' : ` (${scaled(bytes, 1000)}B${bytes < 1024 ? '' : `, ${scaled(bytes, 1024)}iB`})`;
  const rate = bytes === 0 ? '0.0 k' : scaled(bytes / Math.max(seconds, 1e-9), 1000);
  return `${records}${bytes} byte${bytes === 1 ? '' : 's'}${sizes} copied, ${significant(seconds)} s, ${rate}B/s\n`;
}

/** %g. */
function significant(value: number): string {
  const text = value !== 0 && value < 1e-4 ? value.toExponential(5) : value.toPrecision(6);
  const [mantissa = '', exponent] = text.split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? short : `${short}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
}

/** coreutils' human_readable: `3.1 M`, `105 M`. */
function scaled(value: number, base: 1000 | 1024): string {
  const units = base === 1000 ? ['', 'k', 'M', 'G', 'T'] : ['', 'K', 'M', 'G', 'T'];
  let unit = 0;
  let rest = value;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit += 1;
  }
  const text = unit > 0 && rest < 9.95 ? rest.toFixed(1) : String(Math.round(rest));
  return `${text} ${units[unit] ?? ''}`;
}

/** busybox's make_human_readable_str: `100.0M`. */
function oneDecimal(value: number): string {
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && unit < 4) {
    rest /= 1024;
    unit += 1;
  }
  return unit === 0 ? String(Math.round(rest)) : `${rest.toFixed(1)}${'KMGT'.charAt(unit - 1)}`;
}

function parse(words: readonly string[], flavour: Flavour): Order | string {
  const values = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, Math.max(0, at));
    if (!['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'].includes(name))
      return flavour === 'gnu' ? `unrecognized operand '${word}'` : `invalid argument '${word}'`;
    values.set(name, word.slice(at + 1));
  }
  const numbers = ['bs', 'ibs', 'count', 'skip', 'seek'].map((name) => [name, values.get(name)] as const);
  for (const [, text] of numbers) {
    if (text !== undefined && amountOf(text) === undefined)
      return flavour === 'gnu' ? `invalid number: '${text}'` : `invalid number '${text}'`;
  }
  const number = (name: string, otherwise: number): number => amountOf(values.get(name) ?? '') ?? otherwise;
  return {
    from: values.get('if'),
    to: values.get('of'),
    blockBytes: Math.max(1, number('bs', number('ibs', 512))),
    count: number('count', Number.POSITIVE_INFINITY),
    skip: number('skip', 0),
    seek: number('seek', 0),
    keepsRest: (values.get('conv') ?? '').split(',').includes('notrunc'),
    status: values.get('status') ?? '',
  };
}

/** `4`, `1M`, `2x512`. */
function amountOf(text: string): number | undefined {
  let product = 1;
  for (const factor of text.split('x')) {
    const [, digits, unit = ''] = /^(\d+)([a-zA-Z]*)$/.exec(factor) ?? [];
    const scale = unit === '' ? 1 : scales[unit];
    if (digits === undefined || scale === undefined) return undefined;
    product *= Number(digits) * scale;
  }
  return product;
}
