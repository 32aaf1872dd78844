/**
 * Remote procedure calls between the daemons: gRPC (dockerd to containerd), ttrpc (containerd and shim), D-Bus (runc to
 * systemd).
 *
 * One library for the three, because here they differ in name only: several calls at once share a connection, each with
 * its answer, and a call may answer with a stream. Method names, their order and their fields are the real ones; the
 * encoding is JSON (see frame.ts).
 */
import { isErrno } from '../../kernel/errno.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { rpcMessageNs } from '../durations.ts';
import { wordsOfStatus } from './grpc-status.ts';
import { inSpan } from '../span.ts';
import { outliveBrokenPipes, streamOf, writeOrFalse } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { frameOf, takeFrame } from './frame.ts';

export type RpcProtocol = 'gRPC' | 'ttrpc' | 'D-Bus';

/** gRPC's status codes that the engine uses (google.golang.org/grpc/codes). */
export const rpcCode = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** An answer that says no: `code` is gRPC's, `message` the server's words. */
export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is sent: `item` is one of a stream's; `message` is the journal's number of the message. */
interface Frame {
  readonly kind: 'request' | 'response' | 'item';
  /** Joins a response to its request; each call on a connection has its own. */
  readonly stream: number;
  readonly message: number;
  /** The sender's span: what is done for it hangs below. */
  readonly span: number;
  readonly method?: string;
  /** Of a request to containerd: whose containers are meant. gRPC carries it as metadata. */
  readonly namespace?: string;
  /** gRPC status code of a response: 0 is OK. */
  readonly code?: number;
  readonly error?: string;
  readonly body?: unknown;
}

type Unsent = Omit<Frame, 'message' | 'span'>;

/** One end of a connection. */
interface Connection {
  readonly fd: number;
  readonly input: ByteStream;
  readonly protocol: RpcProtocol;
  /** No more bytes will come or go. */
  broken: boolean;
  /** The other end's process. */
  readonly peerPid: number;
  /** A frame is written whole: who comes first, writes first. */
  nextTicket: number;
  servedTicket: number;
}

/** A client's connection. Any number of coroutines may call on it. */
export interface RpcClient {
  /** The socket's path, for what is said when nobody is there any more. */
  readonly path: string;
  readonly connection: Connection;
  readonly waiting: Map<number, RpcStream>;
  nextStream: number;
  /** Goes with every call; undefined: containerd takes dockerd's. */
  readonly namespace: string | undefined;
}

/** A call under way: what has arrived for it and not been taken. */
export interface RpcStream {
  readonly client: RpcClient;
  readonly method: string;
  readonly number: number;
  readonly arrived: Frame[];
  ended: boolean;
}

/** What a handler may use besides the request's body. */
export interface RpcContext {
  /**
   * Sends one item of a stream, under `label` (an event's topic). False when the client has gone. Any coroutine may
   * call it.
   */
  readonly send: (item: unknown, label: string) => Running<boolean>;
  /** Sleeps until the client has gone. */
  readonly untilClosed: () => Running<void>;
  readonly isClosed: () => boolean;
  /** The client's process. */
  readonly peerPid: number;
  /** Whose containers are meant; undefined where the client did not say. */
  readonly namespace: string | undefined;
}

/** Answers a call with its result. An RpcError is answered as such; an Errno with code 2 and its words. */
// oxlint-disable-next-line typescript/no-explicit-any -- decoded JSON: each handler states its method's fields.
export type RpcHandler = (body: any, context: RpcContext) => Running<unknown>;
/** Handlers by method: `containerd.services.tasks.v1.Tasks/Create`. */
export type RpcHandlers = Readonly<Record<string, RpcHandler>>;

/** Connects to a socket and starts the coroutine that reads the answers. Throws what connect(2) throws. */
export function* dialRpc(path: string, protocol: RpcProtocol, namespace?: string): Running<RpcClient> {
  yield* outliveBrokenPipes();
  const fd = yield* sys.connect(path);
  const connection = yield* connectionOn(fd, protocol);
  const client: RpcClient = { path, connection, waiting: new Map(), nextStream: 1, namespace };
  yield* sys.go(() => readAnswers(client));
  return client;
}

/** Ends the connection from this side; the other closes it then, and calls that still wait for an answer fail. */
export function* closeRpc(client: RpcClient): Running<void> {
  if (client.connection.broken) return;
  try {
    yield* sys.shutdown(client.connection.fd, 'write');
  } catch (error) {
    // The other end was quicker.
    if (!isErrno(error, 'ENOTCONN')) throw error;
  }
}

/** Whether the other end is gone. */
export function isRpcBroken(client: RpcClient): boolean {
  return client.connection.broken;
}

/** Sleeps until the other end is gone. */
export function* untilRpcBroken(client: RpcClient): Running<void> {
  while (!client.connection.broken) yield* sys.futexWait(client.connection);
}

/**
 * Calls a method and waits for its answer, no longer than `patienceNs`. Throws an RpcError: the server's, `unavailable`
 * when the connection breaks, `deadlineExceeded`.
 */
