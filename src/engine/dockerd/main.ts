/** dockerd: the daemon, and, under the name libnetwork-setkey, the hook that runc runs. moby: cmd/dockerd. */
import { makeDirectories } from '../directories.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { startMachine } from '../drive.ts';
import { threadCounts } from '../durations.ts';
import { outliveBrokenPipes } from '../wire/byte-stream.ts';
import { serveHttp } from '../wire/http-server.ts';
import { dialRpc } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { notifySystemd } from '../wire/sd-notify.ts';
import { apiHandler } from './api.ts';
import { untilSettled } from './container.ts';
import type { Daemon } from './daemon.ts';
import { daemonMachine } from './daemon.machine.ts';
import { unlinkIfAny, writeFile } from './disk.ts';
import { eventHub } from './events.ts';
import { overlayRoot } from './graph-driver.ts';
import { randomHex } from './identifiers.ts';
import { imageRoot } from './image-files.ts';
import { loadImageStore } from './image-store.ts';
import { stopContainer } from './kill.ts';
import { watchContainerd } from './monitor.ts';
import { startNetwork } from './network.ts';
import { dataRoot, execRoot } from './records.ts';
import { restoreContainers } from './restore.ts';
import { serveSetkey, setkeyMain } from './setkey.ts';

const socketPath = '/var/run/docker.sock';

/** The program, with the registry that it can reach. */
export function dockerdWith(registry: readonly RegistryImage[]): Program {
  return function* dockerd(argv, env): Running {
    const name = argv[0] ?? '';
    if (name.endsWith('libnetwork-setkey')) return yield* setkeyMain(argv);
    return yield* daemonMain(registry, argv, env);
  };
}

function* daemonMain(registry: readonly RegistryImage[], argv: readonly string[], env: Environment): Running {
  yield* outliveBrokenPipes();
  yield* sys.setThreads(threadCounts.dockerd);
  yield* sys.compute(dockerdDurations.begins);
  for (const directory of [
    `${dataRoot}/containers`,
    `${overlayRoot}/l`,
    `${imageRoot}/layerdb/mounts`,
    `${execRoot}/containerd`,
  ]) {
    yield* makeDirectories(directory, 0o710);
  }
  const parts: { containerd?: RpcClient; daemon?: Daemon } = {};
  const ended = {};
  const machine = yield* startMachine(daemonMachine, {
    name: 'dockerd',
    object: '',
    activities: {
      *connect() {
        parts.containerd = yield* dialContainerd(addressOf(argv));
      },
      *prepareNetworks() {
        if (parts.containerd !== undefined) parts.daemon = yield* makeDaemon(parts.containerd);
      },
      *restore() {
        if (parts.daemon === undefined) return;
        yield* watchContainerd(parts.daemon, () => dialContainerd(addressOf(argv)));
        yield* restoreContainers(parts.daemon);
      },
      *stopContainers() {
        if (parts.daemon !== undefined) yield* stopAll(parts.daemon);
      },
    },
  });
  const { daemon } = parts;
  if (daemon === undefined) return 1;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    yield* sys.sigaction(signal, function* () {
      yield* sys.go(function* () {
        if (yield* machine.send({ type: 'terminate' })) yield* sys.futexWake(ended);
      });
    });
  }
  yield* sys.go(() => serveSetkey(daemon));
  const listening = yield* listenForClients(env);
  yield* sys.go(() => serveHttp(listening, apiHandler(daemon, registry)));
  yield* writeFile('/var/run/docker.pid', String(daemon.pid));
  yield* notifySystemd(env, 'READY=1');
  while (machine.state !== 'ended') yield* sys.futexWait(ended);
  yield* unlinkIfAny('/var/run/docker.pid');
  return 0;
}

/** `--containerd=/run/containerd/containerd.sock`. */
function addressOf(argv: readonly string[]): string {
  const option = argv.find((word) => word.startsWith('--containerd='));
  return option?.slice('--containerd='.length) ?? '/run/containerd/containerd.sock';
}

/** Connects, trying again while containerd is not there yet. */
function* dialContainerd(path: string): Running<RpcClient> {
  for (;;) {
    try {
      return yield* dialRpc(path, 'gRPC');
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ECONNREFUSED')) throw error;
      yield* sys.nanosleep(100_000_000);
    }
  }
}

function* makeDaemon(containerd: RpcClient): Running<Daemon> {
  const events = eventHub();
  return {
    pid: yield* sys.getpid(),
    id: yield* engineId(),
    containerd,
    containers: new Map(),
    names: new Map(),
    execs: new Map(),
    images: yield* loadImageStore(),
    transfers: new Map(),
    network: yield* startNetwork(events),
    events,
  };
}

/** The same at every start: a random UUID in /var/lib/docker/engine-id. */
function* engineId(): Running<string> {
  const path = `${dataRoot}/engine-id`;
  const known = yield* readFileIfAny(path);
  if (known !== null) return known;
  const hex = yield* randomHex(16);
  const id = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join(
    '-',
  );
  yield* writeFile(path, id);
  return id;
}

/** The socket that systemd hands over (`-H fd://`, descriptor 3), or one of dockerd's own. */
function* listenForClients(env: Environment): Running<number> {
  if (Number(env['LISTEN_FDS'] ?? 0) > 0) {
    yield* sys.setCloseOnExec(3, true);
    return 3;
  }
  yield* unlinkIfAny(socketPath);
  const fd = yield* sys.listen(socketPath);
  yield* sys.setCloseOnExec(fd, true);
  yield* sys.chmod(socketPath, 0o660);
  return fd;
}

/** moby: daemon.Shutdown(): every container is stopped, all at the same time. */
function* stopAll(daemon: Daemon): Running<void> {
  const left = new Set([...daemon.containers.values()].filter(({ record }) => record.State.Running));
  const done = {};
  for (const container of left) {
    yield* sys.go(function* () {
      yield* stopContainer(daemon, container, undefined, undefined);
      yield* untilSettled(container);
      left.delete(container);
      yield* sys.futexWake(done);
    });
  }
  while (left.size > 0) yield* sys.futexWait(done);
}
