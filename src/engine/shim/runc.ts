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

/** runc said no; the message is the last error in its log, or why there is none. */
export class RuncFailed extends RpcError {
  /** How it ended, without its words. */
  readonly failure: string;
  constructor(message: string, failure = message) {
    super(rpcCode.unknown, message);
    this.failure = failure;
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
 * Runs a command to its end and returns what it printed, which is nothing unless `captured`.
 * Throws RuncFailed when it cannot be executed or exits with anything but 0.
 *
 * @param fds the command's first three descriptors; /dev/null without.
 */
export function* runRunc(
  caller: RuncCaller,
  args: readonly string[],
  fds?: Readonly<Record<number, number>>,
  captured = false,
): Running<string> {
  yield* sys.compute(shimDurations.beforeRunc);
  const path = yield* findRunc(caller);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const [output, input] = captured ? yield* sys.pipe2(O.CLOEXEC) : [-1, devNull];
  const argv = [...runcCommand(caller, caller.options.systemd_cgroup), ...args];
  let text = '';
  let pid = 0;
  try {
    pid = yield* spawn({
      path,
      argv,
      env: caller.env,
      fds: fds ?? { 0: devNull, 1: input, 2: input },
      before: () => sys.setParentDeathSignal('SIGKILL'),
    });
  } catch (error) {
    if (!isErrno(error)) throw error;
    const failure = `fork/exec ${path}: ${strerror(error.errno).toLowerCase()}`;
    throw new RuncFailed(yield* withLastError(caller, failure), failure);
  } finally {
    yield* sys.close(devNull);
    if (captured) {
      yield* sys.close(input);
      if (pid !== 0) text = yield* readAll(output);
      yield* sys.close(output);
    }
  }
  const { status } = yield* waitForExit(caller.reaper, pid);
  yield* sys.compute(shimDurations.afterRunc);
  if ('code' in status && status.code === 0) return text;
  const failure = `${caller.options.binary_name} did not terminate successfully: exit status ${exitNumber(status)}`;
  throw new RuncFailed(yield* withLastError(caller, failure), failure);
}

/** The path of runc's binary. Throws RuncFailed with os/exec's words. */
function* findRunc(caller: RuncCaller): Running<string> {
  const name = caller.options.binary_name;
  try {
    return yield* lookPath(name, caller.env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = error.errno === 'ENOENT' ? 'executable file not found in $PATH' : 'permission denied';
    const failure = `exec: "${name}": ${why}`;
    throw new RuncFailed(yield* withLastError(caller, failure), failure);
  }
}

/**
 * Runs a command that reads `input` on its standard input. Throws RuncFailed with what it printed. go-runc:
 * runOrError().
 */
export function* feedRunc(caller: RuncCaller, args: readonly string[], input: string): Running<void> {
  const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
  const [printed, output] = yield* sys.pipe2(O.CLOEXEC);
  yield* writeAll(writer, input);
  yield* sys.close(writer);
  let failed: RuncFailed | null = null;
  try {
    yield* runRunc(caller, args, { 0: reader, 1: output, 2: output });
  } catch (error) {
    if (!(error instanceof RuncFailed)) throw error;
    failed = error;
  } finally {
    yield* sys.close(reader);
    yield* sys.close(output);
  }
  const text = yield* readAll(printed);
  yield* sys.close(printed);
  if (failed) throw new RuncFailed(`${failed.failure}: ${text}`);
}

/**
 * What runc's log says last, and `failure` when it says nothing; both when there is no log. containerd:
 * cmd/containerd-shim-runc-v2/process, runtimeError() and getLastRuntimeError().
 */
function* withLastError({ bundle }: RuncCaller, failure: string): Running<string> {
  const path = `${bundle}/log.json`;
  const log = yield* readFileIfAny(path);
  if (log === null) return `unable to retrieve OCI runtime error (open ${path}: no such file or directory): ${failure}`;
  const lines = log.split('\n').filter((line) => line !== '');
  const errors = lines.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string });
  return errors.findLast(({ level }) => level === 'error')?.msg ?? failure;
}
