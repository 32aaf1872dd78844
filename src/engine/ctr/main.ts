/** ctr 1.7.24: containerd's own client, a second hand on what dockerd has there (`-n moby`). */
import type { Environment, Running } from '../../kernel/abi.ts';
import { complain, print } from '../../programs/io.ts';
import { threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { asGoProgram } from '../broken-output.ts';
import { inSpan } from '../span.ts';
import { parseFlags, UsageError } from '../urfave.ts';
import { grpcSocket } from '../containerd/shim-binary.ts';
import { CtrError } from './client.ts';
import type { CtrOptions } from './client.ts';
import { commands } from './commands.ts';
import { groups } from './groups.ts';
import { globalFlags, helpAboutGroup, helpFlag, helpInGroup, helpOf } from './help.ts';

/** Groups by every name that they go by. */
const groupNames: Readonly<Record<string, string>> = {
  containers: 'containers',
  container: 'containers',
  c: 'containers',
  tasks: 'tasks',
  task: 'tasks',
  t: 'tasks',
  namespaces: 'namespaces',
  namespace: 'namespaces',
  ns: 'namespaces',
  images: 'images',
  image: 'images',
  i: 'images',
  content: 'content',
  snapshots: 'snapshots',
  snapshot: 'snapshots',
  leases: 'leases',
  plugins: 'plugins',
  plugin: 'plugins',
  sandboxes: 'sandboxes',
  sandbox: 'sandboxes',
  sb: 'sandboxes',
  s: 'sandboxes',
  oci: 'oci',
  deprecations: 'deprecations',
  shim: 'shim',
  pprof: 'pprof',
};
/** Other names of commands. */
const verbNames: Readonly<Record<string, string>> = {
  ls: 'list',
  event: 'events',
  rm: 'delete',
  del: 'delete',
  remove: 'delete',
};

/** Where a group has its own. */
const ownVerbNames: Readonly<Record<string, string>> = {
  'namespaces c': 'create',
  'namespaces rm': 'remove',
  'namespaces remove': 'remove',
};

/** The program. */
export const ctrProgram = (argv: readonly string[], env: Environment): Running => asGoProgram(() => client(argv, env));

function* client(argv: readonly string[], env: Environment): Running {
  yield* startThreads(threadCounts.docker);
  yield* takeUnwantedSignals();
  try {
    return yield* perform(argv.slice(1), env);
  } catch (error) {
    if (!(error instanceof CtrError)) throw error;
    if (error.exitCode !== 1) yield* print(`${error.message}\n`, 2);
    else yield* complain('ctr', error.message);
    return error.exitCode;
  }
}

function* perform(words: readonly string[], env: Environment): Running {
  try {
    return yield* performParsed(words, env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Told twice: with the help on standard output, and as an error.
    yield* print(`Incorrect Usage${commands[error.where] === undefined ? '.' : ':'} ${error.message}\n\n`);
    yield* print(helpOf(error.where));
    throw new CtrError(error.message);
  }
}

function* performParsed(words: readonly string[], env: Environment): Running {
  const global = parseFlags(words, globalFlags, '', false);
  if (global.values['version'] === 'true') return yield* tell('ctr github.com/containerd/containerd 1.7.24~ds1\n');
  const [first = '', ...rest] = global.args;
  if (first === '' || global.values['help'] === 'true') return yield* tell(helpOf(''));
  if (isHelp(first)) return yield* tell(helpAsked('', rest[0]));
  const group = groupNames[first];
  const inner =
    group === undefined ? global : parseFlags(rest, [...(groups[group]?.flags ?? []), helpFlag], group, false);
  const [verb = '', ...behind] = inner.args;
  if (group !== undefined && (verb === '' || inner.values['help'] === 'true')) return yield* tell(helpOf(group));
  if (group !== undefined && isHelp(verb)) return yield* tell(helpAsked(group, behind[0]));
  const name = nameOf(group ?? '', verb);
  const command = commands[name];
  if (command === undefined) throw unknown(group ?? '', verb);
  const own = parseFlags(behind, [...command.flags, helpFlag], name, command.takesCommand !== true);
  if (own.values['help'] === 'true') return yield* tell(helpOf(name));
  if (command.required !== undefined && own.values[command.required] === undefined) {
    yield* print(helpOf(name));
    throw new CtrError(`Required flag "${command.required}" not set`);
  }
  const options: CtrOptions = {
    address: (global.values['address'] ?? env['CONTAINERD_ADDRESS'] ?? grpcSocket).replace(/^unix:\/\//, ''),
    namespace: global.values['namespace'] ?? env['CONTAINERD_NAMESPACE'] ?? 'default',
    flags: { ...(group === undefined ? {} : inner.values), ...own.values },
    args: own.args,
  };
  return yield* inSpan(`ctr ${name}`, 'engine', () => command.act(options));
}

const isHelp = (word: string): boolean => word === 'help' || word === 'h';

function nameOf(group: string, verb: string): string {
  const name = ownVerbNames[`${group} ${verb}`] ?? verbNames[verb] ?? verb;
  return group === '' ? name : `${group} ${name}`;
}

/** What the word `help` tells, alone or with a name behind it. Throws a CtrError. */
function helpAsked(group: string, word: string | undefined): string {
  if (word === undefined) return group === '' ? helpOf('') : helpInGroup(group);
  const named = group === '' ? groupNames[word] : undefined;
  if (named !== undefined) return helpAboutGroup(named);
  const name = nameOf(group, word);
  if (commands[name] === undefined) throw unknown(group, word);
  return helpOf(name);
}

function* tell(text: string): Running {
  yield* print(text);
  return 0;
}

function unknown(group: string, word: string): CtrError {
  const isListed = new RegExp(`^ {3}(?:.*[ ,])?${word.replace(/\W/g, '\\$&')}[ ,]`, 'm').test(helpOf(group));
  if (isListed)
    return new CtrError(
      `glassdock: ctr ${group === '' ? word : `${group} ${word}`} is not modelled yet; ctr --help lists the commands`,
    );
  return new CtrError(`No help topic for '${word}'`, 3);
}
