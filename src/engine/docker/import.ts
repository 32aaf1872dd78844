/** `docker import`. docker: cli/command/image/import.go. */
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../../programs/io.ts';
import type { ClientRequest } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed, ping, target, unsentBody } from './client.ts';
import type { DockerClient } from './client.ts';
import { listFlag, stringFlag } from './pflag.ts';
import { showProgress } from './pull-image.ts';
import { parseImageReference } from './reference.ts';

export function* importCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const [source = '', name = ''] = args;
  const isRemote = /^https?:\/\//.test(source);
  const file = isRemote || source === '-' ? null : yield* openArchive(source);
  const reference = name === '' ? null : parseImageReference(name);
  if (reference !== null && 'error' in reference) throw new CommandFailed(`${reference.error}\n`, 1);
  const path = target('/images/create', {
    changes: listFlag(flags, 'change'),
    fromSrc: isRemote ? source : '-',
    message: stringFlag(flags, 'message'),
    repo: name,
    tag: '',
  });
  const request = { method: 'POST', target: path } as const;
  yield* ping(docker);
  const archive = isRemote ? '' : yield* archiveIn(docker, request, file ?? 0, source);
  yield* showProgress(docker, { ...request, archive }, 1);
  return 0;
}

function* openArchive(path: string): Running<number> {
  try {
    return yield* sys.open(path, O.RDONLY | O.CLOEXEC);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CommandFailed(`open ${path}: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
}

function* archiveIn(docker: DockerClient, request: ClientRequest, fd: number, path: string): Running<string> {
  try {
    return yield* readAll(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw unsentBody(docker, request, `read ${path}: ${strerror(error.errno).toLowerCase()}`);
  }
}
