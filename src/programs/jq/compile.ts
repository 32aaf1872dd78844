/** From a program's text to what runs: its tree, its names checked, the filters that every program may use. */
import { closureOf, define } from './evaluate.ts';
import { lookUp, plain, type Closure, type Scope } from './scope.ts';
import { natives } from './natives.ts';
import { parseDefinitions, parseProgram } from './parse.ts';
import { prelude } from './prelude.ts';
import type { Expression, Pattern } from './syntax.ts';
import { SyntaxProblem } from './tokens.ts';
import type { Json } from './value.ts';

/** A program that cannot be run, in jq's words: several lines. */
export class CompileError extends Error {}

/** @param variables values by name: `--arg`, `$ENV`. */
export function compile(text: string, variables: ReadonlyMap<string, Json>): Closure {
  let program: Expression;
  try {
    program = parseProgram(text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw compileError(`${error.message} (Unix shell quoting issues?)`, text, error.at);
  }
  let scope = builtins();
  for (const [name, value] of variables) scope = { name: `$${name}`, value, outer: scope };
  scope = define({ name: 'env', parameters: [], body: { type: 'variable', name: 'ENV', at: 0 } }, scope);
  const unknown = unknownIn(program, scope);
  if (unknown !== null && notModelled.has(unknown.name.replace(/\/\d+$/, '')))
    throw new CompileError(`jq: error: glassdock: jq's ${unknown.name} is not modelled yet`);
  if (unknown !== null) throw compileError(`${unknown.name} is not defined`, text, unknown.at);
  return closureOf(program, scope);
}

function compileError(message: string, text: string, at: number): CompileError {
  const line = text.slice(0, at).split('\n').length;
  const shown = text.split('\n')[line - 1] ?? '';
  const column = at - (text.lastIndexOf('\n', at - 1) + 1);
  return new CompileError(
    `jq: error: ${message} at <top-level>, line ${line}:\n${shown}${' '.repeat(column)}\njq: 1 compile error`,
  );
}

let known: Scope | null = null;

function builtins(): Scope {
  known ??= withPrelude();
  return known;
}

function withPrelude(): Scope {
  const table = new Map<string, Scope>();
  const scope: Scope = { name: '', outer: null, table };
  for (const [name, native] of Object.entries(natives))
    table.set(name, { name, outer: null, call: (args) => ({ run: (input) => native(input, args) }) });
  for (const definition of parseDefinitions(prelude)) {
    const defined = define(definition, scope);
    table.set(defined.name, defined);
  }
  return scope;
}

/** What the real one has besides. */
const notModelled: ReadonlySet<string> = new Set(
  (
    'input inputs debug stderr input_filename input_line_number halt halt_error now todate fromdate date dateadd datesub ' +
    'strftime strptime strflocaltime mktime gmtime localtime fromdateiso8601 todateiso8601 combinations tostream fromstream ' +
    'truncate_stream builtins pow log log2 log10 exp exp2 exp10 infinite nan isinfinite isnan isnormal ' +
    'INDEX IN GROUP_BY UNIQUE_BY significand trunc gamma sin cos tan modulemeta ' +
    'get_search_list input_line_number have_literal_numbers have_decnum abs @base32 @base32d'
  ).split(' '),
);

interface Unknown {
  readonly name: string;
  readonly at: number;
}

/** The first name that nothing defines. */
function unknownIn(body: Expression, scope: Scope | null): Unknown | null {
  const first = (...parts: readonly (readonly [Expression | null, Scope | null])[]): Unknown | null => {
    for (const [part, names] of parts) {
      const found = part === null ? null : unknownIn(part, names);
      if (found !== null) return found;
    }
    return null;
  };
  const here = (...parts: readonly (Expression | null)[]): Unknown | null =>
    first(...parts.map((part) => [part, scope] as const));
  switch (body.type) {
    case 'call':
      if (lookUp(scope, `${body.name}/${body.args.length}`) === null)
        return { name: `${body.name}/${body.args.length}`, at: body.at };
      return here(...body.args);
    case 'variable':
      return lookUp(scope, `$${body.name}`) === null ? { name: `$${body.name}`, at: body.at } : null;
    case 'break':
      return lookUp(scope, `*${body.name}/0`) === null ? { name: `$*label-${body.name}`, at: 0 } : null;
    case 'label':
      return first([body.body, { name: `*${body.name}/0`, outer: scope }]);
    case 'define':
      return unknownInDefinition(body, scope);
    case 'bind':
      return here(body.source) ?? first([body.body, named(body.pattern, scope)]);
    case 'reduce':
    case 'foreach': {
      const names = named(body.pattern, scope);
      const extract = body.type === 'foreach' ? body.extract : null;
      return here(body.source, body.start) ?? first([body.update, names], [extract, names]);
    }
    case 'string':
      return here(...body.parts.map((part) => (typeof part === 'string' ? null : part)));
    case 'object':
      return here(...body.entries.flat());
    default:
      return here(...childrenOf(body));
  }
}

function unknownInDefinition(body: Extract<Expression, { type: 'define' }>, scope: Scope | null): Unknown | null {
  const { definition } = body;
  const call = (): Closure => ({
    *run() {
      yield plain(null);
    },
  });
  const outer: Scope = { name: `${definition.name}/${definition.parameters.length}`, call, outer: scope };
  const inner = definition.parameters.reduce<Scope>((names, parameter) => {
    const filter: Scope = { name: `${parameter.replace(/^\$/, '')}/0`, call, outer: names };
    return parameter.startsWith('$') ? { name: parameter, value: null, outer: filter } : filter;
  }, outer);
  return unknownIn(definition.body, inner) ?? unknownIn(body.body, outer);
}

function named(pattern: Pattern, scope: Scope | null): Scope | null {
  if (pattern.type === 'variable') return { name: `$${pattern.name}`, value: null, outer: scope };
  const parts = pattern.type === 'array' ? pattern.items : pattern.entries.map(([, part]) => part);
  return parts.reduce((names, part) => named(part, names), scope);
}

function childrenOf(body: Expression): readonly (Expression | null)[] {
  switch (body.type) {
    case 'index':
      return [body.of, body.key];
    case 'slice':
      return [body.of, body.from, body.to];
    case 'iterate':
    case 'negate':
      return [body.of];
    case 'array':
      return [body.items];
    case 'pipe':
    case 'comma':
    case 'binary':
    case 'assign':
      return [body.left, body.right];
    case 'if':
      return [body.condition, body.whenTrue, body.whenFalse];
    case 'try':
      return [body.body, body.handler];
    default:
      return [];
  }
}
