/** runc's command line: global options, a command, its options, and arguments. Go: the flag package, urfave/cli v1. */
import type { Environment } from '../../kernel/abi.ts';
import { parseDuration } from '../docker/duration.ts';
import { commands } from './commands.ts';
import type { Flag } from './commands.ts';
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

/** A command line that cannot be read; `where` is the command whose help belongs to it, '' for runc itself. */
export class UsageError extends Error {
  readonly where: string;
  constructor(message: string, where: string) {
    super(message);
    this.where = where;
  }
}

/** Options of these stand before the first argument: what follows is another program's command line. */
const stopsAtArgument: ReadonlySet<string> = new Set(['exec', 'ps']);

/** Reads argv. The verb is empty when there is none. Throws a UsageError. */
export function parseOptions(argv: readonly string[], env: Environment): RuncOptions {
  const global = parseFlags(
    argv.slice(1),
    [...globalFlags, ['help h', 'switch', ''], ['version v', 'switch', '']],
    '',
    true,
  );
  const [verb = '', ...rest] = global.args;
  const known = commands[verb]?.flags ?? [];
  const own = parseFlags(rest, [...known, ['help h', 'switch', '']], verb, stopsAtArgument.has(verb));
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

interface Parsed {
  readonly values: Record<string, string>;
  readonly lists: Record<string, string[]>;
  readonly args: string[];
}

function parseFlags(words: readonly string[], known: readonly Flag[], where: string, stops: boolean): Parsed {
  const parsed: Parsed = { values: {}, lists: {}, args: [] };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--' || ((word === '-' || !word.startsWith('-')) && stops)) {
      parsed.args.push(...words.slice(word === '--' ? at + 1 : at));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      parsed.args.push(word);
      continue;
    }
    const [name = '', inline] = word.replace(/^--?/, '').split(/=(.*)/s);
    const flag = known.find(([names]) => names.split(' ').includes(name));
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}`, where);
    let value = inline;
    if (value === undefined && flag[1] === 'switch') value = 'true';
    if (value === undefined) value = words[(at += 1)];
    if (value === undefined) throw new UsageError(`flag needs an argument: -${name}`, where);
    keep(parsed, flag, value, name, where);
  }
  return parsed;
}

function keep({ values, lists }: Parsed, [names, takes]: Flag, value: string, given: string, where: string): void {
  const wrong =
    (takes === 'number' && !/^[+-]?\d+$/.test(value)) ||
    (takes === 'duration' && typeof parseDuration(value) !== 'number');
  if (wrong) throw new UsageError(`invalid value ${JSON.stringify(value)} for flag -${given}: parse error`, where);
  const name = names.split(' ')[0] ?? names;
  values[name] = value;
  if (takes === 'list') (lists[name] ??= []).push(value);
}
