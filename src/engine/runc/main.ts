/** runc: the program that makes containers. It lives a few milliseconds; what remains is the process it made. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { asGoProgram } from '../broken-output.ts';
import { runcDurations, threadCounts } from '../durations.ts';
import { startThreads } from '../go-threads.ts';
import { inSpan } from '../span.ts';
import { UsageError } from '../urfave.ts';
import { commands } from './commands.ts';
import { RuncError } from './error.ts';
import { listedCommands, versionText } from './global-help.ts';
import { commandHelp, globalHelp } from './help.ts';
import { openLog, report } from './log.ts';
import { parseOptions } from './options.ts';
import type { RuncOptions } from './options.ts';
import { initMain } from './stages.ts';
import { runVerb } from './verbs.ts';

/** The main program: `runc [GLOBAL OPTIONS] COMMAND …`, and `runc init`, which only runc itself starts. */
export function* runcProgram(argv: readonly string[], env: Environment): Running {
  return argv[1] === 'init' ? yield* initMain(env) : yield* asGoProgram(() => runOnce(argv, env));
}

function* runOnce(argv: readonly string[], env: Environment): Running {
  yield* startThreads(threadCounts.runc);
  let options: RuncOptions;
  try {
    options = parseOptions(argv, env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return yield* refuse(error.message, error.where);
  }
  const command = commands[options.verb];
  if (command === undefined) return yield* withoutCommand(options);
  if (options.flags['help'] === 'true') {
    yield* print(commandHelp(options.verb));
    return 0;
  }
  const complaint = complaintAboutCount(options, command.least, command.most);
  if (complaint !== '') return yield* refuse(complaint, options.verb, options);
  return yield* inSpan(`runc ${options.verb}`, 'engine', () => carryOut(options));
}

function* carryOut(options: RuncOptions): Running {
  yield* sys.compute(beginsOf(options.verb));
  let log: number | undefined;
  try {
    log = yield* openLog(options);
    return yield* runVerb(options);
  } catch (error) {
    return yield* report(options, error, log);
  }
}

/** Help, the version, and commands that there are not. */
function* withoutCommand(options: RuncOptions): Running {
  const { verb, args } = options;
  if (verb === 'version') {
    yield* print(`runc version ${versionText}`);
    return 0;
  }
  const topic = verb === 'help' || verb === 'h' ? (args[0] ?? '') : verb;
  if (topic === '') {
    yield* print(globalHelp());
    return 0;
  }
  if (commands[topic] !== undefined) {
    yield* print(commandHelp(topic));
    return 0;
  }
  const isListed = listedCommands.some(([name]) => name === topic);
  return yield* report(
    options,
    isListed
      ? new RuncError(`glassdock: runc ${topic} is not modelled yet; runc --help lists the commands`)
      : new RuncError(`No help topic for '${topic}'\n`, 3),
  );
}

/** runc: utils.go, checkArgs(). */
function complaintAboutCount({ verb, args }: RuncOptions, least: number, most: number): string {
  if (least === most) return args.length === least ? '' : `runc: "${verb}" requires exactly ${least} argument(s)`;
  if (args.length < least) return `runc: "${verb}" requires a minimum of ${least} argument(s)`;
  return args.length > most ? `runc: "${verb}" requires a maximum of ${most} argument(s)` : '';
}

/** A command line that is wrong is told twice: with the help on standard output, and as an error. */
function* refuse(message: string, where: string, options?: RuncOptions): Running {
  const colon = where === '' ? '. ' : ': ';
  yield* print(`Incorrect Usage${options === undefined ? `${colon}${message}` : '.'}\n\n`);
  yield* print(commands[where] === undefined ? globalHelp() : commandHelp(where));
  return yield* report(options ?? { log: '', logFormat: 'text' }, new RuncError(message));
}

/** How long Go's start and the reading of the state take, by command. */
function beginsOf(verb: string): number {
  const { execBegins, killBegins, deleteBegins, pauseBegins, begins } = runcDurations;
  const known: Readonly<Record<string, number>> = {
    exec: execBegins,
    kill: killBegins,
    delete: deleteBegins,
    pause: pauseBegins,
    resume: pauseBegins,
    start: 0,
  };
  return known[verb] ?? begins;
}
