/** `ctr tasks …`. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from '../docker/tabwriter.ts';
import { parseSignal } from '../parse-signal.ts';
import { methods } from '../wire/containerd-api.ts';
import type { TaskProcess } from '../wire/containerd-api.ts';
import { callRpc } from '../wire/rpc.ts';
import { ask, askGrpc, CtrError, dial, loadContainer, loadTask } from './client.ts';
import type { CtrOptions } from './client.ts';

export function* listTasks(options: CtrOptions): Running {
  const client = yield* dial(options);
  const { tasks } = (yield* askGrpc(() => callRpc(client, methods.tasksList, {}))) as {
    readonly tasks: readonly TaskProcess[];
  };
  if (options.flags['quiet'] === 'true') {
    yield* print(tasks.map(({ container_id }) => `${container_id}\n`).join(''));
    return 0;
  }
  const rows = tasks.map(({ container_id, pid, status }) => `${container_id}\t${pid}\t${status}`);
  yield* print(tabulate(['TASK\tPID\tSTATUS\t', ...rows], { leastWidth: 4, padding: 4 }));
  return 0;
}

export function* listPids(options: CtrOptions): Running {
  const id = idOf(options);
  const client = yield* dial(options);
  yield* loadContainer(client, id);
  yield* loadTask(client, id);
  const { processes } = yield* ask<{ readonly processes: readonly { readonly pid: number }[] }>(
    client,
    methods.tasksListPids,
    { container_id: id },
  );
  const rows = processes.map(({ pid }) => `${pid}\t-`);
  yield* print(tabulate(['PID\tINFO', ...rows], { leastWidth: 1, padding: 4 }));
  return 0;
}

export function* killTask(options: CtrOptions): Running {
  const id = idOf(options);
  const { signal: named = 'SIGTERM', 'exec-id': execId, all } = options.flags;
  if (execId !== undefined && all === 'true') throw new CtrError('specify an exec-id or all; not both');
  const client = yield* dial(options);
  yield* loadContainer(client, id);
  const signal = parseSignal(named);
  if (signal === undefined) throw new CtrError(`invalid signal: ${named}`);
  yield* loadTask(client, id);
  yield* ask(client, methods.tasksKill, {
    container_id: id,
    signal,
    ...(execId === undefined ? {} : { exec_id: execId }),
    all: all === 'true',
  });
  return 0;
}

export function* pauseTask(options: CtrOptions): Running {
  return yield* onTask(options, methods.tasksPause);
}

export function* resumeTask(options: CtrOptions): Running {
  return yield* onTask(options, methods.tasksResume);
}

function* onTask(options: CtrOptions, method: string): Running {
  const client = yield* dial(options);
  const { id } = yield* loadContainer(client, options.args[0] ?? '');
  yield* loadTask(client, id);
  yield* ask(client, method, { container_id: id });
  return 0;
}

function idOf({ args }: CtrOptions): string {
  const [id] = args;
  if (id === undefined) throw new CtrError('container id must be provided');
  return id;
}
