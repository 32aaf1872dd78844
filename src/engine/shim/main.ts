/** containerd-shim-runc-v2: the process that stays with a container, so that the daemons may come and go. */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { shimDurations, threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { sha256 } from '../../programs/sha256.ts';
import { serveRpc } from '../wire/rpc.ts';
import { cleanUpAfterShim } from './delete.ts';
import { parseShimFlags, shimUsage, shimVersion } from './flags.ts';
import { startPublisher } from './publisher.ts';
import { startReaper } from './reaper.ts';
import { leave, shimHandlers } from './service.ts';
import type { Shim } from './service.ts';
import { launchShim } from './start.ts';

/** Where the helper put the listening socket. */
const listeningFd = 3;

/** The main program: `start`, `delete`, or the shim itself. */
export function* shimProgram(argv: readonly string[], env: Environment): Running {
  const flags = parseShimFlags(argv);
  if ('refusal' in flags) {
    yield* print(`${flags.refusal}${shimUsage}`, 2);
    return flags.refusal === '' ? 0 : 2;
  }
  if (flags.isVersionAsked) {
    yield* print(shimVersion);
    return 0;
  }
  if (flags.namespace === '') return yield* fail('shim namespace cannot be empty');
  if (flags.action === 'start') return yield* launchShim(flags, env);
  if (flags.action === 'delete') return yield* cleanUpAfterShim(flags, env);

  // A life of its own begins, outside the request that began it.
  yield* sys.setSpan(0);
  yield* startThreads(threadCounts.shim);
  yield* sys.compute(shimDurations.begins);
  yield* sys.setChildSubreaper(true);
  yield* sys.setCloseOnExec(listeningFd, true);
  const bundle = yield* enterBundle();
  if (bundle === null) return yield* fail('fifo error: stat log: no such file or directory');
  const shim: Shim = {
    flags,
    env,
    bundle,
    socket: `/run/containerd/s/${sha256(`${flags.address}/${flags.namespace}/${flags.id}`)}`,
    reaper: yield* startReaper(),
    publisher: yield* startPublisher(env['TTRPC_ADDRESS'] ?? `${flags.address}.ttrpc`, flags.namespace),
    processes: new Map(),
    caller: null,
    cgroup: '',
  };
  yield* takeUnwantedSignals();
  // Whatever becomes of the container (asked of 1.7.24).
  for (const signal of ['SIGTERM', 'SIGINT'] as const) yield* sys.sigaction(signal, () => leave(shim));
  yield* serveRpc(listeningFd, 'ttrpc', shimHandlers(shim));
  return 0;
}

function* fail(words: string): Running {
  yield* print(`io.containerd.runc.v2: ${words}`, 2);
  return 1;
}

/**
 * The bundle is where the helper has left it: there, its standard error becomes a fifo that containerd reads. Without a
 * reader it does not wait. Null when the helper was killed, and containerd has removed the bundle already.
 */
function* enterBundle(): Running<string | null> {
  try {
    const bundle = yield* sys.getcwd();
    const fd = yield* sys.open(`${bundle}/log`, O.RDWR | O.CLOEXEC);
    yield* sys.dup(fd, 2);
    yield* sys.close(fd);
    return bundle;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return null;
  }
}
