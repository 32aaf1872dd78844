/** `containerd-shim-runc-v2 … delete`: cleans up after a shim that is gone, of its own accord or by force. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny } from '../../programs/io.ts';
import { shimDurations, threadCounts } from '../durations.ts';
import { startThreads } from '../go-threads.ts';
import { timestampNow } from '../timestamp.ts';
import type { DeleteResponse, RuncOptions } from '../wire/containerd-api.ts';
import type { ShimFlags } from './flags.ts';
import { startReaper } from './reaper.ts';
import { RuncFailed, runRunc } from './runc.ts';

/** Runs `runc delete --force` and prints a DeleteResponse for containerd. containerd: manager_linux.go, Stop(). */
export function* cleanUpAfterShim(flags: ShimFlags, env: Environment): Running {
  yield* startThreads(threadCounts.shimHelper);
  yield* sys.compute(shimDurations.deleteHelperBegins);
  yield* sys.setChildSubreaper(true);
  const reaper = yield* startReaper();
  const stored = yield* readFileIfAny(`${flags.bundle}/options.json`);
  if (stored !== null) {
    // Without --systemd-cgroup: the helper does not ask for it (as recorded).
    const options = { ...(JSON.parse(stored) as RuncOptions), systemd_cgroup: false };
    try {
      yield* runRunc({ bundle: flags.bundle, namespace: flags.namespace, options, env, reaper }, [
        'delete',
        '--force',
        flags.id,
      ]);
    } catch (error) {
      if (!(error instanceof RuncFailed)) throw error;
    }
  }
  const pid = Number((yield* readFileIfAny(`${flags.bundle}/init.pid`)) ?? '0');
  const response: DeleteResponse = { id: flags.id, pid, exit_status: 128 + 9, exited_at: yield* timestampNow() };
  yield* print(JSON.stringify(response));
  yield* sys.compute(shimDurations.deleteHelperEnds);
  return 0;
}
