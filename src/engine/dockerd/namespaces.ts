/**
 * Namespaces of its own, the host's, or another container's. moby: daemon/oci_linux.go, WithNamespaces(); daemon/
 * container_operations_unix.go.
 */
import type { Running } from '../../kernel/abi.ts';
import type { LinuxSpec, NamespaceType } from '../runc/spec.ts';
import { ApiError, badRequest, conflict, serverError } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { containerOfMode } from './host-config.ts';
import { hostNamespaceKey } from './network.ts';

type Namespaces = NonNullable<LinuxSpec['namespaces']>;

/** The spec's list: without a path a namespace is new, and one that is not listed is the host's. */
export function* namespacesOf(daemon: Daemon, container: Container): Running<Namespaces> {
  const { PidMode, IpcMode, UTSMode, CgroupnsMode } = container.host;
  return [
    { type: 'mount' },
    networkNamespace(daemon, container),
    ...(UTSMode === 'host' ? [] : [{ type: 'uts' } as const]),
    ...(yield* joined('pid', PidMode, (id) => joinPrefixed('PID', () => pidOwner(daemon, id)))),
    ...(yield* joined('ipc', IpcMode, (id) => joinPrefixed('IPC', () => ipcDonor(daemon, id)))),
    ...(CgroupnsMode === 'host' ? [] : [{ type: 'cgroup' } as const]),
  ];
}

function networkNamespace(daemon: Daemon, container: Container): Namespaces[number] {
  const { NetworkMode } = container.host;
  if (NetworkMode === 'host') return { type: 'network', path: hostNamespaceKey };
  const owner = containerOfMode(NetworkMode);
  return owner === undefined
    ? { type: 'network' }
    : { type: 'network', path: pathOf(networkOwner(daemon, container, owner), 'net') };
}

function* joined(type: 'pid' | 'ipc', mode: string, owner: (id: string) => Running<Container>): Running<Namespaces> {
  if (mode === 'host') return [];
  const id = containerOfMode(mode);
  return [id === undefined ? { type } : { type, path: pathOf(yield* owner(id), type) }];
}

const pathOf = (container: Container, kind: 'net' | 'pid' | 'ipc'): string =>
  `/proc/${container.record.State.Pid}/ns/${kind}`;

/** The container whose network this one shares. moby: getNetworkedContainer(). */
export function networkOwner(daemon: Daemon, container: Container, id: string): Container {
  const owner = findContainer(daemon, id);
  if (owner === container) throw serverError('cannot join own network');
  if (!isRunning(owner)) throw conflict(`cannot join network of a non running container: ${id}`);
  return owner;
}

/** moby: getPIDContainer(). */
function pidOwner(daemon: Daemon, id: string): Running<Container> {
  return runningContainer(daemon, id, serverError);
}

function* runningContainer(daemon: Daemon, id: string, notRunning = conflict): Running<Container> {
  const owner = findContainer(daemon, id);
  yield* untilUnlocked(owner);
  if (!isRunning(owner)) throw notRunning(`container ${id} is not running`);
  if (owner.record.State.Restarting) {
    throw conflict(`container ${id} is restarting, wait until the container is running`);
  }
  return owner;
}

/** The container whose IPC namespace and /dev/shm another may share. moby: getIPCContainer(). */
export function* ipcDonor(daemon: Daemon, id: string): Running<Container> {
  const owner = yield* runningContainer(daemon, id);
  if (owner.record.ShmPath !== '') return owner;
  throw badRequest(`container ${id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`);
}

/** What went wrong in looking for the owner, with what it was for. */
export function* joinPrefixed<T>(kind: 'PID' | 'IPC', body: () => Running<T>): Running<T> {
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof ApiError)
      throw new ApiError(error.status, `failed to join ${kind} namespace: ${error.message}`);
    throw error;
  }
}

/** Whether the spec has a new namespace of this kind. */
export function isNew(namespaces: Namespaces, type: NamespaceType): boolean {
  return namespaces.some((namespace) => namespace.type === type && namespace.path === undefined);
}
