/** Inflating a deflated stream. RFC 1951. */
import {
  codesOf,
  distanceBases,
  distanceBits,
  fixedDistanceLengths,
  fixedLengths,
  lengthBases,
  lengthBits,
} from './codes.ts';

/** No deflated stream, or the beginning of one. */
export class BrokenStream extends Error {}

interface Reader {
  readonly bytes: string;
  at: number;
  bit: number;
}

/** Symbols by their codes, each with a 1 before it. */
type Codes = ReadonlyMap<number, number>;

/** The bytes that were deflated, and where in `bytes` their stream ends. Throws BrokenStream. */
export function inflate(bytes: string, from: number): { readonly text: string; readonly end: number } {
  const reader: Reader = { bytes, at: from, bit: 0 };
  let text = '';
  for (let isLast = false; !isLast;) {
    isLast = take(reader, 1) === 1;
    const type = take(reader, 2);
    if (type === 0) text += stored(reader);
    else if (type === 1) text = inflateBlock(reader, text, byCode(fixedLengths), byCode(fixedDistanceLengths));
    else if (type === 2) text = inflateBlock(reader, text, ...ownCodes(reader));
    else throw new BrokenStream('corrupt');
  }
  return { text, end: reader.at + (reader.bit > 0 ? 1 : 0) };
}

function stored(reader: Reader): string {
  if (reader.bit > 0) reader.at += 1;
  reader.bit = 0;
  const length = take(reader, 16);
  take(reader, 16);
  reader.at += length;
  if (reader.at > reader.bytes.length) throw new BrokenStream('short');
  return reader.bytes.slice(reader.at - length, reader.at);
}

function inflateBlock(reader: Reader, before: string, symbols: Codes, distances: Codes): string {
  let text = before;
  for (;;) {
    const symbol = takeSymbol(reader, symbols);
    if (symbol === 256) return text;
    if (symbol < 256) text += String.fromCharCode(symbol);
    else {
      const length = numbered(reader, symbol - 257, lengthBases, lengthBits);
      const distance = numbered(reader, takeSymbol(reader, distances), distanceBases, distanceBits);
      if (distance > text.length) throw new BrokenStream('corrupt');
      const repeated = text.slice(-distance, text.length - distance + length);
      text += repeated.repeat(Math.ceil(length / repeated.length)).slice(0, length);
    }
  }
}

function numbered(reader: Reader, which: number, bases: readonly number[], bits: readonly number[]): number {
  return (bases[which] ?? 0) + take(reader, bits[which] ?? 0);
}

/** In which order a block says how long the codes are by which it says how long its codes are. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function ownCodes(reader: Reader): [symbols: Codes, distances: Codes] {
  const [symbols, distances, count] = [take(reader, 5) + 257, take(reader, 5) + 1, take(reader, 4) + 4];
  const ofLengths = Array.from({ length: 19 }, () => 0);
  for (const symbol of order.slice(0, count)) ofLengths[symbol] = take(reader, 3);
  const codes = byCode(ofLengths);
  const lengths: number[] = [];
  while (lengths.length < symbols + distances) {
    const symbol = takeSymbol(reader, codes);
    if (symbol < 16) lengths.push(symbol);
    else {
      const [least, bits] = symbol === 16 ? [3, 2] : symbol === 17 ? [3, 3] : [11, 7];
      const again = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
      for (let left = least + take(reader, bits); left > 0; left -= 1) lengths.push(again);
    }
  }
  return [byCode(lengths.slice(0, symbols)), byCode(lengths.slice(symbols))];
}

function byCode(lengths: readonly number[]): Codes {
  const codes = codesOf(lengths);
  return new Map(
    lengths.flatMap((length, symbol) =>
      length === 0 ? [] : [[(1 << length) | (codes[symbol] ?? 0), symbol] as const],
    ),
  );
}

function takeSymbol(reader: Reader, codes: Codes): number {
  let code = 1;
  for (let length = 0; length < 15; length += 1) {
    code = (code << 1) | take(reader, 1);
    const symbol = codes.get(code);
    if (symbol !== undefined) return symbol;
  }
  throw new BrokenStream('corrupt');
}

function take(reader: Reader, count: number): number {
  let bits = 0;
  for (let taken = 0; taken < count; taken += 1) {
    if (reader.at >= reader.bytes.length) throw new BrokenStream('short');
    bits |= ((reader.bytes.charCodeAt(reader.at) >> reader.bit) & 1) << taken;
    reader.bit += 1;
    if (reader.bit === 8) [reader.at, reader.bit] = [reader.at + 1, 0];
  }
  return bits;
}
