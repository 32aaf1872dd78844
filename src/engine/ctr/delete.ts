/** `ctr tasks delete`, `ctr containers delete`: behind the back of whose they are. containerd: cmd/ctr/commands. */
import { signalNumbers } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { goQuote } from '../go-text.ts';
import { say } from '../log.ts';
import { methods } from '../wire/containerd-api.ts';
import type { DeleteResponse, TaskProcess } from '../wire/containerd-api.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { ask, CtrError, dial, loadContainer, loadTask } from './client.ts';
import type { CtrOptions } from './client.ts';

/** Each task, or one exec of it, whose exit code is ctr's then. */
export function* deleteTasks(options: CtrOptions): Running {
  const client = yield* dial(options);
  const isForced = options.flags['force'] === 'true';
  const execId = options.flags['exec-id'];
  if (execId !== undefined) {
    const { id } = yield* loadContainer(client, options.args[0] ?? '');
    yield* loadTask(client, id);
    const { exit_status: code } = yield* deleteProcess(client, { container_id: id, exec_id: execId }, isForced);
    return code;
  }
  return yield* forEach(options.args, function* (id) {
    yield* orLogged(`failed to load task from ${id}`, function* () {
      yield* loadContainer(client, id);
      yield* loadTask(client, id);
    });
    yield* orLogged(`unable to delete ${id}`, function* () {
      const { exit_status: code } = yield* deleteProcess(client, { container_id: id }, isForced);
      if (code !== 0) yield* say('warn', `task ${id} exit with non-zero exit code ${code}`);
    });
  });
}

/** Each container, with its task when that has ended. */
export function* deleteContainers(options: CtrOptions): Running {
  if (options.args.length === 0) throw new CtrError('must specify at least one container to delete: invalid argument');
  const client = yield* dial(options);
  return yield* forEach(options.args, (id) =>
    orLogged(`failed to delete container ${goQuote(id)}`, function* () {
      yield* loadContainer(client, id);
      const task = yield* taskIfAny(client, id);
      if (task !== null) {
        if (task.status !== 'STOPPED' && task.status !== 'CREATED')
          throw new CtrError(`cannot delete a non stopped container: {${stateOf(task)} 0 ${never}}`);
        yield* deleteProcess(client, { container_id: id }, false);
      }
      yield* ask(client, methods.containersDelete, { id });
    }),
  );
}

/** Go: the zero of time.Time. */
const never = '0001-01-01 00:00:00 +0000 UTC';
const stateOf = ({ status }: TaskProcess): string => status.toLowerCase();

interface Which {
  readonly container_id: string;
  readonly exec_id?: string;
}

/** containerd: task.go and process.go, Delete(), with WithProcessKill(). */
function* deleteProcess(client: RpcClient, which: Which, isForced: boolean): Running<DeleteResponse> {
  if (isForced) {
    yield* ask(client, methods.tasksKill, {
      ...which,
      signal: signalNumbers.SIGKILL,
      all: which.exec_id === undefined,
    });
    yield* ask(client, methods.tasksWait, which);
  }
  const { process } = yield* ask<{ readonly process: TaskProcess }>(client, methods.tasksGet, which);
  const what = which.exec_id === undefined ? 'task' : 'process';
  if (process.status !== 'STOPPED')
    throw new CtrError(`${what} must be stopped before deletion: ${stateOf(process)}: failed precondition`);
  const method = which.exec_id === undefined ? methods.tasksDelete : methods.tasksDeleteProcess;
  return yield* ask<DeleteResponse>(client, method, which);
}

function* taskIfAny(client: RpcClient, id: string): Running<TaskProcess | null> {
  try {
    return yield* loadTask(client, id);
  } catch (error) {
    if (error instanceof CtrError) return null;
    throw error;
  }
}

/** Goes on behind what fails; the first failure is ctr's in the end. */
function* forEach(ids: readonly string[], act: (id: string) => Running<void>): Running {
  let first: CtrError | null = null;
  for (const id of ids) {
    try {
      yield* act(id);
    } catch (error) {
      if (!(error instanceof CtrError)) throw error;
      first ??= error;
    }
  }
  if (first !== null) throw first;
  return 0;
}

function* orLogged(message: string, act: () => Running<void>): Running<void> {
  try {
    yield* act();
  } catch (error) {
    if (error instanceof CtrError) yield* say('error', message, { error: error.message });
    throw error;
  }
}
