/** `runc exec`: one more process in a container's namespaces and cgroup. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { waitFor } from '../../programs/spawn.ts';
import { runcDurations } from '../durations.ts';
import { receive, receiveSync, send, startInit } from './bootstrap.ts';
import type { Bootstrap, StagePids } from './bootstrap.ts';
import { writeControl } from './cgroup.ts';
import { dialConsole, readProcess } from './console.ts';
import { writePidFile } from './create.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import type { ContainerState } from './state.ts';

/** The namespaces that nsexec.c joins, in its order; user and time are the host's here. */
const joined = ['ipc', 'uts', 'net', 'pid', 'mnt', 'cgroup'] as const;

/**
 * Starts what `--process` describes and returns once it has exec'd. Throws a RuncError (exit code 255) when it cannot.
 */
export function* execInContainer(options: RuncOptions, state: ContainerState): Running<void> {
  const file = options.flags['process'] ?? options.flags['p'];
  if (file === undefined) throw new RuncError('glassdock: runc exec without --process is not modelled yet');
  const spec = yield* readProcess(file);
  if (!spec.cwd.startsWith('/')) throw new RuncError('exec failed: Cwd must be an absolute path', 255);
  const consoleSocket = spec.terminal === true ? yield* dialConsole(options.flags['console-socket']) : undefined;
  const init = yield* startInit({ type: 'setns', ...(consoleSocket === undefined ? {} : { consoleSocket }) });
  if (consoleSocket !== undefined) yield* sys.close(consoleSocket);
  yield* send(init.pipe, bootstrapFor(state));
  // Other than create: stage 0 is waited for before stage 1.
  yield* waitFor(init.pid);
  const pids = (yield* receive(init.pipe)) as StagePids | undefined;
  if (pids === undefined)
    throw new RuncError(
      'exec failed: unable to start container process: error executing setns process: exit status 1',
      255,
    );
  yield* waitFor(pids.stage1_pid);
  yield* writeControl(`${state.cgroup_path}/cgroup.procs`, String(pids.pid));
  yield* send(init.pipe, { id: state.id, spec: state.config, process: spec });
  try {
    yield* receiveSync(init.pipe);
  } catch (error) {
    yield* waitFor(pids.pid);
    throw error instanceof RuncError ? new RuncError(`exec failed: ${error.message}`, 255) : error;
  }
  const pidFile = options.flags['pid-file'];
  if (pidFile !== undefined) yield* writePidFile(pidFile, pids.pid);
  yield* sys.compute(runcDurations.execEnds);
}

function bootstrapFor(state: ContainerState): Bootstrap {
  return {
    join: joined.map((kind) => ({ kind, path: `/proc/${state.init_process_pid}/ns/${kind}` })),
    unshare: [],
    cgroupNamespace: false,
    oomScoreAdj: state.config.process.oomScoreAdj ?? null,
  };
}
