/** `docker context`: there is the default one, made of the environment. docker: cli/command/context. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed } from './client.ts';
import type { DockerClient } from './client.ts';
import { missingFile } from './endpoint.ts';
import { inspectAll } from './inspect.ts';
import { printList } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { escapeJson } from './template-functions.ts';

const headers = {
  Name: 'NAME',
  Description: 'DESCRIPTION',
  DockerEndpoint: 'DOCKER ENDPOINT',
  ContextType: 'TYPE',
  Error: 'ERROR',
  // Asked for, and shown in no head.
  Current: '',
};

export function* contextListCommand({ endpoint, env }: DockerClient, { flags }: DockerCommand): Running {
  const row = {
    Name: 'default',
    Description: 'Current DOCKER_HOST based configuration',
    DockerEndpoint: endpoint.address,
    Current: true,
    Error: '',
    ContextType: 'moby',
  };
  yield* printList([row], {
    format: stringFlag(flags, 'format'),
    quiet: boolFlag(flags, 'quiet'),
    usual: '{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}',
    headers,
    id: ({ Name }) => Name,
    typeName: '*formatter.clientContextContext',
  });
  if ((env['DOCKER_HOST'] ?? '') !== '') yield* print(overridden, 2);
  return 0;
}

const overridden =
  'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global ' +
  '--context flag, or unset DOCKER_HOST environment variable.\n';

export function* showContextCommand(): Running {
  yield* print('default\n');
  return 0;
}

export function* inspectContextCommand(docker: DockerClient, { flags, globals, args }: DockerCommand): Running {
  const names = args.length === 0 ? ['default'] : args;
  return yield* inspectAll(
    names,
    stringFlag(flags, 'format'),
    // oxlint-disable-next-line require-yield -- it is all in memory.
    function* (name) {
      if (name === 'default') return { json: defaultContext(docker), type: 'any' };
      throw new CommandFailed(`context "${name}": context not found: ${missingFile(name, globals, docker.env)}`, 1);
    },
    (json, indent) => escapeJson(JSON.stringify(json, null, indent)),
  );
}

function defaultContext({ endpoint }: DockerClient): unknown {
  return {
    Name: 'default',
    Metadata: {},
    Endpoints: { docker: { Host: endpoint.address, SkipTLSVerify: false } },
    TLSMaterial: {},
    Storage: { MetadataPath: '<IN MEMORY>', TLSPath: '<IN MEMORY>' },
  };
}
