/** `docker import`. docker: cli/command/image/import.go. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import { readAll, readFile } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { listFlag, stringFlag } from './pflag.ts';
import { showProgress } from './pull-image.ts';
import { parseImageReference } from './reference.ts';

export function* importCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const [source = '', name = ''] = args;
  const isRemote = /^https?:\/\//.test(source);
  const archive = isRemote ? '' : source === '-' ? yield* readAll(0) : yield* readArchiveFile(source);
  const reference = name === '' ? null : parseImageReference(name);
  if (reference !== null && 'error' in reference) throw new CommandFailed(`${reference.error}\n`, 1);
  const path = target('/images/create', {
    changes: listFlag(flags, 'change'),
    fromSrc: isRemote ? source : '-',
    message: stringFlag(flags, 'message'),
    repo: name,
    tag: '',
  });
  yield* showProgress(docker, { method: 'POST', target: path, archive }, 1);
  return 0;
}

function* readArchiveFile(path: string): Running<string> {
  try {
    return yield* readFile(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CommandFailed(`open ${path}: ${strerror(error.errno).toLowerCase()}\n`, 1);
  }
}
