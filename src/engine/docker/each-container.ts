/**
 * Commands that do one thing to each of several containers: stop, kill, rm, wait, pause, unpause. docker:
 * cli/command/container.
 */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, isSet, numberFlag, stringFlag } from './pflag.ts';
import { askForExit, exitCodeOf } from './wait-exit.ts';

/** Does it for one container; returns the line to print. */
type Deed = (name: string) => Running<string>;

/** Does it for all, also after a failure; the failures' words come at the end. */
function* forEach(names: readonly string[], deed: Deed): Running {
  const failures: string[] = [];
  for (const name of names) {
    try {
      yield* print(`${yield* deed(name)}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}

/**
 * Requests that docker sends for all containers at the same time are sent one after the other here: their order is the
 * user's.
 */
export function* stopCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const query = {
    signal: stringFlag(flags, 'signal') || undefined,
    t: isSet(flags, 'time') ? String(numberFlag(flags, 'time')) : undefined,
  };
  return yield* forEach(args, posting(docker, 'stop', query));
}

export function* killCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* forEach(args, posting(docker, 'kill', { signal: stringFlag(flags, 'signal') || undefined }));
}

export function* pauseCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forEach(args, posting(docker, 'pause', {}));
}

export function* unpauseCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forEach(args, posting(docker, 'unpause', {}));
}

function posting(docker: DockerClient, verb: string, query: Readonly<Record<string, string | undefined>>): Deed {
  return function* deed(name) {
    yield* call(docker, { method: 'POST', target: target(`/containers/${name}/${verb}`, query) });
    return name;
  };
}

/** `docker rm -f` of a container that is not there says so, and succeeds. */
export function* removeCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const force = boolFlag(flags, 'force');
  const query = {
    force: force ? '1' : undefined,
    link: boolFlag(flags, 'link') ? '1' : undefined,
    v: boolFlag(flags, 'volumes') ? '1' : undefined,
  };
  const failures: string[] = [];
  for (const name of args) {
    try {
      yield* call(docker, { method: 'DELETE', target: target(`/containers/${name.replace(/^\//, '')}`, query) });
      yield* print(`${name}\n`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      if (force && error.status === 404) yield* print(`${error.message}\n`, 2);
      else failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}

/** One container after the other: the second is asked for when the first has ended. */
export function* waitCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forEach(args, function* (name) {
    const exit = yield* askForExit(docker, name, undefined);
    return String(yield* exitCodeOf(docker, exit));
  });
}
