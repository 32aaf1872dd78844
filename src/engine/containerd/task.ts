/** A task's work: what its machine has containerd do. containerd: runtime/v2/{manager,shim}.go. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { isErrno } from '../../kernel/errno.ts';
import { errnoWords } from '../../programs/io.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import type { Log } from '../log.ts';
import { timestampNow } from '../timestamp.ts';
import { shimMethod } from '../wire/containerd-api.ts';
import type { CreateTaskRequest, DeleteResponse, TaskEvent } from '../wire/containerd-api.ts';
import { callRpc, closeRpc, dialRpc, isRpcBroken, rpcCode, RpcError, untilRpcBroken } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { bundleOf, makeBundle, removeBundle } from './bundle.ts';
import type { EventExchange } from './events.ts';
import {
  deleteShimBinary,
  drainLog,
  programOfBundle,
  resolveProgram,
  socketOf,
  startShimBinary,
} from './shim-binary.ts';
import type { FoundShim } from './shim-binary.ts';
import { task } from './task.machine.ts';

export interface TaskRoom {
  readonly namespace: string;
  readonly env: Environment;
  readonly events: EventExchange;
  readonly tasks: Map<string, Task>;
  readonly log: Log;
  readonly shim: FoundShim;
}

export interface Task {
  readonly id: string;
  readonly room: TaskRoom;
  machine: MachineRun<typeof task> | null;
  client: RpcClient | null;
  /** What its shim was started with, and is cleaned up after with; empty before. */
  program: string;
  /** Its first process and its shim; 0 while unknown. */
  pid: number;
  shimPid: number;
  /** Where the shim's log is read from; -1 while it is not, and when the shim is that of an earlier containerd. */
  logFd: number;
  /** What Task/Delete answered. */
  deleted: DeleteResponse | null;
  /** Whether the shim is to end: then its end is no accident. */
  dismissed: boolean;
}

/**
 * Calls the task's shim. Throws what it answers; `ttrpc: closed` when it is gone, but to who asks how a process is: to
 * him there is none, so that what is left of it can be deleted (containerd: shimTask.State()). An error without a class
 * of its own gets the name of its code at the end on its way through containerd: `…: unknown` (errdefs.FromGRPC). So
 * does the end of a patience that was given.
 */
export function* callShim(of: Task, verb: string, body: object, patienceNs?: number): Running<unknown> {
  if (of.client === null) throw new RpcError(rpcCode.notFound, `task ${of.id} not found`);
  try {
    return yield* callRpc(of.client, shimMethod(verb), { id: of.id, ...body }, patienceNs);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const isClosed = error.code === rpcCode.unavailable;
    if (isClosed && verb === 'State') throw new RpcError(rpcCode.notFound, 'not found');
    const isClassless = error.code === rpcCode.unknown || error.code === rpcCode.deadlineExceeded;
    if (!isClosed && !isClassless) throw error;
    throw new RpcError(rpcCode.unknown, `${error.message}: unknown`);
  }
}

/**
 * Makes a task and everything below it, up to a container that waits for its start. Throws the RpcError of what failed.
 */
export function* createTask(room: TaskRoom, request: CreateTaskRequest, spec: unknown): Running<Task> {
  const id = request.container_id;
  const made = unmadeTask(room, id);
  room.tasks.set(id, made);
  made.machine = yield* startMachine(task, { name: 'task', object: id, activities: activitiesOf(made, request, spec) });
  return made;
}

function unmadeTask(room: TaskRoom, id: string): Task {
  return {
    id,
    room,
    machine: null,
    client: null,
    program: '',
    pid: 0,
    shimPid: 0,
    logFd: -1,
    deleted: null,
    dismissed: false,
  };
}

/**
 * Takes up a task whose shim an earlier containerd started; without the shim's program only the bundle goes. Of a shim
 * that leaks there is no task: its connection stays, and its end is told.
 */
export function* adoptTask(room: TaskRoom, id: string, address: string): Running<void> {
  const program = yield* programOfBundle(room.shim, room.namespace, id, room.env, room.log);
  if (program === null) return yield* removeBundle(room.namespace, id);
  const found = unmadeTask(room, id);
  found.program = program;
  const resume = yield* connectAgain(found, address);
  const isLeaked = resume === 'leaked';
  if (!isLeaked) room.tasks.set(id, found);
  found.machine = yield* startMachine(task, {
    name: 'task',
    object: id,
    resume: isLeaked ? 'stopped' : resume,
    activities: activitiesOf(found, null, null),
  });
  if (isLeaked) yield* found.machine.send({ type: 'kept' });
  if (found.client !== null) yield* watchShim(found, found.client);
  else yield* found.machine.send({ type: 'shim gone' });
}

