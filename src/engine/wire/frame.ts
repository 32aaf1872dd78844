/**
 * What travels between the engine's processes: a 4-byte length and JSON text, where the real ones send protobuf or
 * netlink's encoding.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { takeExactly } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';

/** The frame's bytes: length, most significant byte first, then the JSON text. */
export function encodeFrame(value: unknown): string {
  return frameOf(JSON.stringify(value));
}

/** Likewise of JSON text. What is not ASCII is escaped: whoever reads it has no bytes to decode. */
export function frameOf(json: string): string {
  const text = json.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const { length } = text;
  return String.fromCharCode((length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255) + text;
}

/** Takes one frame from a stream that nobody else reads; undefined at its end, also in the middle of a frame. */
export function* takeFrame(stream: ByteStream): Running<unknown> {
  const head = yield* takeExactly(stream, 4);
  if (head === null) return undefined;
  const text = yield* takeExactly(stream, lengthOf(head));
  return text === null ? undefined : (JSON.parse(text) as unknown);
}

/**
 * Reads one frame and no byte more: what comes after it may be another process's.
 *
 * @returns what was sent; undefined at the end of the stream, also in the middle of a frame.
 */
export function* readFrame(fd: number): Running<unknown> {
  const head = yield* readExactly(fd, 4);
  if (head === undefined) return undefined;
  const text = yield* readExactly(fd, lengthOf(head));
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function lengthOf(head: string): number {
  return head.charCodeAt(0) * 0x100_0000 + (head.charCodeAt(1) << 16) + (head.charCodeAt(2) << 8) + head.charCodeAt(3);
}

function* readExactly(fd: number, count: number): Running<string | undefined> {
  let data = '';
  while (data.length < count) {
    const part = yield* sys.read(fd, count - data.length);
    if (part === '') return undefined;
    data += part;
  }
  return data;
}
