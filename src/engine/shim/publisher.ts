/**
 * Tells containerd what happened, in order, and patiently: a restarting containerd hears it later. containerd:
 * runtime/v2/shim/publisher.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { shimDurations } from '../durations.ts';
import { timestampNow } from '../timestamp.ts';
import { forwardMethod } from '../wire/containerd-api.ts';
import type { Envelope, TaskEvent } from '../wire/containerd-api.ts';
import { callRpc, dialRpc, isRpcBroken, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';

export interface Publisher {
  readonly address: string;
  readonly namespace: string;
  readonly queue: { readonly envelope: Envelope; readonly span: number }[];
  client: RpcClient | null;
}

/** How often an event is offered: once, and again after 1 s, 2 s, … 5 s: maxRequeue. */
const maxTries = 6;

/** Starts the coroutine that forwards. `address` is containerd's ttrpc socket. */
export function* startPublisher(address: string, namespace: string): Running<Publisher> {
  const publisher: Publisher = { address, namespace, queue: [], client: null };
  yield* sys.go(() => forwardForever(publisher));
  return publisher;
}

/** Puts an event at the end of the queue, and returns at once. */
export function* publish(publisher: Publisher, topic: string, event: TaskEvent): Running<void> {
  const envelope = { timestamp: yield* timestampNow(), namespace: publisher.namespace, topic, event };
  publisher.queue.push({ envelope, span: yield* sys.getSpan() });
  yield* sys.futexWake(publisher);
}

function* forwardForever(publisher: Publisher): Running<void> {
  for (;;) {
    const next = publisher.queue[0];
    if (next === undefined) {
      yield* sys.futexWait(publisher);
      yield* sys.compute(shimDurations.publish);
      continue;
    }
    yield* sys.setSpan(next.span);
    for (let tries = 1; tries <= maxTries; tries += 1) {
      if (yield* forward(publisher, next.envelope)) break;
      yield* sys.nanosleep(tries * 1_000_000_000);
    }
    yield* sys.setSpan(0);
    publisher.queue.shift();
  }
}

/** One try; false when nobody is there to hear. */
function* forward(publisher: Publisher, envelope: Envelope): Running<boolean> {
  try {
    if (publisher.client === null || isRpcBroken(publisher.client)) {
      yield* sys.compute(shimDurations.connect);
      publisher.client = yield* dialRpc(publisher.address, 'ttrpc');
    }
    yield* callRpc(publisher.client, forwardMethod, { envelope });
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ECONNREFUSED')) return false;
    if (error instanceof RpcError && error.code === rpcCode.unavailable) return false;
    throw error;
  }
}
