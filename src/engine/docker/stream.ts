/**
 * A connection taken over by `101 UPGRADED`, joined to the CLI's own standard streams. docker:
 * cli/command/container/hijack.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror, type Errno } from '../../kernel/errno.ts';
import { describeAddress } from '../../kernel/net/internet-address.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { readOrEnd, shutdownIfOpen, takeExactly, takeSome, writeOrFalse } from '../wire/byte-stream.ts';
import type { ByteStream } from '../wire/byte-stream.ts';
import { upgrade } from '../wire/http-client.ts';
import type { ClientRequest, HttpConnection } from '../wire/http-client.ts';
import { detachKeys } from '../detach-keys.ts';
import { CommandFailed, DaemonError, reach, versioned } from './client.ts';
import type { DockerClient } from './client.ts';
import { makeRaw } from './terminal.ts';

/** Asks for a connection to a process's streams. Throws a DaemonError. */
export function* openStream(docker: DockerClient, message: ClientRequest): Running<HttpConnection> {
  const { response, connection } = yield* reach(docker, () => upgrade(docker.http, versioned(docker, message)));
  if (response.status === 101) return connection;
  yield* sys.close(connection.fd);
  throw new DaemonError(response.status, `unable to upgrade to tcp, received ${response.status}`);
}

export interface StreamOptions {
  readonly stdin: boolean;
  readonly terminal: boolean;
  /** Bytes that end the session without ending the process: Ctrl-P Ctrl-Q. */
  readonly detachKeys: string;
  readonly proxiesSignals: boolean;
}

/** How a session ended: with an error when the client could not read on, or could not write what came. */
export type SessionEnd = 'ended' | 'detached' | Error;

/** The daemon is gone, with input that it had not read. Go: net.OpError. */
export class ConnectionReset extends CommandFailed {
  constructor(between: string) {
    super(`read ${between}: read: connection reset by peer\n`, 1);
  }
}

/**
 * What ends a client that cannot write what came. One that hands signals on has asked for every signal, so SIGPIPE does
 * not end it and the write fails; another is ended by its EPIPE. Go: os/signal, SIGPIPE.
 */
function unwrittenOutput(error: Errno, proxiesSignals: boolean): Error {
  if (error.errno === 'EPIPE' && !proxiesSignals) return error;
  return new CommandFailed(`write /dev/stdout: ${strerror(error.errno).toLowerCase()}\n`, 1);
}

/** Joins the streams until the process's output ends, or until the person at the keyboard detaches. */
export function* joinStream(connection: HttpConnection, options: StreamOptions): Running<SessionEnd> {
  const state: { over: boolean; detached: boolean; unwritten: Errno | null } = {
    over: false,
    detached: false,
    unwritten: null,
  };
  const restore = options.stdin && options.terminal ? yield* makeRaw() : null;
  const input = options.stdin
    ? () => copyInput(connection, options, state)
    : () => shutdownIfOpen(connection.fd, 'write');
  yield* sys.goCarrying(function* () {
    yield* input();
    yield* sys.futexWake(state);
  });
  yield* sys.goCarrying(function* () {
    try {
      yield* options.terminal ? copyRaw(connection.stream) : copyFrames(connection.stream);
    } catch (error) {
      if (!isErrno(error)) throw error;
      state.unwritten = error;
    }
    state.over = true;
    yield* sys.futexWake(state);
  });
  while (!state.over && !state.detached) yield* sys.futexWait(state);
  if (restore !== null) yield* restore();
  const reset = connection.stream.wasReset ? new ConnectionReset(yield* endsOf(connection)) : null;
  yield* sys.close(connection.fd);
  if (state.unwritten !== null) return unwrittenOutput(state.unwritten, options.proxiesSignals);
  return state.detached ? 'detached' : (reset ?? 'ended');
}

/** As Go names a connection: a client's unix socket has no name. */
function* endsOf({ fd, to }: HttpConnection): Running<string> {
  if (typeof to === 'string') return `unix @->${to}`;
  return `tcp ${describeAddress(yield* sys.getsockname(fd))}->${describeAddress(to)}`;
}

/** Keystrokes to the process. At the end of the input the connection is closed in that direction. */
function* copyInput(connection: HttpConnection, options: StreamOptions, state: { detached: boolean }): Running<void> {
  const keys = options.terminal ? options.detachKeys : '';
  let held = '';
  for (;;) {
    const data = yield* readOrEnd(0);
    if (data === '') break;
    const scanned = scanForKeys(held + data, keys);
    held = scanned.held;
    if (scanned.send !== '' && !(yield* writeOrFalse(connection.fd, scanned.send))) return;
    if (scanned.detached) {
      state.detached = true;
      return;
    }
  }
  yield* shutdownIfOpen(connection.fd, 'write');
}

/**
 * Finds the detach keys: what comes before them is sent, a beginning of them is held back. moby/term:
 * NewEscapeProxy().
 */
export function scanForKeys(
  data: string,
  keys: string,
): { readonly send: string; readonly held: string; readonly detached: boolean } {
  if (keys === '') return { send: data, held: '', detached: false };
  const at = data.indexOf(keys);
  if (at >= 0) return { send: data.slice(0, at), held: '', detached: true };
  for (let length = Math.min(keys.length - 1, data.length); length > 0; length -= 1) {
    if (data.endsWith(keys.slice(0, length)))
      return { send: data.slice(0, -length), held: keys.slice(0, length), detached: false };
  }
  return { send: data, held: '', detached: false };
}

/** A terminal's output: bytes as they are. */
function* copyRaw(stream: ByteStream): Running<void> {
  for (;;) {
    const data = yield* takeSome(stream);
    if (data === '') return;
    yield* writeAll(1, data);
  }
}

/** Output and errors on one connection, each piece behind eight bytes. moby: pkg/stdcopy, StdCopy(). */
function* copyFrames(stream: ByteStream): Running<void> {
  for (;;) {
    const head = yield* takeExactly(stream, 8);
    if (head === null) return;
    const data = yield* takeExactly(stream, frameLength(head));
    if (data === null) return;
    yield* printPiece(head, data);
  }
}

/** Throws a CommandFailed for an error of the daemon's own. */
function printPiece(head: string, data: string): Running<void> {
  const stream = head.charCodeAt(0);
  if (stream === 3) throw new CommandFailed(`error from daemon in stream: ${data}\n`, 1);
  return writeAll(stream === 2 ? 2 : 1, data);
}

/** The length in a frame's head. */
function frameLength(head: string): number {
  return Array.from(head.slice(4)).reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
}

/**
 * Prints the frames of text that came by another way (`docker logs`), and returns what is left of an unfinished one.
 */
export function* printFrames(text: string): Running<string> {
  let rest = text;
  while (rest.length >= 8) {
    const length = frameLength(rest.slice(0, 8));
    if (rest.length < 8 + length) break;
    yield* printPiece(rest, rest.slice(8, 8 + length));
    rest = rest.slice(8 + length);
  }
  return rest;
}

/** The keys that leave a session; those that the daemon would refuse never get here. */
export function detachKeysOf(text: string): string {
  return detachKeys(text === '' ? 'ctrl-p,ctrl-q' : text) ?? '';
}
