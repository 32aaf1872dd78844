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
  readonly filters: readonly Filter[];
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
        if (isWanted(next.envelope, filters)) yield* context.send(next.envelope, next.envelope.topic);
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
        const subscriber = { context, filters: (body.filters ?? []).map(filterOf) };
        subscribers.add(subscriber);
        yield* context.untilClosed();
        subscribers.delete(subscriber);
        return {};
      },
    },
  };
}

type Filter = (envelope: Envelope) => boolean;

/** Filters are alternatives. None: everything. */
function isWanted(envelope: Envelope, filters: readonly Filter[]): boolean {
  return filters.length === 0 || filters.some((filter) => filter(envelope));
}

/** Terms that must all hold: `namespace==moby`, `topic~=|^/tasks/|`. */
function filterOf(filter: string): Filter {
  const terms = filter.split(',').map(termOf);
  return (envelope) => terms.every((term) => term(envelope));
}

function termOf(term: string): Filter {
  const [, field = '', operator = '', value = ''] = /^(\w+)(==|~=)(.*)$/.exec(term) ?? [];
  const pattern = operator === '~=' ? new RegExp(value.replace(/^\|(.*)\|$/, '$1')) : null;
  return ({ namespace, topic }) => {
    const actual = field === 'namespace' ? namespace : field === 'topic' ? topic : '';
    return pattern === null ? actual === value : pattern.test(actual);
  };
}
