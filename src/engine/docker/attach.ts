/** `docker attach`. docker: cli/command/container/attach.go. */
import type { Running } from '../../kernel/abi.ts';
import type { DockerCommand } from './arguments.ts';
import { ttyRefusal } from './arguments.ts';
import { call, callJson, CommandFailed, inspectTarget, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { followWindowSize, proxySignals } from './signals.ts';
import type { InspectedContainer } from './start.ts';
import { detachKeysOf, joinStream, openStream } from './stream.ts';
import { windowSize } from './terminal.ts';
import { askForExit, exitCodeOf } from './wait-exit.ts';
import * as sys from '../../kernel/sys.ts';

export function* attachCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const name = args[0] ?? '';
  const inspect = { method: 'GET', target: inspectTarget(name) } as const;
  let exit;
  try {
    exit = yield* askForExit(docker, name, undefined);
  } catch (error) {
    // That the wait failed is looked at in the end only.
    yield* call(docker, inspect);
    throw error;
  }
  const { State, Config } = yield* callJson<InspectedContainer>(docker, inspect);
  if (!State.Running) throw new CommandFailed('You cannot attach to a stopped container, start it first\n', 1);
  if (State.Paused) throw new CommandFailed('You cannot attach to a paused container, unpause it first\n', 1);
  if (State.Restarting)
    throw new CommandFailed('You cannot attach to a restarting container, wait until it is running\n', 1);
  const stdin = !boolFlag(flags, 'no-stdin') && Config.OpenStdin;
  // Asked of the flag alone: also where the container takes no input (asked of a real one).
  const refusal = ttyRefusal(!boolFlag(flags, 'no-stdin'), Config.Tty, { inputIsTty: yield* sys.isatty(0), width: 0 });
  if (refusal !== undefined) throw new CommandFailed(refusal.text, refusal.exitCode);
  const isProxy = !Config.Tty && boolFlag(flags, 'sig-proxy');
  if (isProxy) yield* proxySignals(docker, name);
  const query = {
    detachKeys: stringFlag(flags, 'detach-keys') || undefined,
    stderr: '1',
    stdin: stdin ? '1' : undefined,
    stdout: '1',
    stream: '1',
  };
  const connection = yield* openStream(docker, { method: 'POST', target: target(`/containers/${name}/attach`, query) });
  // The container may have ended in between; then nothing will come.
  yield* call(docker, inspect);
  if (Config.Tty) yield* redraw(docker, name);
  const detachKeys = detachKeysOf(stringFlag(flags, 'detach-keys'));
  const end = yield* joinStream(connection, { stdin, terminal: Config.Tty, detachKeys, proxiesSignals: isProxy });
  if (end === 'detached') throw new CommandFailed('read escape sequence\n', 1);
  if (end instanceof Error) throw end;
  return yield* exitCodeOf(docker, exit);
}

/**
 * A window size that is one off, then the right one: programs that draw on a terminal draw again. docker: resizeTTY().
 */
function* redraw(docker: DockerClient, name: string): Running<void> {
  const [height, width] = yield* windowSize();
  const path = `/containers/${name}`;
  yield* call(docker, {
    method: 'POST',
    target: target(`${path}/resize`, { h: String(height + 1), w: String(width + 1) }),
  });
  yield* followWindowSize(docker, path);
}
