/**
 * `docker kill` and `docker stop`. The grace period is dockerd's own; containerd and runc only carry signals. moby:
 * daemon/kill.go, stop.go.
 */
import { signalName, signalNumbers } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import { badRequest, conflict } from './api-error.ts';
import { isRunning, tell, untilSettled } from './container.ts';
import type { Container } from './container.ts';
import { killTask } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { cancelRestart } from './restart-policy.ts';

/**
 * A signal's number from `TERM`, `SIGTERM` or `15`. Throws 400 `invalid signal: FOO`. moby/sys/signal: ParseSignal().
 */
export function parseSignal(text: string): number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number === 0) throw badRequest(`invalid signal: ${text}`);
    return number;
  }
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  const number = (signalNumbers as Readonly<Record<string, number>>)[name];
  if (number === undefined) throw badRequest(`invalid signal: ${text}`);
  return number;
}

/** moby: ContainerKill(). Throws 400 for a number that no signal has. */
export function checkSignal(number: number): void {
  const isRealTime = number >= 34 && number <= 64;
  if (signalName(number) === undefined && !isRealTime)
    throw badRequest(`the linux daemon does not support signal ${number}`);
}

/** Sends one signal. Throws 409 when the container is not running. moby: killWithSignal(). */
export function* signalContainer(daemon: Daemon, container: Container, signal: number): Running<void> {
  const { ID } = container.record;
  if (!isRunning(container)) throw conflict(`container ${ID} is not running`);
  if (endsContainer(container, signal)) yield* cancelRestart(container);
  if (!daemon.isShuttingDown) {
    container.record.HasBeenManuallyStopped = true;
    yield* checkpoint(container);
  }
  if (container.record.State.Restarting) return;
  yield* daemon.log('debug', `Sending kill signal ${signal} to container ${ID}`);
  const thaws = container.record.State.Paused && endsContainer(container, signal);
  try {
    yield* killTask(daemon.containerd, ID, signal);
  } catch (error) {
    // It ended just now: its exit is on the way.
    if (!(error instanceof RpcError)) throw error;
    if (error.code !== 5) throw badRequest(error.message);
  }
  if (thaws) yield* thaw(daemon, ID);
  yield* emitContainerEvent(daemon.events, container, 'kill', { signal: String(signal) });
}

/**
 * Whether a signal is meant to end the container: then a frozen one is thawed, so that it can hear it. With no stop
 * signal of its own that is any signal (recorded: 06, vm-06c).
 */
function endsContainer(container: Container, signal: number): boolean {
  const { StopSignal } = container.record.Config;
  return StopSignal === undefined || signal === signalNumbers.SIGKILL || signal === parseSignal(StopSignal);
}

/** That it thawed is told by containerd's event; one that the signal has ended meanwhile cannot be thawed any more. */
function* thaw(daemon: Daemon, id: string): Running<void> {
  try {
    yield* callRpc(daemon.containerd, methods.tasksResume, { container_id: id });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
}

/** SIGKILL, and waits for the end. moby: Kill(). */
export function* killContainer(daemon: Daemon, container: Container): Running<void> {
  const { exits } = container;
  yield* signalContainer(daemon, container, signalNumbers.SIGKILL);
  yield* untilExited(container, exits, 10_000_000_000);
}

/** The image's or the user's stop signal; SIGTERM. */
export function stopSignalOf(container: Container): number {
  return parseSignal(container.record.Config.StopSignal ?? 'SIGTERM');
}

/**
 * Stops a container: the stop signal, the grace period, SIGKILL.
 *
 * @param seconds the grace period; negative: for ever. Undefined: the container's own, else 10.
 * @returns false when it is not running.
 */
export function* stopContainer(
  daemon: Daemon,
  container: Container,
  signal: number | undefined,
  seconds: number | undefined,
): Running<boolean> {
  yield* untilSettled(container);
  if (!isRunning(container)) return false;
  const { exits } = container;
  const grace = seconds ?? container.record.Config.StopTimeout ?? 10;
  yield* tell(container, { type: 'stop' });
  const number = signal ?? stopSignalOf(container);
  yield* signalContainer(daemon, container, number);
  const isOver = yield* untilExited(container, exits, grace < 0 ? undefined : grace * 1_000_000_000);
  if (!isOver) {
    const words = `Container failed to exit within ${grace}s of signal ${number} - using the force`;
    yield* daemon.log('info', words, { container: container.record.ID });
    yield* killContainer(daemon, container);
  }
  yield* emitContainerEvent(daemon.events, container, 'stop');
  return true;
}

/** Sleeps until the container has ended once more than `exits` times; false after `timeoutNs`. */
export function* untilExited(container: Container, exits: number, timeoutNs: number | undefined): Running<boolean> {
  const endNs = timeoutNs === undefined ? undefined : (yield* sys.monotonic()) + timeoutNs;
  while (container.exits === exits) {
    const leftNs = endNs === undefined ? undefined : endNs - (yield* sys.monotonic());
    if (leftNs !== undefined && leftNs <= 0) return false;
    yield* sys.futexDelay(container.changed, leftNs);
  }
  return true;
}
