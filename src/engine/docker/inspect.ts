/** `docker inspect`. docker: cli/command/system/inspect.go, cli/command/inspect. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { stringFlag } from './pflag.ts';
import { parseTemplate } from './go-template.ts';

/** What a name may stand for, in the order in which it is looked for. */
const kinds = [
  { type: 'container', path: (name: string) => `/containers/${name}/json` },
  { type: 'image', path: (name: string) => `/images/${name}/json` },
  { type: 'network', path: (name: string) => `/networks/${name}` },
  { type: 'volume', path: (name: string) => `/volumes/${name}` },
  // Whether the daemon is a swarm's, and has services, nodes, secrets.
  { type: 'swarm', path: () => '/info' },
  { type: 'plugin', path: (name: string) => `/plugins/${name}/json` },
] as const;

export function* inspectCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const type = stringFlag(flags, 'type');
  if (type !== '' && !kinds.some((kind) => kind.type === type))
    throw new CommandFailed(`"${type}" is not a valid value for --type\n`, 1);
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) => findAnything(docker, name, type));
}

export function* inspectContainerCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) =>
    call(docker, { method: 'GET', target: target(`/containers/${name}/json`) }),
  );
}

export function* inspectImageCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) =>
    call(docker, { method: 'GET', target: target(`/images/${name}/json`) }),
  );
}

function* findAnything(docker: DockerClient, name: string, type: string): Running<string> {
  for (const kind of kinds) {
    if (type !== '' && kind.type !== type) continue;
    try {
      const body = yield* call(docker, { method: 'GET', target: target(kind.path(name)) });
      if (kind.type !== 'swarm') return body;
    } catch (error) {
      if (!(error instanceof DaemonError) || error.status !== 404) throw error;
    }
  }
  throw new DaemonError(404, type === '' ? `Error: No such object: ${name}` : `Error: No such ${type}: ${name}`);
}

/** Looks each up, prints what was found, then says what was not. */
function* inspectAll(names: readonly string[], format: string, look: (name: string) => Running<string>): Running {
  const template = format === '' || format === 'json' ? null : parseTemplate(format);
  if (template !== null && 'error' in template) throw new CommandFailed(`${template.error}\n`, 64);
  const found: unknown[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      found.push(JSON.parse(yield* look(name)));
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      failures.push(error.message);
    }
  }
  if (template === null)
    yield* print(`${format === 'json' ? JSON.stringify(found) : JSON.stringify(found, null, 4)}\n`);
  else {
    if (found.length === 0) yield* print('\n');
    for (const value of found) {
      const text = template.execute(value);
      if (typeof text === 'object') {
        // The inspector's buffer is empty then, and an empty one is printed as a line.
        yield* print('\n');
        throw new CommandFailed(`${text.error}\n`, 1);
      }
      yield* print(`${text}\n`);
    }
  }
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}
