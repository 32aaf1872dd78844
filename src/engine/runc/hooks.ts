/**
 * Prestart hooks: programs that config.json names, run by `runc create` while runc init waits. Docker's sets up the
 * network.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, writeAll } from '../../programs/io.ts';
import { spawn, waitFor } from '../../programs/spawn.ts';
import { inSpan } from '../span.ts';
import { RuncError } from './error.ts';
import { environmentOf } from './spec.ts';
import type { HookSpec } from './spec.ts';

/** What a hook reads on its standard input (OCI runtime specification, "State"). */
export interface HookState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: 'creating';
  readonly pid: number;
  readonly bundle: string;
}

/** Runs them one after the other. Throws a RuncError when one exits with anything but 0. */
export function* runHooks(hooks: readonly HookSpec[], state: HookState): Running<void> {
  for (const [index, hook] of hooks.entries()) {
    yield* inSpan(`prestart hook ${hook.args?.[0] ?? hook.path}`, 'engine', () => runHook(hook, index, state));
  }
}

function* runHook(hook: HookSpec, index: number, state: HookState): Running<void> {
  const [stdinRead, stdinWrite] = yield* sys.pipe2(O.CLOEXEC);
  const [stderrRead, stderrWrite] = yield* sys.pipe2(O.CLOEXEC);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const pid = yield* spawn({
    path: hook.path,
    argv: hook.args ?? [hook.path],
    env: environmentOf(hook.env),
    fds: { 0: stdinRead, 1: devNull, 2: stderrWrite },
  });
  for (const fd of [stdinRead, stderrWrite, devNull]) yield* sys.close(fd);
  yield* writeAll(stdinWrite, JSON.stringify(state));
  yield* sys.close(stdinWrite);
  const stderr = yield* readAll(stderrRead);
  yield* sys.close(stderrRead);
  const status = yield* waitFor(pid);
  if ('code' in status && status.code === 0) return;
  const how = 'code' in status ? `exit status ${status.code}` : `signal: ${status.signal}`;
  const what = `error running hook #${index}: error running hook: ${how}`;
  throw new RuncError(`error during container init: ${what}, stdout: , stderr: ${stderr}`);
}
