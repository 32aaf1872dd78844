/**
 * A process's input and output: pipes (or a terminal) on its side, named pipes on dockerd's, and the shim that copies
 * between.
 *
 * containerd: cmd/containerd-shim-runc-v2/process/io.go, copyPipes(). The shim opens each fifo for writing AND for
 * reading: so a fifo outlives its reader, and a daemon may restart while the container writes on.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { goQuote } from '../go-text.ts';
import { randomDigits } from '../runc/state.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';

/** Paths of the fifos; empty: none. */
export interface StdioPaths {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
}

/** Bytes copied at a time, as Go's io.Copy with containerd's buffers. */
const bufferSize = 32_768;

export interface Stdio {
  readonly paths: StdioPaths;
  /** What the process gets as 0, 1 and 2; with a terminal it gets them from runc. */
  readonly childFds: Readonly<Record<number, number>>;
  /** Our ends: of the pipes, or -1. */
  readonly toStdin: number;
  readonly fromStdout: number;
  readonly fromStderr: number;
  /** Where runc sends the terminal's master: `--console-socket`. */
  readonly consoleSocket: { readonly path: string; readonly fd: number } | undefined;
  master: number;
  /** Our writing end of the stdin fifo: while it is open the process sees no end of its input. */
  stdinKeeper: number;
  /** Coroutines that still copy output. */
  copying: number;
}

/** Makes the pipes, or the socket for the terminal. */
export function* openStdio(paths: StdioPaths): Running<Stdio> {
  const rest = { paths, master: -1, stdinKeeper: -1, copying: 0 };
  if (paths.terminal) {
    const consoleSocket = yield* listenForConsole();
    return { ...rest, consoleSocket, childFds: {}, toStdin: -1, fromStdout: -1, fromStderr: -1 };
  }
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const [stdinRead, toStdin] = yield* pipeFor(paths.stdin);
  const [fromStdout, stdoutWrite] = yield* pipeFor(paths.stdout);
  const [fromStderr, stderrWrite] = yield* pipeFor(paths.stderr);
  const orNull = (fd: number): number => (fd === -1 ? devNull : fd);
  const childFds = { 0: orNull(stdinRead), 1: orNull(stdoutWrite), 2: orNull(stderrWrite) };
  return { ...rest, consoleSocket: undefined, childFds, toStdin, fromStdout, fromStderr };
}

function* pipeFor(path: string): Running<readonly [number, number]> {
  return path === '' ? [-1, -1] : yield* sys.pipe2(O.CLOEXEC);
}

function* listenForConsole(): Running<{ readonly path: string; readonly fd: number }> {
  const directory = `/tmp/pty${yield* randomDigits()}`;
  yield* sys.mkdir(directory, 0o700);
  const path = `${directory}/pty.sock`;
  const fd = yield* sys.listen(path);
  yield* sys.setCloseOnExec(fd, true);
  return { path, fd };
}

/** Lets go of the child's ends. To be done once runc has them. */
export function* closeChildEnds(stdio: Stdio): Running<void> {
  for (const fd of new Set(Object.values(stdio.childFds))) yield* sys.close(fd);
}

/**
 * Opens the fifos, which wakes dockerd's opens, and starts copying. Sleeps while nobody has a fifo open at the other
 * end. Throws an RpcError for a fifo that is gone. containerd: process/io.go, copyPipes().
 */
export function* copyStdio(stdio: Stdio): Running<void> {
  const { paths } = stdio;
  if (stdio.consoleSocket !== undefined) yield* receiveMaster(stdio, stdio.consoleSocket);
  if (paths.stdin !== '') yield* copyInput(stdio);
  if (stdio.master !== -1) {
    if (paths.stdout !== '') yield* copyOutput(stdio, stdio.master, paths.stdout);
    return;
  }
  if (paths.stdout !== '') yield* copyOutput(stdio, stdio.fromStdout, paths.stdout);
  if (paths.stderr !== '') yield* copyOutput(stdio, stdio.fromStderr, paths.stderr);
}

