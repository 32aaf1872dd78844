/** One process that the shim minds, from the request for it to its removal. */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { signalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readFile, writeAll } from '../../programs/io.ts';
import { O } from '../../kernel/abi.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { shimDurations } from '../durations.ts';
import { randomDigits } from '../runc/state.ts';
import { unlinkIfAny } from '../unlink.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { TaskStatus } from '../wire/containerd-api.ts';
import { shimProcess } from './process.machine.ts';
import { RuncFailed, runRunc, runtimeError } from './runc.ts';
import type { RuncCaller } from './runc.ts';
import { closeChildEnds, closeInput, copyStdio, discardConsole, openStdio, waitForOutput } from './stdio.ts';
import type { Stdio, StdioPaths } from './stdio.ts';

export interface ContainerProcess {
  /** Empty for the container's first process. */
  readonly execId: string;
  readonly stdio: Stdio;
  readonly machine: MachineRun<typeof shimProcess>;
  pid: number;
  exitStatus: number;
  exitedAt: string;
  /** A start is under way: its exit is told only after it. */
  starting: boolean;
}

export interface ProcessRequest {
  readonly caller: RuncCaller;
  readonly containerId: string;
  readonly execId: string;
  readonly paths: StdioPaths;
  /** The `process` of an exec. */
  readonly spec?: unknown;
}

/** Makes the process's stdio and its machine; nothing runs yet. */
export function* newProcess(request: ProcessRequest): Running<ContainerProcess> {
  const { caller, containerId, execId } = request;
  const first = execId === '';
  const stdio = yield* openStdio(request.paths);
  const kept: { pid: number } = { pid: 0 };
  const machine = yield* startMachine(shimProcess, {
    name: 'shim process',
    object: first ? containerId : execId,
    activities: {
      *create() {
        if (first) kept.pid = yield* createFirst(request, stdio);
      },
      *start() {
        if (first) yield* tellingWhy(caller, 'start', containerId);
        else kept.pid = yield* startExec(request, stdio);
      },
      *kill(event) {
        if (!first && machine.state === 'stopped') throw finished();
        if (event.type === 'kill') yield* signalProcess(request, kept.pid, event.signal);
      },
      pause: () => tellingWhy(caller, 'pause', containerId),
      resume: () => tellingWhy(caller, 'resume', containerId),
      *delete() {
        yield* waitForOutput(stdio);
        if (first) yield* deleteFirst(caller, containerId);
        else yield* removePidFile(request);
        yield* closeInput(stdio);
        if (stdio.master !== -1) yield* sys.close(stdio.master);
      },
    },
  });
  return {
    execId,
    stdio,
    machine,
    exitStatus: 0,
    exitedAt: '',
    starting: false,
    get pid() {
      return kept.pid;
    },
    set pid(pid) {
      kept.pid = pid;
    },
  };
}

/** What runc says of its failure is read from its log. */
function* tellingWhy(caller: RuncCaller, verb: 'start' | 'pause' | 'resume', containerId: string): Running<void> {
  try {
    yield* runRunc(caller, [verb, containerId]);
  } catch (error) {
    throw error instanceof RuncFailed ? yield* runtimeError(caller, error, `OCI runtime ${verb} failed`) : error;
  }
}

/** What runc knows no more needs no deleting. containerd: process/init.go, delete(). */
function* deleteFirst(caller: RuncCaller, containerId: string): Running<void> {
  try {
    yield* runRunc(caller, ['delete', containerId]);
  } catch (error) {
    if (!(error instanceof RuncFailed)) throw error;
    if (!error.message.includes('does not exist')) throw yield* runtimeError(caller, error, 'failed to delete task');
  }
}

function* createFirst({ caller, containerId }: ProcessRequest, stdio: Stdio): Running<number> {
  yield* sys.compute(shimDurations.beforeRuncCreate);
  const pidFile = `${caller.bundle}/init.pid`;
  yield* runWithStdio(caller, 'OCI runtime create failed', stdio, [
    'create',
    '--bundle',
    caller.bundle,
    '--pid-file',
    pidFile,
    ...consoleFlag(stdio),
    containerId,
  ]);
  yield* sys.compute(shimDurations.afterCreate);
  yield* copyStdio(stdio);
  return yield* readPid(pidFile, 'container');
}

