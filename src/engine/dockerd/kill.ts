/**
 * `docker kill` and `docker stop`. The grace period is dockerd's own; containerd and runc only carry signals. moby:
 * daemon/kill.go, stop.go.
 */
import { signalName, signalNumbers } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { parseSignal } from '../parse-signal.ts';
import { methods } from '../wire/containerd-api.ts';
import { isErrno } from '../../kernel/errno.ts';
import { formatDuration } from '../docker/duration.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import { ApiError, badRequest, conflict, serverError } from './api-error.ts';
import { isRunning, tell, untilUnlocked, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { killTask, meansNotFound } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';
import { autoRemove } from './delete.ts';
import { checkpoint } from './disk.ts';
import { emitContainerEvent } from './events.ts';
import { cancelRestart } from './restart-policy.ts';

/** A signal's number from `TERM`, `SIGTERM` or `15`. Throws 400 `invalid signal: FOO`. */
export function signalOf(text: string, refusal = badRequest): number {
  const number = parseSignal(text);
  if (number === undefined) throw refusal(`invalid signal: ${text}`);
  return number;
}

/** moby: ContainerKill(). Throws 400 for a number that no signal has. */
export function checkSignal(number: number): void {
  const isRealTime = number >= 34 && number <= 64;
  if (signalName(number) === undefined && !isRealTime)
    throw badRequest(`the linux daemon does not support signal ${number}`);
}

/** Sends one signal. Throws 409 when the container is not running. moby: killWithSignal(). */
export function signalContainer(daemon: Daemon, container: Container, signal: number): Running<void> {
  return whileLocked(container, () => signalLocked(daemon, container, signal));
}

function* signalLocked(daemon: Daemon, container: Container, signal: number): Running<void> {
  const { ID } = container.record;
  if (!isRunning(container)) throw conflict(`container ${ID} is not running`);
  if (endsContainer(container, signal)) yield* cancelRestart(container);
  if (!daemon.isShuttingDown) {
    container.record.HasBeenManuallyStopped = true;
    const error = yield* checkpoint(container);
    if (error !== null) yield* daemon.log('warn', 'error checkpointing container state', { container: ID, error });
  }
  if (container.record.State.Restarting) return;
  yield* daemon.log('debug', `Sending kill signal ${signal} to container ${ID}`);
  const thaws = container.record.State.Paused && endsContainer(container, signal);
  try {
    yield* killTask(daemon.containerd, ID, signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (!meansNotFound(error)) throw badRequest(`Cannot kill container ${ID}: ${error.message}`);
    const words = "container kill failed because of 'container not found' or 'no such process'";
    yield* daemon.log('debug', words, { action: 'kill', container: ID, error: error.message });
    yield* sys.go(() => endUnlessTold(daemon, container));
  }
  if (thaws) yield* thaw(daemon, ID);
  yield* emitContainerEvent(daemon.events, container, 'kill', { signal: String(signal) });
}

/**
 * It ended just now, and its exit is on the way; or nobody will ever tell, since containerd was away for longer than
 * the shim offers an event, or since there is no runc, which leaves the process alive: after the grace period the end
 * is taken for granted, and an exit status of 0. moby: killWithSignal(), handleContainerExit(container, nil).
 */
function* endUnlessTold(daemon: Daemon, container: Container): Running<void> {
  yield* sys.setSpan(0);
  const { exits, record } = container;
  if (yield* untilExited(container, exits, (record.Config.StopTimeout ?? 10) * secondNs)) return;
  // Another signal of the same stop may take it for granted meanwhile: the end is noted twice then (asked of 26.1.5).
  yield* whileLocked(container, () =>
    tell(container, { type: 'exited', exitStatus: 0, exitedAt: '', oomKilled: record.State.OOMKilled }),
  );
  yield* autoRemove(daemon, container);
}

/**
 * Whether a signal is meant to end the container: then a frozen one is thawed, so that it can hear it. With no stop
 * signal of its own that is any signal (recorded: 06, vm-06c).
 */
function endsContainer(container: Container, signal: number): boolean {
  const { StopSignal } = container.record.Config;
  return StopSignal === undefined || signal === signalNumbers.SIGKILL || signal === signalOf(StopSignal);
}

/** That it thawed is told by containerd's event; one that the signal has ended meanwhile cannot be thawed any more. */
function* thaw(daemon: Daemon, id: string): Running<void> {
  try {
    yield* callRpc(daemon.containerd, methods.tasksResume, { container_id: id });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    yield* daemon.log('warn', `Cannot unpause container ${id}: ${error.message}`);
  }
}

const secondNs = 1_000_000_000;

/**
 * SIGKILL, and waits for the end; at last without containerd's help. Throws an ApiError when no end is told; of a
 * process that is gone none is waited for, though the container counts as running. moby: Kill().
 */
export function* killContainer(daemon: Daemon, container: Container): Running<void> {
  yield* untilUnlocked(container);
  const { exits, record } = container;
  if (!isRunning(container)) throw conflict(`container ${record.ID} is not running`);
  yield* trySignal(daemon, container, signalNumbers.SIGKILL);
  if (yield* untilExited(container, exits, 10 * secondNs)) return;
  const fields = { container: record.ID, error: deadlineExceeded };
  yield* daemon.log('warn', 'Container failed to exit within 10s of kill - trying direct SIGKILL', fields);
  if (!(yield* killDirectly(daemon, container))) return;
  if (yield* untilExited(container, exits, lastChanceNs)) return;
  throw serverError('tried to kill container, but did not receive an exit event');
}

/** False: there is no such process. moby: killProcessDirectly(). */
function* killDirectly(daemon: Daemon, container: Container): Running<boolean> {
  yield* untilUnlocked(container);
  const { record } = container;
  const { Pid } = record.State;
  try {
    if (Pid > 0) yield* sys.kill(Pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
    const why = `cannot kill process (pid=${Pid}) with signal 9: no such process`;
    yield* daemon.log('debug', 'no such process', { container: record.ID, error: why });
    return false;
  }
}

const deadlineExceeded = 'context deadline exceeded';

/** Sends a signal; null, or why that could not be done: the container may be about to end. */
function* trySignal(daemon: Daemon, container: Container, signal: number): Running<ApiError | null> {
  try {
    yield* signalContainer(daemon, container, signal);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error;
  }
}

/** What a container still has when nothing more can be done. */
const lastChanceNs = 2 * secondNs;

/** The image's or the user's stop signal; SIGTERM. */
export function stopSignalOf(container: Container): number {
  return signalOf(container.record.Config.StopSignal ?? 'SIGTERM');
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
  yield* untilUnlocked(container);
  if (!isRunning(container)) return false;
  const grace = seconds ?? container.record.Config.StopTimeout ?? 10;
  yield* tell(container, { type: 'stop' });
  try {
    yield* stopRunning(daemon, container, signal ?? stopSignalOf(container), grace);
  } catch (error) {
    yield* tell(container, { type: 'stop failed' });
    throw error;
  }
  yield* emitContainerEvent(daemon.events, container, 'stop');
  return true;
}

/** moby: containerStop(). Throws an ApiError when it runs on, whatever was done. */
function* stopRunning(daemon: Daemon, container: Container, signal: number, grace: number): Running<void> {
  const { exits, record } = container;
  const about = { container: record.ID };
  const failure = yield* trySignal(daemon, container, signal);
  const patienceNs = failure === null ? grace * secondNs : lastChanceNs;
  if (yield* untilExited(container, exits, patienceNs < 0 ? undefined : patienceNs)) return;
  if (failure !== null) {
    const words = `Error sending stop (signal ${signal}) to container`;
    yield* daemon.log('error', words, { ...about, error: failure.message });
  }
  const within = formatDuration(patienceNs);
  yield* daemon.log('info', `Container failed to exit within ${within} of signal ${signal} - using the force`, about);
  try {
    yield* killContainer(daemon, container);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (yield* untilExited(container, exits, lastChanceNs)) return;
    yield* daemon.log('error', `error killing container: ${deadlineExceeded}`, { ...about, error: error.message });
    throw error;
  }
}

/** Sleeps until the container has ended once more than `exits` times; false after `timeoutNs`. moby: State.Wait(). */
export function* untilExited(container: Container, exits: number, timeoutNs: number | undefined): Running<boolean> {
  const endNs = timeoutNs === undefined ? undefined : (yield* sys.monotonic()) + timeoutNs;
  yield* untilUnlocked(container);
  while (container.exits === exits) {
    const leftNs = endNs === undefined ? undefined : endNs - (yield* sys.monotonic());
    if (leftNs !== undefined && leftNs <= 0) return false;
    yield* sys.futexDelay(container.changed, leftNs);
  }
  return true;
}
