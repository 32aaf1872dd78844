/**
 * A process's standard streams in dockerd: named pipes whose other ends the shim holds. What comes out of them goes to
 * whoever is attached and, for a container, into its log. moby: libcontainerd/remote, newFIFOSet(), and
 * container/stream.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { isErrno } from '../../kernel/errno.ts';
import { errnoWords } from '../../programs/io.ts';
import { readOrEnd, writeOrFalse } from '../wire/byte-stream.ts';
import { unlinkIfAny } from '../unlink.ts';
import type { Log } from '../log.ts';
import { serverError } from './api-error.ts';

export type OutputName = 'stdout' | 'stderr';

/** Whoever sees the output as it comes. */
export interface Attached {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** False when it is gone. */
  readonly write: (stream: OutputName, data: string) => Running<boolean>;
}

/** Paths of the named pipes; '' for a stream that does not exist. */
export interface FifoPaths {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StandardStreams {
  readonly attached: Set<Attached>;
  /** Open for writing once the shim has opened its end; -1 before and after. */
  stdinFd: number;
  /** Counts up at each start, so that late openers notice that theirs is over. */
  generation: number;
  /** Output streams that have not ended, each with the file it is read from: null until the shim has opened its end. */
  readonly open: Map<OutputName, number | null>;
  /** Woken when one opens or ends. */
  readonly changed: object;
}

export function standardStreams(): StandardStreams {
  return { attached: new Set(), stdinFd: -1, generation: 0, open: new Map(), changed: {} };
}

/** Which pipes a process gets: no stdin that nobody opened, and no stderr of its own on a terminal. */
export function fifoPaths(
  directory: string,
  name: string,
  wants: { readonly stdin: boolean; readonly terminal: boolean },
): FifoPaths {
  return {
    stdin: wants.stdin ? `${directory}/${name}-stdin` : '',
    stdout: `${directory}/${name}-stdout`,
    stderr: wants.terminal ? '' : `${directory}/${name}-stderr`,
  };
}

/**
 * Makes the pipes and opens dockerd's ends, each in a coroutine of its own: open(2) sleeps until the shim opens the
 * other.
 *
 * @param log takes what a stream brings; '' at its end.
 * @throws ApiError where a pipe cannot be made.
 */
export function* openStreams(
  streams: StandardStreams,
  paths: FifoPaths,
  log: (stream: OutputName, data: string) => Running<void>,
): Running<void> {
  streams.generation += 1;
  const outputs = (
    [
      ['stdout', paths.stdout],
      ['stderr', paths.stderr],
    ] as const
  ).filter(([, path]) => path !== '');
  streams.open.clear();
  if (paths.stdin !== '') {
    yield* makeFifo('stdin', paths.stdin);
    yield* sys.go(() => openInput(streams, paths.stdin));
  }
  for (const [stream, path] of outputs) {
    yield* makeFifo(stream, path);
    streams.open.set(stream, null);
    yield* sys.goCarrying(() => copyOutput(streams, stream, path, log));
  }
}

/**
 * A pipe that is there already is that of a container that outlived the last daemon. The words are those of
 * containerd's cio, openFifos(), and of fifo.OpenFifo().
 */
function* makeFifo(stream: string, path: string): Running<void> {
  try {
    yield* sys.mkfifo(path, 0o700);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.errno === 'EEXIST') return;
    throw serverError(`failed to open ${stream} fifo: error creating fifo ${path}: ${errnoWords(error).toLowerCase()}`);
  }
}

/** Opens through a handle, so that the pipe may be unlinked meanwhile. containerd: fifo.OpenFifo(). */
function* openFifo(path: string, flags: number): Running<number | null> {
  try {
    const handle = yield* sys.open(path, O.PATH | O.CLOEXEC);
    const fd = yield* sys.open(`/proc/self/fd/${handle}`, flags | O.CLOEXEC);
    yield* sys.close(handle);
    return fd;
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

function* openInput(streams: StandardStreams, path: string): Running<void> {
  const { generation } = streams;
  const fd = yield* openFifo(path, O.WRONLY);
  if (fd === null) return;
  if (generation !== streams.generation) {
    yield* sys.close(fd);
    return;
  }
  streams.stdinFd = fd;
  yield* sys.futexWake(streams.changed);
}

function* copyOutput(
  streams: StandardStreams,
  stream: OutputName,
  path: string,
  log: (stream: OutputName, data: string) => Running<void>,
): Running<void> {
  const { generation } = streams;
  const fd = yield* openFifo(path, O.RDONLY);
  if (generation === streams.generation) streams.open.set(stream, fd);
  for (;;) {
    const data = fd === null ? '' : yield* readOrEnd(fd);
    yield* log(stream, data);
    if (data === '') break;
    for (const one of streams.attached) {
      if (one[stream] && !(yield* one.write(stream, data))) streams.attached.delete(one);
    }
  }
  if (fd !== null) yield* sys.close(fd);
  if (generation !== streams.generation) return;
  streams.open.delete(stream);
  yield* sys.futexWake(streams.changed);
}

/**
 * Writes to the process's standard input, sleeping until the shim has opened it. False when it is closed or its
 * process over.
 */
export function* writeInput(streams: StandardStreams, data: string, isOver: () => boolean): Running<boolean> {
  while (streams.stdinFd < 0) {
    if (isOver()) return false;
    yield* sys.futexWait(streams.changed);
  }
  return yield* writeOrFalse(streams.stdinFd, data);
}

/** Closes dockerd's end of the standard input. */
export function* closeInput(streams: StandardStreams): Running<void> {
  if (streams.stdinFd < 0) return;
  const fd = streams.stdinFd;
  streams.stdinFd = -1;
  yield* sys.close(fd);
}

/** Sleeps until both outputs have ended, at most `timeoutNs`. */
export function* untilDrained(streams: StandardStreams, timeoutNs: number): Running<void> {
  const endNs = (yield* sys.monotonic()) + timeoutNs;
  while (streams.open.size > 0) {
    const leftNs = endNs - (yield* sys.monotonic());
    if (leftNs <= 0) return;
    yield* sys.futexDelay(streams.changed, leftNs);
  }
}

/**
 * Lets go of everything at the end of a process: whoever is attached notices that there is nothing more. A coroutine
 * that still sleeps in open(2), because no shim ever came, is released by opening the pipe's other end for a moment.
 * Whoever reads an output is told that it was closed: recorded in vm-07 and vm-18 of those that were never opened, in
 * vm-15 of one that a child of the process still held.
 */
export function* closeStreams(streams: StandardStreams, paths: FifoPaths, log: Log): Running<void> {
  streams.generation += 1;
  for (const fd of streams.open.values()) {
    const why = fd === null ? 'reading from a closed fifo' : `read /proc/self/fd/${fd}: file already closed`;
    yield* log('error', `stream copy error: ${why}`);
  }
  yield* closeInput(streams);
  for (const [path, flags] of [
    [paths.stdin, O.RDONLY],
    [paths.stdout, O.WRONLY],
    [paths.stderr, O.WRONLY],
  ] as const) {
    if (path === '') continue;
    yield* release(path, flags);
    yield* unlinkIfAny(path);
  }
  streams.open.clear();
  yield* sys.futexWake(streams.changed);
}

function* release(path: string, flags: number): Running<void> {
  try {
    yield* sys.close(yield* sys.open(path, flags | O.NONBLOCK | O.CLOEXEC));
  } catch (error) {
    // ENXIO: nobody sleeps there.
    if (!isErrno(error, 'ENXIO', 'ENOENT')) throw error;
  }
}
