/**
 * What travels between the engine's processes: a 4-byte length and JSON text, where the real ones send protobuf or
 * netlink's encoding.
 */
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';

/** The frame's bytes: length, most significant byte first, then the JSON text. */
export function encodeFrame(value: unknown): string {
  const text = utf8(JSON.stringify(value));
  const { length } = text;
  return String.fromCharCode((length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255) + text;
}

/**
 * Reads one frame and no byte more, so that `sys.peerSpan()` is that of its writer.
 *
 * @returns what was sent; undefined at the end of the stream, also in the middle of a frame.
 */
export function* readFrame(fd: number): Running<unknown> {
  const head = yield* readExactly(fd, 4);
  if (head === undefined) return undefined;
  const length =
    head.charCodeAt(0) * 0x100_0000 + (head.charCodeAt(1) << 16) + (head.charCodeAt(2) << 8) + head.charCodeAt(3);
  const text = yield* readExactly(fd, length);
  return text === undefined ? undefined : (JSON.parse(fromUtf8(text)) as unknown);
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
