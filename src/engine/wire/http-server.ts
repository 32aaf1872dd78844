/**
 * The server's side of HTTP: a coroutine a connection, requests one after the other, each answered inside a span of
 * its own.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { formatDate } from '../../programs/tools/calendar.ts';
import { httpMessageNs } from '../durations-docker.ts';
import { inSpan } from '../span.ts';
import { outliveBrokenPipes, readOrEnd, shutdownIfOpen, writeOrFalse } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import {
  formatChunk,
  formatHead,
  HttpBroken,
  journalReceipt,
  lastChunk,
  parseQuery,
  readBody,
  readHead,
  reasonOf,
  shortenedBody,
} from './http.ts';
import type { HttpHeaders } from './http.ts';

export interface HttpRequest {
  readonly method: string;
  /** As sent: path and query. */
  readonly target: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/**
 * A request and the ways to answer it. Exactly one of `json`, `text`, `empty`, `stream`, `hijack` and `refuseHijack` is
 * called.
 */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly json: (status: number, value: unknown, headers?: Readonly<Record<string, string>>) => Running<void>;
  readonly text: (status: number, body: string, headers?: Readonly<Record<string, string>>) => Running<void>;
  readonly empty: (status: number, headers?: Readonly<Record<string, string>>) => Running<void>;
  /** Sends the head now, the body in pieces. */
  readonly stream: (
    status: number,
    contentType: string,
    headers?: Readonly<Record<string, string>>,
  ) => Running<HttpBodyWriter>;
  /**
   * From now on the connection carries bytes of any kind. Answers `101 UPGRADED` to a client that asked to upgrade, to
   * another 200. moby: postContainersAttach() and, which `isTold` what the server says in every answer,
   * postContainerExecStart().
   */
  readonly hijack: (contentType: string, isTold?: boolean) => Running<HijackedConnection>;
  /** Tells who wanted a connection of its own why it gets none, and hangs up. moby: postContainersAttach(). */
  readonly refuseHijack: (status: number, words: string) => Running<void>;
  /** From now on these stand in the answer, whichever it will be. */
  readonly sayAlways: (headers: Readonly<Record<string, string>>) => void;
  /** Whether an answer has been begun. */
  readonly isAnswered: () => boolean;
  readonly isClientGone: () => boolean;
  /** futexWait on `key` that also ends when the client goes away. */
  readonly waitFor: (key: object, timeoutNs?: number) => Running<void>;
}

export interface HttpBodyWriter {
  /** Sends a piece; false when the client has gone. */
  readonly write: (data: string) => Running<boolean>;
  readonly end: () => Running<void>;
}

export interface HijackedConnection {
  readonly input: ByteStream;
  /** False when the client has gone. */
  readonly write: (data: string) => Running<boolean>;
  readonly close: () => Running<void>;
}

export type HttpHandler = (exchange: HttpExchange) => Running<void>;

/** A server and who is connected to it, so that it can end in good order. Go: http.Server.Shutdown(). */
export interface HttpServer {
  readonly connections: Set<ServerConnection>;
  closing: boolean;
  /** A byte in it ends the wait for clients. */
  readonly wakeFds: readonly [reader: number, writer: number];
}

interface ServerConnection {
  readonly fd: number;
  readonly input: ByteStream;
  /** Whoever takes from the input sleeps until more has come. */
  wanted: boolean;
  /** Span of whoever wrote what came last. */
  peerSpan: number;
  /** What the handler sleeps on besides: woken when the client goes away. */
  waitingOn: object | null;
  hijacked: boolean;
  closed: boolean;
  /** A request is being answered. */
  busy: boolean;
}

export function* newHttpServer(): Running<HttpServer> {
  yield* outliveBrokenPipes();
  return { connections: new Set(), closing: false, wakeFds: yield* sys.pipe2(O.CLOEXEC) };
}

/** Accepts connections until the server is told to end. Who comes later waits in the socket's backlog. */
export function* serveHttp(server: HttpServer, listenFd: number, handler: HttpHandler): Running<void> {
  const [wakeFd] = server.wakeFds;
  for (;;) {
    yield* sys.poll([listenFd, wakeFd].map((fd) => ({ fd, events: ['in'] as const })));
    if (server.closing) break;
    const fd = yield* sys.accept(listenFd);
    yield* sys.go(() => serveConnection(server, fd, handler));
  }
  yield* sys.close(listenFd);
}

/** Takes nobody any more, and lets go of those that ask for nothing at present. */
export function* closeHttpServer(server: HttpServer): Running<void> {
  server.closing = true;
  yield* sys.write(server.wakeFds[1], '.');
  for (const { fd, busy } of server.connections) if (!busy) yield* shutdownIfOpen(fd);
}

