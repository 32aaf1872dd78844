/** `docker inspect`. docker: cli/command/system/inspect.go, cli/command/inspect. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { parseTemplate } from './go-template.ts';
import { containerType, imageType, networkType, volumeType } from './go-types.ts';
import { goValue, untypedValue } from './go-value.ts';
import type { GoType } from './go-value.ts';
import { boolFlag, stringFlag } from './pflag.ts';

/** What a name may stand for, in the order in which it is looked for. */
const kinds = [
  { type: 'container', path: (name: string) => `/containers/${name}/json`, shape: containerType },
  { type: 'image', path: (name: string) => `/images/${name}/json`, shape: imageType },
  { type: 'network', path: (name: string) => `/networks/${name}`, shape: networkType },
  { type: 'volume', path: (name: string) => `/volumes/${name}`, shape: volumeType },
  // Whether the daemon is a swarm's, and has services, nodes, secrets.
  { type: 'swarm', path: () => '/info', shape: 'any' },
  { type: 'plugin', path: (name: string) => `/plugins/${name}/json`, shape: 'any' },
] as const;
type Kind = (typeof kinds)[number];

export function* inspectCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const type = stringFlag(flags, 'type');
  const size = boolFlag(flags, 'size');
  const only = kinds.find((kind) => kind.type === type && type !== 'swarm');
  const isOfSwarm = ['node', 'service', 'secret', 'task'].includes(type);
  if (type !== '' && only === undefined && !isOfSwarm)
    throw new CommandFailed(`"${type}" is not a valid value for --type\n`, 1);
  if (size && type !== '' && type !== 'container') yield* print(`WARNING: --size ignored for ${type}\n`, 2);
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) => {
    if (isOfSwarm) throw new DaemonError(503, noSwarm);
    return only === undefined ? findAnything(docker, name, size) : find(docker, only, name, size);
  });
}

const noSwarm =
  'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to ' +
  'connect this node to swarm and try again.';

export function* inspectContainerCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const size = boolFlag(flags, 'size');
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) => find(docker, kinds[0], name, size));
}

export function* inspectImageCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) => find(docker, kinds[1], name, false));
}

export function* inspectNetworkCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* inspectAll(args, stringFlag(flags, 'format'), (name) => find(docker, kinds[2], name, false));
}

export function* inspectVolumeCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  // Alone of all it has no JSON to fall back on.
  return yield* inspectAll(args, stringFlag(flags, 'format'), function* (name) {
    return { ...(yield* find(docker, kinds[3], name, false)), isTypedOnly: true };
  });
}

/** Throws a DaemonError. A name that is empty is not asked for. */
function* find(docker: DockerClient, kind: Kind, name: string, size: boolean): Running<Found> {
  if (name === '') throw new DaemonError(404, `Error: No such ${kind.type}: `);
  const query = { size: size && kind.type === 'container' ? '1' : undefined };
  const json: unknown = yield* callJson(docker, { method: 'GET', target: target(kind.path(name), query) });
  return { json, type: kind.shape };
}

function* findAnything(docker: DockerClient, name: string, size: boolean): Running<Found> {
  for (const kind of kinds) {
    try {
      const found = yield* find(docker, kind, name, size);
      if (kind.type === 'swarm') continue;
      if (size && kind.type !== 'container') yield* print(`WARNING: --size ignored for ${kind.type}\n`, 2);
      return found;
    } catch (error) {
      // A name that no image can have is one of nothing, too.
      const isNothing = error instanceof DaemonError && (error.status === 404 || kind.type === 'image');
      if (!isNothing) throw error;
    }
  }
  throw new DaemonError(404, `Error: No such object: ${name}`);
}

/** What was found: JSON, and what Go takes it for. */
interface Found {
  readonly json: unknown;
  readonly type: GoType;
  /** A template must do with the structure. */
  readonly isTypedOnly?: true;
}

/** Looks each up, prints what was found, then says what was not. docker: cli/command/inspect, Inspect(). */
export function* inspectAll(
  names: readonly string[],
  format: string,
  look: (name: string) => Running<Found>,
  encode: (found: unknown, indent?: number) => string = (json, indent) => JSON.stringify(json, null, indent),
): Running {
  const show = format === '' || format === 'json' ? null : templateShower(format);
  const found: unknown[] = [];
  const failures: string[] = [];
  let shown = '';
  for (const name of names) {
    try {
      const one = yield* look(name);
      if (show === null) found.push(one.json);
      else shown += `${show(one)}\n`;
    } catch (error) {
      if (!(error instanceof DaemonError) && !(error instanceof CommandFailed)) throw error;
      failures.push(error.message);
    }
  }
  if (show !== null) yield* print(shown === '' ? '\n' : shown);
  else yield* print(`${encode(found, format === 'json' ? undefined : 4)}\n`);
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}

/**
 * Executes the template on the structure that Go has; where that does not go, on the JSON that the daemon sent, whose
 * words the error then has. docker: TemplateInspector.Inspect(), tryRawInspectFallback().
 */
function templateShower(format: string): (found: Found) => string {
  const typed = parseTemplate(format);
  const raw = parseTemplate(format, { missingKeyIsError: true });
  if ('error' in typed || 'error' in raw)
    throw new CommandFailed(`template parsing error: ${'error' in typed ? typed.error : ''}\n`, 64);
  return ({ json, type, isTypedOnly }) => {
    const first = typed.execute(goValue(json, type));
    if (first.error === undefined) return first.text;
    const second = isTypedOnly ? first : raw.execute(untypedValue(json));
    if (second.error === undefined) return second.text;
    throw new CommandFailed(`template parsing error: ${second.error}`, 1);
  };
}
