/**
 * What containerd keeps for clients that use its own images: nothing, since dockerd with overlay2 keeps them itself.
 * And what it tells of itself. containerd: services images, content, snapshots, sandbox, introspection.
 */
import * as sys from '../../kernel/sys.ts';
import type { Running } from '../../kernel/abi.ts';
import { containerdDurations } from '../durations.ts';
import type { Log } from '../log.ts';
import { methods } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { FilterError, isWanted, parseFilters } from './filters.ts';
import type { Filters } from './filters.ts';
import { plugins } from './plugins.ts';
import type { Plugin } from './plugins.ts';

interface ListRequest {
  readonly filters?: readonly string[];
}

/** Throws an RpcError in the real words. */
export function filtersOf(texts: readonly string[]): Filters {
  try {
    return parseFilters(texts);
  } catch (error) {
    // Told twice, as the real one does.
    if (error instanceof FilterError) throw new RpcError(rpcCode.invalidArgument, `${error.message}: invalid argument`);
    throw error;
  }
}

/** The stores of a namespace, all of them empty. */
export const storeHandlers: RpcHandlers = {
  [methods.imagesList]: emptyList('images'),
  [methods.contentList]: emptyList('info'),
  [methods.contentListStatuses]: emptyList('statuses'),
  [methods.sandboxesList]: emptyList('sandboxes'),
  *[methods.snapshotsList](body: ListRequest & { readonly snapshotter: string }) {
    const type = 'io.containerd.snapshotter.v1';
    const asked = plugins.find(({ id, isSkipped }) => id === body.snapshotter && !isSkipped);
    if (asked?.type !== type)
      throw new RpcError(rpcCode.invalidArgument, `snapshotter not loaded: ${body.snapshotter}: invalid argument`);
    return yield* emptyList('info')(body);
  },
};

function emptyList(name: string) {
  return function* (body: ListRequest): Running<unknown> {
    yield* sys.compute(containerdDurations.request);
    filtersOf(body.filters ?? []);
    return { [name]: [] };
  };
}

/** Drawn by a real daemon when it first starts; ours has drawn this one. */
const serverId = '6b1f3f0e-52d7-4b5c-9f5e-0d1c8a7e2b34';

/** What is asked in no namespace. */
export const introspectionHandlers = (log: Log): RpcHandlers => ({
  *[methods.pluginsList](body: ListRequest) {
    yield* sys.compute(containerdDurations.request);
    const filters = filtersOf(body.filters ?? []);
    const wanted: Plugin[] = [];
    for (const plugin of plugins) {
      const { type, id } = plugin;
      const fields: Readonly<Record<string, string>> = { type, id };
      if (yield* isWanted(filters, ([first = '']) => fields[first], log)) wanted.push(plugin);
    }
    return { plugins: wanted };
  },
  *[methods.introspectionServer]() {
    yield* sys.compute(containerdDurations.request);
    const { inode } = yield* sys.stat('/proc/self/ns/pid');
    return { uuid: serverId, pid: yield* sys.getpid(), pidns: inode, deprecations: [] };
  },
});
