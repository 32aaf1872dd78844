/**
 * The tasks service, which dockerd calls, and the events service, which shims call. containerd:
 * services/tasks/local.go.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { containerdDurations } from '../durations.ts';
import { forwardMethod, methods } from '../wire/containerd-api.ts';
import type {
  CloseInputRequest,
  CreateTaskRequest,
  CreateTaskResponse,
  DeleteResponse,
  Envelope,
  ExecProcessRequest,
  KillRequest,
  ProcessRequest,
  ResizeRequest,
  TaskProcess,
} from '../wire/containerd-api.ts';
import { refusal } from '../wire/refusal.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { containerOf } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { requireExecId } from './namespaces.ts';
import { callShim, createTask } from './task.ts';
import type { Task, TaskRoom } from './task.ts';

export function taskHandlers(room: TaskRoom, metadata: Metadata): RpcHandlers {
  return {
    [methods.tasksCreate]: (body: CreateTaskRequest) => create(room, metadata, body),
    [methods.tasksStart]: (body: ProcessRequest) => start(room, body),
    [methods.tasksGet]: (body: ProcessRequest) => get(room, body),
    [methods.tasksDelete]: (body: ProcessRequest) => remove(room, body),
    *[methods.tasksDeleteProcess](body: ProcessRequest) {
      const of = yield* processOf(room, body);
      const answer = (yield* callShim(of, 'Delete', { exec_id: body.exec_id })) as object;
      return { id: body.exec_id, ...answer };
    },
    *[methods.tasksExec](body: ExecProcessRequest) {
      const { container_id, ...rest } = body;
      const task = taskOf(room, container_id);
      requireExecId(rest.exec_id);
      yield* callShim(task, 'Exec', rest);
      return {};
    },
    *[methods.tasksKill](body: KillRequest) {
      const of = yield* processOf(room, body);
      yield* callShim(of, 'Kill', { exec_id: body.exec_id ?? '', signal: body.signal, all: body.all ?? false });
      return {};
    },
    *[methods.tasksPause](body: ProcessRequest) {
      yield* move(taskOf(room, body.container_id), 'pause');
      return {};
    },
    *[methods.tasksResume](body: ProcessRequest) {
      yield* move(taskOf(room, body.container_id), 'resume');
      return {};
    },
    [methods.tasksList]: () => list(room),
    [methods.tasksListPids]: (body: ProcessRequest) => callShim(taskOf(room, body.container_id), 'Pids', {}),
    *[methods.tasksResizePty](body: ResizeRequest) {
      const of = yield* processOf(room, body);
      yield* callShim(of, 'ResizePty', { exec_id: body.exec_id ?? '', width: body.width, height: body.height });
      return {};
    },
    *[methods.tasksCloseIO](body: CloseInputRequest) {
      const of = yield* processOf(room, body);
      yield* callShim(of, 'CloseIO', { exec_id: body.exec_id ?? '', stdin: body.stdin });
      return {};
    },
    *[methods.tasksUpdate](body: ProcessRequest & { readonly resources: unknown }) {
      yield* callShim(taskOf(room, body.container_id), 'Update', { resources: body.resources });
      return {};
    },
    [methods.tasksMetrics]: (body: ProcessRequest) => callShim(taskOf(room, body.container_id), 'Stats', {}),
    *[methods.tasksWait](body: ProcessRequest) {
      const of = yield* processOf(room, body);
      return yield* callShim(of, 'Wait', { exec_id: body.exec_id ?? '' });
    },
  };
}

/** What shims call: an event goes to the subscribers, and the task's machine hears of an exit. */
export function forwardHandlers(room: TaskRoom): RpcHandlers {
  return {
    *[forwardMethod]({ envelope }: { readonly envelope: Envelope }) {
      yield* room.events.publish(envelope);
      const { container_id, id } = envelope.event;
      if (envelope.topic === '/tasks/exit' && id === container_id) {
        const machine = room.tasks.get(container_id)?.machine;
        if (machine) yield* machine.send({ type: 'exited' });
      }
      return {};
    },
  };
}

function* create(room: TaskRoom, metadata: Metadata, body: CreateTaskRequest): Running<CreateTaskResponse> {
  const id = body.container_id;
  const container = containerOf(metadata, room.namespace, id);
  if (room.tasks.has(id)) throw new RpcError(rpcCode.alreadyExists, `task ${id}: already exists`);
  const of = yield* createTask(room, body, container.spec.value);
  const answer = (yield* callShim(of, 'Connect', {})) as { readonly shim_pid: number; readonly task_pid: number };
  of.pid = answer.task_pid;
  of.shimPid = answer.shim_pid;
  return { container_id: id, pid: of.pid, shim_pid: of.shimPid };
}

