/** What travels on an RPC connection: frames of a 4-byte length and JSON text, where the real ones carry protobuf. */
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';

/** `item` is one of a stream's messages, `end` its end; `message` is the journal's number of the message. */
export interface Frame {
  readonly kind: 'request' | 'response' | 'item';
  /** Joins a response to its request; each call on a connection has its own. */
  readonly stream: number;
  readonly message: number;
  readonly method?: string;
  /** gRPC status code of a response: 0 is OK. */
  readonly code?: number;
  readonly error?: string;
  readonly body?: unknown;
}

/** The frame's bytes: length, most significant byte first, then the JSON text. */
export function encodeFrame(frame: Frame): string {
  const text = utf8(JSON.stringify(frame));
  const { length } = text;
  return String.fromCharCode((length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255) + text;
}

/**
 * Reads one frame and no byte more, so that `sys.peerSpan()` is that of its writer.
 *
 * @returns null at the end of the stream, also in the middle of a frame.
 */
export function* readFrame(fd: number): Running<Frame | null> {
  const head = yield* readExactly(fd, 4);
  if (head === null) return null;
  const length = Array.from(head).reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
  const text = yield* readExactly(fd, length);
  return text === null ? null : (JSON.parse(fromUtf8(text)) as Frame);
}

function* readExactly(fd: number, count: number): Running<string | null> {
  let data = '';
  while (data.length < count) {
    const part = yield* sys.read(fd, count - data.length);
    if (part === '') return null;
    data += part;
  }
  return data;
}
