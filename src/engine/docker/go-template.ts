/** `--format` templates: Go's text/template as far as docker's users need it. Go: text/template/exec.go. */
import { CallError, functions, headerFunctions, misfit } from './template-functions.ts';
import type { Parameter, TemplateFunction } from './template-functions.ts';
import { parseTree, TemplateError } from './template-syntax.ts';
import type { Command, Node, Operand, Pipe, Tree } from './template-syntax.ts';
import { entriesOf, GoMap, GoNothing, GoRow, GoStruct, isTruth, isUntypedMap, show, typeNameOf } from './go-value.ts';

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
  /** The template that is being executed, by its name. */
  readonly executing: string;
  /** Where a message says that the execution is: what was looked at last. Go: state.at(). */
  readonly place: { current: Place };
}

interface Place {
  readonly at: number;
  readonly text: string;
}

function execute(program: Program, value: unknown): { readonly text: string; readonly error?: string } {
  const run: Run = {
    ...program,
    variables: [{ name: '$', value }],
    output: [],
    executing: program.options.name ?? '',
    place: { current: { at: 0, text: '' } },
  };
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
      run.place.current = node;
      const nodes = run.tree.defined.get(node.name);
      if (nodes === undefined) throw failure(run, `template "${node.name}" not defined`);
      const value = node.pipe === null ? undefined : evaluate(run, node.pipe, dot);
      performAll({ ...run, variables: [{ name: '$', value }], executing: node.name }, nodes, value);
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
  if (entries === undefined) throw failure(run, `range can't iterate over ${show(value)}`);
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
function failure({ source, options, executing, place }: Run, message: string) {
  const { at, text } = place.current;
  const before = source.slice(0, at);
  const where = `${before.split('\n').length}:${at - (before.lastIndexOf('\n') + 1)}`;
  const name = options.name ?? '';
  return new TemplateError(`template: ${name}:${where}: executing "${executing}" at <${text}>: ${message}`);
}

/** Go: evalPipeline(). What a command gives as an interface is what is in it: of nothing, nothing is left. */
function evaluate(run: Run, pipe: Pipe, dot: unknown): unknown {
  let value: unknown;
  for (const [at, command] of pipe.commands.entries())
    value = callCommand(run, command, dot, at === 0 ? [] : [value]) ?? undefined;
  for (const name of pipe.variables) {
    const known = run.variables.findLast((variable) => variable.name === name);
    if (pipe.declares) run.variables.push({ name, value });
    else if (known === undefined) throw failure(run, `undefined variable: ${name}`);
    else known.value = value;
  }
  return value;
}

/** Go: evalCommand(). */
function callCommand(run: Run, command: Command, dot: unknown, piped: readonly unknown[]): unknown {
  const [head, ...rest] = command.operands;
  if (head === undefined) return undefined;
  if (head.type === 'function') return callFunction(run, command, head, rest, dot, piped);
  if (rest.length + piped.length === 0 && head.type !== 'nil') return valueOf(run, head, dot);
  if (head.type === 'field' || head.type === 'variable' || head.type === 'chain')
    return callMethod(run, head, rest, dot, piped);
  run.place.current = head;
  throw failure(run, head.type === 'nil' ? 'nil is not a command' : `can't give argument to non-function ${head.text}`);
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
  if (method !== undefined) {
    const args = argumentsOf(run, { name, parameters: ['string'] }, rest, dot, piped);
    return method(String(args[0]));
  }
  if (owner instanceof GoMap || isUntypedMap(owner)) throw failure(run, `${name} is not a method but has arguments`);
  fieldOf(run, head, owner, name);
  const count = rest.length + piped.length;
  throw failure(
    run,
    owner instanceof GoRow
      ? `wrong number of args for ${name}: want 0 got ${count}`
      : `${name} has arguments but cannot be invoked as function`,
  );
}

function callFunction(
  run: Run,
  command: Command,
  head: Extract<Operand, { type: 'function' }>,
  rest: readonly Operand[],
  dot: unknown,
  piped: readonly unknown[],
): unknown {
  run.place.current = head;
  const { name } = head;
  const callee = run.callable[name];
  if (callee === undefined) return undefined;
  const decides = name === 'and' ? (value: unknown) => !isTruth(value) : name === 'or' ? isTruth : undefined;
  const args = argumentsOf(run, { name, ...callee, decides }, rest, dot, piped);
  try {
    return name === 'call' ? callee.call(args[0], rest[0]?.text ?? '') : callee.call(...args);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    run.place.current = command;
    throw failure(run, `error calling ${name}: ${error.message}`);
  }
}

interface Callee {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly more?: Parameter;
  /** `and` and `or` look no further than an argument that decides. */
  readonly decides?: ((value: unknown) => boolean) | undefined;
}

/** Evaluates and checks what a function is given. Go: evalCall(). */
function argumentsOf(
  run: Run,
  { name, parameters, more, decides }: Callee,
  rest: readonly Operand[],
  dot: unknown,
  piped: readonly unknown[],
): readonly unknown[] {
  const count = rest.length + piped.length;
  const least = parameters.length;
  if (count < least || (more === undefined && count > least)) {
    const want = more === undefined ? String(least) : `at least ${least}`;
    throw failure(run, `wrong number of args for ${name}: want ${want} got ${count}`);
  }
  const args: unknown[] = [];
  for (const [at, operand] of rest.entries()) {
    const value = valueOf(run, operand, dot);
    const literal = operand.type === 'literal' ? operand.text : undefined;
    const because = misfit(value, parameters[at] ?? more ?? 'any', literal);
    if (because !== undefined) throw failure(run, because);
    args.push(value);
    if (decides?.(value) === true) return args;
  }
  for (const value of piped) {
    const because = misfit(value, parameters[rest.length] ?? more ?? 'any', undefined);
    if (because !== undefined) throw failure(run, because);
    args.push(value);
  }
  return args;
}

function valueOf(run: Run, operand: Operand, dot: unknown): unknown {
  run.place.current = operand;
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
  run.place.current = operand;
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
function fieldOf(run: Run, operand: Fields, value: unknown, name: string): unknown {
  const missing = (because: string): undefined => {
    if (run.options.missingKeyIsError === true) throw failure(run, `${because} key "${name}"`);
    return undefined;
  };
  if (value === undefined) return missing('nil data; no entry for');
  if (value === null) throw failure(run, `nil pointer evaluating interface {}.${name}`);
  if (isUntypedMap(value)) return Object.hasOwn(value, name) ? value[name] : missing('map has no entry for');
  if (value instanceof GoMap && value.key === 'string')
    return Object.hasOwn(value.entries, name) ? value.get(name) : undefined;
  if (value instanceof GoNothing && value.hasField(name)) {
    if (!value.isPointer) return undefined;
    throw failure(run, `nil pointer evaluating ${value.typeName}.${name}`);
  }
  if (value instanceof GoStruct && value.has(name)) return value.get(name);
  if (value instanceof GoRow) {
    if (Object.hasOwn(value.fields, name)) return value.fields[name];
    if (value.methods[name] !== undefined) throw failure(run, `wrong number of args for ${name}: want 1 got 0`);
  }
  // What is in plain JSON has no type of its own, unless a pipeline has taken it out.
  const isTakenOut = operand.type === 'chain' && operand.names[0] === name;
  const type = run.options.missingKeyIsError === true && !isTakenOut ? 'interface {}' : typeNameOf(value);
  throw failure(run, `can't evaluate field ${name} in type ${type}`);
}
