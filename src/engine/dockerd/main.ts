/** dockerd: the daemon, and, under the name libnetwork-setkey, the hook that runc runs. moby: cmd/dockerd. */
import { exists, makeDirectories } from '../directories.ts';
import { isErrno } from '../../kernel/errno.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny } from '../../programs/io.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { asGoProgram } from '../broken-output.ts';
import { startMachine } from '../drive.ts';
import type { MachineOptions, MachineRun } from '../drive.ts';
import { threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { versionOfExecutable } from '../executable-version.ts';
import { logTo } from '../log.ts';
import type { Log, LogLevel } from '../log.ts';
import { outliveBrokenPipes } from '../wire/byte-stream.ts';
import { closeHttpServer, newHttpServer, serveHttp, untilServed } from '../wire/http-server.ts';
import type { HttpServer } from '../wire/http-server.ts';
import { newMutex } from '../mutex.ts';
import { dialRpc, rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { defaultHelpWidth } from '../docker/help.ts';
import { boolFlag, stringFlag } from '../docker/pflag.ts';
import type { ParsedFlags } from '../docker/pflag.ts';
import { windowSize } from '../docker/terminal.ts';
import { notifySystemd } from '../wire/sd-notify.ts';
import { apiHandler } from './api.ts';
import { ApiError, serverError } from './api-error.ts';
import { whyNoStart } from './config-checks.ts';
import { ConfigError, configFile, readConfig, rereadConfig } from './config.ts';
import type { DaemonConfig, ReadConfig } from './config.ts';
import { containerdVersion } from './containerd-client.ts';
import type { Daemon } from './daemon.ts';
import { daemonMachine } from './daemon.machine.ts';
import { unlinkIfAny } from '../unlink.ts';
import { writeFile } from './disk.ts';
import { emit, eventHub } from './events.ts';
import { daemonHelp, readDaemonFlags, unheeded, UsageError } from './flags.ts';
import { overlayRoot } from './graph-driver.ts';
import { randomHex } from './identifiers.ts';
import { storeDirectories } from './image-files.ts';
import { loadImageStore } from './image-store.ts';
import { engineCommit, engineVersion } from './info.ts';
import { watchContainerd } from './monitor.ts';
import { startNetwork } from './network.ts';
import { dataRoot, execRoot } from './records.ts';
import { pidFile, takePidFile } from './pid-file.ts';
import { restoreContainers } from './restore.ts';
import { serveSetkey, setkeyMain } from './setkey.ts';
import { shutDown } from './shutdown.ts';
import { loadVolumes } from './volumes.ts';

const socketPath = '/var/run/docker.sock';
/** moby: daemon.NewDaemon(), containerd.WithTimeout(). */
const containerdPatienceNs = 60_000_000_000;
/** How long clients that are still being answered may hold up the end. */
const clientsNs = 5_000_000_000;

/** The program, with the registry that it can reach. */
export function dockerdWith(registry: readonly RegistryImage[]): Program {
  return function* dockerd(argv, env): Running {
    const name = argv[0] ?? '';
    if (name.endsWith('libnetwork-setkey')) return yield* setkeyMain(argv);
    return yield* asGoProgram(() => daemonMain(registry, argv, env));
  };
}

function* daemonMain(registry: readonly RegistryImage[], argv: readonly string[], env: Environment): Running {
  yield* outliveBrokenPipes();
  const given = yield* flagsGiven(argv);
  if (given === null) return 1;
  if (yield* isOnlyAsked(given)) return 0;
  yield* startThreads(threadCounts.dockerd);
  yield* takeUnwantedSignals();
  const settings: { first?: ReadConfig } = {};
  try {
    settings.first = yield* readConfig(given, env);
    yield* configured(settings.first);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* print(`${error.message}\n`, 2);
    return 1;
  }
  if (boolFlag(given, 'validate')) {
    yield* print('configuration OK\n', 2);
    return 0;
  }
  return yield* live(registry, env, given, settings.first);
}

/** From the start to the end of a daemon that is configured. */
function* live(registry: readonly RegistryImage[], env: Environment, given: ParsedFlags, first: ReadConfig): Running {
  const parts: { containerd?: RpcClient; daemon?: Daemon; server?: HttpServer } = {};
  const log = logTo(() => levelOf(parts.daemon?.config ?? first.config));
  yield* log('info', 'Starting up');
  const other = yield* takePidFile();
  if (other !== undefined) {
    yield* print(`failed to start daemon, ${other}\n`, 2);
    return 1;
  }
  yield* sys.compute(dockerdDurations.begins);
  const ended = {};
  const machine = yield* startOrRefuse(log, {
    name: 'dockerd',
    object: '',
    activities: {
      *connect() {
        const wrong = yield* whyNoStart(first.file);
        if (wrong !== undefined) throw serverError(wrong);
        const isPrior = yield* exists(overlayRoot);
        yield* makeRoots();
        if (isPrior) yield* log('info', '[graphdriver] using prior storage driver: overlay2');
        parts.containerd = yield* dialContainerd(addressOf(given), containerdPatienceNs);
      },
      *prepareNetworks() {
        if (parts.containerd !== undefined) parts.daemon = yield* makeDaemon(parts.containerd, first.config, log, env);
      },
      *restore() {
        if (parts.daemon === undefined) return;
        yield* watchContainerd(parts.daemon, () => dialContainerd(addressOf(given)));
        yield* restoreContainers(parts.daemon);
      },
      *serve() {
        if (parts.daemon === undefined) return;
        parts.server = yield* serve(parts.daemon, registry, env);
      },
      *stopContainers() {
        if (parts.daemon === undefined || parts.server === undefined) return;
        yield* closeHttpServer(parts.server);
        yield* notifySystemd(env, 'STOPPING=1');
        yield* shutDown(parts.daemon);
        yield* log('info', 'Daemon shutdown complete');
      },
      *letClientsGo() {
        if (parts.server === undefined || (yield* untilServed(parts.server, clientsNs))) return;
        yield* log('error', 'Error shutting down http server', { error: 'context canceled' });
      },
    },
  });
  const { daemon } = parts;
  if (machine === null || daemon === undefined) {
    yield* unlinkIfAny(pidFile);
    return 1;
  }
  const reread = function* (present: DaemonConfig): Running<DaemonConfig> {
    return yield* configured(yield* rereadConfig(given, present));
  };
  yield* heedSignals(daemon, machine, reread, ended);
  while (machine.state !== 'ended') yield* sys.futexWait(ended);
  yield* unlinkIfAny(pidFile);
  return 0;
}

/** The command line; null, with its words, when it cannot be read. */
function* flagsGiven(argv: readonly string[]): Running<ParsedFlags | null> {
  try {
    const given = readDaemonFlags(argv.slice(1));
    for (const typed of unheeded(given))
      yield* print(`glassdock: ${typed} is not modelled yet: it changes nothing\n`, 2);
    return given;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield* print(error.message, 2);
    return null;
  }
}

/** `--help` and `--version`. */
function* isOnlyAsked(given: ParsedFlags): Running<boolean> {
  if (boolFlag(given, 'help')) {
    yield* print(daemonHelp((yield* windowSize())[1] || defaultHelpWidth));
    return true;
  }
  if (!boolFlag(given, 'version')) return false;
  yield* print(`Docker version ${yield* versionOfExecutable(engineVersion)}, build ${engineCommit}\n`);
  return true;
}

/** Null, with its words, when containerd was lost before the daemon could serve, or its directories cannot be used. */
function* startOrRefuse(
  log: Log,
  options: MachineOptions<typeof daemonMachine>,
): Running<MachineRun<typeof daemonMachine> | null> {
  try {
    return yield* startMachine(daemonMachine, options);
  } catch (error) {
    if (error instanceof ApiError) {
      yield* print(`failed to start daemon: ${error.message}\n`, 2);
      return null;
    }
    if (!(error instanceof RpcError || isErrno(error))) throw error;
    const words = isErrno(error) ? error.message.toLowerCase() : error.message;
    yield* log('error', 'failed to start daemon', { error: words });
    yield* print(`failed to start daemon: ${words}\n`, 2);
    return null;
  }
}

/** The configuration; what it has and the simulator does not heed is said. */
function* configured({ config, notModelled }: ReadConfig): Running<DaemonConfig> {
  for (const key of notModelled) {
    const text = `glassdock: "${key}" of ${configFile} is not modelled yet: it changes nothing`;
    yield* sys.journal({ type: 'note', topic: 'not modelled', text });
  }
  yield* sys.journal({ type: 'daemon', liveRestore: config['live-restore'] });
  return config;
}

const levelOf = (config: DaemonConfig): LogLevel => (config.debug ? 'debug' : config['log-level']);

const roots = [
  ...storeDirectories,
  [`${dataRoot}/containers`, 0o710],
  [execRoot, 0o700],
  [`${execRoot}/containerd`, 0o755],
] as const;

function* makeRoots(): Running<void> {
  for (const [directory, mode] of roots) yield* makeDirectories(directory, mode);
}

/** SIGTERM and SIGINT end it in good order, the third of them at once; SIGHUP has it read its configuration again. */
function* heedSignals(
  daemon: Daemon,
  machine: MachineRun<typeof daemonMachine>,
  read: (present: DaemonConfig) => Running<DaemonConfig>,
  ended: object,
): Running<void> {
  let interrupts = 0;
  for (const [signal, name, number] of [
    ['SIGTERM', 'terminated', signalNumbers.SIGTERM],
    ['SIGINT', 'interrupt', signalNumbers.SIGINT],
  ] as const) {
    yield* sys.sigaction(signal, function* () {
      interrupts += 1;
      yield* daemon.log('info', `Processing signal '${name}'`);
      if (interrupts >= 3) {
        yield* daemon.log('info', 'Forcing docker daemon shutdown without cleanup; 3 interrupts received');
        yield* sys.exit(128 + number);
      }
      yield* sys.go(function* () {
        if (yield* machine.send({ type: 'terminate' })) yield* sys.futexWake(ended);
      });
    });
  }
  yield* sys.sigaction('SIGHUP', function* () {
    yield* sys.go(() => reload(daemon, read));
  });
  // The stacks are Go's: of the dump there is only the word. moby: daemon.setupDumpStackTrap().
  yield* sys.sigaction('SIGUSR1', function* () {
    yield* daemon.log('info', `goroutine stacks dumped to ${execRoot}/goroutine-stacks.log`);
  });
}

/** moby: cmd/dockerd, reloadConfig(); daemon.Reload(). */
function* reload(daemon: Daemon, read: (present: DaemonConfig) => Running<DaemonConfig>): Running<void> {
  yield* daemon.log('info', `Got signal to reload configuration, reloading from: ${configFile}`);
  try {
    daemon.config = yield* read(daemon.config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* daemon.log('error', error.message);
    return;
  }
  yield* daemon.log('info', `Reloaded configuration: ${JSON.stringify(daemon.config)}`);
  const { nodename } = yield* sys.uname();
  const { debug, 'live-restore': liveRestore, 'shutdown-timeout': shutdownTimeout } = daemon.config;
  yield* emit(daemon.events, 'daemon', 'reload', daemon.id, {
    ...unchangedByReload,
    debug: String(debug),
    'live-restore': String(liveRestore),
    'shutdown-timeout': String(shutdownTimeout),
    name: nodename,
  });
}

/** What else the event says. */
const unchangedByReload = {
  'allow-nondistributable-artifacts': '[]',
  'default-cgroupns-mode': 'private',
  'default-ipc-mode': 'private',
  'default-runtime': 'runc',
  'default-shm-size': '67108864',
  features: 'map[]',
  'insecure-registries': '[]',
  labels: '[]',
  'max-concurrent-downloads': '3',
  'max-concurrent-uploads': '5',
  'max-download-attempts': '5',
  'registry-mirrors': '[]',
  // Those of the file.
  runtimes: '',
};

/** Answers clients from now on, and says so to systemd. */
function* serve(daemon: Daemon, registry: readonly RegistryImage[], env: Environment): Running<HttpServer> {
  daemon.hasStarted = true;
  yield* containerdVersion(daemon.containerd);
  yield* sys.futexWake(daemon.started);
  yield* daemon.log('info', 'Docker daemon', {
    commit: engineCommit,
    'containerd-snapshotter': false,
    'storage-driver': 'overlay2',
    version: daemon.version,
  });
  yield* daemon.log('info', 'Daemon has completed initialization');
  const listening = yield* listenForClients(env);
  const server = yield* newHttpServer();
  yield* sys.go(() => serveHttp(server, listening, apiHandler(daemon, registry)));
  yield* notifySystemd(env, 'READY=1');
  yield* daemon.log('info', 'API listen on /run/docker.sock');
  return server;
}

/** `--containerd=/run/containerd/containerd.sock`. */
function addressOf(given: ParsedFlags): string {
  return stringFlag(given, 'containerd') || '/run/containerd/containerd.sock';
}

/** Connects, trying again while containerd is not there yet. */
function* dialContainerd(path: string, patienceNs = Number.POSITIVE_INFINITY): Running<RpcClient> {
  const endNs = (yield* sys.monotonic()) + patienceNs;
  for (;;) {
    try {
      return yield* dialRpc(path, 'gRPC');
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ECONNREFUSED')) throw error;
      if ((yield* sys.monotonic()) >= endNs)
        throw new RpcError(rpcCode.unavailable, `failed to dial "${path}": context deadline exceeded`);
      yield* sys.nanosleep(100_000_000);
    }
  }
}

function* makeDaemon(containerd: RpcClient, config: DaemonConfig, log: Log, env: Environment): Running<Daemon> {
  const events = eventHub();
  const daemon: Daemon = {
    pid: yield* sys.getpid(),
    id: yield* engineId(),
    version: yield* versionOfExecutable(engineVersion),
    config,
    log,
    isShuttingDown: false,
    hasStarted: false,
    started: {},
    containerd,
    containers: new Map(),
    names: new Map(),
    execs: new Map(),
    images: yield* loadImageStore(),
    transfers: new Map(),
    network: yield* startNetwork(events, log, env, config['userland-proxy'] ? config['userland-proxy-path'] : null),
    events,
    statsCollector: newMutex(),
    isPruning: false,
    volumes: yield* loadVolumes(),
  };
  // Containers that restoring starts need the hook's door already.
  yield* sys.go(() => serveSetkey(daemon));
  return daemon;
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
  yield* writeFile(path, id, 0o600);
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
