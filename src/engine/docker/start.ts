/** `docker start`. docker: cli/command/container/start.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, callJson, CommandFailed, DaemonError, inspectTarget, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { followWindowSize, proxySignals } from './signals.ts';
import { detachKeysOf, joinStream, openStream } from './stream.ts';
import type { SessionEnd } from './stream.ts';
import { askForExit, exitCodeAfter } from './wait-exit.ts';

/** What attaching needs of GET /containers/{id}/json. */
export interface InspectedContainer {
  readonly Id: string;
  readonly State: {
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly Restarting: boolean;
    readonly ExitCode: number;
  };
  readonly Config: { readonly Tty: boolean; readonly OpenStdin: boolean };
  readonly HostConfig: { readonly AutoRemove: boolean };
}

export function* startCommand(docker: DockerClient, command: DockerCommand): Running {
  const { flags, args } = command;
  if (boolFlag(flags, 'attach') || boolFlag(flags, 'interactive'))
    return yield* startAttached(docker, command, args[0] ?? '');
  const failed: string[] = [];
  for (const name of args) {
    try {
      yield* call(docker, { method: 'POST', target: target(`/containers/${name}/start`) });
      yield* print(`${name}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      yield* print(`${error.message}\n`, 2);
      failed.push(name);
    }
  }
  if (failed.length > 0) throw new CommandFailed(`Error: failed to start containers: ${failed.join(', ')}\n`, 1);
  return 0;
}

function* startAttached(docker: DockerClient, { flags }: DockerCommand, name: string): Running {
  const inspected = yield* callJson<InspectedContainer>(docker, {
    method: 'GET',
    target: inspectTarget(name),
  });
  const { Id, Config, HostConfig } = inspected;
  // There is no --sig-proxy here: without a terminal signals always go on.
  const isProxy = !Config.Tty;
  if (isProxy) yield* proxySignals(docker, Id);
  const stdin = boolFlag(flags, 'interactive') && Config.OpenStdin;
  const query = {
    detachKeys: stringFlag(flags, 'detach-keys') || undefined,
    stderr: '1',
    stdin: stdin ? '1' : undefined,
    stdout: '1',
    stream: '1',
  };
  const connection = yield* openStream(docker, { method: 'POST', target: target(`/containers/${Id}/attach`, query) });
  const state: { end: SessionEnd | null } = { end: null };
  yield* sys.go(function* () {
    const detachKeys = detachKeysOf(stringFlag(flags, 'detach-keys'));
    state.end = yield* joinStream(connection, { stdin, terminal: Config.Tty, detachKeys, proxiesSignals: isProxy });
    yield* sys.futexWake(state);
  });
  const exit = yield* askForExit(docker, Id, HostConfig.AutoRemove ? 'removed' : 'next-exit');
  yield* call(docker, { method: 'POST', target: target(`/containers/${Id}/start`) });
  if (Config.Tty) yield* followWindowSize(docker, `/containers/${Id}`);
  while (state.end === null) yield* sys.futexWait(state);
  return yield* exitCodeAfter(docker, state.end, exit);
}
