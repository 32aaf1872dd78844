/** The exchange through which what shims tell reaches who has subscribed. containerd: events/exchange. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { methods } from '../wire/containerd-api.ts';
import type { Envelope } from '../wire/containerd-api.ts';
import type { RpcContext, RpcHandlers } from '../wire/rpc.ts';

export interface EventExchange {
  /** Puts an event into the queue; it goes out in its turn. */
  readonly publish: (envelope: Envelope) => Running<void>;
  readonly handlers: RpcHandlers;
}

interface Subscriber {
  readonly context: RpcContext;
  readonly filters: readonly string[];
}

/** Makes the exchange and starts the coroutine that hands events out. */
export function* startExchange(): Running<EventExchange> {
  const subscribers = new Set<Subscriber>();
  const queue: { readonly envelope: Envelope; readonly span: number }[] = [];

  yield* sys.go(function* () {
    for (;;) {
      const next = queue.shift();
      if (next === undefined) {
        yield* sys.futexWait(queue);
        continue;
      }
      yield* sys.setSpan(next.span);
      for (const { context, filters } of subscribers) {
        if (wanted(next.envelope, filters)) yield* context.send(next.envelope, next.envelope.topic);
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
        const subscriber = { context, filters: body.filters ?? [] };
        subscribers.add(subscriber);
        yield* context.untilClosed();
        subscribers.delete(subscriber);
        return {};
      },
    },
  };
}

/**
 * Filters are alternatives; each is terms that must all hold: `namespace==moby`, `topic~=|^/tasks/|`. None: everything.
 */
function wanted(envelope: Envelope, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => filter.split(',').every((term) => holds(envelope, term)));
}

function holds(envelope: Envelope, term: string): boolean {
  const [, field = '', operator = '', value = ''] = /^(\w+)(==|~=)(.*)$/.exec(term) ?? [];
  const actual = field === 'namespace' ? envelope.namespace : field === 'topic' ? envelope.topic : '';
  return operator === '==' ? actual === value : new RegExp(value.replace(/^\|(.*)\|$/, '$1')).test(actual);
}
