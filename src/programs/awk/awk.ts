/** awk(1): Debian's mawk 1.3.4, and busybox's. */
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import { complain, errnoWords, readFile } from '../io.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from '../tools/options.ts';
import { PatternError } from '../tools/regular-expression.ts';
import { executeAll } from './execute.ts';
import { AwkFailure, AwkUnmodelled } from './failure.ts';
import type { Awk } from './machine.ts';
import { Memory } from './memory.ts';
import { MainInputError, Operands } from './operands.ts';
import { parseAwk } from './parse.ts';
import { runRules } from './rules.ts';
import { Streams } from './streams.ts';
import { AwkSyntaxError, unescapeAwk } from './tokens.ts';
import { fromInput } from './values.ts';

export const awk = (flavour: Flavour): Program =>
  function* awkMain(argv, environment): Running {
    const name = flavour === 'gnu' ? 'mawk' : 'awk';
    const options = parseOptions(argv.slice(1), '+F:v:f:');
    if (typeof options === 'string') return yield* refuseOptions(name, options, flavour, 2);
    const texts: string[] = [];
    for (const [letter, path] of options.all) {
      if (letter !== 'f') continue;
      try {
        texts.push(yield* readFile(path === '-' ? '/dev/stdin' : path));
      } catch (error) {
        const words = errnoWords(error);
        yield* complain(name, flavour === 'gnu' ? `cannot open ${path} (${words})` : `can't open '${path}': ${words}`);
        return flavour === 'gnu' ? 2 : 1;
      }
    }
    const [first, ...rest] = options.operands;
    const text = texts.length > 0 ? texts.join('\n') : first;
    if (text === undefined) {
      yield* complain('glassdock', "awk needs a program: awk 'PROGRAM' [FILE]...");
      return 2;
    }
    const memory = new Memory(flavour);
    try {
      return yield* run(flavour, memory, text, {
        environment,
        options,
        operands: texts.length > 0 ? options.operands : rest,
      });
    } catch (error) {
      return yield* explain(flavour, memory, error);
    }
  };

interface Given {
  readonly environment: Environment;
  readonly options: Options;
  readonly operands: readonly string[];
}

function* run(flavour: Flavour, memory: Memory, text: string, given: Given): Running<number> {
  const program = parseAwk(text);
  const streams = new Streams(given.environment, memory.patterns);
  const operands = new Operands(flavour, memory, streams);
  const awk: Awk = {
    flavour,
    program,
    memory,
    streams,
    nextRecord: () => operands.next(),
    *runBody(body): Running<void> {
      yield* executeAll(awk, body);
    },
    depth: 0,
    returned: null,
    exitCode: 0,
    steps: 0,
    random: { seed: 0, state: flavour === 'gnu' ? null : 1 },
  };
  furnish(flavour, memory, given);
  try {
    yield* runRules(awk, operands);
  } finally {
    yield* streams.closeAll();
  }
  if (awk.exitCode !== 0) return awk.exitCode;
  return operands.hasFailed ? 1 : 0;
}

/** The variables that a program finds. */
function furnish(flavour: Flavour, memory: Memory, { environment, options, operands }: Given): void {
  const named = [flavour === 'gnu' ? 'mawk' : 'awk', ...operands];
  for (const [index, operand] of named.entries()) memory.array('ARGV').set(String(index), fromInput(operand));
  memory.set('ARGC', named.length);
  for (const [name, value] of Object.entries(environment)) memory.array('ENVIRON').set(name, fromInput(value ?? ''));
  for (const [letter, value] of options.all) {
    const at = value.indexOf('=');
    if (letter === 'F') memory.set('FS', flavour === 'busybox' && value === 't' ? '\t' : unescapeAwk(value));
    if (letter === 'v' && at > 0) memory.set(value.slice(0, at), fromInput(unescapeAwk(value.slice(at + 1))));
  }
}

function* explain(flavour: Flavour, memory: Memory, error: unknown): Running<number> {
  if (error instanceof AwkUnmodelled) {
    yield* complain('glassdock', `not modelled: awk with ${error.message}`);
    return 2;
  }
  if (flavour === 'busybox') {
    if (error instanceof AwkSyntaxError) yield* complain('awk', `cmd. line:${error.busyboxLine}: ${error.busybox}`);
    else if (error instanceof AwkFailure) yield* complain('awk', `cmd. line:${error.line}: ${error.busybox}`);
    else if (error instanceof PatternError) yield* complain('awk', `bad regex: ${error.message}`);
    else throw error;
    return 1;
  }
  if (error instanceof AwkSyntaxError) yield* complain('mawk', `line ${error.line}: ${error.message}`);
  else if (error instanceof MainInputError) yield* complain('mawk', error.message);
  else if (error instanceof PatternError) yield* complain('mawk', 'line 1: regular expression compile failed');
  else if (error instanceof AwkFailure) {
    const [name, fnr, nr] = ['FILENAME', 'FNR', 'NR'].map((variable) => memory.text(variable));
    yield* complain('mawk', `run time error: ${error.message}\n\tFILENAME="${name}" FNR=${fnr} NR=${nr}`);
  } else throw error;
  return 2;
}
