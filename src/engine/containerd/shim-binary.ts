/**
 * Running the shim's program: containerd forks nothing else, and forks no container. containerd: runtime/v2/binary.go.
 */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../../programs/io.ts';
import { spawn, waitFor } from '../../programs/spawn.ts';
import { inSpan } from '../span.ts';
import type { DeleteResponse } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import { bundleOf, writeFile } from './bundle.ts';

const program = '/usr/bin/containerd-shim-runc-v2';
export const grpcSocket = '/run/containerd/containerd.sock';
export const ttrpcSocket = `${grpcSocket}.ttrpc`;

/** Runs `… start` and returns the address that it prints: `unix:///run/containerd/s/…`. */
export function* startShimBinary(namespace: string, id: string, env: Environment): Running<string> {
  const bundle = bundleOf(namespace, id);
  yield* drainLog(`${bundle}/log`);
  const argv = [...flags(namespace, id), 'start'];
  const output = yield* inSpan('shim start', 'engine', () => runShim(argv, bundle, namespace, env));
  yield* writeFile(`${bundle}/shim-binary-path`, program);
  return output.trim();
}

/**
 * Runs `… delete`, which prints how the container ended; null when it could not, for it was killed or is not there.
 */
export function* deleteShimBinary(namespace: string, id: string, env: Environment): Running<DeleteResponse | null> {
  const bundle = bundleOf(namespace, id);
  const argv = [...flags(namespace, id), '-bundle', bundle, 'delete'];
  try {
    const output = yield* inSpan('shim delete', 'engine', () => runShim(argv, bundle, namespace, env));
    return JSON.parse(output) as DeleteResponse;
  } catch (error) {
    if (error instanceof RpcError || isErrno(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

const flags = (namespace: string, id: string): readonly string[] => [
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

/** Runs it to its end in the bundle; returns what it printed. */
function* runShim(argv: readonly string[], bundle: string, namespace: string, env: Environment): Running<string> {
  const [output, input] = yield* sys.pipe2(O.CLOEXEC);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const pid = yield* spawn({
    path: program,
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
  yield* sys.close(devNull);
  yield* sys.close(input);
  const text = yield* readAll(output);
  yield* sys.close(output);
  const status = yield* waitFor(pid);
  if ('code' in status && status.code === 0) return text;
  const how = 'code' in status ? `exit status ${status.code}` : `signal: ${status.signal}`;
  throw new RpcError(rpcCode.unknown, `failed to start shim: start failed: ${text}: ${how}: unknown`);
}

/** Reads what the shim logs, for as long as it lives. */
function* drainLog(path: string): Running<void> {
  const fd = yield* sys.open(path, O.RDONLY | O.NONBLOCK | O.CLOEXEC);
  yield* sys.setNonBlocking(fd, false);
  yield* sys.go(function* () {
    yield* sys.setSpan(0);
    while ((yield* sys.read(fd)) !== '');
    yield* sys.close(fd);
  });
}