/** Of a runc that has exited with 0 and written none there is no more to be known. */
function* readPid(path: string, whose: 'container' | 'exec'): Running {
  try {
    return Number(yield* readFile(path));
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = `open ${path}: ${errnoWords(error).toLowerCase()}`;
    // The misplaced letter is containerd's: process/exec.go, startContainerd().
    const words = whose === 'exec' ? `exec pi: ${why}d` : `container pid: ${why}`;
    throw new RpcError(rpcCode.unknown, `failed to retrieve OCI runtime ${words}`);
  }
}

function* startExec({ caller, containerId, execId, spec }: ProcessRequest, stdio: Stdio): Running<number> {
  const file = `/tmp/runc-process${yield* randomDigits()}`;
  const fd = yield* sys.open(file, O.RDWR | O.CREAT | O.EXCL | O.CLOEXEC, 0o600);
  try {
    yield* writeAll(fd, JSON.stringify(spec));
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
    yield* sys.unlink(file);
    const why = `write ${file}: no space left on device`;
    throw new RpcError(rpcCode.unknown, `OCI runtime exec failed: ${why}`);
  } finally {
    yield* sys.close(fd);
  }
  const pidFile = `${caller.bundle}/${execId}.pid`;
  try {
    yield* runWithStdio(caller, 'OCI runtime exec failed', stdio, [
      'exec',
      '--process',
      file,
      ...consoleFlag(stdio),
      '--detach',
      '--pid-file',
      pidFile,
      containerId,
    ]);
  } finally {
    yield* sys.unlink(file);
  }
  yield* sys.compute(shimDurations.afterStart);
  yield* copyStdio(stdio);
  return yield* readPid(pidFile, 'exec');
}

const consoleFlag = ({ consoleSocket }: Stdio): readonly string[] =>
  consoleSocket === undefined ? [] : ['--console-socket', consoleSocket.path];

/** Runs runc with the process's descriptors, which the process inherits from it. */
function* runWithStdio(caller: RuncCaller, what: string, stdio: Stdio, args: readonly string[]): Running<void> {
  try {
    yield* runRunc(caller, args, stdio.consoleSocket === undefined ? stdio.childFds : undefined);
  } catch (error) {
    yield* closeChildEnds(stdio);
    yield* discardConsole(stdio);
    throw error instanceof RuncFailed ? yield* runtimeError(caller, error, what) : error;
  }
  yield* closeChildEnds(stdio);
}

/** The first process is signalled by runc, an exec's by the shim itself. */
function* signalProcess({ caller, containerId, execId }: ProcessRequest, pid: number, signal: number): Running<void> {
  try {
    if (execId === '') yield* runRunc(caller, ['kill', containerId, String(signal)]);
    else yield* sys.kill(pid, nameOf(signal));
  } catch (error) {
    if (isErrno(error, 'ESRCH')) throw finished();
    if (error instanceof RuncFailed) throw isOver(error) ? finished() : unknown(error);
    throw error;
  }
}

/** containerd: pkg/process, checkKillError(). */
function isOver({ message }: RuncFailed): boolean {
  return message.includes('container not running') || message.includes('no such process');
}

function nameOf(signal: number): SignalName {
  const name = signalName(signal);
  if (name === undefined) throw new RpcError(rpcCode.invalidArgument, `unknown signal "${signal}"`);
  return name;
}

export const finished = (): RpcError => new RpcError(rpcCode.notFound, 'process already finished: not found');
const unknown = (error: Error): RpcError => new RpcError(rpcCode.unknown, `unknown error after kill: ${error.message}`);

/** An exec that never started has none. */
function removePidFile({ caller, execId }: ProcessRequest): Running<void> {
  return unlinkIfAny(`${caller.bundle}/${execId}.pid`);
}

/** The machine's state in containerd's words. */
export function taskStatus({ machine }: ContainerProcess): TaskStatus {
  switch (machine.state) {
    case 'asked for':
    case 'creating':
    case 'created':
    case 'starting':
      return 'CREATED';
    case 'paused':
    case 'resuming':
      return 'PAUSED';
    case 'running':
    case 'pausing':
      return 'RUNNING';
    default:
      return 'STOPPED';
  }
}
