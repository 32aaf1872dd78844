/** HTTP/1.1 messages out of a descriptor, as servers and clients read them. RFC 9112. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readSome } from '../io.ts';

/** What has come over a connection and is not read yet. */
export interface HttpReader {
  readonly fd: number;
  buffer: string;
  ended: boolean;
  /** It ended because the other end was closed with bytes unread. */
  wasReset: boolean;
}

export interface HttpHead {
  /** `GET / HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** In their order, names as they were sent. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export function httpReader(fd: number): HttpReader {
  return { fd, buffer: '', ended: false, wasReset: false };
}

function* more(reader: HttpReader): Running<void> {
  try {
    const data = yield* readSome(reader.fd);
    if (data === '') reader.ended = true;
    reader.buffer += data;
  } catch (error) {
    if (!isErrno(error, 'ECONNRESET', 'EBADF')) throw error;
    reader.ended = true;
    reader.wasReset = error.errno === 'ECONNRESET';
  }
}

/** Reads a head; null when the connection ends before it is whole. */
export function* readHead(reader: HttpReader): Running<HttpHead | null> {
  for (;;) {
    const end = /\r?\n\r?\n/.exec(reader.buffer);
    if (end !== null) {
      const [startLine = '', ...lines] = reader.buffer.slice(0, end.index).split(/\r?\n/);
      reader.buffer = reader.buffer.slice(end.index + end[0].length);
      return { startLine, fields: lines.map(fieldOf) };
    }
    if (reader.ended) return null;
    yield* more(reader);
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** A field's value by its name, whatever the case; undefined without it. */
export function fieldNamed({ fields }: HttpHead, name: string): string | undefined {
  return fields.find(([own]) => own.toLowerCase() === name)?.[1];
}

/**
 * Gives a body to `take` piece by piece: by its announced length, in chunks, or, for a response without either, up to
 * the connection's end. False when the connection ended before the body did.
 */
export function* readBody(
  reader: HttpReader,
  head: HttpHead,
  take: (piece: string) => Running<void>,
): Running<boolean> {
  if (/\bchunked\b/i.test(fieldNamed(head, 'transfer-encoding') ?? '')) return yield* readChunks(reader, take);
  const length = fieldNamed(head, 'content-length');
  if (length !== undefined) return yield* readExactly(reader, Number(length), take);
  if (!head.startLine.startsWith('HTTP/')) return true;
  while (!reader.ended || reader.buffer !== '') {
    if (reader.buffer === '') yield* more(reader);
    const piece = reader.buffer;
    reader.buffer = '';
    if (piece !== '') yield* take(piece);
  }
  return true;
}

function* readExactly(reader: HttpReader, count: number, take: (piece: string) => Running<void>): Running<boolean> {
  for (let left = count; left > 0;) {
    if (reader.buffer === '' && reader.ended) return false;
    if (reader.buffer === '') yield* more(reader);
    const piece = reader.buffer.slice(0, left);
    reader.buffer = reader.buffer.slice(piece.length);
    left -= piece.length;
    if (piece !== '') yield* take(piece);
  }
  return true;
}

function* readChunks(reader: HttpReader, take: (piece: string) => Running<void>): Running<boolean> {
  for (;;) {
    const line = yield* readLine(reader);
    if (line === null) return false;
    const size = Number.parseInt(line, 16);
    if (!(yield* readExactly(reader, size, take))) return false;
    if ((yield* readLine(reader)) === null) return false;
    const message = /;glass=(\d+)/.exec(line)?.[1];
    if (message !== undefined) yield* sys.receiveMessage(Number(message));
    if (size === 0) return true;
  }
}

/** A line without its end; null when the connection ends before it does. */
export function* readLine(reader: HttpReader): Running<string | null> {
  for (;;) {
    const end = reader.buffer.indexOf('\n');
    if (end >= 0) {
      const line = reader.buffer.slice(0, end).replace(/\r$/, '');
      reader.buffer = reader.buffer.slice(end + 1);
      return line;
    }
    if (reader.ended) return null;
    yield* more(reader);
  }
}
