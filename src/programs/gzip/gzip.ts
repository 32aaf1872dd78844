/** Files of gzip. RFC 1952. */
import { deflate } from './deflate.ts';
import { BrokenStream, inflate } from './inflate.ts';

const magic = '\x1f\x8b\x08';
const hasExtra = 4;
/** Of an operating system nobody knows. */
const header = (extra: string): string => `${magic}\x04\0\0\0\0\0\xff${littleEndian(extra.length, 2)}${extra}`;

/** Compresses bytes; `extra` stands in the header. */
export function gzip(bytes: string, extra: string): string {
  return header(extra) + deflate(bytes) + littleEndian(checksum(bytes), 4) + littleEndian(bytes.length, 4);
}

/** What was compressed; null for what is none of these, or cut. */
export function gunzip(bytes: string): string | null {
  if (!bytes.startsWith(magic) || bytes.charCodeAt(3) !== hasExtra) return null;
  const extra = bytes.charCodeAt(10) + 256 * bytes.charCodeAt(11);
  try {
    const { text, end } = inflate(bytes, 12 + extra);
    return bytes.slice(end, end + 4) === littleEndian(checksum(text), 4) ? text : null;
  } catch (error) {
    if (error instanceof BrokenStream) return null;
    throw error;
  }
}

function littleEndian(number: number, count: number): string {
  return Array.from({ length: count }, (_, index) => String.fromCharCode((number >>> (8 * index)) & 0xff)).join('');
}

const table = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest >>> 0;
});

/** CRC-32. */
function checksum(bytes: string): number {
  let sum = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) sum = (table[(sum ^ bytes.charCodeAt(at)) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}