function* receiveMaster(stdio: Stdio, socket: { readonly path: string; readonly fd: number }): Running<void> {
  const connection = yield* sys.accept(socket.fd);
  const { fds } = yield* sys.recvmsg(connection);
  stdio.master = fds[0] ?? -1;
  yield* sys.setCloseOnExec(stdio.master, true);
  yield* sys.close(connection);
  yield* discardConsole(stdio);
}

/** Removes the terminal's socket: it has done its work, or runc has failed. */
export function* discardConsole({ consoleSocket }: Stdio): Running<void> {
  if (consoleSocket === undefined) return;
  yield* sys.close(consoleSocket.fd);
  yield* sys.unlink(consoleSocket.path);
  yield* sys.rmdir(consoleSocket.path.slice(0, consoleSocket.path.lastIndexOf('/')));
}

function* copyInput(stdio: Stdio): Running<void> {
  const { stdin } = stdio.paths;
  const target = stdio.master === -1 ? stdio.toStdin : stdio.master;
  // Both ends are opened here, so neither open has to wait for dockerd's.
  const failure = `failed to open stdin fifo ${stdin}: stat ${stdin}`;
  yield* sys.goCarrying(function* () {
    try {
      const fifo = yield* openFifo(stdin, O.RDONLY, failure);
      yield* copy(fifo, target);
      yield* sys.close(fifo);
    } catch (error) {
      // It is told once, by who opens the other end.
      if (!(error instanceof RpcError)) throw error;
    }
    if (stdio.master === -1) yield* sys.close(target);
  });
  stdio.stdinKeeper = yield* openFifo(stdin, O.WRONLY, failure);
}

/** dockerd takes its fifos away when it is told that there will be no container. */
function* openFifo(path: string, flags: number, failure: string): Running {
  try {
    return yield* sys.open(path, flags | O.CLOEXEC);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw new RpcError(rpcCode.unknown, `${failure}: no such file or directory`);
  }
}

function* copyOutput(stdio: Stdio, from: number, path: string): Running<void> {
  const failure = `failed to start io pipe copy: containerd-shim: opening file ${goQuote(path)} failed: open ${path}`;
  const writer = yield* openFifo(path, O.WRONLY, failure);
  const reader = yield* openFifo(path, O.RDONLY, failure);
  stdio.copying += 1;
  yield* sys.goCarrying(() => copyToEnd(stdio, from, writer, reader));
}

function* copyToEnd(stdio: Stdio, from: number, writer: number, reader: number): Running<void> {
  yield* copy(from, writer);
  for (const fd of [writer, reader]) yield* sys.close(fd);
  if (from !== stdio.master) yield* sys.close(from);
  stdio.copying -= 1;
  yield* sys.futexWake(stdio);
}

/** Copies until the end of the file, or until nobody reads any more. */
function* copy(from: number, to: number): Running<void> {
  try {
    for (;;) {
      const data = yield* sys.read(from, bufferSize);
      if (data === '') return;
      yield* writeAll(to, data);
    }
  } catch (error) {
    // EIO: a terminal that nobody has open any more; EPIPE: the process has closed its input.
    if (!isErrno(error, 'EIO', 'EPIPE', 'EBADF')) throw error;
  }
}

/** Waits for what the process wrote to have been copied; at most 2 s, since a grandchild may hold the pipe. */
export function* waitForOutput(stdio: Stdio): Running<void> {
  const deadline = (yield* sys.monotonic()) + 2_000_000_000;
  while (stdio.copying > 0) {
    const left = deadline - (yield* sys.monotonic());
    if (left <= 0 || !(yield* sys.futexDelay(stdio, left))) return;
  }
}

/** Ends the process's input, once dockerd has closed its end too. */
export function* closeInput(stdio: Stdio): Running<void> {
  if (stdio.stdinKeeper === -1) return;
  const keeper = stdio.stdinKeeper;
  stdio.stdinKeeper = -1;
  yield* sys.close(keeper);
}
