/**
 * Hooks: programs that config.json names, run at moments of a container's life. Docker's prestart hook sets up the
 * network. The OCI specification wants poststart after the start; runc 1.1 runs it at the end of `runc create`.
 */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readSome, writeAll } from '../../programs/io.ts';
import { spawn, waitFor } from '../../programs/spawn.ts';
import { failureOf } from '../go-process-state.ts';
import { inSpan } from '../span.ts';
import { RuncError } from './error.ts';
import { environmentOf } from './spec.ts';
import type { Hooks, HookSpec } from './spec.ts';
import { specVersion } from './state.ts';

/** What a hook reads on its standard input (OCI runtime specification, "State"). */
export interface HookState {
  readonly id: string;
  readonly status: 'creating' | 'created' | 'stopped';
  /** As the hook's own pid namespace counts; a stopped container has none. */
  readonly pid?: number;
  readonly bundle: string;
}

/**
 * Runs those of one moment, one after the other. Throws a RuncError when one exits with anything but 0.
 *
 * @param env what a hook without an environment of its own inherits.
 */
export function* runHooks(
  hooks: Hooks | undefined,
  moment: keyof Hooks,
  state: HookState,
  env: Environment,
): Running<void> {
  for (const [index, hook] of (hooks?.[moment] ?? []).entries()) {
    const name = `${moment} hook ${hook.args?.[0] ?? hook.path}`;
    yield* inSpan(name, 'engine', () => runHook(hook, state, env, `${during[moment]}error running hook #${index}`));
  }
}

/** What runc 1.1.15 was seen to say before it, by who runs it and when. */
const during: Readonly<Record<keyof Hooks, string>> = {
  prestart: 'unable to start container process: error during container init: ',
  createRuntime: 'unable to start container process: error during container init: ',
  createContainer: 'error during container init: ',
  startContainer: '',
  poststart: '',
  poststop: '',
};

function* runHook(hook: HookSpec, state: HookState, env: Environment, failed: string): Running<void> {
  const [stdinRead, stdinWrite] = yield* sys.pipe2(O.CLOEXEC);
  const [stdoutRead, stdoutWrite] = yield* sys.pipe2(O.CLOEXEC);
  const [stderrRead, stderrWrite] = yield* sys.pipe2(O.CLOEXEC);
  const pid = yield* begin(hook, env, { 0: stdinRead, 1: stdoutWrite, 2: stderrWrite }, failed);
  for (const fd of [stdinRead, stdoutWrite, stderrWrite]) yield* sys.close(fd);
  yield* tellState(stdinWrite, state);
  yield* sys.close(stdinWrite);
  const { timeout } = hook;
  const outputs = yield* readBoth([stdoutRead, stderrRead], timeout === undefined ? undefined : timeout * 1e9);
  for (const fd of [stdoutRead, stderrRead]) yield* sys.close(fd);
  if (outputs === null) yield* sys.kill(pid, 'SIGKILL');
  const failure = failureOf(yield* waitFor(pid));
  if (outputs === null)
    throw new RuncError(`${failed}: hook ran past specified timeout of ${(timeout ?? 0).toFixed(1)}s`);
  if (failure === null) return;
  const [stdout, stderr] = outputs;
  throw new RuncError(`${failed}: error running hook: ${failure}, stdout: ${stdout}, stderr: ${stderr}`);
}

/** What both say until nobody can say more; null when that lasts too long. */
function* readBoth(
  fds: readonly [number, number],
  limitNs: number | undefined,
): Running<readonly [string, string] | null> {
  const untilNs = limitNs === undefined ? undefined : (yield* sys.monotonic()) + limitNs;
  const said = new Map(fds.map((fd): [number, string] => [fd, '']));
  const open = new Set<number>(fds);
  while (open.size > 0) {
    const left = untilNs === undefined ? undefined : Math.max(0, untilNs - (yield* sys.monotonic()));
    const ready = yield* sys.poll(
      [...open].map((fd) => ({ fd, events: ['in'] as const })),
      left,
    );
    if (ready.length === 0) return null;
    for (const { fd } of ready) {
      const data = yield* readSome(fd);
      if (data === '') open.delete(fd);
      else said.set(fd, (said.get(fd) ?? '') + data);
    }
  }
  return [said.get(fds[0]) ?? '', said.get(fds[1]) ?? ''];
}

/** Go: os/exec, Cmd.Start(). */
function* begin(hook: HookSpec, env: Environment, fds: Readonly<Record<number, number>>, failed: string): Running {
  const { path, args = [path] } = hook;
  if (path === '') throw new RuncError(`${failed}: exec: no command`);
  try {
    return yield* spawn({ path, argv: args, env: hook.env === undefined ? env : environmentOf(hook.env), fds });
  } catch (error) {
    throw isErrno(error) ? new RuncError(`${failed}: fork/exec ${path}: ${errnoWords(error).toLowerCase()}`) : error;
  }
}

/** A hook need not read what it is told. */
function* tellState(fd: number, { id, status, pid, bundle }: HookState): Running<void> {
  const told = { ociVersion: specVersion, id, status, ...(pid === undefined ? {} : { pid }), bundle };
  try {
    yield* writeAll(fd, JSON.stringify(told));
  } catch (error) {
    if (!isErrno(error, 'EPIPE')) throw error;
  }
}
