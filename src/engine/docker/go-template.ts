/** `--format` templates: Go's text/template as far as docker's users need it. Go: text/template/exec.go. */
import { CallError, functions, headerFunctions, misfit } from './template-functions.ts';
import type { Parameter, TemplateFunction } from './template-functions.ts';
import { parseTree, TemplateError } from './template-syntax.ts';
import type { Command, Node, Operand, Pipe, Tree } from './template-syntax.ts';
import { entriesOf, GoMap, GoNothing, GoRow, GoStruct, isTruth, show, typeNameOf } from './go-value.ts';

export interface Template {
  /** The text for a value; with `error`, what went wrong, and `text` is what had been written before. */
  readonly execute: (value: unknown) => { readonly text: string; readonly error?: string };
}

export interface TemplateOptions {
  /** What messages call the template: '' in most commands. */
  readonly name?: string;
  /** A plain map must have what is asked of it. */
  readonly missingKeyIsError?: boolean;
  /** For the head of a table. */
  readonly forHeader?: boolean;
}

/** Reads a template, or gives Go's words for what is wrong with it: `template: :1: unclosed action`. */
export function parseTemplate(source: string, options: TemplateOptions = {}): Template | { readonly error: string } {
  const callable = options.forHeader === true ? headerFunctions : functions;
  try {
    const tree = parseTree(source, options.name ?? '', new Set(Object.keys(callable)));
    return { execute: (value) => execute({ source, options, tree, callable }, value) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    throw error;
  }
}

interface Program {
  readonly source: string;
  readonly options: TemplateOptions;
  readonly tree: Tree;
  readonly callable: Readonly<Record<string, TemplateFunction>>;
}

interface Run extends Program {
  readonly variables: { readonly name: string; value: unknown }[];
  readonly output: string[];
}

function execute(program: Program, value: unknown): { readonly text: string; readonly error?: string } {
  const run: Run = { ...program, variables: [{ name: '$', value }], output: [] };
  try {
    performAll(run, program.tree.nodes, value);
    return { text: run.output.join('') };
  } catch (error) {
    if (error instanceof TemplateError) return { text: run.output.join(''), error: error.message };
    throw error;
  }
}

/** How a list of nodes ended: `break` and `continue` go up to the nearest `range`. */
type Flow = 'on' | 'break' | 'continue';

function performAll(run: Run, nodes: readonly Node[], dot: unknown): Flow {
  for (const node of nodes) {
    const flow = perform(run, node, dot);
    if (flow !== 'on') return flow;
  }
  return 'on';
}

function perform(run: Run, node: Node, dot: unknown): Flow {
  switch (node.type) {
    case 'text':
      run.output.push(node.text);
      return 'on';
    case 'break':
    case 'continue':
      return node.type;
    case 'action': {
      const value = evaluate(run, node.pipe, dot);
      if (node.pipe.variables.length === 0) run.output.push(show(value));
      return 'on';
    }
    case 'template': {
      const nodes = run.tree.defined.get(node.name);
      if (nodes === undefined) throw failure(run, node, `template "${node.name}" not defined`);
      const value = node.pipe === null ? undefined : evaluate(run, node.pipe, dot);
      performAll({ ...run, variables: [{ name: '$', value }] }, nodes, value);
      return 'on';
    }
    default: {
      const depth = run.variables.length;
      const flow = node.type === 'range' ? performRange(run, node, dot) : performBranch(run, node, dot);
      run.variables.length = depth;
      return flow;
    }
  }
}

type Branch = Extract<Node, { type: 'if' | 'with' | 'range' }>;

function performBranch(run: Run, node: Branch, dot: unknown): Flow {
  const value = evaluate(run, node.pipe, dot);
  if (!isTruth(value)) return performAll(run, node.otherwise, dot);
  return performAll(run, node.body, node.type === 'with' ? value : dot);
}

function performRange(run: Run, node: Branch, dot: unknown): Flow {
  const [first, second] = node.pipe.variables;
  const value = evaluate(run, { ...node.pipe, variables: [] }, dot);
  const entries = entriesOf(value);
  if (entries === undefined) {
    const at = node.pipe.commands[0]?.operands.at(-1);
    throw failure(run, at ?? { at: 0, text: '' }, `range can't iterate over ${show(value)}`);
  }
  for (const [key, one] of entries) {
    const depth = run.variables.length;
    if (second !== undefined) run.variables.push({ name: first ?? '', value: key }, { name: second, value: one });
    else if (first !== undefined) run.variables.push({ name: first, value: one });
    const flow = performAll(run, node.body, one);
    run.variables.length = depth;
    if (flow === 'break') break;
  }
  return entries.length === 0 ? performAll(run, node.otherwise, dot) : 'on';
}

/** An error at a place in the template. Go: ErrorContext(). */
function failure({ source, options }: Run, place: { readonly at: number; readonly text: string }, message: string) {
  const before = source.slice(0, place.at);
  const where = `${before.split('\n').length}:${place.at - (before.lastIndexOf('\n') + 1)}`;
  const name = options.name ?? '';
  return new TemplateError(`template: ${name}:${where}: executing "${name}" at <${place.text}>: ${message}`);
}

function evaluate(run: Run, pipe: Pipe, dot: unknown): unknown {
  let value: unknown;
  for (const [at, command] of pipe.commands.entries()) value = callCommand(run, command, dot, at === 0 ? [] : [value]);
  for (const name of pipe.variables) {
    const known = run.variables.findLast((variable) => variable.name === name);
    if (pipe.declares || known === undefined) run.variables.push({ name, value });
    else known.value = value;
  }
  return value;
}

/** Go: evalCommand(). */
function callCommand(run: Run, command: Command, dot: unknown, piped: readonly unknown[]): unknown {
  const [head, ...rest] = command.operands;
  if (head === undefined) return undefined;
  if (head.type === 'function') return callFunction(run, command, head, rest, dot, piped);
  if (head.type === 'nil') throw failure(run, head, 'nil is not a command');
  if (rest.length + piped.length === 0) return valueOf(run, head, dot);
  if (head.type !== 'field' && head.type !== 'variable' && head.type !== 'chain')
    throw failure(run, head, `can't give argument to non-function ${head.text}`);
  return callMethod(run, head, rest, dot, piped);
}

/** A field with arguments: only the rows of a list have methods. */
function callMethod(
  run: Run,
  head: Fields,
  rest: readonly Operand[],
  dot: unknown,
  piped: readonly unknown[],
): unknown {
  const owner = ownerOf(run, head, dot);
  const name = head.names.at(-1) ?? '';
  const method = owner instanceof GoRow ? owner.methods[name] : undefined;
  if (method === undefined) {
    fieldOf(run, head, owner, name);
    const count = rest.length + piped.length;
    const message =
      owner instanceof GoRow
        ? `wrong number of args for ${name}: want 0 got ${count}`
        : `${name} has arguments but cannot be invoked as function`;
    throw failure(run, head, message);
  }
  const args = argumentsOf(run, { head, name, parameters: ['string'] }, rest, dot, piped);
  return method(String(args[0]));
}

function callFunction(
  run: Run,
  command: Command,
  head: Extract<Operand, { type: 'function' }>,
  rest: readonly Operand[],
  dot: unknown,
  piped: readonly unknown[],
): unknown {
  const { name } = head;
  const callee = run.callable[name];
  if (callee === undefined) return undefined;
  const decides = name === 'and' ? (value: unknown) => !isTruth(value) : name === 'or' ? isTruth : undefined;
  const args = argumentsOf(run, { head, name, ...callee, decides }, rest, dot, piped);
  try {
    return callee.call(...args);
  } catch (error) {
    if (error instanceof CallError) throw failure(run, command, `error calling ${name}: ${error.message}`);
    throw error;
  }
}

interface Callee {
  readonly head: Operand;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly more?: Parameter;
  /** `and` and `or` look no further than an argument that decides. */
  readonly decides?: ((value: unknown) => boolean) | undefined;
}

/** Evaluates and checks what a function is given. Go: evalCall(). */
function argumentsOf(
  run: Run,
  { head, name, parameters, more, decides }: Callee,
  rest: readonly Operand[],
  dot: unknown,
  piped: readonly unknown[],
): readonly unknown[] {
  const count = rest.length + piped.length;
  const least = parameters.length;
  if (count < least || (more === undefined && count > least)) {
    const want = more === undefined ? String(least) : `at least ${least}`;
    throw failure(run, head, `wrong number of args for ${name}: want ${want} got ${count}`);
  }
  const args: unknown[] = [];
  for (const [at, operand] of rest.entries()) {
    const value = operand.type === 'nil' ? null : valueOf(run, operand, dot);
    const literal = operand.type === 'literal' ? operand.text : undefined;
    const because = misfit(value, parameters[at] ?? more ?? 'any', literal);
    if (because !== undefined) throw failure(run, operand, because);
    args.push(value);
    if (decides?.(value) === true) return args;
  }
  for (const value of piped) {
    const because = misfit(value, parameters[rest.length] ?? more ?? 'any', undefined);
    if (because !== undefined) throw failure(run, head, because);
    args.push(value);
  }
  return args;
}

function valueOf(run: Run, operand: Operand, dot: unknown): unknown {
  switch (operand.type) {
    case 'literal':
      return operand.value;
    case 'nil':
      return null;
    case 'dot':
      return dot;
    case 'function':
      return callFunction(run, { operands: [operand], at: operand.at, text: operand.text }, operand, [], dot, []);
    case 'pipe':
      return evaluate(run, operand.pipe, dot);
    default: {
      const name = operand.names.at(-1);
      const owner = ownerOf(run, operand, dot);
      return name === undefined ? owner : fieldOf(run, operand, owner, name);
    }
  }
}

type Fields = Extract<Operand, { readonly names: readonly string[] }>;

/** What the last of the fields is looked up in. */
function ownerOf(run: Run, operand: Fields, dot: unknown): unknown {
  let value =
    operand.type === 'field'
      ? dot
      : operand.type === 'chain'
        ? evaluate(run, operand.pipe, dot)
        : run.variables.findLast(({ name }) => name === operand.name)?.value;
  for (const name of operand.names.slice(0, -1)) value = fieldOf(run, operand, value, name);
  return value;
}

/** Go: evalField(). */
function fieldOf(run: Run, operand: Operand, value: unknown, name: string): unknown {
  if (value === undefined || value === null) throw failure(run, operand, `nil pointer evaluating interface {}.${name}`);
  if (value instanceof GoRow) {
    if (Object.hasOwn(value.fields, name)) return value.fields[name];
    if (value.methods[name] !== undefined)
      throw failure(run, operand, `wrong number of args for ${name}: want 1 got 0`);
  } else if (value instanceof GoStruct) {
    if (value.has(name)) return value.get(name);
  } else if (value instanceof GoMap) {
    return Object.hasOwn(value.entries, name) ? value.get(name) : undefined;
  } else if (value instanceof GoNothing) {
    if (value.of === 'map') return undefined;
    if (value.of === 'pointer') throw failure(run, operand, `nil pointer evaluating ${value.typeName}.${name}`);
  } else if (typeof value === 'object' && !Array.isArray(value)) {
    if (Object.hasOwn(value, name)) return (value as Readonly<Record<string, unknown>>)[name];
    if (run.options.missingKeyIsError === true) throw failure(run, operand, `map has no entry for key "${name}"`);
    return undefined;
  }
  // What is in plain JSON has no type of its own.
  const type = run.options.missingKeyIsError === true ? 'interface {}' : typeNameOf(value);
  throw failure(run, operand, `can't evaluate field ${name} in type ${type}`);
}