/** Waits until the last request has been answered; false after `timeoutNs`. */
export function* untilServed(server: HttpServer, timeoutNs: number): Running<boolean> {
  const endNs = (yield* sys.monotonic()) + timeoutNs;
  while ([...server.connections].some(({ busy, hijacked }) => busy && !hijacked)) {
    const leftNs = endNs - (yield* sys.monotonic());
    if (leftNs <= 0) return false;
    yield* sys.futexDelay(server, leftNs);
  }
  return true;
}

function* serveConnection(server: HttpServer, fd: number, handler: HttpHandler): Running<void> {
  yield* sys.setCloseOnExec(fd, true);
  const arrival = {};
  const connection: ServerConnection = {
    fd,
    input: { buffer: '', ended: false, wasReset: false, more: () => untilMore(connection, arrival) },
    wanted: false,
    peerSpan: 0,
    waitingOn: null,
    hijacked: false,
    closed: false,
    busy: false,
  };
  server.connections.add(connection);
  yield* sys.go(() => readFor(connection, arrival));
  try {
    while (!connection.hijacked && !server.closing) {
      const head = yield* readHead(connection.input);
      if (head === null) break;
      connection.busy = true;
      yield* sys.setSpan(connection.peerSpan);
      yield* answer(connection, head.startLine, head.headers, handler);
      yield* sys.setSpan(0);
      connection.busy = false;
    }
  } catch (error) {
    if (!(error instanceof HttpBroken)) throw error;
  }
  if (!connection.hijacked) yield* closeOnce(connection);
  server.connections.delete(connection);
  if (server.closing) yield* sys.futexWake(server);
}

function* untilMore(connection: ServerConnection, arrival: object): Running<void> {
  const before = connection.input.buffer.length;
  connection.wanted = true;
  yield* sys.futexWake(connection);
  while (connection.input.buffer.length === before && !connection.input.ended) yield* sys.futexWait(arrival);
}

/** How much is read before anybody asks for it, one read(2) more at most. Go: net/http, newBufioReader(). */
const readAheadBytes = 4096;

/**
 * Reads ahead, so that a client's going away is noticed while its request is still being answered; only so far that
 * who sends without end waits until somebody takes it.
 */
function* readFor(connection: ServerConnection, arrival: object): Running<void> {
  for (;;) {
    while (!connection.closed && !connection.wanted && connection.input.buffer.length >= readAheadBytes)
      yield* sys.futexWait(connection);
    // The number may be another connection's by now.
    const data = connection.closed ? '' : yield* readOrEnd(connection.fd);
    if (data === '') break;
    connection.wanted = false;
    connection.peerSpan = yield* sys.peerSpan();
    connection.input.buffer += data;
    yield* sys.futexWake(arrival);
  }
  connection.input.ended = true;
  yield* sys.futexWake(arrival);
  if (connection.waitingOn !== null) yield* sys.futexWake(connection.waitingOn);
}

function* closeOnce(connection: ServerConnection): Running<void> {
  if (connection.closed) return;
  connection.closed = true;
  // The reader sleeps on this descriptor still: it is let go before the number is free for another connection.
  yield* shutdownIfOpen(connection.fd);
  yield* sys.futexWake(connection);
  yield* sys.close(connection.fd);
}

function* answer(
  connection: ServerConnection,
  startLine: string,
  headers: HttpHeaders,
  handler: HttpHandler,
): Running<void> {
  const [method = '', target = ''] = startLine.split(' ');
  yield* journalReceipt(headers);
  const body = yield* readBody(connection.input, headers);
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const request: HttpRequest = { method, target, path, query: parseQuery(query), headers, body };
  yield* inSpan(`${method} ${path.replace(/^\/v\d+\.\d+/, '')}`, 'story', () => handle(connection, request, handler));
}

function* handle(connection: ServerConnection, request: HttpRequest, handler: HttpHandler): Running<void> {
  yield* sys.compute(httpMessageNs);
  yield* handler(exchangeOn(connection, request));
}

/** A request, whether its answer has begun, and the headers that this has whichever it is. */
interface Turn {
  readonly connection: ServerConnection;
  readonly request: HttpRequest;
  answered: boolean;
  headers: Headers;
}

