/** The docker CLI: reads its command line, finds the daemon, carries out one command. docker: cmd/docker. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { cliDurations } from '../durations-docker.ts';
import { threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { asGoProgram } from '../broken-output.ts';
import { inSpan } from '../span.ts';
import { createsContainer, parseDocker } from './arguments.ts';
import type { DockerCommand } from './arguments.ts';
import { CommandFailed, DaemonError, dockerClient, ping } from './client.ts';
import { commandTable } from './command-table.ts';
import { defaultEndpoint, endpointOf } from './endpoint.ts';
import { defaultHelpWidth } from './help.ts';
import { windowSize } from './terminal.ts';

/** The program. */
export const dockerProgram = (argv: readonly string[], env: Environment): Running =>
  asGoProgram(() => client(argv, env));

function* client(argv: readonly string[], env: Environment): Running {
  yield* startThreads(threadCounts.docker);
  yield* takeUnwantedSignals();
  yield* sys.compute(cliDurations.begins);
  const [, width] = yield* windowSize();
  const terminal = { inputIsTty: yield* sys.isatty(0), width: width === 0 ? defaultHelpWidth : width };
  const line = parseDocker(argv.slice(1), terminal);
  if (line.type === 'help') {
    yield* print(line.text, line.to === 'stdout' ? 1 : 2);
    yield* print(line.aside ?? '', 2);
    return 0;
  }
  if (line.type === 'error') {
    yield* noteUnmodelled(line.text.split('\n'));
    if (line.asksFirst === true) yield* greet(env);
    yield* print(line.text, 2);
    return line.exitCode;
  }
  yield* noteUnmodelled(line.notes);
  yield* print(line.notes.join(''), 2);
  const code = yield* inSpan(`docker ${line.spelling}`, 'story', () => carryOut(line, env));
  yield* sys.compute(cliDurations.ends);
  return code;
}

function* carryOut(line: DockerCommand, env: Environment): Running {
  const command = commandTable[line.command];
  if (command === undefined) {
    yield* print(`glassdock: docker ${line.spelling} is not modelled yet\n`, 2);
    return 125;
  }
  try {
    // What is done to contexts needs none that can be reached.
    const resolve = line.command.startsWith('context ') ? defaultEndpoint : endpointOf;
    const docker = dockerClient(yield* resolve(line.globals, env), env);
    // The flags of these are read in the light of what system the daemon runs on.
    if (createsContainer(line.command)) yield* ping(docker);
    return yield* command(docker, line);
  } catch (error) {
    if (error instanceof CommandFailed) {
      yield* print(error.message, 2);
      return error.exitCode;
    }
    if (!(error instanceof DaemonError)) throw error;
    yield* print(`${error.message}\n`, 2);
    return 1;
  }
}

/** Asks the usual daemon which API it speaks, if there is one. */
function* greet(env: Environment): Running<void> {
  try {
    yield* ping(dockerClient(yield* endpointOf({ values: new Map(), typed: new Map() }, env), env));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
  }
}

function* noteUnmodelled(lines: readonly string[]): Running<void> {
  for (const line of lines) {
    if (line.startsWith('glassdock:'))
      yield* sys.journal({ type: 'note', topic: 'not modelled', text: line.trimEnd() });
  }
}
