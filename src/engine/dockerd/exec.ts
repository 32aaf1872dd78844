/** `docker exec`. moby: daemon/exec.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { detachKeys } from '../detach-keys.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import type { ProcessSpec } from '../runc/spec.ts';
import { takeSome } from '../wire/byte-stream.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ExecProcessRequest } from '../wire/containerd-api.ts';
import type { HijackedConnection, HttpExchange } from '../wire/http-server.ts';
import { callRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import { answerOf, badRequest, conflict, notFound, serverError } from './api-error.ts';
import type { ApiError } from './api-error.ts';
import { cleanUpStep } from './clean-up.ts';
import { capabilitiesOf } from './capabilities.ts';
import { closeInputOf, frame, outputTo, streamType } from './attach.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { closeTaskInput, deleteProcess, startTask } from './containerd-client.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';
import { execMachine } from './exec.machine.ts';
import { overlayRoot } from './graph-driver.ts';
import { randomHex } from './identifiers.ts';
import { noLog } from './log.ts';
import { linkedEnvironment } from './links.ts';
import { environment, hasNoNewPrivileges, replaceOrAppend, rlimitsOf } from './oci-spec.ts';
import { execRoot } from './records.ts';
import { closeStreams, fifoPaths, openStreams, standardStreams, untilDrained, writeInput } from './streams.ts';
import type { FifoPaths, StandardStreams } from './streams.ts';
import { startFailure } from './start-failure.ts';
import { resolveUser } from './user.ts';

/** The body of POST /containers/{id}/exec. */
export interface ExecRequest {
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly Tty?: boolean;
  readonly ConsoleSize?: readonly [number, number];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Privileged?: boolean;
  readonly Detach?: boolean;
  readonly DetachKeys?: string;
}

export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly request: ExecRequest;
  readonly streams: StandardStreams;
  readonly fifos: FifoPaths;
  machine: MachineRun<typeof execMachine>;
  pid: number;
  /** Null until it has ended. */
  exitCode: number | null;
  running: boolean;
  /** Nobody waits for its end any more: a health check that took too long. */
  isAbandoned: boolean;
  readonly changed: object;
}

/** The container in which a command can run now; else throws 404 or 409. moby: getActiveContainer(). */
export function* activeContainer(daemon: Daemon, name: string): Running<Container> {
  const container = findContainer(daemon, name);
  yield* untilUnlocked(container);
  const { ID, State } = container.record;
  if (!isRunning(container)) throw conflict(`container ${ID} is not running`);
  if (State.Paused) throw conflict(`Container ${name} is paused, unpause the container before exec`);
  if (State.Restarting) throw conflict(`Container ${ID} is restarting, wait until the container is running`);
  return container;
}

/** Notes a command for later. */
export function* createExec(daemon: Daemon, container: Container, request: ExecRequest): Running<Exec> {
  const keys = request.DetachKeys ?? '';
  if (keys !== '' && detachKeys(keys) === undefined) throw serverError(`Invalid escape keys (${keys}) provided`);
  const id = yield* randomHex(32);
  const terminal = request.Tty ?? false;
  const exec: Omit<Exec, 'machine'> & { machine?: Exec['machine'] } = {
    id,
    container,
    request,
    streams: standardStreams(),
    fifos: fifoPaths(`${execRoot}/containerd/${container.record.ID}`, id, {
      stdin: request.AttachStdin ?? false,
      terminal,
    }),
    pid: 0,
    exitCode: null,
    running: false,
    isAbandoned: false,
    changed: {},
  };
  const made = exec as Exec;
  exec.machine = yield* startMachine(execMachine, {
    name: 'exec',
    object: id,
    activities: {
      createProcess: () => createProcess(daemon, made),
      startProcess: () => startProcess(daemon, made),
      cleanUp: () => cleanUpExec(daemon, made),
    },
  });
  container.execs.set(id, made);
  daemon.execs.set(id, made);
  yield* emitContainerEvent(daemon.events, container, `exec_create: ${commandLine(request)}`, { execID: id });
  return made;
}

/** As events name it: the command, a blank, its arguments. */
function commandLine(request: ExecRequest): string {
  const [command = '', ...args] = request.Cmd ?? [];
  return `${command} ${args.join(' ')}`;
}

export function findExec(daemon: Daemon, id: string): Exec {
  const exec = daemon.execs.get(id);
  if (exec === undefined) throw notFound(`No such exec instance: ${id}`);
  return exec;
}

