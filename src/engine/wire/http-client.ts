/**
 * The client's side of HTTP: requests over kept connections, bodies that come in pieces, and connections taken over
 * after `101 UPGRADED`.
 */
import type { Running } from '../../kernel/abi.ts';
import type { InternetAddress } from '../../kernel/net/internet-address.ts';
import * as sys from '../../kernel/sys.ts';
import { httpMessageNs } from '../durations-docker.ts';
import { outliveBrokenPipes, streamOf, writeOrFalse } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { formatHead, HttpBroken, journalReceipt, readBody, readChunk, readHead, shortenedBody } from './http.ts';
import type { HttpHeaders } from './http.ts';

/** A server and the connections to it that wait for another request. */
export interface HttpClient {
  readonly to: string | InternetAddress;
  readonly userAgent: string;
  readonly idle: HttpConnection[];
}

export interface HttpConnection {
  readonly to: string | InternetAddress;
  readonly fd: number;
  readonly stream: ByteStream;
}

export interface ClientRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly target: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in the place of `body`: a tar archive. */
  readonly archive?: string;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/** A response whose body is still coming. */
export interface OpenResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly client: HttpClient;
  readonly connection: HttpConnection;
}

export function httpClient(to: string | InternetAddress, userAgent: string): HttpClient {
  return { to, userAgent, idle: [] };
}

/**
 * Sends a request and reads the whole answer. Throws connect(2)'s Errno, or HttpBroken when the connection ends before
 * the answer.
 */
export function* request(client: HttpClient, message: ClientRequest): Running<ClientResponse> {
  const response = yield* openRequest(client, message);
  const body = yield* finishBody(response, message.method);
  return { status: response.status, headers: response.headers, body };
}

/** Sends a request and reads the answer's head. The body is for `nextChunk` or `finishBody`. */
export function* openRequest(client: HttpClient, message: ClientRequest): Running<OpenResponse> {
  const kept = client.idle.pop();
  if (kept !== undefined) {
    try {
      return yield* askOver(kept, client, message);
    } catch (error) {
      if (!(error instanceof HttpBroken)) throw error;
      // The server has hung up meanwhile: that is no answer. Go: net/http, shouldRetryRequest().
      if (!error.isUnwritten && message.method !== 'GET' && message.method !== 'HEAD') throw error;
      yield* sys.close(kept.fd);
    }
  }
  return yield* askOver(yield* dial(client), client, message);
}

function* askOver(connection: HttpConnection, client: HttpClient, message: ClientRequest): Running<OpenResponse> {
  yield* sendRequest(client, connection, message, {});
  const { status, headers } = yield* readResponseHead(connection);
  return { status, headers, client, connection };
}

/** Reads the rest of the body; the connection is free for another request then. */
export function* finishBody(response: OpenResponse, method = 'GET'): Running<string> {
  const hasNone = method === 'HEAD' || response.status === 204 || response.status === 304;
  const body = hasNone ? '' : yield* readBody(response.connection.stream, response.headers);
  response.client.idle.push(response.connection);
  return body;
}

/** The body's next piece; null at its end. */
export function* nextChunk(response: OpenResponse): Running<string | null> {
  const chunk = yield* readChunk(response.connection.stream);
  if (chunk === null) response.client.idle.push(response.connection);
  return chunk;
}

/**
 * Sends a request that asks for the connection itself, always over a new one. Other answers than 101 have their body
 * read.
 */
export function* upgrade(
  client: HttpClient,
  message: ClientRequest,
): Running<{ readonly response: ClientResponse; readonly connection: HttpConnection }> {
  const connection = yield* dial(client);
  yield* sendRequest(client, connection, message, { Connection: 'Upgrade', Upgrade: 'tcp' });
  const { status, headers } = yield* readResponseHead(connection);
  const body = status === 101 ? '' : yield* readBody(connection.stream, headers);
  return { response: { status, headers, body }, connection };
}

function* dial(client: HttpClient): Running<HttpConnection> {
  yield* outliveBrokenPipes();
  const fd = yield* sys.connect(client.to);
  yield* sys.setCloseOnExec(fd, true);
  return { to: client.to, fd, stream: streamOf(fd) };
}

function* sendRequest(
  client: HttpClient,
  connection: HttpConnection,
  message: ClientRequest,
  extra: Readonly<Record<string, string>>,
): Running<void> {
  yield* sys.compute(httpMessageNs);
  const body = message.archive ?? (message.body === undefined ? '' : JSON.stringify(message.body));
  const label = `${message.method} ${message.target}`;
  const { id } = yield* sys.sendMessage(connection.fd, {
    protocol: 'HTTP',
    kind: 'request',
    label,
    ...shortenedBody(body),
  });
  const head = formatHead(`${label} HTTP/1.1`, {
    Host: typeof client.to === 'string' ? 'api.moby.localhost' : `${client.to.address}:${client.to.port}`,
    'User-Agent': client.userAgent,
    ...(message.method.startsWith('P') ? { 'Content-Length': String(body.length) } : {}),
    ...extra,
    ...(body === ''
      ? {}
      : { 'Content-Type': message.archive === undefined ? 'application/json' : 'application/x-tar' }),
    'Glass-Message': String(id),
  });
  if (!(yield* writeOrFalse(connection.fd, head + body))) throw new HttpBroken(true);
}

function* readResponseHead(
  connection: HttpConnection,
): Running<{ readonly status: number; readonly headers: HttpHeaders }> {
  const head = yield* readHead(connection.stream);
  if (head === null) throw new HttpBroken();
  yield* journalReceipt(head.headers);
  return { status: Number(head.startLine.split(' ')[1] ?? 0), headers: head.headers };
}
