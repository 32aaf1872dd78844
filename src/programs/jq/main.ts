/** jq(1), version 1.7.1 as Debian 13 has it: filters for JSON. */
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readAll, readFile } from '../io.ts';
import { compile, CompileError } from './compile.ts';
import { plain, type Closure } from './scope.ts';
import { parseArguments, type JqRequest } from './arguments.ts';
import { layOut } from './print-json.ts';
import { ParseError, readJson } from './read-json.ts';
import { isTrue, JqError, type Json } from './value.ts';

export const jqMain: Program = function* (argv, environment): Running {
  const request = parseArguments(argv.slice(1).map(fromUtf8));
  if ('say' in request) {
    yield* print(request.say, request.code === 0 ? 1 : 2);
    return request.code;
  }
  let program: Closure;
  try {
    program = compile(request.program, variablesOf(request, environment));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    yield* print(`${utf8(error.message)}\n`, 2);
    return 3;
  }
  const coloured = request.colour ?? (yield* sys.isatty(1));
  const state: State = { request: { ...request, colour: coloured }, program, code: 0, last: undefined };
  if (request.nullInput) yield* runOn(state, null, '<unknown>');
  else yield* readInputs(state);
  if (state.code !== 0 || !request.exitStatus) return state.code;
  if (state.last === undefined) return 4;
  return isTrue(state.last) ? 0 : 1;
};

interface State {
  readonly request: JqRequest & { readonly colour: boolean };
  readonly program: Closure;
  code: number;
  /** The last value that was printed. */
  last: Json | undefined;
}

function variablesOf({ variables }: JqRequest, environment: Environment): ReadonlyMap<string, Json> {
  const env = new Map<string, Json>(Object.entries(environment).map(([name, value]) => [name, fromUtf8(value)]));
  return new Map<string, Json>([...variables, ['ENV', env]]);
}

function* readInputs(state: State): Running<void> {
  const { request } = state;
  const texts: { readonly name: string; readonly text: string }[] = [];
  for (const file of request.files) {
    try {
      texts.push({ name: file, text: fromUtf8(yield* readFile(utf8(file))) });
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* print(`jq: error: Could not open ${utf8(file)}: ${strerror(error.errno)}\n`, 2);
      state.code = 2;
    }
  }
  if (request.files.length === 0) texts.push({ name: '<stdin>', text: fromUtf8(yield* readAll(0)) });
  const all: Json[] = [];
  for (const { name, text } of texts) {
    try {
      for (const { value, line } of request.raw ? rawLines(text) : readJson(text)) {
        if (request.slurp) all.push(value);
        else yield* runOn(state, value, `${name}:${line}`);
      }
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      yield* print(`jq: parse error: ${utf8(error.message)}\n`, 2);
      state.code = 2;
      return;
    }
  }
  if (request.slurp) {
    const whole = request.raw ? texts.map(({ text }) => text).join('') : all;
    yield* runOn(state, whole, '<stdin>:0');
  }
}

function* rawLines(text: string): Generator<{ readonly value: Json; readonly line: number }> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, value] of lines.entries()) yield { value, line: index + 1 };
}

function* runOn(state: State, input: Json, place: string): Running<void> {
  const values = state.program.run(plain(input));
  for (;;) {
    let next: IteratorResult<{ readonly value: Json }>;
    try {
      next = values.next();
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      const how = typeof error.value === 'string' ? `: ${error.message}` : ` (not a string): ${error.message}`;
      yield* print(`jq: error (at ${utf8(place)})${utf8(how)}\n`, 2);
      state.code = 5;
      return;
    }
    if (next.done === true) return;
    state.last = next.value.value;
    yield* print(utf8(shown(next.value.value, state.request)));
  }
}

function shown(value: Json, { rawOutput, joined, indent, sorted, colour }: State['request']): string {
  const text = rawOutput && typeof value === 'string' ? value : layOut(value, { indent, sorted, coloured: colour });
  return joined ? text : `${text}\n`;
}
