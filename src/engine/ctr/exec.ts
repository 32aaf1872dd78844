/**
 * `ctr tasks exec`: another process in a container, with ctr's own streams. containerd:
 * cmd/ctr/commands/tasks/exec.go.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { makeDirectories, removeTree } from '../directories.ts';
import { randomBelow } from '../dockerd/identifiers.ts';
import { makeRaw, windowSize } from '../docker/terminal.ts';
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
  if (flags['log-uri'] !== undefined) throw new CtrError('glassdock: --log-uri is not modelled yet');
  const terminal = flags['tty'] === 'true';
  const client = yield* dial(options);
  const { spec } = yield* loadContainer(client, id);
  const process = yield* processOf(spec.value as Spec, words, flags);
  yield* loadTask(client, id);
  const which = { container_id: id, exec_id: flags['exec-id'] ?? '' };
  if (terminal) yield* requireTerminal();
  const { directory, ...fifos } = yield* makeFifos(which.exec_id, terminal, flags['fifo-dir']);
  const restore = terminal ? yield* makeRaw() : null;
  const copying = yield* copyStreams(client, which, fifos);
  const body: ExecProcessRequest = {
    ...which,
    ...fifos,
    terminal,
    spec: { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Process', value: process },
  };
  try {
    yield* ask(client, methods.tasksExec, body);
  } catch (error) {
    yield* removeTree(directory);
    if (restore !== null) yield* restore();
    throw error;
  }
  const isDetached = flags['detach'] === 'true';
  try {
    yield* ask(client, methods.tasksStart, which);
    if (terminal) yield* followWindow(client, which);
    if (isDetached) return 0;
    const { exit_status: code } = yield* ask<{ readonly exit_status: number }>(client, methods.tasksWait, which);
    while (copying.outputs > 0) yield* sys.futexWait(copying);
    return code;
  } finally {
    if (restore !== null) yield* restore();
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

/** containerd/console: Current(), which panics. */
function* requireTerminal(): Running<void> {
  for (const fd of [2, 1, 0]) if (yield* sys.isatty(fd)) return;
  throw new CtrError(
    'panic: provided file is not a console\n\ngoroutine 1 [running]:\ngithub.com/containerd/console.Current()\n' +
      '\tgithub.com/containerd/console/console.go:77 +0x94',
    2,
  );
}

/** The process's terminal becomes as large as ctr's own, again and again. containerd: HandleConsoleResize(). */
function* followWindow(client: RpcClient, which: ProcessRequest): Running<void> {
  const tell = function* (): Running<void> {
    const [height, width] = yield* windowSize();
    yield* ifAny(() => ask(client, methods.tasksResizePty, { ...which, width, height }));
  };
  yield* tell();
  yield* sys.sigaction('SIGWINCH', function* () {
    yield* sys.go(tell);
  });
}

/** As the container's own process, but for what is asked for. */
function* processOf(spec: Spec, args: readonly string[], flags: CtrOptions['flags']): Running<ProcessSpec> {
  const own = spec.process;
  const { user, cwd } = flags;
  return {
    ...own,
    terminal: flags['tty'] === 'true',
    args,
    cwd: cwd ?? own.cwd,
    user: user === undefined ? own.user : yield* userOf(user, `${spec.root.path}/etc`),
  };
}

/**
 * `USER[:GROUP]`. A number need not be known: alone it has the group 0 then. Who is told so has no other groups.
 * containerd: oci.WithUser().
 */
function* userOf(text: string, etc: string): Running<ProcessSpec['user']> {
  const [user = '', group, ...more] = text.split(':');
  if (more.length > 0) throw new CtrError(`invalid USER value ${text}`);
  const { uid, gid } = group === undefined ? yield* accountOf(user, etc) : yield* pairOf(user, group, etc);
  return { uid, gid, additionalGids: [gid] };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

function* accountOf(user: string, etc: string): Running<Account> {
  const isNumber = /^\d+$/.test(user);
  const rows = yield* rowsOf(`${etc}/passwd`);
  const found = rows.find(([name, , uid]) => (isNumber ? uid === user : name === user));
  if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  if (!isNumber) throw new CtrError('no users found');
  return { uid: Number(user), gid: 0 };
}

function* pairOf(user: string, group: string, etc: string): Running<Account> {
  const uid = user === '' || /^\d+$/.test(user) ? Number(user) : (yield* accountOf(user, etc)).uid;
  if (group === '' || /^\d+$/.test(group)) return { uid, gid: Number(group) };
  const found = (yield* rowsOf(`${etc}/group`)).find(([name]) => name === group);
  if (found === undefined) throw new CtrError('no groups found');
  return { uid, gid: Number(found[2]) };
}

interface Fifos {
  readonly stdin: string;
  readonly stdout: string;
  /** Empty with a terminal, which is both. */
  readonly stderr: string;
}

/** In a directory of its own. containerd: cio.NewFIFOSetInDir(). */
function* makeFifos(
  execId: string,
  terminal: boolean,
  parent = '/run/containerd/fifo',
): Running<Fifos & { readonly directory: string }> {
  const directory = `${parent}/${yield* randomBelow(2 ** 32)}`;
  yield* makeDirectories(directory, 0o700);
  const at = (name: string): string => `${directory}/${execId}-${name}`;
  const fifos = { stdin: at('stdin'), stdout: at('stdout'), stderr: terminal ? '' : at('stderr') };
  for (const [name, path] of Object.entries(fifos)) {
    if (path === '') continue;
    try {
      yield* sys.mkfifo(path, 0o700);
    } catch (error) {
      if (!isErrno(error)) throw error;
      throw new CtrError(
        `failed to open ${name} fifo: error creating fifo ${path}: ${strerror(error.errno).toLowerCase()}`,
      );
    }
  }
  return { directory, ...fifos };
}

/** Each in a coroutine that sleeps until the shim has opened the other end. */
function* copyStreams(client: RpcClient, which: ProcessRequest, fifos: Fifos): Running<{ outputs: number }> {
  const outputs = (
    [
      [1, fifos.stdout],
      [2, fifos.stderr],
    ] as const
  ).filter(([, path]) => path !== '');
  const copying = { outputs: outputs.length };
  yield* sys.goCarrying(() => copyInput(client, which, fifos.stdin));
  for (const [fd, path] of outputs)
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
