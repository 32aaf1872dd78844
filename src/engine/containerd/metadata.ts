/** Containers as containerd knows them: names and specs, no processes. Kept in a file, so that they survive it. */
import { makeDirectories } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readFile, readFileIfAny, writeAll, writeError } from '../../programs/io.ts';
import { containerdDurations } from '../durations.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Log } from '../log.ts';
import { timestampNow } from '../timestamp.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ContainerRecord } from '../wire/containerd-api.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { isWanted } from './filters.ts';
import { dockersNamespace } from './namespaces.ts';
import { filtersOf } from './stores.ts';
import type { TaskRoom } from './task.ts';

/**
 * The real one is a bolt database, which writes the pages that change; here it is a log: a line for each change, the
 * last of an id counts.
 */
const directory = '/var/lib/containerd/io.containerd.metadata.v1.bolt';
const metadataFile = `${directory}/meta.db`;

export interface Metadata {
  readonly containers: Map<string, Kept>;
  /** The labels of each namespace that there is. */
  readonly namespaces: Map<string, Labels>;
  /** When each was created, by id; of these nothing outlives the daemon. */
  readonly leases: Map<string, string>;
}

type Labels = Readonly<Record<string, string>>;
type Kept = ContainerRecord & { readonly created_at: string; readonly updated_at: string };
/** A line of the log: a container as it is from now on, or null once it is deleted. */
type ContainerChange = readonly [id: string, container: Kept | null];
/** … or the labels of a namespace, or null once that is deleted. */
type NamespaceChange = readonly [{ readonly namespace: string }, labels: Labels | null];
type Change = ContainerChange | NamespaceChange;

/** bolt: flockRetryTimeout; containerd: metadata/plugin, the words that it has after ten seconds. */
const lockRetryNs = 50e6;
const triesUntilTold = 10e9 / lockRetryNs;

/**
 * Opens the database for as long as this process lives, once nobody else has it open: two containerds never serve at
 * once. bolt: bolt_unix.go, flock().
 */
function* lockDatabase(log: Log): Running<void> {
  const fd = yield* openDatabase();
  for (let tries = 0; ; tries += 1) {
    try {
      return yield* sys.flock(fd);
    } catch (error) {
      if (!isErrno(error, 'EAGAIN')) throw error;
    }
    if (tries === triesUntilTold) yield* log('warn', 'waiting for response from boltdb open', { plugin: 'bolt' });
    yield* sys.nanosleep(lockRetryNs);
  }
}

/** Without its database ours does not serve; the real one would, and refuse what needs it. */
function* openDatabase(): Running<number> {
  try {
    return yield* sys.open(metadataFile, O.RDWR | O.CREAT | O.CLOEXEC, 0o644);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* writeError(`containerd: open ${metadataFile}: ${errnoWords(error).toLowerCase()}\n`);
    return yield* sys.exit(1);
  }
}

/** Reads what an earlier containerd kept. */
export function* readMetadata(log: Log): Running<Metadata> {
  yield* makeDirectories(directory, 0o711);
  yield* lockDatabase(log);
  const metadata: Metadata = { containers: new Map(), namespaces: new Map(), leases: new Map() };
  for (const line of ((yield* readFileIfAny(metadataFile)) ?? '').split('\n'))
    if (line !== '') takeUp(metadata, JSON.parse(line) as Change);
  return metadata;
}

/** A namespace comes with the first container in it: of those only dockerd's are kept. */
function takeUp({ containers, namespaces }: Metadata, [key, kept]: Change): void {
  if (typeof key === 'string') {
    if (!namespaces.has(dockersNamespace)) namespaces.set(dockersNamespace, {});
    if (kept === null) containers.delete(key);
    else containers.set(key, kept as Kept);
  } else if (kept === null) namespaces.delete(key.namespace);
  else namespaces.set(key.namespace, kept as Labels);
}

/** One transaction: a change is on disk and known, or, when there is no room, neither. */
export function* commit(metadata: Metadata, change: Change): Running<void> {
  yield* sys.compute(containerdDurations.databaseCommit);
  const fd = yield* sys.open(metadataFile, O.WRONLY | O.APPEND | O.CLOEXEC);
  try {
    yield* writeAll(fd, `${JSON.stringify(change)}\n`);
  } catch (error) {
    yield* rollBack();
    throw new RpcError(rpcCode.unknown, `write ${metadataFile}: ${errnoWords(error).toLowerCase()}`);
  } finally {
    yield* sys.close(fd);
  }
  takeUp(metadata, change);
}

/** What has been written of a line that had no room as a whole goes. */
function* rollBack(): Running<void> {
  const lines = yield* readFile(metadataFile);
  yield* sys.truncate(metadataFile, lines.lastIndexOf('\n') + 1);
}

