/** dockerd's calls to containerd, under the names that moby's libcontainerd uses. */
import { removeTree } from '../directories.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import type { Daemon } from './daemon.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { Spec } from '../runc/spec.ts';
import { methods } from '../wire/containerd-api.ts';
import type {
  ContainerRecord as TaskContainer,
  CreateTaskRequest,
  CreateTaskResponse,
  DeleteResponse,
  RuncOptions,
  TaskProcess,
} from '../wire/containerd-api.ts';
import { callRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { rfc3339 } from '../timestamp.ts';
import { randomHex } from './identifiers.ts';
import { execRoot } from './records.ts';
import type { FifoPaths } from './streams.ts';

const options = {
  type_url: 'containerd.runc.v1.Options',
  value: { binary_name: 'runc', root: `${execRoot}/runtime-runc`, systemd_cgroup: true } satisfies RuncOptions,
};

/** What nobody has waited for, as after the death of a shim (recorded: vm-13). containerd: UnknownExitStatus. */
export const unknownExitStatus = 255;

/**
 * Also by its words, so that a runc that is not found is taken for a container that is not. moby:
 * libcontainerd/remote/client.go, wrapError().
 */
export function meansNotFound({ code, message }: RpcError): boolean {
  return code === rpcCode.notFound || /container does not exist|not found|no such container/.test(message);
}

/** Makes the container's record in containerd, with the whole spec, under a lease for as long as that takes. */
export function* createContainer(client: RpcClient, id: string, spec: Spec): Running<void> {
  const { seconds } = yield* sys.realtime();
  const lease = `${(yield* randomHex(4)).slice(0, 9)}-${(yield* randomHex(2)).slice(0, 4)}`;
  const labels = { 'containerd.io/gc.expire': rfc3339(seconds + 86_400, 0) };
  yield* callRpc(client, methods.leasesCreate, { id: lease, labels });
  const container: TaskContainer = {
    id,
    labels: { 'com.docker/engine.bundle.path': `${execRoot}/containerd/${id}` },
    image: '',
    runtime: { name: 'io.containerd.runc.v2', options },
    spec: { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: spec },
  };
  try {
    yield* callRpc(client, methods.containersCreate, { container });
  } catch (error) {
    // What a daemon that died left in containerd makes room. moby: libcontainerd.ReplaceContainer().
    if (!(error instanceof RpcError) || error.code !== rpcCode.alreadyExists) throw error;
    yield* deleteStale('task', () => forceDeleteTask(client, id));
    yield* deleteStale('container', () => deleteRecord(client, id));
    yield* callRpc(client, methods.containersCreate, { container });
  }
  yield* callRpc(client, methods.leasesDelete, { id: lease });
}

/** What is gone by itself is as well. */
function* deleteStale(what: 'task' | 'container', body: () => Running<void>): Running<void> {
  try {
    yield* body();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (meansNotFound(error)) return;
    throw new RpcError(error.code, `could not delete stale containerd ${what} object: ${error.message}`);
  }
}

/** Kills a task, ended or not, and deletes it; none is no error. containerd: Task.Delete(), WithProcessKill. */
export function* forceDeleteTask(client: RpcClient, id: string): Running<void> {
  if ((yield* getProcess(client, id)) === null) return;
  try {
    yield* killTask(client, id, signalNumbers.SIGKILL);
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== rpcCode.notFound) throw error;
  }
  yield* callRpc(client, methods.tasksWait, { container_id: id });
  yield* callRpc(client, methods.tasksDelete, { container_id: id });
}

/** Whether containerd has a record of the container. */
export function* getContainer(client: RpcClient, id: string): Running<boolean> {
  try {
    yield* callRpc(client, methods.containersGet, { id });
    return true;
  } catch (error) {
    if (error instanceof RpcError && error.code === 5) return false;
    throw error;
  }
}

/** Has the shim and the container's first process made, up to its sleep before the command. */
export function* createTask(
  client: RpcClient,
  id: string,
  fifos: FifoPaths,
  terminal: boolean,
): Running<CreateTaskResponse> {
  yield* callRpc(client, methods.containersGet, { id });
  const request: CreateTaskRequest = { container_id: id, ...fifos, terminal, options };
  return (yield* callRpc(client, methods.tasksCreate, request)) as CreateTaskResponse;
}

