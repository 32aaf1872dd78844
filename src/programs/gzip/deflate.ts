/** Deflating: what was there before is said by how far back it is and how long. RFC 1951. */
import { codesOf, distanceBases, distanceBits, fixedLengths, lengthBases, lengthBits } from './codes.ts';

const window = 32_768;
const longest = 258;
const codes = codesOf(fixedLengths);

interface Writer {
  readonly bytes: number[];
  held: number;
  count: number;
}

/** The bytes as one block with the fixed codes. */
export function deflate(bytes: string): string {
  const out: Writer = { bytes: [], held: 0, count: 0 };
  // The last block; its codes are the fixed ones.
  put(out, 0b011, 3);
  const seen = new Map<string, number>();
  for (let at = 0; at < bytes.length;) {
    const three = bytes.slice(at, at + 3);
    const before = seen.get(three);
    const length = before === undefined || at - before > window ? 0 : matchLength(bytes, before, at);
    if (before === undefined || length < 3) {
      putSymbol(out, bytes.charCodeAt(at));
      seen.set(three, at);
      at += 1;
      continue;
    }
    putPair(out, length, at - before);
    for (const end = at + length; at < end; at += 1) seen.set(bytes.slice(at, at + 3), at);
  }
  putSymbol(out, 256);
  put(out, 0, 7);
  return out.bytes.map((byte) => String.fromCharCode(byte)).join('');
}

function matchLength(bytes: string, before: number, at: number): number {
  let length = 0;
  while (length < longest && at + length < bytes.length && bytes[before + length] === bytes[at + length]) length += 1;
  return length;
}

function putPair(out: Writer, length: number, distance: number): void {
  const which = lengthBases.findLastIndex((least) => least <= length);
  putSymbol(out, 257 + which);
  put(out, length - (lengthBases[which] ?? 0), lengthBits[which] ?? 0);
  const far = distanceBases.findLastIndex((least) => least <= distance);
  putCode(out, far, 5);
  put(out, distance - (distanceBases[far] ?? 0), distanceBits[far] ?? 0);
}

function putSymbol(out: Writer, symbol: number): void {
  putCode(out, codes[symbol] ?? 0, fixedLengths[symbol] ?? 0);
}

/** A code's first bit comes first; of a number the last. */
function putCode(out: Writer, code: number, length: number): void {
  for (let bit = length - 1; bit >= 0; bit -= 1) put(out, (code >> bit) & 1, 1);
}

function put(out: Writer, bits: number, count: number): void {
  out.held |= bits << out.count;
  out.count += count;
  for (; out.count >= 8; out.count -= 8) {
    out.bytes.push(out.held & 0xff);
    out.held >>>= 8;
  }
}