export function* callRpc(client: RpcClient, method: string, body: unknown, patienceNs?: number): Running<unknown> {
  const endNs = patienceNs === undefined ? undefined : (yield* sys.monotonic()) + patienceNs;
  const stream = yield* subscribeRpc(client, method, body);
  if (endNs !== undefined) yield* untilAnswered(stream, endNs);
  const frame = yield* arrivedFrame(stream);
  if (frame === null) throw brokenError(client.connection.protocol);
  const { code = rpcCode.unknown, error = '' } = frame;
  if (code !== 0) throw new RpcError(code, client.connection.protocol === 'gRPC' ? wordsOfStatus(code, error) : error);
  return frame.body;
}

/** What is answered later is thrown away. */
function* untilAnswered(stream: RpcStream, endNs: number): Running<void> {
  while (stream.arrived.length === 0 && !stream.ended) {
    const leftNs = endNs - (yield* sys.monotonic());
    if (leftNs <= 0) {
      stream.client.waiting.delete(stream.number);
      throw new RpcError(rpcCode.deadlineExceeded, 'context deadline exceeded');
    }
    yield* sys.futexDelay(stream, leftNs);
  }
}

/** Calls a method that answers with a stream. */
export function* subscribeRpc(client: RpcClient, method: string, body: unknown): Running<RpcStream> {
  const stream: RpcStream = { client, method, number: client.nextStream, arrived: [], ended: false };
  client.nextStream += 2;
  if (client.connection.broken) throw unreachableError(client);
  client.waiting.set(stream.number, stream);
  const label = labelOf(client.connection.protocol, method, body);
  const frame = {
    kind: 'request',
    stream: stream.number,
    method,
    body,
    ...(client.namespace === undefined ? {} : { namespace: client.namespace }),
  } as const;
  if (!(yield* sendFrame(client.connection, frame, label))) throw brokenError(client.connection.protocol);
  return stream;
}

/**
 * The stream's next item; null after its end. Throws an RpcError when the server ended it with one, or the connection
 * broke.
 */
export function* nextOf(stream: RpcStream): Running<unknown> {
  const frame = yield* arrivedFrame(stream);
  if (frame === null) throw brokenError(stream.client.connection.protocol);
  if (frame.kind === 'item') return frame.body;
  if (frame.code !== 0) throw new RpcError(frame.code ?? rpcCode.unknown, frame.error ?? '');
  return null;
}

/**
 * Accepts connections for ever and answers their calls: a coroutine a connection, and one a call. Returns when the
 * socket is closed.
 */
export function* serveRpc(listenFd: number, protocol: RpcProtocol, handlers: RpcHandlers): Running<void> {
  yield* outliveBrokenPipes();
  for (;;) {
    let fd: number;
    try {
      fd = yield* sys.accept(listenFd);
    } catch (error) {
      if (isErrno(error, 'EBADF', 'EINVAL')) return;
      throw error;
    }
    yield* sys.go(() => serveRpcConnection(fd, protocol, handlers));
  }
}

/** Answers the calls of one connection until the client closes it, then closes `fd`. */
export function* serveRpcConnection(fd: number, protocol: RpcProtocol, handlers: RpcHandlers): Running<void> {
  const connection = yield* connectionOn(fd, protocol);
  for (;;) {
    const frame = yield* nextFrame(connection);
    if (frame === null) break;
    yield* sys.go(() => answer(connection, frame, handlers));
  }
  yield* breakConnection(connection);
}

function* answer(connection: Connection, request: Frame, handlers: RpcHandlers): Running<void> {
  const method = request.method ?? '';
  const label = labelOf(connection.protocol, method, request.body);
  yield* sys.receiveMessage(request.message, request.span);
  yield* inSpan(shortName(method), 'engine', () => reply(connection, request, handlers[method], label));
}

function* reply(connection: Connection, request: Frame, handler: RpcHandler | undefined, label: string): Running<void> {
  const { stream, method } = request;
  let result: Pick<Frame, 'code' | 'error' | 'body'>;
  try {
    if (handler === undefined) throw new RpcError(rpcCode.unimplemented, `unknown method ${method}`);
    result = { code: 0, body: yield* handler(request.body, contextOf(connection, request)) };
  } catch (error) {
    if (error instanceof RpcError) result = { code: error.code, error: error.message };
    else if (isErrno(error)) result = { code: rpcCode.unknown, error: error.message.toLowerCase() };
    else throw error;
  }
  yield* sendFrame(connection, { kind: 'response', stream, ...result }, label);
}

function contextOf(connection: Connection, { stream, namespace }: Frame): RpcContext {
  return {
    send: (item, label) => sendFrame(connection, { kind: 'item', stream, body: item }, label),
    *untilClosed() {
      while (!connection.broken) yield* sys.futexWait(connection);
    },
    isClosed: () => connection.broken,
    peerPid: connection.peerPid,
    namespace,
  };
}

