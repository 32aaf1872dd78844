/**
 * Running the shim's program: containerd forks nothing else, and forks no container. containerd: runtime/v2/binary.go.
 */
import { exists } from '../directories.ts';
import { failureOf } from '../go-process-state.ts';
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readAll, readFileIfAny } from '../../programs/io.ts';
import { lookPath, spawn, waitFor } from '../../programs/spawn.ts';
import { containerdDurations } from '../durations.ts';
import type { Log } from '../log.ts';
import { inSpan } from '../span.ts';
import type { DeleteResponse } from '../wire/containerd-api.ts';
import { dialRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { bundleOf, writeFile } from './bundle.ts';

const runtime = 'io.containerd.runc.v2';
const binary = 'containerd-shim-runc-v2';
/** Where it is beside containerd's own binary. */
const beside = `/usr/bin/${binary}`;
export const grpcSocket = '/run/containerd/containerd.sock';
export const ttrpcSocket = `${grpcSocket}.ttrpc`;

/** Where this containerd has found the shim's program: what is found once is not looked for again. */
export interface FoundShim {
  path?: string;
}

/**
 * Runs `… start` and connects to the address that it prints: `unix:///run/containerd/s/…`. Throws an RpcError when it
 * fails, or nobody is at that address.
 */
export function* startShimBinary(program: string, namespace: string, id: string, env: Environment): Running<RpcClient> {
  const bundle = bundleOf(namespace, id);
  const argv = [...flags(program, namespace, id), 'start'];
  const { output, failure } = yield* inSpan('shim start', 'engine', () => runIfThere(argv, bundle, namespace, env));
  if (failure !== null) throw startFailed(`${output}: ${failure}`);
  yield* writeFile(programFile(namespace, id), program, 0o600);
  return yield* dialShim(output.trim());
}

const programFile = (namespace: string, id: string): string => `${bundleOf(namespace, id)}/shim-binary-path`;

/** Connects to what the helper has printed; an address without `unix://` is an abstract one. */
function* dialShim(printed: string): Running<RpcClient> {
  const path = socketOf(printed);
  yield* sys.compute(containerdDurations.connectShim);
  try {
    return yield* dialRpc(path, 'ttrpc');
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = `dial unix ${path}: connect: ${errnoWords(error).toLowerCase()}`;
    throw startFailed(`failed to create TTRPC connection: ${why}`);
  }
}

/** The path of a shim's socket. containerd: runtime/v2/shim/util_unix.go, AnonDialer(). */
export function socketOf(address: string): string {
  return address.startsWith('unix://') ? address.slice('unix://'.length) : `\0${address}`;
}

const startFailed = (why: string): RpcError => new RpcError(rpcCode.unknown, `start failed: ${why}`);

/**
 * With what a shim of an earlier containerd is cleaned up after: what its bundle says; in an old one, which says
 * nothing, what a new shim would be started with. Null, with a word in the log, when there is no such program.
 * containerd: runtime/v2/shim_load.go, loadShims().
 */
export function* programOfBundle(
  found: FoundShim,
  namespace: string,
  id: string,
  env: Environment,
  log: Log,
): Running<string | null> {
  const said = (yield* readFileIfAny(programFile(namespace, id))) ?? '';
  try {
    if (said === '') return yield* resolveProgram(found, env);
    yield* sys.stat(said);
    return said;
  } catch (error) {
    if (!isErrno(error) && !(error instanceof RpcError)) throw error;
    const why = isErrno(error)
      ? `invalid custom binary path: stat ${said}: ${errnoWords(error).toLowerCase()}`
      : error.message;
    yield* log('error', 'failed to resolve runtime path', { error: why, namespace });
    return null;
  }
}

/**
 * On the path, or beside containerd. Throws an RpcError when it is in neither. containerd: runtime/v2/manager.go,
 * resolveRuntimePath().
 */
export function* resolveProgram(found: FoundShim, env: Environment): Running<string> {
  found.path ??= yield* programOnPath(env);
  return found.path;
}

function* programOnPath(env: Environment): Running<string> {
  try {
    return yield* lookPath(binary, env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (yield* exists(beside)) return beside;
    const why = `runtime "${runtime}" binary not installed "${binary}": file does not exist`;
    throw new RpcError(rpcCode.unknown, why);
  }
}

/** containerd: io.containerd.timeout.shim.cleanup. */
const cleanUpLimitNs = 5_000_000_000;

/**
 * Runs `… delete`, which prints how the container ended; null when it could not, for it is not there, was killed, or
 * took so long that it was killed here (recorded: vm-13).
 */
export function* deleteShimBinary(
  path: string,
  namespace: string,
  id: string,
  env: Environment,
  log: Log,
): Running<DeleteResponse | null> {
  const bundle = bundleOf(namespace, id);
  const argv = [...flags(path, namespace, id), '-bundle', bundle, 'delete'];
  const { output, failure } = yield* inSpan('shim delete', 'engine', () =>
    runIfThere(argv, bundle, namespace, env, cleanUpLimitNs),
  );
  if (failure === null) return JSON.parse(output) as DeleteResponse;
  yield* log('error', 'failed to delete', { cmd: argv.join(' '), error: failure, namespace });
  const error = `${output}: ${failure}`;
  yield* log('warn', 'failed to clean up after shim disconnected', { error, id, namespace });
  return null;
}

const flags = (program: string, namespace: string, id: string): readonly string[] => [
  program,
  '-namespace',
  namespace,
  '-address',
  grpcSocket,
  '-publish-binary',
  '/usr/bin/containerd',
  '-id',
  id,
];

/** As runShim(); what cannot be started has failed, too. */
function* runIfThere(
  argv: readonly string[],
  bundle: string,
  namespace: string,
  env: Environment,
  limitNs = Number.POSITIVE_INFINITY,
) {
  try {
    return yield* runShim(argv, bundle, namespace, env, limitNs);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return { output: '', failure: `fork/exec ${argv[0]}: ${errnoWords(error).toLowerCase()}` };
  }
}

/**
 * Runs it to its end in the bundle, which is SIGKILL when the limit has passed; returns what it printed and, when it
 * failed, how Go's os/exec tells of that.
 */
function* runShim(
  argv: readonly string[],
  bundle: string,
  namespace: string,
  env: Environment,
  limitNs: number,
): Running<{ readonly output: string; readonly failure: string | null }> {
  const run = { isOver: false };
  const [output, input] = yield* sys.pipe2(O.CLOEXEC);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  let pid = 0;
  let words = '';
  try {
    pid = yield* spawn({
      path: argv[0] ?? '',
      argv,
      env: {
        ...env,
        MAX_SHIM_VERSION: '2',
        TTRPC_ADDRESS: ttrpcSocket,
        GRPC_ADDRESS: grpcSocket,
        NAMESPACE: namespace,
        GOMAXPROCS: '2',
      },
      cwd: bundle,
      fds: { 0: devNull, 1: input, 2: input },
      pgid: true,
    });
    if (limitNs !== Number.POSITIVE_INFINITY) yield* killAfter(limitNs, pid, run);
  } finally {
    yield* sys.close(devNull);
    yield* sys.close(input);
    if (pid !== 0) words = yield* readAll(output);
    yield* sys.close(output);
  }
  const failure = failureOf(yield* waitFor(pid));
  run.isOver = true;
  yield* sys.futexWake(run);
  return { output: words, failure };
}

function* killAfter(limitNs: number, pid: number, run: { readonly isOver: boolean }): Running<void> {
  const endNs = (yield* sys.monotonic()) + limitNs;
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    while (!run.isOver) {
      const leftNs = endNs - (yield* sys.monotonic());
      if (leftNs <= 0) return yield* sys.kill(pid, 'SIGKILL');
      yield* sys.futexWait(run, leftNs);
    }
  });
}

/** Reads what the shim will log, for as long as it lives; returns the file that it is read from. */
export function* drainLog(namespace: string, id: string): Running {
  const fd = yield* sys.open(`${bundleOf(namespace, id)}/log`, O.RDONLY | O.NONBLOCK | O.CLOEXEC);
  yield* sys.setNonBlocking(fd, false);
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    while ((yield* sys.read(fd)) !== '');
    yield* sys.close(fd);
  });
  return fd;
}
