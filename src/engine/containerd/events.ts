/** The exchange through which what shims tell reaches who has subscribed. containerd: events/exchange. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { Log } from '../log.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ContainerEvent, Envelope, NamespaceEvent, TaskEvent } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcContext, RpcHandlers } from '../wire/rpc.ts';
import { FilterError, isWanted, parseFilters } from './filters.ts';
import type { Filters } from './filters.ts';

type AnyEnvelope = Envelope<TaskEvent | ContainerEvent | NamespaceEvent>;

export interface EventExchange {
  /** Puts an event into the queue; it goes out in its turn. */
  readonly publish: (envelope: AnyEnvelope) => Running<void>;
  readonly handlers: RpcHandlers;
}

interface Subscriber {
  readonly context: RpcContext;
  readonly filters: Filters;
}

/** Makes the exchange and starts the coroutine that hands events out. */
export function* startExchange(log: Log): Running<EventExchange> {
  const subscribers = new Set<Subscriber>();
  const queue: { readonly envelope: AnyEnvelope; readonly span: number }[] = [];

  yield* sys.go(function* () {
    for (;;) {
      const next = queue.shift();
      if (next === undefined) {
        yield* sys.futexWait(queue);
        continue;
      }
      yield* sys.setSpan(next.span);
      for (const { context, filters } of subscribers) {
        const fields = (path: readonly string[]): string | undefined => fieldOf(next.envelope, path);
        if (yield* isWanted(filters, fields, log)) yield* context.send(next.envelope, next.envelope.topic);
      }
      yield* sys.setSpan(0);
    }
  });

  return {
    *publish(envelope) {
      queue.push({ envelope, span: yield* sys.getSpan() });
      yield* sys.futexWake(queue);
    },
    handlers: {
      *[methods.eventsSubscribe](body: { readonly filters?: readonly string[] }, context) {
        const subscriber = { context, filters: filtersOf(body.filters ?? []) };
        subscribers.add(subscriber);
        yield* context.untilClosed();
        subscribers.delete(subscriber);
        return {};
      },
    },
  };
}

/** Throws the RpcError that a real containerd answers: to no class that gRPC knows. */
function filtersOf(texts: readonly string[]): Filters {
  try {
    return parseFilters(texts);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const words = `subscription error: failed parsing subscription filters: ${error.message}`;
    throw new RpcError(rpcCode.unknown, words);
  }
}

/**
 * `namespace`, `topic`, and `event` with the name of one of its fields that are texts or yes and no: numbers cannot be
 * asked for, nor what stands in an Any. What stands behind these counts for nothing. containerd:
 * events.Envelope.Field(), api/events.
 */
function fieldOf(envelope: AnyEnvelope, path: readonly string[]): string | undefined {
  const [first = '', ...rest] = path;
  if (first === 'namespace' || first === 'topic') return envelope[first];
  return first === 'event' ? textAt(envelope.event, rest) : undefined;
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'boolean') return String(value);
  const [name, ...rest] = path;
  if (typeof value !== 'object' || value === null || name === undefined || 'type_url' in value) return undefined;
  return textAt(Object.entries(value).find(([key]) => key === name)?.[1], rest);
}
