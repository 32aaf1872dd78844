/** The shim's ttrpc service. containerd: cmd/containerd-shim-runc-v2/task/service.go. */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny, writeAll } from '../../programs/io.ts';
import { shimDurations } from '../durations.ts';
import { decodeAs, integer, listOf, UnmarshalTypeError } from '../go-decoder.ts';
import { unmarshalJson } from '../go-json.ts';
import { enableControllersAbove, pidsIn } from '../runc/cgroup.ts';
import type { Resources, Spec } from '../runc/spec.ts';
import { shimMethod } from '../wire/containerd-api.ts';
import type { Any, RuncOptions, TaskEvent } from '../wire/containerd-api.ts';
import { unlinkIfAny } from '../unlink.ts';
import { refusal } from '../wire/refusal.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { finished, newProcess, taskStatus } from './container-process.ts';
import type { ContainerProcess } from './container-process.ts';
import type { ShimFlags } from './flags.ts';
import { watchOom } from './oom.ts';
import { publish } from './publisher.ts';
import type { Publisher } from './publisher.ts';
import { exitNumber, waitForExit } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { feedRunc, RuncFailed, runRunc } from './runc.ts';
import type { RuncCaller } from './runc.ts';
import { closeInput } from './stdio.ts';

export interface Shim {
  readonly flags: ShimFlags;
  readonly env: Environment;
  readonly bundle: string;
  readonly socket: string;
  readonly reaper: Reaper;
  readonly publisher: Publisher;
  /** By exec id; the first process under ''. */
  readonly processes: Map<string, ContainerProcess>;
  caller: RuncCaller | null;
  /** The container's, as it is when the first process has been made: later that may have ended. */
  cgroup: string;
}

interface CreateRequest {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
  readonly options: Any<RuncOptions>;
}
interface ProcessRequest {
  readonly exec_id?: string;
}

/** Its methods: `containerd.task.v2.Task/…`. */
export function shimHandlers(shim: Shim): RpcHandlers {
  const methods: RpcHandlers = {
    Create: (body: CreateRequest) => create(shim, body),
    Start: (body: ProcessRequest) => start(shim, body),
    Exec: (body: CreateRequest & { readonly exec_id: string; readonly spec: Any }) => exec(shim, body),
    Delete: (body: ProcessRequest) => remove(shim, body),
    Kill: (body: ProcessRequest & { readonly signal: number }) => kill(shim, body),
    State: (body: ProcessRequest) => state(shim, body),
    Wait: (body: ProcessRequest) => wait(shim, body),
    Connect: () => connect(shim),
    Pids: () => pids(shim),
    Pause: () => freeze(shim, 'pause', '/tasks/paused'),
    Resume: () => freeze(shim, 'resume', '/tasks/resumed'),
    ResizePty: (body: ProcessRequest & { readonly width: number; readonly height: number }) => resize(shim, body),
    CloseIO: (body: ProcessRequest) => closeIO(shim, body),
    Update: (body: { readonly resources: Any<Resources> }) => update(shim, body.resources.value),
    Stats: () => stats(shim),
    Shutdown: () => shutdown(shim),
  };
  return Object.fromEntries(Object.entries(methods).map(([verb, handler]) => [shimMethod(verb), handler]));
}

function* create(shim: Shim, body: CreateRequest): Running<unknown> {
  const options = body.options.value;
  yield* store(`${shim.bundle}/options.json`, JSON.stringify(options));
  yield* store(`${shim.bundle}/runtime`, options.binary_name);
  const { bundle, env, reaper, flags } = shim;
  shim.caller = { bundle, namespace: flags.namespace, options, env, reaper };
  const init = yield* newProcess({ caller: shim.caller, containerId: flags.id, execId: '', paths: pathsOf(body) });
  yield* init.machine.send({ type: 'create' });
  shim.processes.set('', init);
  shim.cgroup = yield* cgroupOf(init.pid);
  yield* sys.go(() => watch(shim, init));
  yield* tell(shim, '/tasks/create', { bundle, io: pathsOf(body), pid: init.pid });
  return { pid: init.pid };
}

function* start(shim: Shim, body: ProcessRequest): Running<unknown> {
  const target = find(shim, body);
  target.starting = true;
  try {
    if (!(yield* target.machine.send({ type: 'start' }))) throw refusal('start', target.machine.state);
    const { pid, execId } = target;
    if (execId === '') {
      yield* sys.compute(shimDurations.afterStart);
      // The cgroup's figures are read later: it makes sure of the controllers on the way down.
      yield* enableControllersAbove(shim.cgroup);
      yield* sys.goCarrying(() => watchOom(shim.cgroup, () => tell(shim, '/tasks/oom', {})));
      yield* tell(shim, '/tasks/start', { pid });
    } else {
      yield* tell(shim, '/tasks/exec-started', { exec_id: execId, pid });
      yield* sys.go(() => watch(shim, target));
    }
    return { pid };
  } finally {
    target.starting = false;
    yield* sys.futexWake(target);
  }
}

