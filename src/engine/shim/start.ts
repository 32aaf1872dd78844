/**
 * `containerd-shim-runc-v2 … start`: a helper that makes the socket, forks the real shim with it, prints the address,
 * and ends.
 */
import { makeDirectories } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFile } from '../../programs/io.ts';
import { spawn } from '../../programs/spawn.ts';
import { shimDurations, threadCounts } from '../durations.ts';
import { startThreads } from '../go-threads.ts';
import { randomDigits, writeRenamed } from '../runc/state.ts';
import { writeControl } from '../runc/cgroup.ts';
import { sha256 } from '../../programs/sha256.ts';
import type { ShimFlags } from './flags.ts';

const socketDirectory = '/run/containerd/s';

/**
 * The helper's whole life. Its working directory is the bundle.
 *
 * Its child, the shim, outlives it and goes to pid 1: the helper is a subreaper itself, but that ends with it.
 */
export function* launchShim(flags: ShimFlags, env: Environment): Running {
  yield* startThreads(threadCounts.shimHelper);
  yield* sys.compute(shimDurations.startHelperBegins);
  yield* sys.setChildSubreaper(true);
  const socket = `${socketDirectory}/${sha256(`${flags.address}/${flags.namespace}/${flags.id}`)}`;
  const address = `unix://${socket}`;
  yield* makeDirectories(socketDirectory, 0o600);
  const listening = yield* makeSocket(socket);
  const bundle = yield* sys.getcwd();
  yield* writeRenamed(`${bundle}/${yield* randomDigits()}`, `${bundle}/address`, address, 0o644);
  if (listening === null) {
    yield* print(address);
    return 0;
  }
  yield* sys.setCloseOnExec(listening, true);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const pid = yield* spawn({
    path: flags.program,
    argv: [flags.program, '-namespace', flags.namespace, '-id', flags.id, '-address', flags.address],
    env,
    fds: { 0: devNull, 1: devNull, 2: devNull, 3: listening },
    pgid: true,
  });
  const score = Number((yield* readFile(`/proc/${yield* sys.getppid()}/oom_score_adj`)).trim());
  yield* writeControl(`/proc/${pid}/oom_score_adj`, String(Math.min(score + 1, 1000)));
  yield* print(address);
  yield* sys.compute(shimDurations.startHelperEnds);
  return 0;
}

/**
 * The listening socket; null when a shim answers at this address already. A socket that a dead shim has left is
 * removed. containerd: runtime/v2/runc/manager, Start().
 */
function* makeSocket(path: string): Running<number | null> {
  try {
    return yield* listenAt(path);
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw error;
  }
  try {
    yield* sys.close(yield* sys.connect(path));
    return null;
  } catch (error) {
    if (!isErrno(error, 'ECONNREFUSED', 'ENOENT')) throw error;
  }
  yield* sys.unlink(path);
  return yield* listenAt(path);
}

function* listenAt(path: string): Running {
  const fd = yield* sys.listen(path);
  yield* sys.chmod(path, 0o600);
  return fd;
}
