/**
 * HTTP/1.1 as text over simulated unix sockets (RFC 9112): messages, heads and chunks, for the client and the server
 * beside this file.
 *
 * One header and one chunk extension are ours: `Glass-Message` and `glass` carry the journal's number of the message,
 * so that the receiver can say which message it received.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { takeExactly, takeLine } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';

/** Header fields by lower-case name. */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpHead {
  /** `POST /containers/create HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  readonly headers: HttpHeaders;
}

const reasons: Readonly<Record<number, string>> = {
  101: 'UPGRADED',
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** The reason phrase of a status. */
export function reasonOf(status: number): string {
  return reasons[status] ?? '';
}

/** A head as text, its empty line included. */
export function formatHead(startLine: string, headers: Readonly<Record<string, string>>): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${startLine}\r\n${fields.join('')}\r\n`;
}

/** Reads a head; null when the connection ends before it is whole. */
export function* readHead(stream: ByteStream): Running<HttpHead | null> {
  const startLine = yield* takeLine(stream);
  if (startLine === null) return null;
  const headers: Record<string, string> = {};
  for (;;) {
    const line = yield* takeLine(stream);
    if (line === null) return null;
    if (line === '') return { startLine, headers };
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
}

/** One chunk of a chunked body, with the journal's number of its message. */
export function formatChunk(data: string, message: number): string {
  return `${data.length.toString(16)};glass=${message}\r\n${data}\r\n`;
}

export const lastChunk = '0\r\n\r\n';

/**
 * Reads a chunk and notes its receipt; null at the end of the body. Throws `unexpected EOF` when the connection ends
 * before.
 */
export function* readChunk(stream: ByteStream): Running<string | null> {
  const line = yield* takeLine(stream);
  if (line === null) throw new HttpBroken();
  const size = Number.parseInt(line, 16);
  const data = yield* takeExactly(stream, size);
  const end = yield* takeLine(stream);
  if (data === null || end === null) throw new HttpBroken();
  if (size === 0) return null;
  const message = /;glass=(\d+)/.exec(line)?.[1];
  if (message !== undefined) yield* sys.receiveMessage(Number(message));
  return data;
}

/** Reads a body as its head announces it. Throws `unexpected EOF`. */
export function* readBody(stream: ByteStream, headers: HttpHeaders): Running<string> {
  if (headers['transfer-encoding'] === 'chunked') {
    let body = '';
    for (;;) {
      const chunk = yield* readChunk(stream);
      if (chunk === null) return body;
      body += chunk;
    }
  }
  const body = yield* takeExactly(stream, Number(headers['content-length'] ?? 0));
  if (body === null) throw new HttpBroken();
  return body;
}

/** The connection ended in the middle of a message: Go's words for it. */
export class HttpBroken extends Error {
  /** The other side had hung up before anything was sent. */
  readonly isUnwritten: boolean;
  constructor(isUnwritten = false) {
    super('unexpected EOF');
    this.isUnwritten = isUnwritten;
  }
}

/** Notes that the message whose head this is has arrived. */
export function* journalReceipt(headers: HttpHeaders): Running<void> {
  const message = headers['glass-message'];
  if (message !== undefined) yield* sys.receiveMessage(Number(message));
}

/** A body for the journal: long ones are cut. */
export function shortenedBody(body: string): { readonly body?: string } {
  if (body === '') return {};
  return { body: body.length <= 600 ? body : `${body.slice(0, 600)}...` };
}

/** `name=web&all=1` as pairs, percent-decoded. */
export function parseQuery(query: string): ReadonlyMap<string, string> {
  const pairs = query === '' ? [] : query.split('&');
  return new Map(
    pairs.map((pair) => pair.split(/=(.*)/s)).map(([name = '', value = '']) => [decode(name), decode(value)]),
  );
}

/** `name=web`, percent-encoded as Go's url.Values.Encode() does: in the names' order, blanks as `+`. */
export function formatQuery(values: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs
    .flatMap(([name, value]) => (typeof value === 'string' ? [value] : value).map((one) => [name, one] as const))
    .map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`)
    .join('&');
}

/** Percent-encodes bytes for a path's part or a query's value; a blank becomes `+`. Go: url.QueryEscape(). */
export function encodeForm(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9_.~-]/g, (char) => (char === ' ' ? '+' : percent(char)));
}

/** Percent-encodes bytes for a whole path. Go: url.URL.EscapedPath(). */
export function encodePath(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9_.~$&+,/:;=@-]/g, percent);
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Undoes percent-encoding; gives bytes. A malformed escape stays as it is. */
export function decode(text: string): string {
  const plain = text.replaceAll('+', ' ');
  return plain.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
