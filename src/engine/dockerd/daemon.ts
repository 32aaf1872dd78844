/** What dockerd holds in memory. Every verb's file takes it first. */
import type { Log } from '../log.ts';
import type { Mutex } from '../mutex.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { badRequest, notFound } from './api-error.ts';
import type { DaemonConfig } from './config.ts';
import type { Container } from './container.ts';
import type { EventHub } from './events.ts';
import type { Exec } from './exec.ts';
import type { ImageStore } from './image-store.ts';
import type { NetworkController } from './network.ts';
import type { Transfer } from './pull.ts';
import type { Volume } from './volumes.ts';

export interface Daemon {
  readonly pid: number;
  /** Identifies the installation: /var/lib/docker/engine-id. */
  readonly id: string;
  /** `26.1.5+dfsg1`, or what the package that was installed over it says. */
  readonly version: string;
  /** Another one after SIGHUP. */
  config: DaemonConfig;
  readonly log: Log;
  isShuttingDown: boolean;
  /** Containers have been restored: until then nothing is started by a policy. `started` is woken then. */
  hasStarted: boolean;
  readonly started: object;
  /** Another one after containerd was restarted. */
  containerd: RpcClient;
  /** By full id, in order of creation. */
  readonly containers: Map<string, Container>;
  /** Ids by name, without the slash: also of containers that are being created. */
  readonly names: Map<string, string>;
  readonly execs: Map<string, Exec>;
  readonly images: ImageStore;
  /** Layers that are on their way, by chain id: whoever asks for one of them meanwhile waits for the same. */
  readonly transfers: Map<string, Transfer>;
  readonly network: NetworkController;
  readonly events: EventHub;
  /** Held while a container is asked for its figures. */
  readonly statsCollector: Mutex;
  /** One prune at a time. */
  isPruning: boolean;
  /** By name. */
  readonly volumes: Map<string, Volume>;
}

/**
 * Finds a container by full id, name or a unique beginning of its id. Throws 404 `No such container: NAME`, 400 when
 * the beginning is that of several. moby: GetContainer().
 */
export function findContainer(daemon: Daemon, reference: string): Container {
  if (reference === '') throw badRequest('invalid name or ID supplied: ""');
  const exact =
    daemon.containers.get(reference) ?? daemon.containers.get(daemon.names.get(reference.replace(/^\//, '')) ?? '');
  if (exact !== undefined) return exact;
  const matches = [...daemon.containers.values()].filter(({ record }) => record.ID.startsWith(reference));
  const [only] = matches;
  if (only === undefined) throw notFound(`No such container: ${reference}`);
  if (matches.length > 1) throw badRequest(`multiple IDs found with provided prefix: ${reference}`);
  return only;
}
