/** runc: the program that makes containers. It lives a few milliseconds; what remains is the process it made. */
import { O } from '../../kernel/abi.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../../programs/io.ts';
import { runcDurations, threadCounts } from '../durations.ts';
import { inSpan } from '../span.ts';
import { timestampNow } from '../timestamp.ts';
import { RuncError } from './error.ts';
import { parseOptions } from './options.ts';
import type { RuncOptions } from './options.ts';
import { initMain } from './stages.ts';
import { runVerb } from './verbs.ts';

/** The main program: `runc [GLOBAL OPTIONS] COMMAND …`, and `runc init`, which only runc itself starts. */
export function* runcProgram(argv: readonly string[], env: Environment): Running {
  if (argv[1] === 'init') return yield* initMain(env);
  if (argv[1] === '--version' || argv[1] === '-v') {
    yield* print('runc version 1.1.15+ds1\ncommit: 1.1.15+ds1-2\nspec: 1.0.2-dev\ngo: go1.24.4\nlibseccomp: 2.6.0\n');
    return 0;
  }
  yield* sys.setThreads(threadCounts.runc);
  let options: RuncOptions;
  try {
    options = parseOptions(argv);
  } catch (error) {
    yield* complain('runc', error instanceof Error ? error.message : String(error));
    return 1;
  }
  return yield* inSpan(`runc ${options.verb}`, 'engine', function* () {
    yield* sys.compute(beginsOf(options.verb));
    try {
      yield* runVerb(options);
      return 0;
    } catch (error) {
      return yield* report(options, error);
    }
  });
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

/** Writes the failure where the shim reads it (`--log`) and to standard error; returns the exit code. */
function* report(options: RuncOptions, error: unknown): Running {
  if (!(error instanceof RuncError) && !isErrno(error)) throw error;
  const message = isErrno(error) ? strerror(error.errno).toLowerCase() : error.message;
  if (options.log !== '') {
    const fd = yield* sys.open(options.log, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o644);
    const line = { level: 'error', msg: message, time: yield* timestampNow() };
    yield* print(
      options.logFormat === 'json'
        ? `${JSON.stringify(line)}\n`
        : `time="${line.time}" level=error msg=${JSON.stringify(message)}\n`,
      fd,
    );
    yield* sys.close(fd);
  }
  yield* print(`${message}\n`, 2);
  return error instanceof RuncError ? error.exitCode : 1;
}
