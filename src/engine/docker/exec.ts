/** `docker exec`. docker: cli/command/container/exec.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { ExecRequest } from '../dockerd/exec.ts';
import { ttyRefusal } from './arguments.ts';
import type { DockerCommand } from './arguments.ts';
import { call, callJson, CommandFailed, ConnectionFailed, inspectTarget, ping, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { environmentSetting } from './container-config.ts';
import { boolFlag, listFlag, stringFlag } from './pflag.ts';
import { readSettings, SettingFileError } from './setting-files.ts';
import { followWindowSize } from './signals.ts';
import { detachKeysOf, joinStream, openStream } from './stream.ts';
import { windowSize } from './terminal.ts';

export function* execCommand(docker: DockerClient, command: DockerCommand): Running {
  const { flags, args } = command;
  const [name = ''] = args;
  const detach = boolFlag(flags, 'detach');
  yield* ping(docker);
  const request = yield* requestOf(command, docker);
  yield* call(docker, { method: 'GET', target: inspectTarget(name) });
  if (!detach) {
    const refusal = ttyRefusal(request.AttachStdin === true, request.Tty === true, {
      inputIsTty: yield* sys.isatty(0),
      width: 0,
    });
    if (refusal !== undefined) throw new CommandFailed(refusal.text, refusal.exitCode);
  }
  const created = { method: 'POST', target: target(`/containers/${name}/exec`), body: request } as const;
  const { Id } = yield* callJson<{ readonly Id: string }>(docker, created);
  const terminal = request.Tty === true;
  const start = {
    method: 'POST',
    target: target(`/exec/${Id}/start`),
    body: { Detach: detach, Tty: terminal },
  } as const;
  if (detach) {
    yield* call(docker, start);
    return 0;
  }
  const connection = yield* openStream(docker, start);
  if (terminal) yield* sys.go(() => followWindowSize(docker, `/exec/${Id}`));
  const detachKeys = detachKeysOf(stringFlag(flags, 'detach-keys'));
  const end = yield* joinStream(connection, {
    stdin: request.AttachStdin === true,
    terminal,
    detachKeys,
    proxiesSignals: false,
  });
  if (end === 'detached') throw new CommandFailed('read escape sequence\n', 1);
  if (end instanceof Error) throw end;
  return yield* exitCodeOf(docker, Id);
}

/** -1 when the daemon has died meanwhile, without a word. docker: getExecExitStatus(). */
function* exitCodeOf(docker: DockerClient, id: string): Running {
  try {
    const asked = { method: 'GET', target: target(`/exec/${id}/json`) } as const;
    return (yield* callJson<{ readonly ExitCode: number }>(docker, asked)).ExitCode;
  } catch (error) {
    if (error instanceof ConnectionFailed) return 255;
    throw error;
  }
}

function* environmentFiles(flags: DockerCommand['flags'], docker: DockerClient): Running<readonly string[]> {
  try {
    return yield* readSettings(listFlag(flags, 'env-file'), docker.env);
  } catch (error) {
    throw error instanceof SettingFileError ? new CommandFailed(`${error.message}\n`, 1) : error;
  }
}

function* requestOf({ flags, args }: DockerCommand, docker: DockerClient): Running<ExecRequest> {
  const detach = boolFlag(flags, 'detach');
  const terminal = boolFlag(flags, 'tty');
  const size = yield* windowSize();
  const fileEnv = yield* environmentFiles(flags, docker);
  return {
    User: stringFlag(flags, 'user'),
    Privileged: boolFlag(flags, 'privileged'),
    Tty: terminal,
    ...(terminal ? { ConsoleSize: size } : {}),
    AttachStdin: !detach && boolFlag(flags, 'interactive'),
    AttachStderr: !detach,
    AttachStdout: !detach,
    Detach: detach,
    DetachKeys: stringFlag(flags, 'detach-keys'),
    Env: [...fileEnv, ...listFlag(flags, 'env').flatMap((setting) => environmentSetting(setting, docker.env))],
    WorkingDir: stringFlag(flags, 'workdir'),
    Cmd: args.slice(1),
  };
}
