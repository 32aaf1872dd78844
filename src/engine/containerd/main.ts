/** containerd: keeps containers' records, lays out bundles, minds tasks through their shims, hands out their events. */
import { exists, makeDirectories } from '../directories.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { OutputError, print, readFileIfAny } from '../../programs/io.ts';
import { asGoProgram } from '../broken-output.ts';
import { startMachine } from '../drive.ts';
import { containerdDurations, threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { versionOfExecutable } from '../executable-version.ts';
import { logTo } from '../log.ts';
import { unlinkIfAny } from '../unlink.ts';
import { methods } from '../wire/containerd-api.ts';
import { notifySystemd } from '../wire/sd-notify.ts';
import { rpcCode, RpcError, serveRpc } from '../wire/rpc.ts';
import type { RpcHandler, RpcHandlers } from '../wire/rpc.ts';
import { bundleOf, bundlesOf } from './bundle.ts';
import { containerdDaemon } from './daemon.machine.ts';
import { startExchange } from './events.ts';
import { containerdHelp, readContainerdFlags } from './flags.ts';
import type { ContainerdUsage } from './flags.ts';
import { metadataHandlers, readMetadata } from './metadata.ts';
import type { Metadata } from './metadata.ts';
import { namespaceHandlers } from './namespace-store.ts';
import { dockersNamespace, requireNamespace } from './namespaces.ts';
import { tellOfPlugins, tellOfTheirEnd } from './plugin-log.ts';
import { grpcSocket, ttrpcSocket } from './shim-binary.ts';
import { introspectionHandlers, storeHandlers } from './stores.ts';
import { forwardHandlers, taskHandlers } from './task-service.ts';
import { adoptTask } from './task.ts';
import type { TaskRoom } from './task.ts';

const modelled = { version: '1.7.24~ds1', revision: '1.7.24~ds1-6+deb13u1' };
type Version = typeof modelled;
const namespace = dockersNamespace;

/** The main program. */
export function* containerdProgram(argv: readonly string[], env: Environment): Running {
  return yield* asGoProgram(() => containerdMain(argv, env));
}

function* containerdMain(argv: readonly string[], env: Environment): Running {
  const upstream = yield* versionOfExecutable(modelled.version);
  const version = upstream === modelled.version ? modelled : { version: upstream, revision: `${upstream}-1` };
  const usage = readContainerdFlags(argv.slice(1));
  if (usage.type !== 'serve') return yield* tellUsage(usage, version);
  if (usage.config !== undefined && !(yield* exists(usage.config))) {
    const { config } = usage;
    yield* print(`containerd: failed to load TOML: ${config}: open ${config}: no such file or directory\n`, 2);
    return 1;
  }
  for (const flag of usage.unheeded) yield* print(`glassdock: ${flag} is not modelled yet: it changes nothing\n`, 2);
  yield* startThreads(threadCounts.containerd);
  yield* takeUnwantedSignals();
  const log = logTo(() => usage.level);
  const startedNs = yield* sys.monotonic();
  const life = { serves: false, isToEnd: false };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    yield* sys.sigaction(signal, function* () {
      // Recorded of one that waits for the database. containerd: cmd/containerd/command/main.go, App().
      if (!life.serves) {
        yield* print('containerd: context canceled\n', 2);
        yield* sys.exit(1);
      }
      life.isToEnd = true;
      yield* sys.futexWake(life);
    });
  }
  // The stacks are Go's: of the dump there are only the words. containerd: cmd/containerd/command, dumpStacks().
  yield* sys.sigaction('SIGUSR1', function* () {
    yield* log('info', '=== BEGIN goroutine stack dump === === END goroutine stack dump ===');
  });
  yield* log('info', 'starting containerd', version);
  yield* sys.compute(containerdDurations.begins);
  const room: TaskRoom = { namespace, env, events: yield* startExchange(log), tasks: new Map(), log, shim: {} };
  let metadata: Metadata = { containers: new Map(), namespaces: new Map(), leases: new Map() };
  const daemon = yield* startMachine(containerdDaemon, {
    name: 'containerd',
    object: '',
    activities: {
      *readMetadata() {
        metadata = yield* readMetadata(log);
      },
      findShims: () => findShims(room),
      *serve() {
        yield* serve(room, metadata, version);
        life.serves = true;
        yield* tellOfPlugins(log);
        for (const address of [ttrpcSocket, grpcSocket]) yield* log('info', 'serving...', { address });
        yield* notifySystemd(env, 'READY=1');
        const seconds = ((yield* sys.monotonic()) - startedNs) / 1e9;
        yield* log('info', `containerd successfully booted in ${seconds.toFixed(6)}s`);
      },
      *shutDown() {
        yield* notifySystemd(env, 'STOPPING=1');
        yield* tellOfTheirEnd(log);
        for (const path of [grpcSocket, ttrpcSocket]) yield* unlinkIfAny(path);
      },
    },
  });
  while (!life.isToEnd) yield* sys.futexWait(life);
  yield* daemon.send({ type: 'SIGTERM' });
  return 0;
}

