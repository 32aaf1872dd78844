/** POST /containers/{id}/attach: the client's connection becomes the container's streams. moby: daemon/attach.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { detachKeys } from '../detach-keys.ts';
import { takeSome } from '../wire/byte-stream.ts';
import type { HijackedConnection, HttpExchange } from '../wire/http-server.ts';
import { methods } from '../wire/containerd-api.ts';
import { closeTaskInput } from './containerd-client.ts';
import { callRpc } from '../wire/rpc.ts';
import { badRequest, conflict } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';
import { readLog } from './log.ts';
import { closeInput, writeInput } from './streams.ts';
import type { Attached, OutputName, StandardStreams } from './streams.ts';

/** The third is for the daemon's own errors. */
const streamNumbers = { stdout: 1, stderr: 2, system: 3 } as const;

/**
 * One piece of output as it travels: raw on a terminal, else behind eight bytes that name the stream and the length.
 * moby: pkg/stdcopy.
 */
export function frame(stream: OutputName | 'system', data: string, terminal: boolean): string {
  if (terminal) return data;
  const { length } = data;
  const bytes = [
    streamNumbers[stream],
    0,
    0,
    0,
    (length >>> 24) & 255,
    (length >>> 16) & 255,
    (length >>> 8) & 255,
    length & 255,
  ];
  return String.fromCharCode(...bytes) + data;
}

/** The content type of streams in that form. */
export function streamType(terminal: boolean): string {
  return `application/vnd.docker.${terminal ? 'raw' : 'multiplexed'}-stream`;
}

/** Answers the attach request; returns when the container's streams have ended or the client has gone. */
export function* attachToContainer(daemon: Daemon, exchange: HttpExchange, container: Container): Running<void> {
  const { query } = exchange.request;
  yield* untilUnlocked(container);
  const { Config, State, ID } = container.record;
  if (State.Paused) throw conflict(`container ${ID} is paused, unpause the container before attach`);
  if (State.Restarting) throw conflict(`container ${ID} is restarting, wait until the container is running`);
  const keys = query.get('detachKeys') ?? '';
  if (keys !== '' && detachKeys(keys) === undefined) throw badRequest(`Invalid detach keys (${keys}) provided`);
  const connection = yield* exchange.hijack(streamType(Config.Tty));
  const wants = (name: string): boolean => ['1', 'true', 'True'].includes(query.get(name) ?? '');
  const output = outputTo(connection, Config.Tty, { stdout: wants('stdout'), stderr: wants('stderr') });
  let broken: OutputName | undefined;
  const attached: Attached = {
    ...output,
    *write(stream, data) {
      const isWritten = yield* output.write(stream, data);
      if (!isWritten) broken = stream;
      return isWritten;
    },
  };
  if (wants('logs')) yield* replay(container, attached);
  yield* emitContainerEvent(daemon.events, container, 'attach');
  if (!wants('stream')) {
    yield* connection.close();
    return;
  }
  container.streams.attached.add(attached);
  if (wants('stdin') && Config.OpenStdin)
    yield* sys.goCarrying(() => copyInput(daemon, container, connection, attached));
  yield* untilDetached(container.streams, container.changed, attached, () => container.exits);
  container.streams.attached.delete(attached);
  // Told when the container has ended, since its other output was still attached (recorded: vm-21).
  if (broken !== undefined) {
    const words = `error attaching ${broken} stream: write unix /run/docker.sock->@: write: broken pipe`;
    yield* daemon.log('error', `attach failed with error: ${words}`);
  }
  yield* connection.close();
}

/** `logs=1`: what the container has printed so far. */
function* replay(container: Container, attached: Attached): Running<void> {
  const { lines } = yield* readLog(container);
  for (const { log, stream } of lines) if (attached[stream]) yield* attached.write(stream, log);
}

/** Sends output on the client's connection. */
export function outputTo(
  connection: HijackedConnection,
  terminal: boolean,
  streams: { readonly stdout: boolean; readonly stderr: boolean },
): Attached {
  return { ...streams, write: (stream, data) => connection.write(frame(stream, data, terminal)) };
}

/** Sleeps until the process is over or the client was found gone. */
function* untilDetached(
  streams: StandardStreams,
  changed: object,
  attached: Attached,
  exits: () => number,
): Running<void> {
  const before = exits();
  while (exits() === before && streams.attached.has(attached)) yield* sys.futexWait(changed);
}

/**
 * The client's keystrokes go to the process; at their end the process's input is closed, if it was opened for one
 * client only.
 */
function* copyInput(
  daemon: Daemon,
  container: Container,
  connection: HijackedConnection,
  attached: Attached,
): Running<void> {
  const { exits } = container;
  const isOver = (): boolean => container.exits !== exits || container.removed;
  for (;;) {
    const data = yield* takeSome(connection.input);
    if (data === '') break;
    if (!(yield* writeInput(container.streams, data, isOver))) return;
  }
  const { Config, ID } = container.record;
  if (Config.StdinOnce && !Config.Tty) {
    yield* closeInputOf(daemon, container.streams, { container_id: ID }, isOver);
    return;
  }
  // The client has gone (it detached): its output ends too. moby: stream/attach.go, CopyStreams().
  container.streams.attached.delete(attached);
  yield* sys.futexWake(container.changed);
}

/** Closes a process's standard input, here and in the shim, which holds the pipe open too. */
export function* closeInputOf(
  daemon: Daemon,
  streams: StandardStreams,
  process: { readonly container_id: string; readonly exec_id?: string },
  isOver: () => boolean,
): Running<void> {
  if (!(yield* writeInput(streams, '', isOver))) return;
  yield* closeInput(streams);
  yield* closeTaskInput(daemon, process.container_id, process.exec_id);
}

/** POST /containers/{id}/resize. moby: daemon/resize.go, ContainerResize(): of an exec's resize no event tells. */
export function* resizeContainer(daemon: Daemon, container: Container, height: number, width: number): Running<void> {
  yield* untilUnlocked(container);
  if (!isRunning(container)) throw conflict(`container ${container.record.ID} is not running`);
  yield* callRpc(daemon.containerd, methods.tasksResizePty, { container_id: container.record.ID, width, height });
  yield* emitContainerEvent(daemon.events, container, 'resize', { height: String(height), width: String(width) });
}