function* start(room: TaskRoom, body: ProcessRequest): Running<unknown> {
  const of = yield* processOf(room, body);
  const exec_id = body.exec_id ?? '';
  if (exec_id === '') yield* move(of, 'start');
  else yield* callShim(of, 'Start', { exec_id });
  const { pid } = (yield* callShim(of, 'State', { exec_id })) as { readonly pid: number };
  return { pid };
}

function* move(of: Task, type: 'start' | 'pause' | 'resume'): Running<void> {
  const machine = of.machine ?? notFound(of.id);
  if (!(yield* machine.send({ type }))) refuse(type, machine.state);
}

/** In the words that the shim would answer, as they come out of containerd. */
function refuse(verb: 'start' | 'pause' | 'resume' | 'delete', state: string): never {
  const { code, message } = refusal(verb, state);
  throw new RpcError(code, code === rpcCode.unknown ? `${message}: unknown` : message);
}

function* get(room: TaskRoom, body: ProcessRequest): Running<{ readonly process: TaskProcess }> {
  const of = yield* processOf(room, body);
  const exec_id = body.exec_id ?? '';
  yield* sys.compute(containerdDurations.request);
  const state = yield* stateOf(of, exec_id);
  return { process: { ...state, container_id: of.id, id: exec_id === '' ? of.id : exec_id } };
}

/** io.containerd.timeout.task.state. */
const statePatienceNs = 2_000_000_000;

const unknownState = {
  pid: 0,
  status: 'UNKNOWN',
  stdin: '',
  stdout: '',
  stderr: '',
  terminal: false,
  exit_status: 0,
  exited_at: '',
} as const;

/** As the shim tells it; one that does not answer in time makes nobody wait. containerd: getProcessState(). */
function* stateOf(of: Task, exec_id: string): Running<Omit<TaskProcess, 'container_id' | 'id'>> {
  try {
    return (yield* callShim(of, 'State', { exec_id }, statePatienceNs)) as TaskProcess;
  } catch (error) {
    if (!(error instanceof RpcError) || error.code === rpcCode.notFound) throw error;
    const { log } = of.room;
    yield* log('error', `get state for ${exec_id === '' ? of.id : exec_id}`, { error: error.message });
    yield* log('warn', 'unknown status', { status: 0 });
    return unknownState;
  }
}

/** Every task as its shim tells it; one whose shim has just gone is left out. */
function* list(room: TaskRoom): Running<{ readonly tasks: readonly TaskProcess[] }> {
  const tasks: TaskProcess[] = [];
  for (const id of room.tasks.keys()) {
    try {
      tasks.push((yield* get(room, { container_id: id })).process);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }
  return { tasks };
}

function* remove(room: TaskRoom, body: ProcessRequest): Running<DeleteResponse> {
  const of = taskOf(room, body.container_id);
  yield* catchUp(of);
  const machine = of.machine ?? notFound(of.id);
  if (!(yield* machine.send({ type: 'delete' }))) refuse('delete', machine.state);
  if (of.deleted === null) throw new RpcError(rpcCode.notFound, `task ${of.id} not found`);
  return { ...of.deleted, id: of.id };
}

/** Who waited by Tasks/Wait may know of the end before the event about it has come. */
function* catchUp(of: Task): Running<void> {
  if (of.machine === null || of.machine.can({ type: 'delete' })) return;
  const { status } = (yield* callShim(of, 'State', { exec_id: '' })) as { readonly status: string };
  if (status === 'STOPPED') yield* of.machine.send({ type: 'exited' });
}

function taskOf(room: TaskRoom, id: string): Task {
  return room.tasks.get(id) ?? notFound(id);
}

function notFound(id: string): never {
  throw new RpcError(rpcCode.notFound, `task ${id} not found`);
}

/** The task; of an exec containerd first asks the shim whether it is there. */
function* processOf(room: TaskRoom, { container_id, exec_id }: ProcessRequest): Running<Task> {
  const of = taskOf(room, container_id);
  if ((exec_id ?? '') !== '') yield* callShim(of, 'State', { exec_id });
  return of;
}