function* tellUsage(usage: Exclude<ContainerdUsage, { type: 'serve' }>, version: Version): Running {
  switch (usage.type) {
    case 'version':
      yield* say(`containerd github.com/containerd/containerd ${version.version} ${version.revision}\n`);
      return 0;
    case 'help':
      yield* say(containerdHelp);
      return 0;
    case 'refusal':
      yield* say(`Incorrect Usage. ${usage.words}\n\n${containerdHelp}`);
      yield* print(`containerd: ${usage.words}\n`, 2);
      return 1;
    case 'error':
      yield* print(`containerd: ${usage.words}\n`, 2);
      return 1;
  }
}

/** urfave/cli does not look at what becomes of its words. */
function* say(text: string): Running<void> {
  try {
    yield* print(text);
  } catch (error) {
    if (!(error instanceof OutputError) || error.errno === 'EPIPE') throw error;
  }
}

/**
 * Each bundle names its shim's address; a shim that does not answer is cleaned up after. containerd:
 * loadExistingTasks().
 */
function* findShims(room: TaskRoom): Running<void> {
  yield* makeDirectories(bundlesOf(namespace), 0o711);
  for (const { name } of yield* sys.readdir(bundlesOf(namespace))) {
    if (name.startsWith('.')) continue;
    const address = (yield* readFileIfAny(`${bundleOf(namespace, name)}/address`)) ?? '';
    yield* adoptTask(room, name, address);
  }
}

/** Opens its two doors: gRPC for clients, ttrpc for shims. */
function* serve(room: TaskRoom, metadata: Metadata, version: Version): Running<void> {
  const clients: RpcHandlers = {
    ...byNamespace(room, metadata),
    ...room.events.handlers,
    ...introspectionHandlers(room.log),
    ...namespaceHandlers(metadata, room.events),
    *[methods.version]() {
      yield* sys.compute(containerdDurations.request);
      return version;
    },
    *[methods.healthCheck]() {
      yield* sys.compute(containerdDurations.request);
      return { status: 'SERVING' };
    },
  };
  for (const path of [grpcSocket, ttrpcSocket]) yield* unlinkIfAny(path);
  const ttrpc = yield* listenAt(ttrpcSocket);
  const grpc = yield* listenAt(grpcSocket);
  yield* sys.go(() => serveRpc(ttrpc, 'ttrpc', forwardHandlers(room)));
  yield* sys.go(() => serveRpc(grpc, 'gRPC', clients));
}

/** Containers and tasks of the namespace that a call names. All but dockerd's are empty. */
function byNamespace(room: TaskRoom, metadata: Metadata): RpcHandlers {
  const own = { ...metadataHandlers(metadata, room), ...taskHandlers(room, metadata), ...storeHandlers };
  const choose = (name: string): RpcHandler =>
    function* (body, context) {
      const asked = context.namespace ?? namespace;
      requireNamespace(asked);
      const nothing: Metadata = { containers: new Map(), namespaces: new Map(), leases: new Map() };
      const elsewhere: TaskRoom = { ...room, namespace: asked, tasks: new Map() };
      const handlers =
        asked === namespace
          ? own
          : { ...metadataHandlers(nothing, elsewhere), ...taskHandlers(elsewhere, nothing), ...storeHandlers };
      return yield* handlers[name]?.(body, context) ?? unimplemented(name);
    };
  return Object.fromEntries(Object.keys(own).map((name) => [name, choose(name)]));
}

function unimplemented(name: string): never {
  throw new RpcError(rpcCode.unimplemented, `unknown method ${name}`);
}

function* listenAt(path: string): Running<number> {
  const fd = yield* sys.listen(path);
  yield* sys.chmod(path, 0o660);
  yield* sys.setCloseOnExec(fd, true);
  return fd;
}