function* exec(shim: Shim, body: CreateRequest & { readonly exec_id: string; readonly spec: Any }): Running<unknown> {
  const { state } = find(shim, {}).machine;
  if (shim.caller === null || state === 'stopped') throw notCreated();
  if (state === 'paused') throw new RpcError(rpcCode.unknown, 'cannot exec in a paused state');
  const execId = body.exec_id;
  if (shim.processes.has(execId)) throw new RpcError(rpcCode.alreadyExists, `id ${execId}: already exists`);
  const paths = pathsOf(body);
  const added = yield* newProcess({
    caller: shim.caller,
    containerId: shim.flags.id,
    execId,
    paths,
    spec: body.spec.value,
  });
  yield* added.machine.send({ type: 'create' });
  shim.processes.set(execId, added);
  yield* tell(shim, '/tasks/exec-added', { exec_id: execId });
  return {};
}

/** Waits for the process's end and tells it: for the first process and for each exec a coroutine of its own. */
function* watch(shim: Shim, target: ContainerProcess): Running<void> {
  const exit = yield* waitForExit(shim.reaper, target.pid);
  yield* sys.setSpan(0);
  // Of an exec that was quick, the end is known before its start has been told.
  const passedNs = (yield* sys.monotonic()) - exit.atNs;
  yield* sys.compute(Math.max(0, shimDurations.exitHandling - passedNs));
  while (target.starting) yield* sys.futexWait(target);
  if (target.execId === '' && (yield* sharesPids(shim.bundle))) yield* killAll(shim);
  target.exitStatus = exitNumber(exit.status);
  target.exitedAt = exit.at;
  yield* target.machine.send({ type: 'exited' });
  const id = target.execId === '' ? shim.flags.id : target.execId;
  yield* tell(shim, '/tasks/exit', { id, pid: target.pid, exit_status: target.exitStatus, exited_at: target.exitedAt });
  yield* sys.futexWake(target);
}

/**
 * Without a pid namespace of its own the container's other processes outlive the first. Of a bundle that is gone the
 * worst is taken for granted. ShouldKillAllOnExit().
 */
function* sharesPids(bundle: string): Running<boolean> {
  const text = yield* readFileIfAny(`${bundle}/config.json`);
  if (text === null) return true;
  const spec = JSON.parse(text) as Spec;
  return !(spec.linux?.namespaces ?? []).some(({ type, path = '' }) => type === 'pid' && path === '');
}

function* killAll(shim: Shim): Running<void> {
  try {
    yield* runRunc(callerOf(shim), ['kill', '--all', shim.flags.id, '9']);
  } catch (error) {
    if (!(error instanceof RuncFailed)) throw error;
  }
}

function* remove(shim: Shim, body: ProcessRequest): Running<unknown> {
  const target = find(shim, body);
  if (!(yield* target.machine.send({ type: 'delete' }))) throw refusal('delete', target.machine.state);
  const { pid, exitStatus, exitedAt, execId } = target;
  shim.processes.delete(execId);
  if (execId === '') {
    yield* tell(shim, '/tasks/delete', { pid, exit_status: exitStatus, exited_at: exitedAt });
  }
  return { pid, exit_status: exitStatus, exited_at: exitedAt };
}

function* kill(shim: Shim, body: ProcessRequest & { readonly signal: number }): Running<unknown> {
  if (!(yield* find(shim, body).machine.send({ type: 'kill', signal: body.signal }))) throw finished();
  return {};
}

// oxlint-disable-next-line require-yield -- a handler is a coroutine, also when it has all it needs.
function* state(shim: Shim, body: ProcessRequest): Running<unknown> {
  const target = find(shim, body);
  const { stdin, stdout, stderr, terminal } = target.stdio.paths;
  return {
    id: shim.flags.id,
    bundle: shim.bundle,
    pid: target.pid,
    status: taskStatus(target),
    stdin,
    stdout,
    stderr,
    terminal,
    exit_status: target.exitStatus,
    exited_at: target.exitedAt,
    exec_id: target.execId,
  };
}

