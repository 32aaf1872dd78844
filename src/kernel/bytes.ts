/**
 * Text inside the machine is a byte string: a JavaScript string in which each char is one byte, 0 to 255. ASCII is
 * itself; anything else goes through these two at the border (a literal in a program, a terminal, a file that a person
 * writes).
 */

const encoder = new TextEncoder();

/** Encodes text as UTF-8 bytes. */
export function utf8(text: string): string {
  return isAscii(text) ? text : Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** Decodes UTF-8 bytes; a malformed sequence becomes U+FFFD, a byte each. */
export function fromUtf8(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return bytes.replace(sequence, (part) => (part.length > 1 ? decodeURIComponent(percent(part)) : malformed(part)));
}

/** The same bytes, apart from the text that they were cut out of: V8 keeps the whole of it for a slice. */
export function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}

function malformed(byte: string): string {
  return byte < '\x80' ? byte : '\uFFFD';
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

const sequence =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x00-\xff]/g;

function percent(bytes: string): string {
  return Array.from(bytes, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}
