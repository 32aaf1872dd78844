/** The shim's way to run runc. containerd: vendor/github.com/containerd/go-runc. */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, readFileIfAny, writeAll } from '../../programs/io.ts';
import { lookPath, spawn } from '../../programs/spawn.ts';
import { shimDurations } from '../durations.ts';
import type { RuncOptions } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import { exitNumber, waitForExit } from './reaper.ts';
import type { Reaper } from './reaper.ts';

/** Whose runc: where its state and its log are. */
export interface RuncCaller {
  readonly bundle: string;
  readonly namespace: string;
  readonly options: RuncOptions;
  readonly env: Environment;
  readonly reaper: Reaper;
}

/** runc said no: how it ended, and what it printed where that was caught. go-runc: runOrError(). */
export class RuncFailed extends RpcError {
  constructor(message: string) {
    super(rpcCode.unknown, message);
  }
}

/** `runc --root … --log … --log-format json [--systemd-cgroup]`: what every call begins with. */
export function runcCommand(
  caller: Pick<RuncCaller, 'bundle' | 'namespace' | 'options'>,
  systemdCgroup: boolean,
): readonly string[] {
  const { bundle, namespace, options } = caller;
  return [
    options.binary_name,
    '--root',
    `${options.root}/${namespace}`,
    '--log',
    `${bundle}/log.json`,
    '--log-format',
    'json',
    ...(systemdCgroup ? ['--systemd-cgroup'] : []),
  ];
}

/**
 * Runs a command to its end and returns what it printed, unless it is given descriptors of its own. Throws RuncFailed
 * when it cannot be executed or exits with anything but 0. go-runc: cmdOutput().
 */
export function* runRunc(
  caller: RuncCaller,
  args: readonly string[],
  fds?: Readonly<Record<number, number>>,
): Running<string> {
  yield* sys.compute(shimDurations.beforeRunc);
  if (fds !== undefined) {
    yield* untilOver(caller, yield* startRunc(caller, args, fds));
    return '';
  }
  return yield* feedRunc(caller, args, null);
}

/** Runs a command that reads `input` on its standard input, or has none. */
export function* feedRunc(caller: RuncCaller, args: readonly string[], input: string | null): Running<string> {
  const stdin = input === null ? yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC) : yield* pipeOf(input);
  const [printed, output] = yield* sys.pipe2(O.CLOEXEC);
  let pid = 0;
  let text = '';
  try {
    pid = yield* startRunc(caller, args, { 0: stdin, 1: output, 2: output });
  } catch (error) {
    if (!(error instanceof RuncFailed)) throw error;
    // Nothing was printed into a buffer that was never made.
    throw new RuncFailed(`${error.message}: <nil>`);
  } finally {
    yield* sys.close(stdin);
    yield* sys.close(output);
    if (pid !== 0) text = yield* readAll(printed);
    yield* sys.close(printed);
  }
  try {
    yield* untilOver(caller, pid);
  } catch (error) {
    if (!(error instanceof RuncFailed)) throw error;
    throw new RuncFailed(`${error.message}: ${text}`);
  }
  return text;
}

function* pipeOf(input: string): Running {
  const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
  yield* writeAll(writer, input);
  yield* sys.close(writer);
  return reader;
}

function* startRunc(caller: RuncCaller, args: readonly string[], fds: Readonly<Record<number, number>>): Running {
  const path = yield* findRunc(caller);
  try {
    return yield* spawn({
      path,
      argv: [...runcCommand(caller, caller.options.systemd_cgroup), ...args],
      env: caller.env,
      fds,
      before: () => sys.setParentDeathSignal('SIGKILL'),
    });
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncFailed(`fork/exec ${path}: ${strerror(error.errno).toLowerCase()}`);
  }
}

function* untilOver({ reaper, options }: RuncCaller, pid: number): Running<void> {
  const { status } = yield* waitForExit(reaper, pid);
  yield* sys.compute(shimDurations.afterRunc);
  if ('code' in status && status.code === 0) return;
  throw new RuncFailed(`${options.binary_name} did not terminate successfully: exit status ${exitNumber(status)}`);
}

/** The path of runc's binary. Throws RuncFailed: of what is there and cannot be executed os/exec does not tell. */
function* findRunc({ options, env }: RuncCaller): Running<string> {
  const name = options.binary_name;
  try {
    return yield* lookPath(name, env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncFailed(`exec: "${name}": executable file not found in $PATH`);
  }
}

/**
 * What runc's log says last, and how runc ended when it says nothing; both when there is no log. containerd:
 * cmd/containerd-shim-runc-v2/process, runtimeError() and getLastRuntimeError().
 */
export function* runtimeError({ bundle }: RuncCaller, { message }: RuncFailed, what: string): Running<RpcError> {
  const path = `${bundle}/log.json`;
  const log = yield* readFileIfAny(path);
  const noLog = `unable to retrieve OCI runtime error (open ${path}: no such file or directory): `;
  if (log === null) return new RpcError(rpcCode.unknown, `${what}: ${noLog}${message}`);
  const lines = log.split('\n').filter((line) => line !== '');
  const errors = lines.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string });
  const said = errors.findLast(({ level }) => level === 'error')?.msg;
  return new RpcError(rpcCode.unknown, `${what}: ${said ?? message}`);
}