/** The container, or the error that containerd has for it. */
export function containerOf(metadata: Metadata, namespace: string, id: string): ContainerRecord {
  const found = metadata.containers.get(id);
  if (found === undefined)
    throw new RpcError(rpcCode.notFound, `container "${id}" in namespace "${namespace}": not found`);
  return found;
}

/** In the order of their names, as bolt has them. Throws an RpcError. containerd: metadata/containers.go, List(). */
function* wantedContainers(metadata: Metadata, texts: readonly string[], log: Log): Running<readonly Kept[]> {
  const filters = filtersOf(texts);
  const wanted: Kept[] = [];
  for (const container of Array.from(metadata.containers.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    if (yield* isWanted(filters, (path) => fieldOf(container, path), log)) wanted.push(container);
  return wanted;
}

/** What stands behind `id` and `image` counts for nothing. containerd: metadata/adaptors.go, adaptContainer(). */
function fieldOf({ id, image, runtime, labels }: Kept, [first, ...rest]: readonly string[]): string | undefined {
  switch (first) {
    case 'id':
      return id;
    case 'image':
      return image === '' ? undefined : image;
    case 'runtime':
      return rest[0] === 'name' ? runtime.name : undefined;
    case 'labels':
      return Object.hasOwn(labels, rest.join('.')) ? labels[rest.join('.')] : undefined;
    default:
      return undefined;
  }
}

/** The services leases and containers. */
export function metadataHandlers(
  metadata: Metadata,
  { namespace, events, log }: Pick<TaskRoom, 'namespace' | 'events' | 'log'>,
): RpcHandlers {
  return {
    *[methods.namespacesGet](body: { readonly name: string }) {
      yield* sys.compute(containerdDurations.request);
      return { namespace: { name: body.name, labels: {} } };
    },
    *[methods.leasesCreate](body: { readonly id: string }) {
      const created = yield* timestampNow();
      metadata.leases.set(body.id, created);
      yield* sys.compute(containerdDurations.databaseCommit);
      return { lease: { id: body.id, created_at: created } };
    },
    *[methods.leasesList](body: { readonly filters?: readonly string[] }) {
      yield* sys.compute(containerdDurations.request);
      const filters = filtersOf(body.filters ?? []);
      const wanted: { id: string; created_at: string }[] = [];
      for (const [id, created] of metadata.leases)
        if (yield* isWanted(filters, ([first]) => (first === 'id' ? id : undefined), log))
          wanted.push({ id, created_at: created });
      return { leases: wanted };
    },
    *[methods.leasesDelete](body: { readonly id: string }) {
      metadata.leases.delete(body.id);
      yield* sys.compute(containerdDurations.databaseCommit);
      return {};
    },
    *[methods.containersCreate](body: { readonly container: ContainerRecord }) {
      const { id } = body.container;
      if (metadata.containers.has(id)) throw new RpcError(rpcCode.alreadyExists, `container "${id}": already exists`);
      const now = yield* timestampNow();
      const container = { ...body.container, created_at: now, updated_at: now };
      yield* commit(metadata, [id, container]);
      const { image, runtime } = container;
      yield* events.publish({ timestamp: now, namespace, topic: '/containers/create', event: { id, image, runtime } });
      return { container: withoutSpec(container) };
    },
    *[methods.containersGet](body: { readonly id: string }) {
      yield* sys.compute(containerdDurations.request);
      return { container: containerOf(metadata, namespace, body.id) };
    },
    *[methods.containersList](body: { readonly filters?: readonly string[] }) {
      yield* sys.compute(containerdDurations.request);
      return { containers: yield* wantedContainers(metadata, body.filters ?? [], log) };
    },
    *[methods.containersUpdate](body: { readonly container: Partial<ContainerRecord> & { readonly id: string } }) {
      const before = containerOf(metadata, namespace, body.container.id);
      const now = yield* timestampNow();
      const container = { created_at: now, ...before, ...body.container, updated_at: now };
      yield* commit(metadata, [container.id, container]);
      return { container: withoutSpec(container) };
    },
    *[methods.containersDelete](body: { readonly id: string }) {
      containerOf(metadata, namespace, body.id);
      yield* commit(metadata, [body.id, null]);
      const now = yield* timestampNow();
      yield* events.publish({
        timestamp: now,
        namespace,
        topic: '/containers/delete',
        event: { id: body.id },
      });
      return {};
    },
  };
}

/** The real answer repeats the spec; the journal has it once already. */
function withoutSpec<T extends ContainerRecord>({ spec: _, ...rest }: T): Omit<T, 'spec'> {
  return rest;
}