/** The client's reader: hands each frame to the call that waits for it. */
function* readAnswers(client: RpcClient): Running<void> {
  for (;;) {
    const frame = yield* nextFrame(client.connection);
    if (frame === null) break;
    const stream = client.waiting.get(frame.stream);
    if (stream === undefined) continue;
    stream.arrived.push(frame);
    if (frame.kind === 'response') {
      stream.ended = true;
      client.waiting.delete(frame.stream);
    }
    yield* sys.futexWake(stream);
  }
  yield* breakConnection(client.connection);
  for (const stream of client.waiting.values()) {
    stream.ended = true;
    yield* sys.futexWake(stream);
  }
}

/**
 * Takes what has arrived, in the coroutine that waits for it, so that the fact stands in its span. Null when nothing
 * more can come.
 */
function* arrivedFrame(stream: RpcStream): Running<Frame | null> {
  while (stream.arrived.length === 0 && !stream.ended) yield* sys.futexWait(stream);
  const frame = stream.arrived.shift();
  if (frame === undefined) return null;
  yield* sys.receiveMessage(frame.message);
  return frame;
}

function* sendFrame(connection: Connection, frame: Unsent, label: string): Running<boolean> {
  yield* sys.compute(rpcMessageNs);
  const ticket = connection.nextTicket;
  connection.nextTicket += 1;
  while (connection.servedTicket !== ticket) yield* sys.futexWait(connection);
  let sent = false;
  if (!connection.broken) {
    const { kind, stream, method, namespace, code, error, body } = frame;
    const json = JSON.stringify(body);
    const { id, span } = yield* sys.sendMessage(connection.fd, {
      protocol: connection.protocol,
      kind: kind === 'item' ? 'event' : kind,
      label,
      ...(code === undefined ? {} : { status: String(code) }),
      body: (code ?? 0) === 0 ? shortened(body, json) : shortened({ message: error }),
    });
    const start = JSON.stringify({ kind, stream, method, namespace, code, error, message: id, span });
    sent = yield* writeOrFalse(
      connection.fd,
      frameOf(json === undefined ? start : `${start.slice(0, -1)},"body":${json}}`),
    );
  }
  connection.servedTicket += 1;
  if (connection.nextTicket !== connection.servedTicket) yield* sys.futexWake(connection);
  return sent;
}

function* nextFrame(connection: Connection): Running<Frame | null> {
  return ((yield* takeFrame(connection.input)) as Frame | undefined) ?? null;
}

function* breakConnection(connection: Connection): Running<void> {
  connection.broken = true;
  yield* sys.close(connection.fd);
  yield* sys.futexWake(connection);
}

function* connectionOn(fd: number, protocol: RpcProtocol): Running<Connection> {
  yield* sys.setCloseOnExec(fd, true);
  const { pid: peerPid } = yield* sys.peer(fd);
  return { fd, input: streamOf(fd), protocol, broken: false, peerPid, nextTicket: 0, servedTicket: 0 };
}

function brokenError(protocol: RpcProtocol): RpcError {
  return new RpcError(rpcCode.unavailable, protocol === 'ttrpc' ? 'ttrpc: closed' : 'error reading from server: EOF');
}

/** What gRPC says of a call while it tries to connect again. */
function unreachableError({ connection, path }: RpcClient): RpcError {
  if (connection.protocol !== 'gRPC') return brokenError(connection.protocol);
  const dialing = `transport: Error while dialing: dial unix ${path}: connect: connection refused`;
  return new RpcError(rpcCode.unavailable, `connection error: desc = "${dialing}": unavailable`);
}

/** `/containerd.services.tasks.v1.Tasks/Create`; an event's carries its topic too. */
function labelOf(protocol: RpcProtocol, method: string, body: unknown): string {
  const name = protocol === 'D-Bus' ? method : `/${method}`;
  if (!method.endsWith('Events/Forward')) return name;
  return `${name} ${(body as { readonly envelope: { readonly topic: string } }).envelope.topic}`;
}

/** `Tasks/Create`. */
function shortName(method: string): string {
  return method.slice(method.lastIndexOf('.') + 1);
}

/** Of a text in a message's body the journal keeps so many characters. */
const longestText = 300;
/** Of JSON text: whether there may be such a text in it. What is escaped is not counted, but looked at. */
const longText = /\\|"[^"]{300}/;
/** Of a body, so many. */
const longestBody = 2000;

/**
 * The journal keeps what a reader can read: long texts are cut, and a large body (a whole OCI spec) keeps its plain
 * fields only.
 */
function shortened(body: unknown, whole = JSON.stringify(body)): string {
  // Without a body there is no text.
  if (whole === undefined) return '';
  const isLong = whole.length > longestText && longText.test(whole);
  if (!isLong && whole.length <= longestBody) return whole;
  const cut = (_: string, value: unknown): unknown =>
    typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}...` : value;
  const text = isLong ? (JSON.stringify(body, cut) ?? '') : whole;
  if (text.length <= longestBody) return text;
  const plain = Object.entries(body as Record<string, unknown>).filter(([, value]) => typeof value !== 'object');
  return JSON.stringify(Object.fromEntries(plain), cut);
}