function exchangeOn(connection: ServerConnection, request: HttpRequest): HttpExchange {
  const turn: Turn = { connection, request, answered: false, headers: {} };
  return {
    request,
    sayAlways(headers) {
      turn.headers = { ...turn.headers, ...headers };
    },
    isAnswered: () => turn.answered,
    isClientGone: () => connection.input.ended,
    text: (status, body, headers) => text(turn, status, body, headers),
    json: (status, value, headers) =>
      text(turn, status, `${JSON.stringify(value)}\n`, { 'Content-Type': 'application/json', ...headers }),
    empty(status, headers = {}) {
      // Without the length a client waits for the connection's end. Go: net/http, chunkWriter.writeHeader().
      const isBodiless = request.method === 'HEAD' || status === 204 || status === 304;
      return begin(turn, status, headers, '', isBodiless ? {} : { 'Content-Length': '0' });
    },
    stream: (status, contentType, headers) => stream(turn, status, contentType, headers),
    hijack: (contentType, isTold) => hijack(turn, contentType, isTold),
    refuseHijack: (status, words) => refuseHijack(turn, status, words),
    waitFor: (key, timeoutNs) => waitFor(connection, key, timeoutNs),
  };
}

type Headers = Readonly<Record<string, string>>;

function labelOf({ request }: Turn): string {
  return `${request.method} ${request.target}`;
}

/** `ofServer`: what the handler did not say. By name, each; Go: net/http, chunkWriter.writeHeader(). */
function* begin(turn: Turn, status: number, headers: Headers, body: string, ofServer: Headers): Running<void> {
  const said = sorted({ ...turn.headers, ...headers });
  yield* send(turn, status, { ...said, Date: yield* dateNow(), ...sorted(ofServer) }, body);
}

function* send(turn: Turn, status: number, headers: Headers, body: string): Running<void> {
  const { connection, request } = turn;
  turn.answered = true;
  const message = yield* journalSend(connection, 'response', labelOf(turn), String(status), body);
  const all = { ...headers, 'Glass-Message': String(message) };
  const head = formatHead(`HTTP/1.1 ${status} ${reasonOf(status)}`, all);
  yield* writeOrFalse(connection.fd, head + (request.method === 'HEAD' ? '' : body));
}

function text(turn: Turn, status: number, body: string, headers: Headers = {}): Running<void> {
  const wanted = { 'Content-Length': String(body.length), 'Content-Type': 'text/plain; charset=utf-8' };
  const ofServer = Object.fromEntries(Object.entries(wanted).filter(([name]) => headers[name] === undefined));
  return begin(turn, status, headers, body, ofServer);
}

function* stream(turn: Turn, status: number, contentType: string, headers: Headers = {}): Running<HttpBodyWriter> {
  const { fd } = turn.connection;
  const said = { 'Content-Type': contentType, ...headers };
  yield* begin(turn, status, said, '', { 'Transfer-Encoding': 'chunked' });
  return {
    *write(data) {
      const message = yield* journalSend(turn.connection, 'event', labelOf(turn), undefined, data);
      return yield* writeOrFalse(fd, formatChunk(data, message));
    },
    *end() {
      yield* writeOrFalse(fd, lastChunk);
    },
  };
}

const rawStream = 'application/vnd.docker.raw-stream';

function* refuseHijack(turn: Turn, status: number, words: string): Running<void> {
  yield* send(turn, status, { 'Content-Type': rawStream }, `${words}\r\n`);
  turn.connection.hijacked = true;
  yield* closeOnce(turn.connection);
}

function* hijack(turn: Turn, contentType: string, isTold = false): Running<HijackedConnection> {
  const { connection, request } = turn;
  const isUpgraded = request.headers['upgrade'] !== undefined;
  const type = { 'Content-Type': isUpgraded ? contentType : rawStream };
  const upgrade = isUpgraded ? { Connection: 'Upgrade', Upgrade: 'tcp' } : {};
  yield* send(turn, isUpgraded ? 101 : 200, { ...type, ...upgrade, ...(isTold ? sorted(turn.headers) : {}) }, '');
  connection.hijacked = true;
  return {
    input: connection.input,
    write: (data) => writeOrFalse(connection.fd, data),
    close: () => closeOnce(connection),
  };
}

function* waitFor(connection: ServerConnection, key: object, timeoutNs?: number): Running<void> {
  if (connection.input.ended) return;
  connection.waitingOn = key;
  yield* sys.futexWait(key, timeoutNs);
  connection.waitingOn = null;
}

/** By the machine's clock, as HTTP writes dates. */
function* dateNow(): Running<string> {
  const { seconds } = yield* sys.realtime();
  return formatDate('%a, %d %b %Y %T GMT', seconds, 0);
}

function* journalSend(
  connection: ServerConnection,
  kind: 'response' | 'event',
  label: string,
  status: string | undefined,
  body: string,
): Running<number> {
  const { id } = yield* sys.sendMessage(connection.fd, {
    protocol: 'HTTP',
    kind,
    label,
    ...(status === undefined ? {} : { status }),
    ...shortenedBody(body),
  });
  return id;
}

function sorted(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
