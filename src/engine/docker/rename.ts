/** `docker rename`. docker: cli/command/container/rename.go. */
import type { Running } from '../../kernel/abi.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';

export function* renameCommand(docker: DockerClient, { args }: DockerCommand): Running {
  const [oldName = '', newName = ''] = args.map((name) => name.trim());
  if (oldName === '' || newName === '') throw new CommandFailed('Error: Neither old nor new names may be empty\n', 1);
  try {
    yield* call(docker, { method: 'POST', target: target(`/containers/${oldName}/rename`, { name: newName }) });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    throw new CommandFailed(`${error.message}\nError: failed to rename container named ${oldName}\n`, 1);
  }
  return 0;
}