/** Starts a task, or an exec'd process of it; returns its pid. */
export function* startTask(client: RpcClient, id: string, execId?: string): Running<number> {
  const answer = (yield* callRpc(client, methods.tasksStart, processOf(id, execId))) as { readonly pid: number };
  return answer.pid;
}

/** The process as containerd knows it; null when it does not. */
export function* getProcess(client: RpcClient, id: string, execId?: string): Running<TaskProcess | null> {
  try {
    const answer = (yield* callRpc(client, methods.tasksGet, processOf(id, execId))) as {
      readonly process: TaskProcess;
    };
    return answer.process;
  } catch (error) {
    if (error instanceof RpcError && error.code === 5) return null;
    throw error;
  }
}

/**
 * Deletes a task that has ended: its shim ends too. Null when containerd no longer knows it. Throws an RpcError of one
 * that lives. containerd: client/task.go, Delete().
 */
export function* deleteTask(client: RpcClient, id: string): Running<DeleteResponse | null> {
  const task = yield* getProcess(client, id);
  if (task === null) return null;
  if (task.status !== 'STOPPED' && task.status !== 'UNKNOWN') {
    const words = `task must be stopped before deletion: ${task.status.toLowerCase()}: failed precondition`;
    throw new RpcError(rpcCode.failedPrecondition, words);
  }
  return (yield* callRpc(client, methods.tasksDelete, { container_id: id })) as DeleteResponse;
}

/** containerd's answer to Version. */
export interface ContainerdVersion {
  readonly version: string;
  readonly revision: string;
}

/** Asked when the daemon starts. */
export function* containerdVersion(client: RpcClient): Running<ContainerdVersion> {
  return (yield* callRpc(client, methods.version, {})) as ContainerdVersion;
}

/** Asked for `docker info` and `docker version`, which do without. Null while containerd does not answer. */
export function* containerdVersionIfAny(client: RpcClient): Running<ContainerdVersion | null> {
  try {
    return yield* containerdVersion(client);
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}

/** Deletes an exec'd process that has ended. */
export function* deleteProcess(client: RpcClient, id: string, execId: string): Running<void> {
  yield* getProcess(client, id, execId);
  yield* callRpc(client, methods.tasksDeleteProcess, { container_id: id, exec_id: execId });
}

/** Removes the container's record and the directory of its fifos. Throws an RpcError when a task is left of it. */
export function* deleteContainer(client: RpcClient, id: string): Running<void> {
  yield* deleteRecord(client, id);
  yield* removeTree(`${execRoot}/containerd/${id}`);
}

function* deleteRecord(client: RpcClient, id: string): Running<void> {
  if ((yield* getProcess(client, id)) !== null)
    throw new RpcError(rpcCode.failedPrecondition, `cannot delete running task ${id}: failed precondition`);
  yield* callRpc(client, methods.containersGet, { id });
  yield* callRpc(client, methods.containersDelete, { id });
}

/**
 * Has the shim close the standard input of a task's process; what goes wrong then is logged only (recorded: vm-03).
 * moby: container/stream/streams.go, CopyToPipe().
 */
export function* closeTaskInput(
  { containerd, log }: Pick<Daemon, 'containerd' | 'log'>,
  id: string,
  execId?: string,
): Running<void> {
  try {
    yield* callRpc(containerd, methods.tasksCloseIO, { ...processOf(id, execId), stdin: true });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    yield* log('warn', `failed to close stdin: ${error.message}`);
  }
}

export function* killTask(client: RpcClient, id: string, signal: number): Running<void> {
  yield* callRpc(client, methods.tasksKill, { container_id: id, signal });
}

function processOf(
  id: string,
  execId: string | undefined,
): { readonly container_id: string; readonly exec_id?: string } {
  return execId === undefined ? { container_id: id } : { container_id: id, exec_id: execId };
}

/** The answer; null when containerd says no or does not answer. */
export function* ignoringRpcErrors<T>(body: () => Running<T>): Running<T | null> {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}
