/**
 * `ctr tasks exec`: another process in a container, with ctr's own streams. containerd:
 * cmd/ctr/commands/tasks/exec.go.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { makeDirectories, removeTree } from '../directories.ts';
import { randomBelow } from '../dockerd/identifiers.ts';
import { rowsOf } from '../dockerd/user.ts';
import type { ProcessSpec, Spec } from '../runc/spec.ts';
import { readOrEnd, writeOrFalse } from '../wire/byte-stream.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ExecProcessRequest, ProcessRequest } from '../wire/containerd-api.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { ask, CtrError, dial, loadContainer, loadTask } from './client.ts';
import type { CtrOptions } from './client.ts';

/** The exit code is that of the process; 0 where it is left to itself. */
export function* execInTask(options: CtrOptions): Running {
  const { args, flags } = options;
  const [id, ...words] = args;
  if (id === undefined) throw new CtrError('container id must be provided');
  for (const name of ['tty', 'log-uri'])
    if (flags[name] !== undefined) throw new CtrError(`glassdock: --${name} is not modelled yet`);
  const client = yield* dial(options);
  const { spec } = yield* loadContainer(client, id);
  const process = yield* processOf(spec.value as Spec, words, flags);
  yield* loadTask(client, id);
  const which = { container_id: id, exec_id: flags['exec-id'] ?? '' };
  const { directory, stdin, stdout, stderr } = yield* makeFifos(which.exec_id, flags['fifo-dir']);
  const copying = yield* copyStreams(client, which, { stdin, stdout, stderr });
  const body: ExecProcessRequest = {
    ...which,
    stdin,
    stdout,
    stderr,
    terminal: false,
    spec: { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Process', value: process },
  };
  try {
    yield* ask(client, methods.tasksExec, body);
  } catch (error) {
    yield* removeTree(directory);
    throw error;
  }
  const isDetached = flags['detach'] === 'true';
  try {
    yield* ask(client, methods.tasksStart, which);
    if (isDetached) return 0;
    const { exit_status: code } = yield* ask<{ readonly exit_status: number }>(client, methods.tasksWait, which);
    while (copying.outputs > 0) yield* sys.futexWait(copying);
    return code;
  } finally {
    if (!isDetached) {
      yield* ifAny(() => ask(client, methods.tasksDeleteProcess, which));
      yield* removeTree(directory);
    }
  }
}

/** What has gone meanwhile needs nothing more done to it. */
function* ifAny(act: () => Running<unknown>): Running<void> {
  try {
    yield* act();
  } catch (error) {
    if (!(error instanceof CtrError)) throw error;
  }
}

/** As the container's own process, but for what is asked for. */
function* processOf(spec: Spec, args: readonly string[], flags: CtrOptions['flags']): Running<ProcessSpec> {
  const own = spec.process;
  const { user, cwd } = flags;
  return {
    ...own,
    terminal: false,
    args,
    cwd: cwd ?? own.cwd,
    user: user === undefined ? own.user : { ...own.user, ...(yield* userOf(user, spec.root.path)) },
  };
}

/** A number need not be known: then its group is 0. containerd: oci.WithUser(). */
function* userOf(named: string, root: string): Running<{ readonly uid: number; readonly gid: number }> {
  const found = (yield* rowsOf(`${root}/etc/passwd`)).find(([name, , uid]) => name === named || uid === named);
  if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  if (!/^\d+$/.test(named)) throw new CtrError('no users found');
  return { uid: Number(named), gid: 0 };
}

interface Fifos {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** In a directory of its own. containerd: cio.NewFIFOSetInDir(). */
function* makeFifos(execId: string, parent = '/run/containerd/fifo'): Running<Fifos & { readonly directory: string }> {
  const directory = `${parent}/${yield* randomBelow(2 ** 32)}`;
  yield* makeDirectories(directory, 0o700);
  const at = (name: string): string => `${directory}/${execId}-${name}`;
  const fifos = { stdin: at('stdin'), stdout: at('stdout'), stderr: at('stderr') };
  for (const path of Object.values(fifos)) yield* sys.mkfifo(path, 0o700);
  return { directory, ...fifos };
}

/** Each in a coroutine that sleeps until the shim has opened the other end. */
function* copyStreams(client: RpcClient, which: ProcessRequest, fifos: Fifos): Running<{ outputs: number }> {
  const copying = { outputs: 2 };
  yield* sys.goCarrying(() => copyInput(client, which, fifos.stdin));
  for (const [fd, path] of [
    [1, fifos.stdout],
    [2, fifos.stderr],
  ] as const)
    yield* sys.goCarrying(function* () {
      const from = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
      for (let data = yield* readOrEnd(from); data !== ''; data = yield* readOrEnd(from)) yield* writeAll(fd, data);
      copying.outputs -= 1;
      yield* sys.futexWake(copying);
    });
  return copying;
}

/** At the end of ctr's input the shim is to close that of the process. */
function* copyInput(client: RpcClient, which: ProcessRequest, path: string): Running<void> {
  const to = yield* sys.open(path, O.WRONLY | O.CLOEXEC);
  for (let data = yield* readOrEnd(0); data !== ''; data = yield* readOrEnd(0))
    if (!(yield* writeOrFalse(to, data))) break;
  yield* sys.close(to);
  yield* ifAny(() => ask(client, methods.tasksCloseIO, { ...which, stdin: true }));
}
