/** The shim's way to run runc. containerd: vendor/github.com/containerd/go-runc. */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, readFileIfAny, writeAll } from '../../programs/io.ts';
import { lookPath, spawn } from '../../programs/spawn.ts';
import { shimDurations } from '../durations.ts';
import type { RuncOptions } from '../wire/containerd-api.ts';
import { waitForExit } from './reaper.ts';
import type { Reaper } from './reaper.ts';

/** Whose runc: where its state and its log are. */
export interface RuncCaller {
  readonly bundle: string;
  readonly namespace: string;
  readonly options: RuncOptions;
  readonly env: Environment;
  readonly reaper: Reaper;
}

/** runc said no; the message is the last error in its log. */
export class RuncFailed extends Error {}

/** `runc --root … --log … --log-format json [--systemd-cgroup]`: what every call begins with. */
export function runcCommand(
  caller: Pick<RuncCaller, 'bundle' | 'namespace' | 'options'>,
  systemdCgroup: boolean,
): readonly string[] {
  const { bundle, namespace, options } = caller;
  return [
    options.binary_name,
    '--root',
    `${options.root}/${namespace}`,
    '--log',
    `${bundle}/log.json`,
    '--log-format',
    'json',
    ...(systemdCgroup ? ['--systemd-cgroup'] : []),
  ];
}

/**
 * Runs a command to its end and returns what it printed, which is nothing unless `captured`.
 * Throws RuncFailed when it exits with anything but 0.
 *
 * @param fds the command's first three descriptors; /dev/null without.
 */
export function* runRunc(
  caller: RuncCaller,
  args: readonly string[],
  fds?: Readonly<Record<number, number>>,
  captured = false,
): Running<string> {
  yield* sys.compute(shimDurations.beforeRunc);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const [output, input] = captured ? yield* sys.pipe2(O.CLOEXEC) : [-1, devNull];
  const argv = [...runcCommand(caller, caller.options.systemd_cgroup), ...args];
  const pid = yield* spawn({
    path: yield* lookPath(caller.options.binary_name, caller.env),
    argv,
    env: caller.env,
    fds: fds ?? { 0: devNull, 1: input, 2: input },
    before: () => sys.setParentDeathSignal('SIGKILL'),
  });
  yield* sys.close(devNull);
  let text = '';
  if (captured) {
    yield* sys.close(input);
    text = yield* readAll(output);
    yield* sys.close(output);
  }
  const { status } = yield* waitForExit(caller.reaper, pid);
  yield* sys.compute(shimDurations.afterRunc);
  if ('code' in status && status.code === 0) return text;
  throw new RuncFailed(yield* lastErrorOf(`${caller.bundle}/log.json`, status));
}

/** Runs a command that reads `input` on its standard input. Throws RuncFailed as `runRunc` does. */
export function* feedRunc(caller: RuncCaller, args: readonly string[], input: string): Running<void> {
  const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  yield* writeAll(writer, input);
  yield* sys.close(writer);
  try {
    yield* runRunc(caller, args, { 0: reader, 1: devNull, 2: devNull });
  } finally {
    yield* sys.close(reader);
    yield* sys.close(devNull);
  }
}

/** The message of the last line with level error; how runc ended when there is none. */
function* lastErrorOf(log: string, status: { readonly code: number } | { readonly signal: string }): Running<string> {
  const lines = ((yield* readFileIfAny(log)) ?? '').split('\n').filter((line) => line !== '');
  const errors = lines.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string });
  const last = errors.findLast(({ level }) => level === 'error');
  return last?.msg ?? ('code' in status ? `exit status ${status.code}` : `signal: ${status.signal}`);
}
