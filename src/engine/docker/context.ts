/** `docker context`: there is the default one, made of the environment. docker: cli/command/context. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed } from './client.ts';
import type { DockerClient } from './client.ts';
import { shortened } from './ellipsis.ts';
import { contextNotFound, contextOf } from './endpoint.ts';
import { contextType } from './go-types.ts';
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

/** One that is asked for and is not there has a row too. */
export function* contextListCommand(docker: DockerClient, { flags, globals }: DockerCommand): Running {
  const { endpoint, env } = docker;
  const current = contextOf(globals, env);
  const row = {
    Name: 'default',
    Description: 'Current DOCKER_HOST based configuration',
    DockerEndpoint: endpoint.address,
    Current: current === 'default',
    Error: '',
    ContextType: 'moby',
  };
  const missing = {
    Name: current,
    Description: '',
    DockerEndpoint: '',
    Current: true,
    Error: shortened(contextNotFound(current, globals, env), longestErrorColumns),
    ContextType: '',
  };
  const rows = row.Current ? [row] : [row, missing].toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  yield* printList(rows, {
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

/** docker: cli/command/formatter, maxErrLength. */
const longestErrorColumns = 45;

const overridden =
  'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global ' +
  '--context flag, or unset DOCKER_HOST environment variable.\n';

export function* showContextCommand({ env }: DockerClient, { globals }: DockerCommand): Running {
  yield* print(`${contextOf(globals, env)}\n`);
  return 0;
}

/** The default context is used wherever no other is named: there is nothing to write down. */
export function* useContextCommand({ env }: DockerClient, { globals, args }: DockerCommand): Running {
  const [name = ''] = args;
  if (name !== 'default') throw new CommandFailed(`${contextNotFound(name, globals, env)}\n`, 1);
  yield* print(`${name}\n`);
  yield* print(`Current context is now "${name}"\n`, 2);
  return 0;
}

export function* inspectContextCommand(docker: DockerClient, { flags, globals, args }: DockerCommand): Running {
  const names = args.length === 0 ? [contextOf(globals, docker.env)] : args;
  return yield* inspectAll(
    names,
    stringFlag(flags, 'format'),
    // oxlint-disable-next-line require-yield -- it is all in memory.
    function* (name) {
      if (name === 'default') return { json: defaultContext(docker), type: contextType, isTypedOnly: true };
      throw new CommandFailed(contextNotFound(name, globals, docker.env), 1);
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