/** Answers POST /exec/{id}/start; returns when the process and its streams have ended, or at once when detached. */
export function* runExec(daemon: Daemon, exchange: HttpExchange, exec: Exec, detach: boolean): Running<void> {
  const { container, request } = exec;
  yield* untilUnlocked(container);
  if (!isRunning(container)) throw conflict(`container ${container.record.ID} is not running`);
  const terminal = request.Tty ?? false;
  if (detach) {
    yield* startDetached(daemon, exec);
    yield* exchange.empty(200);
    return;
  }
  const refusal = secondStart(exec);
  if (refusal === undefined) yield* tellStart(daemon, exec);
  const connection = yield* exchange.hijack(streamType(terminal), true);
  try {
    // moby has taken the connection by then: whatever is wrong with the start is told there.
    if (refusal !== undefined) throw refusal;
    const attached = outputTo(connection, terminal, {
      stdout: request.AttachStdout ?? false,
      stderr: request.AttachStderr ?? false,
    });
    exec.streams.attached.add(attached);
    if (request.AttachStdin === true) yield* sys.goCarrying(() => copyInput(daemon, exec, connection));
    yield* exec.machine.send({ type: 'start' });
    while (exec.running || exec.streams.open.size > 0)
      yield* sys.futexWait(exec.running ? exec.changed : exec.streams.changed);
  } catch (error) {
    const { message } = error instanceof RpcError ? startFailure(error.message) : answerOf(error);
    // moby: postContainerExecStart() ends the line as a terminal needs it, whether or not there is one.
    yield* connection.write(frame('stdout', `${message}\r\n`, terminal));
    yield* daemon.log('error', `Error running exec ${exec.id} in container: ${message}`);
  }
  yield* connection.close();
}

/** What the command itself is at fault for is a bad request. moby: translateContainerdStartErr(). */
function* startDetached(daemon: Daemon, exec: Exec): Running<void> {
  try {
    yield* startExec(daemon, exec);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { message, exitCode } = startFailure(error.message);
    throw exitCode === 128 ? serverError(message) : badRequest(message);
  }
}

/** Starts it without anybody being connected. Throws an RpcError when it cannot be started. */
export function* startExec(daemon: Daemon, exec: Exec): Running<void> {
  const refusal = secondStart(exec);
  if (refusal !== undefined) throw refusal;
  yield* tellStart(daemon, exec);
  yield* exec.machine.send({ type: 'start' });
}

/** What is said when it has been started before. moby: ContainerExecStart(). */
function secondStart({ id, exitCode, machine }: Exec): ApiError | undefined {
  if (exitCode !== null) return conflict(`Error: Exec command ${id} has already run`);
  return machine.can({ type: 'start' }) ? undefined : conflict(`Error: Exec command ${id} is already running`);
}

function* tellStart(daemon: Daemon, { id, container, request }: Exec): Running<void> {
  yield* emitContainerEvent(daemon.events, container, `exec_start: ${commandLine(request)}`, { execID: id });
}

function* copyInput(daemon: Daemon, exec: Exec, connection: HijackedConnection): Running<void> {
  const isOver = (): boolean => exec.exitCode !== null;
  for (;;) {
    const data = yield* takeSome(connection.input);
    if (data === '') break;
    if (!(yield* writeInput(exec.streams, data, isOver))) return;
  }
  const process = { container_id: exec.container.record.ID, exec_id: exec.id };
  yield* closeInputOf(daemon, exec.streams, process, isOver);
}

