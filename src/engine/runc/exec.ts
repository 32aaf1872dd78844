/** `runc exec`: one more process in a container's namespaces and cgroup. */
import { goQuote } from '../go-text.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFile } from '../../programs/io.ts';
import { waitFor } from '../../programs/spawn.ts';
import { runcDurations } from '../durations.ts';
import { receive, receiveSync, send, startInit } from './bootstrap.ts';
import type { Bootstrap, StagePids } from './bootstrap.ts';
import { absolutePath, checkProcess, parseJson } from './bundle.ts';
import { warnOfUnknown } from './capabilities.ts';
import { writeControl } from './cgroup.ts';
import { writePidFile } from './create.ts';
import type { Stdio } from './create.ts';
import { killIfThere } from './delete.ts';
import { RuncError } from './error.ts';
import { mindProcess, prepareStreams } from './foreground.ts';
import type { RuncOptions } from './options.ts';
import { setupRlimits } from './rlimits.ts';
import type { Capabilities, ProcessSpec } from './spec.ts';
import { decodeProcess, decodeSpec } from './spec-shape.ts';
import { bundleOf, cgroupOf } from './state.ts';
import type { ContainerState } from './state.ts';

/** The namespaces that nsexec.c joins, in its order; user and time are the host's here. */
const joined = ['ipc', 'uts', 'net', 'pid', 'mnt', 'cgroup'] as const;

/**
 * Starts a process in the container: what `--process` describes, or the arguments behind the id. Returns runc's exit
 * code: the process's, or 0 when detached. Throws a RuncError (exit code 255) when it cannot.
 */
export function* execInContainer(options: RuncOptions, state: ContainerState): Running {
  const process = yield* processOf(options, state);
  yield* warnOfUnknown(options, process);
  const detach = options.flags['detach'] === 'true';
  const pidFile = options.flags['pid-file'];
  const pidPath = pidFile === undefined ? undefined : yield* absolutePath(pidFile);
  const streams = yield* prepareStreams(options, process, detach);
  const pid = yield* startProcess(state, process, streams.stdio);
  yield* streams.begin();
  if (pidPath !== undefined) yield* writePidFileOrKill(pidPath, pid);
  yield* sys.compute(runcDurations.execEnds);
  if (detach) return 0;
  const code = yield* mindProcess(pid);
  yield* streams.finish();
  return code;
}

/** A process of which nobody can be told is ended. runc: utils_linux.go, runner.run(). */
function* writePidFileOrKill(path: string, pid: number): Running<void> {
  try {
    yield* writePidFile(path, pid);
  } catch (error) {
    yield* killIfThere(pid, 'SIGKILL');
    yield* waitFor(pid);
    throw error;
  }
}

/** runc: exec.go, getProcess(): the bundle's process with what the options change. */
function* processOf(options: RuncOptions, state: ContainerState): Running<ProcessSpec> {
  const file = options.flags['process'];
  if (file !== undefined) {
    const process = decodeProcess(parseJson(yield* readProcessFile(file)));
    checkProcess(process);
    return process;
  }
  if (options.args.length < 2) throw new RuncError('process args cannot be empty', 255);
  const { process } = decodeSpec(parseJson(yield* readFile(`${bundleOf(state)}/config.json`)));
  checkProcess(process);
  const { flags, lists } = options;
  const { consoleSize: _size, ...rest } = process;
  const [uid = '', gid = ''] = (flags['user'] ?? '').split(':');
  const changed: ProcessSpec = {
    ...rest,
    args: options.args.slice(1),
    terminal: flags['tty'] === 'true',
    env: [...(process.env ?? []), ...(lists['env'] ?? [])],
    cwd: flags['cwd'] ?? process.cwd,
    ...(flags['no-new-privs'] === undefined ? {} : { noNewPrivileges: flags['no-new-privs'] === 'true' }),
    capabilities: withMore(process.capabilities, lists['cap'] ?? []),
    user: uid === '' ? process.user : { uid: numberOf(uid), gid: gid === '' ? process.user.gid : numberOf(gid) },
  };
  checkProcess(changed);
  return changed;
}

/** In no other set: a process of another user than root has the more of them only in its bounds. */
function withMore(own: Capabilities = {}, more: readonly string[]): Capabilities {
  const { bounding = [], effective = [], permitted = [] } = own;
  return {
    ...own,
    bounding: [...bounding, ...more],
    effective: [...effective, ...more],
    permitted: [...permitted, ...more],
  };
}

function* readProcessFile(path: string): Running<string> {
  try {
    return yield* readFile(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`open ${path}: ${strerror(error.errno).toLowerCase()}`, 255);
  }
}

function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new RuncError(
    `parsing ${text} as int for uid failed: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`,
    255,
  );
}

function* startProcess(state: ContainerState, process: ProcessSpec, { consoleSocket, fds }: Stdio): Running {
  const init = yield* startInit({
    type: 'setns',
    ...(consoleSocket === undefined ? {} : { consoleSocket }),
    ...(fds === undefined ? {} : { stdio: fds }),
  });
  if (consoleSocket !== undefined) yield* sys.close(consoleSocket);
  yield* send(init.pipe, bootstrapFor(state));
  // Other than create: stage 0 is waited for before stage 1.
  yield* waitFor(init.pid);
  const pids = (yield* receive(init.pipe)) as StagePids | undefined;
  if (pids === undefined)
    throw new RuncError('unable to start container process: error executing setns process: exit status 1', 255);
  yield* waitFor(pids.stage1_pid);
  yield* writeControl(`${cgroupOf(state)}/cgroup.procs`, String(pids.pid));
  yield* setupRlimits(process, pids.pid, 'error setting rlimits for process');
  const { seccomp } = state.config;
  yield* send(init.pipe, { id: state.id, bundle: bundleOf(state), seccomp, process });
  try {
    yield* receiveSync(init.pipe);
  } catch (error) {
    yield* waitFor(pids.pid);
    throw error;
  }
  return pids.pid;
}

function bootstrapFor(state: ContainerState): Bootstrap {
  return {
    join: joined.map((kind) => ({ kind, path: `/proc/${state.init_process_pid}/ns/${kind}` })),
    unshare: [],
    cgroupNamespace: false,
    oomScoreAdj: state.config.oom_score_adj,
  };
}
