/**
 * Commands that do one thing to each of several containers: stop, kill, rm, wait, restart, pause, unpause. docker:
 * cli/command/container.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { boolFlag, isSet, numberFlag, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { askForExit, exitCodeOf } from './wait-exit.ts';

/** Does it for one container; returns the line to print. Throws a DaemonError. */
type Deed = (name: string) => Running<string>;

/** What came of it: the line to print, or what went wrong. */
type Outcome = { readonly line: string } | { readonly failure: DaemonError };

function* outcomeOf(deed: Deed, name: string): Running<Outcome> {
  try {
    return { line: yield* deed(name) };
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    return { failure: error };
  }
}

/** How many requests are under way at a time, at most. */
const parallelRequests = 50;

/**
 * Does it for all at the same time. What came of each is told in the order of the names, as soon as it and all before
 * it are known; the failures' words come at the end.
 *
 * docker: cli/command/container/utils.go, parallelOperation().
 */
function* forAll(names: readonly string[], deed: Deed, tell: (failure: DaemonError) => Running<boolean>): Running {
  const outcomes: Outcome[] = [];
  let next = 0;
  for (let worker = 0; worker < Math.min(parallelRequests, names.length); worker += 1)
    yield* sys.go(function* () {
      while (next < names.length) {
        const at = next;
        next += 1;
        outcomes[at] = yield* outcomeOf(deed, names[at] ?? '');
        yield* sys.futexWake(outcomes);
      }
    });
  const failures: string[] = [];
  for (const at of names.keys()) {
    while (outcomes[at] === undefined) yield* sys.futexWait(outcomes);
    yield* settle(outcomes[at], failures, tell);
  }
  return ended(failures);
}

function* settle(
  outcome: Outcome,
  failures: string[],
  tell: (failure: DaemonError) => Running<boolean>,
): Running<void> {
  if ('line' in outcome) yield* print(`${outcome.line}\n`);
  else if (!(yield* tell(outcome.failure))) failures.push(outcome.failure.message);
}

function ended(failures: readonly string[]): number {
  if (failures.length > 0) throw new CommandFailed(`${failures.join('\n')}\n`, 1);
  return 0;
}

/** Every failure is kept for the end. */
// oxlint-disable-next-line require-yield -- others ask the terminal.
function* keep(): Running<boolean> {
  return false;
}

export function* stopCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* forAll(args, posting(docker, 'stop', stopQuery(flags)), keep);
}

function stopQuery(flags: ParsedFlags): Readonly<Record<string, string | undefined>> {
  return {
    signal: stringFlag(flags, 'signal') || undefined,
    t: isSet(flags, 'time') ? String(numberFlag(flags, 'time')) : undefined,
  };
}

export function* killCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* forAll(args, posting(docker, 'kill', { signal: stringFlag(flags, 'signal') || undefined }), keep);
}

export function* pauseCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forAll(args, posting(docker, 'pause', {}), keep);
}

export function* unpauseCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forAll(args, posting(docker, 'unpause', {}), keep);
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
  function* remove(name: string): Running<string> {
    const plain = name.replace(/^\/+|\/+$/g, '');
    if (plain === '') throw new DaemonError(0, 'Container name cannot be empty');
    yield* call(docker, { method: 'DELETE', target: target(`/containers/${plain}`, query) });
    return name;
  }
  return yield* forAll(args, remove, function* (failure) {
    if (!force || failure.status !== 404) return false;
    yield* print(`${failure.message}\n`, 2);
    return true;
  });
}

/** One container after the other: the second is asked for when the first has ended. */
export function* waitCommand(docker: DockerClient, { args }: DockerCommand): Running {
  return yield* forEach(args, function* (name) {
    const exit = yield* askForExit(docker, name, undefined);
    return String(yield* exitCodeOf(docker, exit));
  });
}

/** Does it for one after the other; failures are told at the end. */
export function* forEach(names: readonly string[], deed: Deed): Running {
  const failures: string[] = [];
  for (const name of names) yield* settle(yield* outcomeOf(deed, name), failures, keep);
  return ended(failures);
}

export function* restartCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  return yield* forEach(args, posting(docker, 'restart', stopQuery(flags)));
}
