/** ctr's way to containerd, and what every command of it needs. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ContainerRecord, TaskProcess } from '../wire/containerd-api.ts';
import { callRpc, dialRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';

/** A failure that ctr prints behind its name. */
export class CtrError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface CtrOptions {
  readonly address: string;
  readonly namespace: string;
  /** The command's own options by their first name; switches are `true`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** How long a dial goes on before ctr gives up. containerd: client.go. */
const dialNs = 10e9;

/** Connects. Throws a CtrError once nobody has answered for ten seconds. */
export function* dial({ address, namespace }: CtrOptions): Running<RpcClient> {
  const giveUpNs = (yield* sys.monotonic()) + dialNs;
  for (;;) {
    try {
      return yield* dialRpc(address, 'gRPC', namespace);
    } catch (error) {
      if (!isErrno(error)) throw error;
      if ((yield* sys.monotonic()) >= giveUpNs) {
        const why = `transport: error while dialing: dial unix://${address}: timeout`;
        throw new CtrError(`failed to dial "${address}": context deadline exceeded: connection error: desc = "${why}"`);
      }
      yield* sys.delay(1e9);
    }
  }
}

/** Calls, and tells a failure as ctr does: the server's words, and the class of the error behind them. */
export function* ask<T>(client: RpcClient, method: string, body: unknown): Running<T> {
  try {
    return (yield* callRpc(client, method, body)) as T;
  } catch (error) {
    throw error instanceof RpcError ? new CtrError(wordsOf(error)) : error;
  }
}

/**
 * Calls without containerd's client in between, as ctr does here and there: a failure is told in gRPC's own words.
 * grpc: internal/status, Error().
 */
export function* askGrpc<T>(calls: () => Running<T>): Running<T> {
  try {
    return yield* calls();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new CtrError(`rpc error: code = ${grpcNames[error.code] ?? 'Unknown'} desc = ${error.message}`);
  }
}

/** google.golang.org/grpc/codes, code_string.go. */
const grpcNames: Readonly<Record<number, string>> = {
  [rpcCode.notFound]: 'NotFound',
  [rpcCode.alreadyExists]: 'AlreadyExists',
  [rpcCode.failedPrecondition]: 'FailedPrecondition',
  [rpcCode.invalidArgument]: 'InvalidArgument',
  [rpcCode.unavailable]: 'Unavailable',
};

const classes: Readonly<Record<number, string>> = {
  [rpcCode.notFound]: 'not found',
  [rpcCode.alreadyExists]: 'already exists',
  [rpcCode.failedPrecondition]: 'failed precondition',
  [rpcCode.invalidArgument]: 'invalid argument',
  [rpcCode.unavailable]: 'unavailable',
};

/** containerd: errdefs.FromGRPC(). */
function wordsOf({ code, message }: RpcError): string {
  const name = classes[code] ?? 'unknown';
  return message === name || message.endsWith(`: ${name}`) ? message : `${message}: ${name}`;
}

/** The container that the first argument names. */
export function* loadContainer(client: RpcClient, id: string | undefined): Running<ContainerRecord> {
  if (id === undefined) throw new CtrError('container id must be provided');
  return (yield* ask<{ readonly container: ContainerRecord }>(client, methods.containersGet, { id })).container;
}

/** Its task. Throws a CtrError when it has none. */
export function* loadTask(client: RpcClient, id: string): Running<TaskProcess> {
  try {
    return (yield* ask<{ readonly process: TaskProcess }>(client, methods.tasksGet, { container_id: id })).process;
  } catch (error) {
    if (error instanceof CtrError && error.message.endsWith('not found'))
      throw new CtrError(`no running task found: ${error.message}`);
    throw error;
  }
}