const resumed: Readonly<Record<string, string>> = {
  CREATED: 'created',
  RUNNING: 'running',
  PAUSED: 'paused',
  STOPPED: 'stopped',
};

/** io.containerd.timeout.shim.load. */
const loadPatienceNs = 5_000_000_000;

/**
 * Connects to the shim of a bundle and asks how its container is. Without an answer, which it waits for five seconds,
 * or without a process, the client stays null. Returns the state in which the task is; `leaked` for none. containerd:
 * runtime/v2/shim.go, loadShim(); shim_load.go, loadShims().
 */
function* connectAgain(found: Task, address: string): Running<string> {
  const logFd = yield* drainLogIfAny(found);
  try {
    found.client = yield* dialRpc(socketOf(address), 'ttrpc');
    const { shim_pid } = (yield* callShim(found, 'Connect', {}, loadPatienceNs)) as { readonly shim_pid: number };
    found.shimPid = shim_pid;
    if (!(yield* hasProcesses(found))) return (yield* dismissLeaked(found)) ? 'stopped' : 'leaked';
    const state = (yield* callShim(found, 'State', {})) as { readonly pid: number; readonly status: string };
    found.pid = state.pid;
    return resumed[state.status] ?? 'stopped';
  } catch (error) {
    if (!isErrno(error) && !(error instanceof RpcError)) throw error;
    if (found.shimPid === 0 && logFd >= 0) yield* tellOfClosedLog(found, logFd, 'copy shim log after reload');
    if (found.client !== null && found.shimPid === 0) yield* giveUp(found, found.client);
    return 'stopped';
  }
}

/** -1 where somebody has removed it. */
function* drainLogIfAny({ id, room }: Task): Running {
  try {
    return yield* drainLog(room.namespace, id);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return -1;
  }
}

/** Nor has it where runc says nothing of it. */
function* hasProcesses(found: Task): Running<boolean> {
  try {
    const { processes } = (yield* callShim(found, 'Pids', {})) as { readonly processes: readonly unknown[] };
    return processes.length > 0;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return false;
  }
}

/** Closing the log is an error to its reader. containerd: runtime/v2/shim.go, checkCopyShimLogError(). */
function* tellOfClosedLog({ room: { log, namespace } }: Task, fd: number, words: string): Running<void> {
  yield* log('error', words, { error: `read /proc/self/fd/${fd}: file already closed`, namespace });
}

/**
 * A shim that does not answer in time is given up, and killed by nobody: its container is, by the `delete` that cleans
 * up after it. That runs twice, for that it is not loaded and for that its connection closes (asked of 1.7.24).
 */
function* giveUp(found: Task, client: RpcClient): Running<void> {
  found.client = null;
  yield* closeRpc(client);
  yield* sys.go(() => tellDisconnected(found));
  yield* sys.go(() => cleanUp(found));
}

/**
 * A shim that answers and has no process: containerd died between its start and Task/Create, or the container ended
 * while there was no containerd. Nobody is told of that end: dockerd goes on taking it for running (asked of 1.7.24).
 * One that keeps its container is left as it is: without runc each seems to have no process, and none can be deleted.
 * Returns whether it is gone. containerd: runtime/v2/shim_load.go.
 */
function* dismissLeaked(found: Task): Running<boolean> {
  const { client, id, room } = found;
  if (client === null) return true;
  yield* room.log('info', 'cleaning leaked shim process', { id, namespace: room.namespace });
  if (!(yield* deleteIfAny(found))) return false;
  yield* dismiss(found);
  yield* tellDisconnected(found);
  yield* closeRpc(client);
  found.client = null;
  return true;
}

/** Whether the shim has no container any more. */
function* deleteIfAny(of: Task): Running<boolean> {
  try {
    yield* callShim(of, 'Delete', {});
    return true;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    // `container not created: not found`.
    return error.code === rpcCode.notFound || of.client === null || isRpcBroken(of.client);
  }
}

function activitiesOf(of: Task, request: CreateTaskRequest | null, spec: unknown) {
  const { namespace } = of.room;
  let hasBundle = false;
  return {
    *layOutBundle() {
      yield* startingShim(() => makeBundle(namespace, of.id, spec));
      hasBundle = true;
    },
    startShim: () => startingShim(() => startShim(of)),
    *createContainer() {
      const { stdin, stdout, stderr, terminal, options } = request ?? raise('a task without a request is created');
      const body = { bundle: bundleOf(namespace, of.id), rootfs: [], stdin, stdout, stderr, terminal, options };
      try {
        yield* callShim(of, 'Create', body);
      } catch (error) {
        if (error instanceof RpcError) throw new RpcError(error.code, `failed to create shim task: ${error.message}`);
        throw error;
      }
    },
    startContainer: () => callShim(of, 'Start', {}),
    pauseContainer: () => callShim(of, 'Pause', {}),
    resumeContainer: () => callShim(of, 'Resume', {}),
    *deleteContainer() {
      of.deleted = (yield* callShim(of, 'Delete', {})) as DeleteResponse;
      yield* dismiss(of);
    },
    *dismissShim() {
      if (yield* deleteIfAny(of)) yield* dismiss(of);
      else yield* askToEnd(of);
    },
    cleanUp: () => cleanUp(of),
    *removeBundle() {
      of.room.tasks.delete(of.id);
      // One that was there before is somebody else's.
      if (hasBundle) yield* removeBundle(namespace, of.id);
    },
  };
}