/** Activity. */
function* createProcess(daemon: Daemon, exec: Exec): Running<void> {
  const { container, request, id } = exec;
  const { record } = container;
  yield* sys.compute(dockerdDurations.execStart);
  const root = `${overlayRoot}/${container.layer}/merged`;
  const { GroupAdd } = container.host;
  const own = yield* resolveUser(root, record.Config.User, GroupAdd);
  const user = (request.User ?? '') === '' ? own : yield* resolveUser(root, request.User ?? '', GroupAdd);
  const [height, width] = request.ConsoleSize ?? [0, 0];
  const bounding = capabilitiesOf(
    request.Privileged === true ? { ...container.host, Privileged: true } : container.host,
  );
  const linked = linkedEnvironment(daemon, container);
  const process: ProcessSpec = {
    ...(request.Tty === true ? { terminal: true } : {}),
    ...(request.Tty === true && height > 0 ? { consoleSize: { height, width } } : {}),
    user,
    args: request.Cmd ?? [],
    env: replaceOrAppend(environment(container, request.Tty ?? false, linked), request.Env ?? []),
    cwd: request.WorkingDir || record.Config.WorkingDir || '/',
    // As the container's own process has them, whoever executes: execve() takes them away (asked of 26.1.5).
    capabilities: { bounding, effective: request.Privileged === true || own.uid === 0 ? bounding : [] },
    oomScoreAdj: container.host.OomScoreAdj,
    ...(hasNoNewPrivileges(container.host) ? { noNewPrivileges: true } : {}),
    ...rlimitsOf(container.host),
  };
  yield* callRpc(daemon.containerd, methods.containersGet, { id: record.ID });
  yield* openStreams(exec.streams, exec.fifos, noLog);
  yield* untilUnlocked(container);
  const body: ExecProcessRequest = {
    container_id: record.ID,
    exec_id: id,
    ...exec.fifos,
    terminal: request.Tty ?? false,
    spec: { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Process', value: process },
  };
  yield* callRpc(daemon.containerd, methods.tasksExec, body);
}

/** Activity. */
function* startProcess(daemon: Daemon, exec: Exec): Running<void> {
  exec.pid = yield* startTask(daemon.containerd, exec.container.record.ID, exec.id);
  exec.running = true;
  yield* sys.futexWake(exec.changed);
}

/** Activity: containerd forgets the process. A start that failed leaves exit code 126. */
function* cleanUpExec(daemon: Daemon, exec: Exec): Running<void> {
  const failed = exec.exitCode === null;
  if (failed) {
    exec.exitCode = 126;
    exec.container.execs.delete(exec.id);
  }
  exec.pid = 0;
  if (!failed) yield* untilDrained(exec.streams, 2_000_000_000);
  exec.running = false;
  const inputIsOpen = !failed && exec.streams.stdinFd >= 0;
  yield* cleanUpStep(daemon, exec.container, 'failed to close the streams of an exec', () =>
    closeStreams(exec.streams, exec.fifos, daemon.log),
  );
  yield* sys.futexWake(exec.changed);
  // Recorded: vm-23. moby's ContainerExecStart() has struck a probe that was given up off its list by then.
  if (exec.isAbandoned) return;
  const { ID } = exec.container.record;
  // Closing its end of the input makes libcontainerd tell containerd, beside the deletion (recorded: vm-03).
  if (inputIsOpen) {
    yield* sys.goCarrying(() => closeTaskInput(daemon, ID, exec.id));
  }
  try {
    yield* deleteProcess(daemon.containerd, ID, exec.id);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
}

/** containerd's event: the process has ended. It may come before the reply that says it has started. */
export function* finishExec(daemon: Daemon, container: Container, exec: Exec, exitStatus: number): Running<void> {
  while (!exec.machine.can({ type: 'exited' })) {
    if (exec.machine.state === 'failed' || exec.machine.state.startsWith('cleaning')) return;
    yield* sys.futexWait(exec.changed);
  }
  exec.exitCode = exitStatus;
  yield* exec.machine.send({ type: 'exited' });
  // Recorded: vm-23 says 127 of a probe that was given up.
  const exitCode = String(exec.isAbandoned ? 127 : exitStatus);
  yield* emitContainerEvent(daemon.events, container, 'exec_die', { execID: exec.id, exitCode });
  container.execs.delete(exec.id);
  yield* sys.futexWake(exec.changed);
}

/**
 * The container has ended: its execs have no names any more. Who waits for one whose end nobody tells, as after the
 * death of a shim, waits on (asked of 26.1.5). moby: daemon.Cleanup(), unregisterExecCommand().
 */
export function forgetExecs(daemon: Daemon, container: Container): void {
  for (const id of container.execs.keys()) daemon.execs.delete(id);
  container.execs.clear();
}

/** POST /exec/{id}/resize: of one that is not started yet it waits for the start. moby: ContainerExecResize(). */
export function* resizeExec(daemon: Daemon, exec: Exec, height: number, width: number): Running<void> {
  yield* untilUnlocked(exec.container);
  if (!isRunning(exec.container)) throw conflict(`container ${exec.container.record.ID} is not running`);
  const endNs = (yield* sys.monotonic()) + resizePatienceNs;
  while (!exec.running && exec.exitCode === null) {
    const leftNs = endNs - (yield* sys.monotonic());
    if (leftNs <= 0) throw serverError('timeout waiting for exec session ready');
    yield* sys.futexDelay(exec.changed, leftNs);
  }
  const body = { container_id: exec.container.record.ID, exec_id: exec.id, width, height };
  try {
    yield* callRpc(daemon.containerd, methods.tasksResizePty, body);
  } catch (error) {
    throw error instanceof RpcError && error.code === rpcCode.notFound ? notFound(error.message) : error;
  }
}

const resizePatienceNs = 10_000_000_000;

/** The answer to GET /exec/{id}/json. */
export function inspectExec(exec: Exec): unknown {
  const { request, container } = exec;
  const [entrypoint = '', ...args] = request.Cmd ?? [];
  return {
    ID: exec.id,
    Running: exec.running,
    ExitCode: exec.exitCode,
    ProcessConfig: {
      tty: request.Tty ?? false,
      entrypoint,
      arguments: args,
      privileged: request.Privileged ?? false,
      ...(request.User === undefined || request.User === '' ? {} : { user: request.User }),
    },
    OpenStdin: request.AttachStdin ?? false,
    OpenStderr: request.AttachStderr ?? false,
    OpenStdout: request.AttachStdout ?? false,
    CanRemove: exec.exitCode !== null,
    ContainerID: container.record.ID,
    DetachKeys: '',
    Pid: exec.pid,
  };
}
