/** Containers as they stand on disk when the daemon starts. moby: daemon.restore(). */
import type { Running } from '../../kernel/abi.ts';
import { timestampNow } from '../timestamp.ts';
import { announce } from './container.ts';
import { deleteTask, getProcess, killTask } from './containerd-client.ts';
import { registerContainer } from './create.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint, namesIn, readJson } from './disk.ts';
import { containerDirectory, dataRoot } from './records.ts';
import type { ContainerRecord, HostConfig } from './records.ts';
import { RpcError } from '../wire/rpc.ts';

/** Reads every container's two files. One that was running when the last daemon ended is noted as exited; what is left of it is ended. */
export function* restoreContainers(daemon: Daemon): Running<void> {
  const found: { readonly record: ContainerRecord; readonly host: HostConfig; readonly layer: string }[] = [];
  for (const id of yield* namesIn(`${dataRoot}/containers`)) {
    const directory = containerDirectory(id);
    const file = (yield* readJson(`${directory}/config.v2.json`)) as (ContainerRecord & { readonly LayerID: string }) | null;
    const host = (yield* readJson(`${directory}/hostconfig.json`)) as HostConfig | null;
    if (file === null || host === null) continue;
    const { LayerID, ...record } = file;
    found.push({ record, host, layer: LayerID });
  }
  for (const { record, host, layer } of found.toSorted((a, b) => (a.record.Created < b.record.Created ? -1 : 1))) {
    if (record.State.Running) yield* noteExit(daemon, record);
    const container = yield* registerContainer(daemon, record, host, layer);
    yield* checkpoint(container);
    yield* announce(container);
  }
}

function* noteExit(daemon: Daemon, record: ContainerRecord): Running<void> {
  const { State } = record;
  try {
    const process = yield* getProcess(daemon.containerd, record.ID);
    if (process !== null && process.status === 'RUNNING') yield* killTask(daemon.containerd, record.ID, 9);
    const deleted = process === null ? null : yield* deleteTask(daemon.containerd, record.ID);
    State.ExitCode = deleted?.exit_status ?? 137;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    State.ExitCode = 137;
  }
  Object.assign(State, { Running: false, Paused: false, Pid: 0 });
  State.FinishedAt = yield* timestampNow();
}