/** What fails on the way to a shim. containerd: runtime/v2/manager.go, TaskManager.Create(). */
function* startingShim(body: () => Running<void>): Running<void> {
  try {
    yield* body();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(error.code, `failed to start shim: ${error.message}: unknown`);
  }
}

function* startShim(of: Task): Running<void> {
  const { shim, env, namespace } = of.room;
  of.program = yield* findProgram(shim, env);
  of.logFd = yield* drainLog(namespace, of.id);
  try {
    of.client = yield* startShimBinary(of.program, namespace, of.id, env);
  } catch (error) {
    yield* tellOfClosedLog(of, of.logFd, 'copy shim log');
    throw error;
  }
  yield* watchShim(of, of.client);
}

function* findProgram(shim: FoundShim, env: Environment): Running<string> {
  try {
    return yield* resolveProgram(shim, env);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(error.code, `failed to resolve runtime path: ${error.message}`);
  }
}

function raise(message: string): never {
  throw new Error(message);
}

/** Tells the shim to end and waits until its connection has closed. */
function* dismiss(of: Task): Running<void> {
  yield* askToEnd(of);
  if (of.client !== null) yield* untilRpcBroken(of.client);
}

/** One that has a container yet stays. */
function* askToEnd(of: Task): Running<void> {
  of.dismissed = true;
  try {
    yield* callShim(of, 'Shutdown', { now: false });
  } catch (error) {
    // Somebody was quicker and killed it.
    if (!(error instanceof RpcError)) throw error;
  }
}

const tellDisconnected = ({ id, room: { log, namespace } }: Task): Running<void> =>
  log('info', 'shim disconnected', { id, namespace });

/** A shim whose connection closes is dead, told to or not. */
function* watchShim(of: Task, client: RpcClient): Running<void> {
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    yield* untilRpcBroken(client);
    yield* tellDisconnected(of);
    if (!of.dismissed) yield* of.machine?.send({ type: 'shim gone' }) ?? none();
  });
}

// oxlint-disable-next-line require-yield -- a task that is still being made has no machine to tell.
function* none(): Running<boolean> {
  return false;
}

/** containerd: UnknownExitStatus. */
const unknownExitStatus = 255;

/**
 * Runs the shim's `delete`, removes the bundle, and tells of an end that nobody else could tell of. containerd:
 * cleanupAfterDeadShim().
 */
function* cleanUp(of: Task): Running<void> {
  const { room, id } = of;
  const { log, namespace } = room;
  yield* log('warn', 'cleaning up after shim disconnected', { id, namespace });
  yield* log('info', 'cleaning up dead shim', { namespace });
  const response = yield* deleteShimBinary(of.program, namespace, id, room.env, log);
  if (of.deleted === null && !of.dismissed) {
    // Of what could not be cleaned up nothing is known: it counts as ended all the same.
    const pid = of.pid === 0 ? (response?.pid ?? 0) : of.pid;
    const exit_status = response?.exit_status ?? unknownExitStatus;
    const exited_at = response?.exited_at ?? (yield* timestampNow());
    const end = { container_id: id, pid, exit_status, exited_at };
    yield* publishEvent(room, '/tasks/exit', { ...end, id });
    yield* publishEvent(room, '/tasks/delete', end);
  }
  if (of.client !== null) yield* closeRpc(of.client);
  // Recorded: vm-18. It is told only while Tasks/Create is not answered.
  if (of.logFd >= 0 && of.pid === 0) yield* tellOfClosedLog(of, of.logFd, 'copy shim log');
  try {
    yield* removeBundle(namespace, id);
  } catch (error) {
    // The task is over all the same.
    yield* log('error', 'failed to delete bundle', { id, error: errnoWords(error).toLowerCase() });
  }
  room.tasks.delete(id);
}

function* publishEvent({ namespace, events }: TaskRoom, topic: string, event: TaskEvent): Running<void> {
  yield* events.publish({ timestamp: yield* timestampNow(), namespace, topic, event });
}
