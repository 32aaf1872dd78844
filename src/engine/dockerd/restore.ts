/** Containers as they stand on disk when the daemon starts. moby: daemon.restore(). */
import type { Running } from '../../kernel/abi.ts';
import { timestampNow } from '../timestamp.ts';
import type { TaskProcess } from '../wire/containerd-api.ts';
import { RpcError } from '../wire/rpc.ts';
import { announce, untilSettled } from './container.ts';
import type { Container } from './container.ts';
import { deleteContainer, deleteTask, getProcess } from './containerd-client.ts';
import { registerContainer } from './create.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint, namesIn, readJson } from './disk.ts';
import { stopContainer } from './kill.ts';
import { openLog } from './log.ts';
import { removeStaleSandboxes } from './network.ts';
import { containerDirectory, dataRoot } from './records.ts';
import type { ContainerRecord, HostConfig } from './records.ts';
import { containerFifos } from './start.ts';
import { openStreams } from './streams.ts';

/**
 * Reads every container's two files. One that was running when the last daemon ended is stopped, or noted as exited.
 */
export function* restoreContainers(daemon: Daemon): Running<void> {
  const found: { readonly record: ContainerRecord; readonly host: HostConfig; readonly layer: string }[] = [];
  for (const id of yield* namesIn(`${dataRoot}/containers`)) {
    const directory = containerDirectory(id);
    const file = (yield* readJson(`${directory}/config.v2.json`)) as
      | (ContainerRecord & { readonly LayerID: string })
      | null;
    const host = (yield* readJson(`${directory}/hostconfig.json`)) as HostConfig | null;
    if (file === null || host === null) continue;
    const { LayerID, ...record } = file;
    found.push({ record, host, layer: LayerID });
  }
  for (const { record, host, layer } of found.toSorted((a, b) => (a.record.Created < b.record.Created ? -1 : 1))) {
    const process = record.State.Running ? yield* getProcess(daemon.containerd, record.ID) : null;
    const isAlive = process !== null && process.status !== 'STOPPED';
    if (record.State.Running && !isAlive) yield* noteExit(daemon, record, process);
    const container = yield* registerContainer(daemon, record, host, layer);
    if (isAlive) yield* stopSurvivor(daemon, container);
    yield* checkpoint(container);
    yield* announce(container);
  }
  yield* removeStaleSandboxes();
}

/** It ended while no daemon was there. */
function* noteExit(daemon: Daemon, record: ContainerRecord, process: TaskProcess | null): Running<void> {
  const { State } = record;
  const deleted = process === null ? null : yield* deleteTask(daemon.containerd, record.ID);
  try {
    yield* deleteContainer(daemon.containerd, record.ID);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
  Object.assign(State, { Running: false, Paused: false, Pid: 0, ExitCode: deleted?.exit_status ?? 255 });
  State.FinishedAt = deleted?.exited_at ?? (yield* timestampNow());
}

/**
 * Without live-restore a container that outlived its daemon is stopped: TERM, the grace period, KILL. Its output is
 * taken up for that time.
 */
function* stopSurvivor(daemon: Daemon, container: Container): Running<void> {
  container.isInContainerd = true;
  yield* openStreams(container.streams, containerFifos(container), yield* openLog(container));
  yield* stopContainer(daemon, container, undefined, undefined);
  yield* untilSettled(container);
}
