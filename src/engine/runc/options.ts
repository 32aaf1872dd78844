/** runc's command line: global options, a command, its options, and arguments. Go: the flag package, urfave/cli v1. */
import type { Environment } from '../../kernel/abi.ts';
import { parseFlags } from '../urfave.ts';
import { commands } from './commands.ts';
import { globalFlags } from './global-help.ts';

export interface RuncOptions {
  /** `--root`: where each container has its state directory. */
  readonly root: string;
  /** `--log`; empty: none. */
  readonly log: string;
  readonly logFormat: 'text' | 'json';
  readonly systemdCgroup: boolean;
  readonly verb: string;
  /** The command's options by their first name; switches are `true`. Of several the last counts. */
  readonly flags: Readonly<Record<string, string>>;
  /** What was given for an option that may come more than once. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly args: readonly string[];
  /** runc's own environment: hooks inherit it. */
  readonly env: Environment;
}

/** Options of these stand before the first argument: what follows is another program's command line. */
const stopsAtArgument: ReadonlySet<string> = new Set(['exec', 'ps']);

/** Reads argv. The verb is empty when there is none. Throws a UsageError. */
export function parseOptions(argv: readonly string[], env: Environment): RuncOptions {
  const global = parseFlags(
    argv.slice(1),
    [...globalFlags, ['help h', 'switch', ''], ['version v', 'switch', '']],
    '',
    false,
  );
  const [verb = '', ...rest] = global.args;
  const known = commands[verb]?.flags ?? [];
  const own = parseFlags(rest, [...known, ['help h', 'switch', '']], verb, !stopsAtArgument.has(verb));
  return {
    root: global.values['root'] ?? '/run/runc',
    log: global.values['log'] ?? '',
    logFormat: global.values['log-format'] === 'json' ? 'json' : 'text',
    systemdCgroup: global.values['systemd-cgroup'] === 'true',
    verb: global.values['help'] === 'true' ? 'help' : global.values['version'] === 'true' ? 'version' : verb,
    flags: own.values,
    lists: own.lists,
    args: own.args,
    env,
  };
}
