/** Files of gzip, of byte strings. RFC 1952. */
import { gunzipSync, gzipSync } from 'fflate';

const magic = '\x1f\x8b\x08';
/** As Go writes it: a field of its own, no time, of an operating system nobody knows. */
const header = `${magic}\x04\0\0\0\0\0\xff`;

/** Compresses bytes; `extra` stands in the header. */
export function gzip(bytes: string, extra: string): string {
  const length = String.fromCharCode(extra.length & 0xff, extra.length >>> 8);
  return `${header}${length}${extra}${textOf(gzipSync(bytesOf(bytes), { mtime: 0 })).slice(header.length)}`;
}

/** What was compressed; null for what is none of these, or cut. */
export function gunzip(bytes: string): string | null {
  try {
    return textOf(gunzipSync(bytesOf(bytes)));
  } catch {
    return null;
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
