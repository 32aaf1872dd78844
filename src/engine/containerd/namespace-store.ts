/** The service of namespaces: names with labels. containerd: metadata/namespaces.go. */
import * as sys from '../../kernel/sys.ts';
import type { Running } from '../../kernel/abi.ts';
import { containerdDurations } from '../durations.ts';
import { timestampNow } from '../timestamp.ts';
import { methods } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { commit } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { dockersNamespace, requireIdentifier } from './namespaces.ts';
import type { TaskRoom } from './task.ts';

interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function namespaceHandlers(metadata: Metadata, events: TaskRoom['events']): RpcHandlers {
  const { namespaces } = metadata;
  const tell = function* (what: string, name: string, labels: Namespace['labels'] = {}): Running<void> {
    const event = { name, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
    yield* events.publish({ timestamp: yield* timestampNow(), namespace: name, topic: `/namespaces/${what}`, event });
  };
  return {
    *[methods.namespacesList]() {
      yield* sys.compute(containerdDurations.request);
      const sorted = [...namespaces].toSorted(([one], [other]) => (one < other ? -1 : 1));
      return { namespaces: sorted.map(([name, labels]) => ({ name, labels })) };
    },
    *[methods.namespacesCreate]({ namespace: { name, labels } }: { readonly namespace: Namespace }) {
      requireIdentifier(name);
      if (namespaces.has(name)) throw new RpcError(rpcCode.alreadyExists, `namespace "${name}": already exists`);
      yield* commit(metadata, [{ namespace: name }, labels]);
      yield* tell('create', name, labels);
      return { namespace: { name, labels } };
    },
    /** One that is not there comes with its label; an empty value takes the label away. */
    *[methods.namespacesUpdate]({ namespace: { name, labels } }: { readonly namespace: Namespace }) {
      const all = Object.entries({ ...namespaces.get(name), ...labels }).filter(([, value]) => value !== '');
      yield* commit(metadata, [{ namespace: name }, Object.fromEntries(all)]);
      yield* tell('update', name, labels);
      return { namespace: { name, labels } };
    },
    *[methods.namespacesDelete]({ name }: { readonly name: string }) {
      if (!namespaces.has(name)) throw new RpcError(rpcCode.notFound, `namespace "${name}": not found`);
      if (name === dockersNamespace && metadata.containers.size > 0) {
        const why = 'must be empty, but it still has containers: failed precondition';
        throw new RpcError(rpcCode.failedPrecondition, `namespace "${name}" ${why}`);
      }
      yield* commit(metadata, [{ namespace: name }, null]);
      yield* tell('delete', name);
      return {};
    },
  };
}
