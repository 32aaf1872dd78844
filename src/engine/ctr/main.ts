/** ctr 1.7.24: containerd's own client, a second hand on what dockerd has there (`-n moby`). */
import type { Environment, Running } from '../../kernel/abi.ts';
import { complain, print } from '../../programs/io.ts';
import { threadCounts } from '../durations.ts';
import * as sys from '../../kernel/sys.ts';
import { endingWithItsReader } from '../broken-output.ts';
import { inSpan } from '../span.ts';
import { grpcSocket } from '../containerd/shim-binary.ts';
import { CtrError } from './client.ts';
import type { CtrOptions } from './client.ts';
import { containerInfo, events, listContainers, listNamespaces, version } from './containers.ts';
import { ctrHelp, groupHelp } from './help.ts';
import { killTask, listPids, listTasks, pauseTask, resumeTask } from './tasks.ts';

type Command = (options: CtrOptions) => Running;

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
};
const commands: Readonly<Record<string, Command>> = {
  version,
  events,
  event: events,
  'containers ls': listContainers,
  'containers list': listContainers,
  'containers info': containerInfo,
  'tasks ls': listTasks,
  'tasks list': listTasks,
  'tasks ps': listPids,
  'tasks kill': killTask,
  'tasks pause': pauseTask,
  'tasks resume': resumeTask,
  'namespaces ls': listNamespaces,
  'namespaces list': listNamespaces,
};
const withValue: Readonly<Record<string, string>> = {
  address: 'address',
  a: 'address',
  namespace: 'namespace',
  n: 'namespace',
  timeout: 'timeout',
  'connect-timeout': 'connect-timeout',
  signal: 'signal',
  s: 'signal',
  'exec-id': 'exec-id',
};
const switches: Readonly<Record<string, string>> = {
  quiet: 'quiet',
  q: 'quiet',
  all: 'all',
  debug: 'debug',
  help: 'help',
  h: 'help',
  version: 'version',
  v: 'version',
};

/** The program. */
export const ctrProgram = (argv: readonly string[], env: Environment): Running =>
  endingWithItsReader(() => client(argv, env));

function* client(argv: readonly string[], env: Environment): Running {
  yield* sys.setThreads(threadCounts.docker);
  try {
    return yield* perform(argv.slice(1), env);
  } catch (error) {
    if (!(error instanceof CtrError)) throw error;
    if (error.exitCode === 3) yield* print(`${error.message}\n`, 2);
    else yield* complain('ctr', error.message);
    return error.exitCode;
  }
}

function* perform(words: readonly string[], env: Environment): Running {
  const global = parse(words, true);
  const [first = '', ...rest] = global.args;
  if (global.flags['version'] === 'true') {
    yield* print('ctr github.com/containerd/containerd 1.7.24~ds1\n');
    return 0;
  }
  if (first === '' || first === 'help' || first === 'h' || global.flags['help'] === 'true') {
    yield* print(ctrHelp);
    return 0;
  }
  const group = groupNames[first];
  const inner = group === undefined ? { flags: {}, args: rest } : parse(rest, true);
  const [verb = '', ...behind] = inner.args;
  const name = group === undefined ? first : `${group} ${verb}`;
  if (group !== undefined && verb === '') {
    yield* print(groupHelp(group));
    return 0;
  }
  const command = commands[name];
  if (command === undefined) throw unknown(name, group ?? '', verb);
  const own = parse(group === undefined ? rest : behind, false);
  const options: CtrOptions = {
    address: (global.flags['address'] ?? env['CONTAINERD_ADDRESS'] ?? grpcSocket).replace(/^unix:\/\//, ''),
    namespace: global.flags['namespace'] ?? env['CONTAINERD_NAMESPACE'] ?? 'default',
    flags: own.flags,
    args: own.args,
  };
  return yield* inSpan(`ctr ${name}`, 'engine', () => command(options));
}

function unknown(name: string, group: string, verb: string): CtrError {
  const text = group === '' ? ctrHelp : groupHelp(group);
  const word = group === '' ? name : verb;
  const isListed = new RegExp(`^ {3}(?:.*[ ,])?${word.replace(/\W/g, '\\$&')}[ ,]`, 'm').test(text);
  if (isListed) return new CtrError(`glassdock: ctr ${name} is not modelled yet; ctr --help lists the commands`);
  return new CtrError(`No help topic for '${word}'`, 3);
}

interface Parsed {
  readonly flags: Record<string, string>;
  readonly args: string[];
}

/** @param stops whether the first argument ends the options. */
function parse(words: readonly string[], stops: boolean): Parsed {
  const parsed: Parsed = { flags: {}, args: [] };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (stops) return { flags: parsed.flags, args: words.slice(at) };
      parsed.args.push(word);
      continue;
    }
    const [given = '', inline] = word.replace(/^--?/, '').split(/=(.*)/s);
    // Behind a command `-a` is --all, before it the address.
    const isSwitch = switches[given] !== undefined || (given === 'a' && !stops);
    const name = given === 'a' && !stops ? 'all' : (switches[given] ?? withValue[given]);
    if (name === undefined) throw new CtrError(`flag provided but not defined: -${given}`);
    const value = inline ?? (isSwitch ? 'true' : words[(at += 1)]);
    if (value === undefined) throw new CtrError(`flag needs an argument: -${given}`);
    parsed.flags[name] = value;
  }
  return parsed;
}
