/** What nsenter(1) and unshare(1) have in common: the kinds of namespaces, and how the command starts. */
import type { NamespaceKind } from '../../journal/event.ts';
import type { Environment, Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import { waitFor } from '../spawn.ts';
import { become } from './everyday-tools.ts';
import type { Flavour, Options } from './options.ts';

/**
 * In the order in which nsenter enters them: the user namespace first, the mount namespace near the end, since the
 * others are found in /proc.
 */
export const kinds: readonly (readonly [letter: string, kind: NamespaceKind])[] = [
  ['U', 'user'],
  ['C', 'cgroup'],
  ['i', 'ipc'],
  ['u', 'uts'],
  ['n', 'net'],
  ['p', 'pid'],
  ['m', 'mnt'],
  ['T', 'time'],
];

/** The long options of both, by letter. */
export const long: Readonly<Record<string, string>> = {
  user: 'U',
  cgroup: 'C',
  ipc: 'i',
  uts: 'u',
  net: 'n',
  pid: 'p',
  mount: 'm',
  time: 'T',
  root: 'r',
  wd: 'w',
  setuid: 'S',
  setgid: 'G',
  help: 'h',
};

/** What makes a command end before it has begun, in the tool's words. */
export class Refusal extends Error {}

/** Does `what`; where the kernel refuses, the Refusal says so behind `words`. */
export function* orRefuse<T>(words: string, what: Running<T>): Running<T> {
  try {
    return yield* what;
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new Refusal(`${words}: ${errnoWords(error)}`);
  }
}

/** Runs a tool up to a Refusal, of which it complains. */
export function* unlessRefused(name: string, run: () => Running): Running {
  try {
    return yield* run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    yield* complain(name, error.message);
    return 1;
  }
}

/** `-S` and `-G` as numbers. Throws Refusal for one that is none. */
export function idsOf({ values }: Options): { readonly uid: number | undefined; readonly gid: number | undefined } {
  const number = (letter: string, what: string): number | undefined => {
    const text = values.get(letter);
    if (text !== undefined && !/^\d+$/.test(text)) throw new Refusal(`failed to parse ${what}: '${text}'`);
    return text === undefined ? undefined : Number(text);
  };
  return { uid: number('S', 'uid'), gid: number('G', 'gid') };
}

/**
 * Becomes the user of `-S` and `-G`: who gets another group has no others, be it that they were dropped before.
 * util-linux: nsenter.c, unshare.c.
 */
export function* becomeUser({ uid, gid }: Partial<ReturnType<typeof idsOf>>, hasDropped = false): Running<void> {
  if (gid !== undefined) {
    if (!(yield* dropGroups()) && !hasDropped) throw new Refusal('setgroups failed: Operation not permitted');
    yield* orRefuse('setgid() failed', sys.setuid(-1, gid));
  }
  if (uid !== undefined) yield* orRefuse('setuid() failed', sys.setuid(uid, -1));
}

/** Whether that was permitted: in a user namespace it may be denied. */
export function* dropGroups(): Running<boolean> {
  try {
    yield* sys.setgroups([]);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return false;
  }
}

export interface Start {
  /** The tool's name. */
  readonly name: string;
  readonly operands: readonly string[];
  readonly environment: Environment;
  readonly flavour: Flavour;
  /** In a child, since a new pid namespace waits for one. */
  readonly forks: boolean;
  /** Done in whatever becomes the command. */
  readonly before: () => Running<void>;
  /** Done by the parent once the child is there, or by itself when it does not fork. */
  readonly meanwhile?: () => Running<void>;
}

/** Becomes the command, or the user's shell when none is given. Returns the exit code. */
export function* start({ name, operands, environment, flavour, forks, before, meanwhile }: Start): Running {
  const shell = environment['SHELL'] ?? '/bin/sh';
  const enter = (): Running =>
    unlessRefused(name, function* () {
      yield* before();
      if (operands.length > 0) return yield* become(name, operands, environment, flavour);
      try {
        return yield* sys.execve(shell, [`-${shell.split('/').at(-1) ?? ''}`], environment);
      } catch (error) {
        yield* complain(name, `failed to execute ${shell}: ${errnoWords(error)}`);
        return 127;
      }
    });
  if (!forks) {
    if (meanwhile !== undefined) yield* meanwhile();
    return yield* enter();
  }
  const child = yield* orRefuse('fork failed', sys.fork(enter));
  if (meanwhile !== undefined) yield* meanwhile();
  const status = yield* waitFor(child);
  if ('code' in status) return status.code;
  yield* sys.kill(yield* sys.getpid(), status.signal as SignalName);
  return 1;
}