function* wait(shim: Shim, body: ProcessRequest): Running<unknown> {
  const target = find(shim, body);
  while (target.exitedAt === '') yield* sys.futexWait(target);
  return { exit_status: target.exitStatus, exited_at: target.exitedAt };
}

function* connect(shim: Shim): Running<unknown> {
  return { shim_pid: yield* sys.getpid(), task_pid: shim.processes.get('')?.pid ?? 0, version: 'v2' };
}

function* pids(shim: Shim): Running<unknown> {
  const text = yield* runRunc(callerOf(shim), ['ps', '--format', 'json', shim.flags.id]);
  return { processes: pidsPrinted(text).map((pid) => ({ pid })) };
}

/** Words of Go's encoding/json for what is no list of numbers. go-runc: Ps(). */
function pidsPrinted(text: string): readonly number[] {
  const read = unmarshalJson(text);
  if ('complaint' in read) throw new RpcError(rpcCode.unknown, read.complaint);
  try {
    return (decodeAs(listOf(integer('int')), read.value) ?? []) as number[];
  } catch (error) {
    if (!(error instanceof UnmarshalTypeError)) throw error;
    throw new RpcError(rpcCode.unknown, error.message);
  }
}

function* freeze(shim: Shim, verb: 'pause' | 'resume', topic: string): Running<unknown> {
  const init = find(shim, {});
  if (!(yield* init.machine.send({ type: verb }))) throw refusal(verb, init.machine.state);
  yield* tell(shim, topic, {});
  return {};
}

function* resize(
  shim: Shim,
  body: ProcessRequest & { readonly width: number; readonly height: number },
): Running<unknown> {
  const { master } = find(shim, body).stdio;
  if (master !== -1) yield* sys.setWindowSize(master, body.height, body.width);
  return {};
}

function* closeIO(shim: Shim, body: ProcessRequest): Running<unknown> {
  yield* closeInput(find(shim, body).stdio);
  return {};
}

function* update(shim: Shim, resources: Resources): Running<unknown> {
  yield* feedRunc(callerOf(shim), ['update', '--resources=-', shim.flags.id], JSON.stringify(resources));
  return {};
}

function* stats(shim: Shim): Running<unknown> {
  find(shim, {});
  const path = shim.cgroup;
  const figures: Record<string, string> = {};
  for (const file of [
    'memory.current',
    'memory.max',
    'memory.stat',
    'cpu.stat',
    'pids.current',
    'pids.max',
    'memory.events',
    'io.stat',
  ]) {
    figures[file] = ((yield* readFileIfAny(`${path}/${file}`)) ?? '').trim();
  }
  return { stats: figures, pids: yield* pidsIn(path) };
}

/** From /proc/PID/cgroup: `0::/system.slice/docker-ID.scope`. */
function* cgroupOf(pid: number): Running<string> {
  const text = (yield* readFileIfAny(`/proc/${pid}/cgroup`)) ?? '';
  return `/sys/fs/cgroup${text.trim().replace(/^0::/, '')}`;
}

/**
 * Answers first, then ends: the connection's end tells containerd. Only a container keeps it, not an exec that still
 * waits for somebody to read its output.
 */
function* shutdown(shim: Shim): Running<unknown> {
  if (!shim.processes.has('')) yield* leave(shim);
  return {};
}

/** Ends the shim, as soon as what it is at is done. containerd: runtime/v2/shim/shim.go, shutdown. */
export function* leave(shim: Shim): Running<void> {
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    yield* sys.compute(shimDurations.shutdown);
    yield* unlinkIfAny(shim.socket);
    yield* sys.exit(0);
  });
}

function find(shim: Shim, body: ProcessRequest): ContainerProcess {
  const execId = body.exec_id ?? '';
  const found = shim.processes.get(execId);
  if (found !== undefined) return found;
  if (execId === '' || !shim.processes.has('')) throw notCreated();
  throw new RpcError(rpcCode.notFound, `process does not exist ${execId}: not found`);
}

function callerOf(shim: Shim): RuncCaller {
  if (shim.caller === null) throw notCreated();
  return shim.caller;
}

const notCreated = (): RpcError => new RpcError(rpcCode.notFound, 'container not created: not found');

const pathsOf = ({ stdin, stdout, stderr, terminal }: CreateRequest) => ({ stdin, stdout, stderr, terminal });

function* tell(shim: Shim, topic: string, event: Omit<TaskEvent, 'container_id'>): Running<void> {
  yield* publish(shim.publisher, topic, { container_id: shim.flags.id, ...event });
}

function* store(path: string, text: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, 0o600);
  yield* writeAll(fd, text);
  yield* sys.close(fd);
}
