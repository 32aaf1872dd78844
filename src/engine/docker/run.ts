/** `docker run` and `docker create`. docker: cli/command/container/run.go, runContainer(). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { runError } from './arguments.ts';
import type { DockerCommand } from './arguments.ts';
import { CidFileError } from './cid-file.ts';
import { call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { attachedStreams, containerConfig } from './container-config.ts';
import { createContainer } from './create-container.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { fileSettings, SettingFileError } from './setting-files.ts';
import { followWindowSize, proxySignals } from './signals.ts';
import { detachKeysOf, joinStream, openStream } from './stream.ts';
import type { SessionEnd } from './stream.ts';
import { windowSize } from './terminal.ts';
import { askForExit, exitCodeAfter, exitCodeOfStarted } from './wait-exit.ts';

/** `docker create`: prints the id. */
export function* createCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const consoleSize = yield* windowSize();
  const workingDirectory = yield* workingDirectoryIfAny();
  try {
    const files = yield* fileSettings(flags, docker.env);
    const body = containerConfig(flags, args, { detach: false, env: docker.env, files, consoleSize, workingDirectory });
    yield* print(`${yield* createContainer(docker, flags, body)}\n`);
  } catch (error) {
    if (error instanceof SettingFileError) {
      const failure = runError('create', error.message);
      throw new CommandFailed(failure.text, failure.exitCode);
    }
    throw error instanceof CidFileError ? new CommandFailed(`${error.message}\n`, 1) : error;
  }
  return 0;
}

/** `docker run`: create, attach, wait, start; in this order, so that no output and no exit is missed. */
export function* runCommand(docker: DockerClient, command: DockerCommand): Running {
  const { flags } = command;
  const detach = boolFlag(flags, 'detach');
  const id = yield* created(docker, command, detach);
  const streams = attachedStreams(flags, detach);
  if (!detach && boolFlag(flags, 'sig-proxy')) yield* proxySignals(docker, id);
  if (!streams.stdout && !streams.stderr) yield* print(`${id}\n`);
  const terminal = boolFlag(flags, 'tty');
  const removesItself = boolFlag(flags, 'rm');
  const session = detach ? null : yield* attach(docker, command, id, streams);
  const exit = yield* askForExit(docker, id, removesItself ? 'removed' : 'next-exit');
  try {
    yield* call(docker, { method: 'POST', target: target(`/containers/${id}/start`) });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    if (session !== null) yield* session.untilOver();
    if (removesItself) yield* exitCodeOfStarted(docker, exit);
    const failure = runError('run', error.message, false, startExitCode(error.message));
    throw new CommandFailed(failure.text, failure.exitCode);
  }
  if (session === null) return 0;
  if (terminal) yield* followWindowSize(docker, `/containers/${id}`);
  return yield* exitCodeAfter(docker, yield* session.untilOver(), exit);
}

function* created(docker: DockerClient, { flags, args }: DockerCommand, detach: boolean): Running<string> {
  const consoleSize = yield* windowSize();
  const workingDirectory = yield* workingDirectoryIfAny();
  try {
    const files = yield* fileSettings(flags, docker.env);
    const body = containerConfig(flags, args, { detach, env: docker.env, files, consoleSize, workingDirectory });
    return yield* createContainer(docker, flags, body);
  } catch (error) {
    const isOfFiles = error instanceof SettingFileError;
    if (!(error instanceof DaemonError || error instanceof CidFileError || isOfFiles)) throw error;
    const failure = runError('run', error.message, true, isOfFiles ? 125 : startExitCode(error.message));
    throw new CommandFailed(failure.text, failure.exitCode);
  }
}

/** Null when it has been removed: relative paths go to the daemon as they are, which refuses them. */
function* workingDirectoryIfAny(): Running<string | null> {
  try {
    return yield* sys.getcwd();
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return null;
  }
}

/** The container's streams, joined to the CLI's own by a coroutine while the rest goes on. */
function* attach(
  docker: DockerClient,
  { flags }: DockerCommand,
  id: string,
  { stdin, stdout, stderr }: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean },
): Running<{ readonly untilOver: () => Running<SessionEnd> }> {
  const query = {
    detachKeys: stringFlag(flags, 'detach-keys') || undefined,
    stderr: stderr ? '1' : undefined,
    stdin: stdin ? '1' : undefined,
    stdout: stdout ? '1' : undefined,
    stream: '1',
  };
  const connection = yield* openStream(docker, { method: 'POST', target: target(`/containers/${id}/attach`, query) });
  const state: { end: SessionEnd | null } = { end: null };
  yield* sys.go(function* () {
    state.end = yield* joinStream(connection, {
      stdin,
      terminal: boolFlag(flags, 'tty'),
      detachKeys: detachKeysOf(stringFlag(flags, 'detach-keys')),
      proxiesSignals: boolFlag(flags, 'sig-proxy'),
    });
    yield* sys.futexWake(state);
  });
  return {
    *untilOver() {
      while (state.end === null) yield* sys.futexWait(state);
      return state.end;
    },
  };
}

/**
 * 127 for a command that is not there, 126 for one that cannot be executed, else 125. docker: runStartContainerErr().
 */
function startExitCode(message: string): number {
  if (/executable file not found|no such file or directory|system cannot find the file specified/.test(message))
    return 127;
  return /permission denied|is a directory/.test(message) ? 126 : 125;
}
