/**
 * A stream of bytes that is taken by lines and by counts: one direction of a connection, with what has come and not
 * been taken.
 */
import { isErrno, type Errno } from '../../kernel/errno.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';

export interface ByteStream {
  buffer: string;
  /** No more bytes will come. */
  ended: boolean;
  /** It ended because the other end was closed with bytes unread. */
  wasReset: boolean;
  /** Sleeps until there is more in the buffer, or the stream has ended. */
  readonly more: () => Running<void>;
}

/** The bytes of a descriptor, read by whoever takes them. A reset connection counts as ended. */
export function streamOf(fd: number): ByteStream {
  const stream: ByteStream = { buffer: '', ended: false, wasReset: false, more: () => readInto(stream, fd) };
  return stream;
}

function* readInto(stream: ByteStream, fd: number): Running<void> {
  try {
    const data = yield* sys.read(fd);
    if (data === '') stream.ended = true;
    stream.buffer += data;
  } catch (error) {
    if (!isOver(error)) throw error;
    stream.ended = true;
    stream.wasReset = error.errno === 'ECONNRESET';
  }
}

/** One read(2); '' at the end, and when the connection was reset or closed meanwhile. */
export function* readOrEnd(fd: number): Running<string> {
  try {
    return yield* sys.read(fd);
  } catch (error) {
    if (isOver(error)) return '';
    throw error;
  }
}

/** The connection was reset, or closed meanwhile; the terminal has hung up. */
const isOver = (error: unknown): error is Errno => isErrno(error, 'ECONNRESET', 'EBADF', 'EIO');

/** Takes one line, without its CR LF; null when the stream ends before it does. */
export function* takeLine(stream: ByteStream): Running<string | null> {
  for (;;) {
    const end = stream.buffer.indexOf('\r\n');
    if (end >= 0) {
      const line = stream.buffer.slice(0, end);
      stream.buffer = stream.buffer.slice(end + 2);
      return line;
    }
    if (stream.ended) return null;
    yield* stream.more();
  }
}

/** Takes exactly `count` bytes; null when the stream ends before. */
export function* takeExactly(stream: ByteStream, count: number): Running<string | null> {
  while (stream.buffer.length < count) {
    if (stream.ended) return null;
    yield* stream.more();
  }
  const data = stream.buffer.slice(0, count);
  stream.buffer = stream.buffer.slice(count);
  return data;
}

/** Takes all that is there, sleeping for the first byte; '' at the end. */
export function* takeSome(stream: ByteStream): Running<string> {
  while (stream.buffer === '' && !stream.ended) yield* stream.more();
  const data = stream.buffer;
  stream.buffer = '';
  return data;
}

/** Writes everything; false when nobody can read it any more. */
export function* writeOrFalse(fd: number, data: string): Running<boolean> {
  try {
    for (let sent = 0; sent < data.length;) sent += yield* sys.write(fd, data.slice(sent));
    return true;
  } catch (error) {
    if (isErrno(error, 'EPIPE', 'ECONNRESET', 'EBADF', 'EIO')) return false;
    throw error;
  }
}

/** shutdown(2) in both directions; a connection that is gone already is no error. */
export function* shutdownIfOpen(fd: number, how: 'read' | 'write' | 'both' = 'both'): Running<void> {
  try {
    if (how !== 'read') yield* sys.shutdown(fd, 'write');
    if (how !== 'write') yield* sys.shutdown(fd, 'read');
  } catch (error) {
    if (!isErrno(error, 'ENOTCONN', 'EPIPE', 'EBADF')) throw error;
  }
}

/**
 * Go's runtime catches SIGPIPE: a write to a closed socket fails with EPIPE and ends nobody. (A handler, unlike
 * SIG_IGN, is not inherited over exec.)
 */
export function* outliveBrokenPipes(): Running<void> {
  // oxlint-disable-next-line require-yield -- nothing happens in the handler.
  yield* sys.sigaction('SIGPIPE', function* () {});
}
