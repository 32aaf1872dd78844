/** `docker export`. docker: cli/command/container/export.go. */
import { O } from '../../kernel/abi.ts';
import type { FileType, Running } from '../../kernel/abi.ts';
import { Errno, isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { statIfAny, writeAll } from '../../programs/io.ts';
import { unlinkIfAny } from '../unlink.ts';
import { nextChunk } from '../wire/http-client.ts';
import type { OpenResponse } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed, openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { stringFlag } from './pflag.ts';

export function* exportCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const output = stringFlag(flags, 'output');
  if (output === '' && (yield* sys.isatty(1)))
    throw new CommandFailed('cowardly refusing to save to a terminal. Use the -o flag or redirect\n', 1);
  if (output !== '') yield* checkOutput(output);
  const response = yield* openAnswer(docker, { method: 'GET', target: target(`/containers/${args[0] ?? ''}/export`) });
  if (output !== '') return yield* saveTo(output, docker, response);
  yield* passOn(docker, response, 1);
  return 0;
}

function* passOn(docker: DockerClient, response: OpenResponse, fd: number): Running<void> {
  for (;;) {
    const chunk = yield* reach(docker, () => nextChunk(response));
    if (chunk === null) return;
    yield* writeAll(fd, chunk);
  }
}

/** Into a file beside it, which then takes its name. docker: command.CopyToFile(). */
function* saveTo(path: string, docker: DockerClient, response: OpenResponse): Running {
  const bytes = yield* sys.getrandom(4);
  const number = Array.from(bytes, (byte) => byte.charCodeAt(0)).reduce((sum, byte) => sum * 256 + byte, 0);
  const temporary = `${directoryOf(path)}/.docker_temp_${number}`.replace(/^\/\//, '/');
  try {
    const fd = yield* sys.open(temporary, O.RDWR | O.CREAT | O.EXCL | O.CLOEXEC, 0o600);
    yield* passOn(docker, response, fd);
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* unlinkIfAny(temporary);
    throw new CommandFailed(`${temporary}: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
  try {
    // Go: os.Rename(), which looks itself whether the name is a directory's.
    if (yield* isDirectory(path)) throw new Errno('EEXIST');
    yield* sys.rename(temporary, path);
    return 0;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* unlinkIfAny(temporary);
    throw new CommandFailed(`rename ${temporary} ${path}: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
}

function* isDirectory(path: string): Running<boolean> {
  return (yield* statIfAny(path, false))?.type === 'directory';
}

function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.';
}

/** Only what is not there is not: whatever else stat(2) fails with. */
function* mayBe(path: string): Running<boolean> {
  try {
    yield* sys.stat(path);
    return true;
  } catch (error) {
    return !isErrno(error, 'ENOENT');
  }
}

/** docker: command.ValidateOutputPath(). */
function* checkOutput(path: string): Running<void> {
  const directory = directoryOf(path);
  const missing = `invalid output path: directory "${directory}" does not exist`;
  if (!(yield* mayBe(directory))) throw new CommandFailed(`failed to export container: ${missing}\n`, 1);
  let type: FileType;
  try {
    ({ type } = yield* sys.stat(path));
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.errno === 'ENOENT') return;
    const words = strerror(error.errno).toLowerCase();
    throw new CommandFailed(`failed to export container: stat ${path}: ${words}\n`, 1);
  }
  if (type !== 'character' && type !== 'block') return;
  throw new CommandFailed(
    `failed to export container: invalid output path: "${path}" must be a directory or a regular file: got a device\n`,
    1,
  );
}
