/** `--format` templates: Go's text/template as far as docker's users need it. */
import { CallError, functions, isTruth, show } from './template-functions.ts';
import { parseNodes, TemplateError } from './template-syntax.ts';
import type { Node, Operand, Pipe } from './template-syntax.ts';

export interface Template {
  /** The text for a value, or the words of what went wrong. */
  readonly execute: (value: unknown) => string | { readonly error: string };
}

export interface TemplateOptions {
  /** What a value is called in the message on a field that it does not have; without it, values are maps. */
  readonly typeName?: string;
}

/** Reads a template, or gives Go's words for what is wrong with it. */
export function parseTemplate(source: string, options: TemplateOptions = {}): Template | { readonly error: string } {
  let nodes: readonly Node[];
  try {
    nodes = parseNodes(source, new Set(Object.keys(functions)));
  } catch (error) {
    if (error instanceof TemplateError) return { error: `template parsing error: ${error.message}` };
    throw error;
  }
  return {
    execute: (value) => {
      const run: Run = { source, options, root: value, variables: [{ name: '$', value }], output: [] };
      try {
        for (const node of nodes) perform(run, node, value);
        return run.output.join('');
      } catch (error) {
        if (error instanceof TemplateError) return { error: `template parsing error: ${error.message}` };
        throw error;
      }
    },
  };
}

interface Run {
  readonly source: string;
  readonly options: TemplateOptions;
  readonly root: unknown;
  readonly variables: { readonly name: string; value: unknown }[];
  readonly output: string[];
}

function perform(run: Run, node: Node, dot: unknown): void {
  if (node.type === 'text') {
    run.output.push(node.text);
    return;
  }
  const depth = run.variables.length;
  if (node.type === 'action') {
    const value = evaluate(run, node.pipe, dot);
    if (node.pipe.variables.length === 0) run.output.push(show(value));
    return;
  }
  if (node.type === 'range') performRange(run, node, dot);
  else {
    const value = evaluate(run, node.pipe, dot);
    const isTrue = isTruth(value);
    for (const inner of isTrue ? node.body : node.otherwise)
      perform(run, inner, isTrue && node.type === 'with' ? value : dot);
  }
  run.variables.length = depth;
}

function performRange(run: Run, node: Extract<Node, { type: 'if' | 'with' | 'range' }>, dot: unknown): void {
  const [first, second] = node.pipe.variables;
  const value = evaluate(run, { ...node.pipe, variables: [] }, dot);
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((one, at) => [at, one] as const)
    : Object.entries((value ?? {}) as Readonly<Record<string, unknown>>).toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, one] of entries) {
    const depth = run.variables.length;
    if (second !== undefined) run.variables.push({ name: first ?? '', value: key }, { name: second, value: one });
    else if (first !== undefined) run.variables.push({ name: first, value: one });
    for (const inner of node.body) perform(run, inner, one);
    run.variables.length = depth;
  }
  if (entries.length === 0) for (const inner of node.otherwise) perform(run, inner, dot);
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

function callCommand(run: Run, command: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
  const [head, ...rest] = command;
  if (head === undefined) return undefined;
  if (head.type !== 'function') return valueOf(run, head, dot);
  const args = [...rest.map((operand) => valueOf(run, operand, dot)), ...piped];
  try {
    return functions[head.name]?.(...args);
  } catch (error) {
    if (error instanceof CallError)
      throw new TemplateError(
        `template: :1:2: executing "" at <${head.name}>: error calling ${head.name}: ${error.message}`,
      );
    throw error;
  }
}

function valueOf(run: Run, operand: Operand, dot: unknown): unknown {
  if (operand.type === 'literal') return operand.value;
  if (operand.type === 'function') return callCommand(run, [operand], dot, []);
  const { base } = operand;
  let value =
    base.type === 'dot'
      ? dot
      : base.type === 'pipe'
        ? evaluate(run, base.pipe, dot)
        : run.variables.findLast(({ name }) => name === base.name)?.value;
  for (const name of operand.names) value = fieldOf(run, operand, value, name);
  return value;
}

function fieldOf(run: Run, operand: Extract<Operand, { type: 'fields' }>, value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name))
    return (value as Readonly<Record<string, unknown>>)[name];
  const before = run.source.slice(0, operand.at);
  const line = before.split('\n').length;
  const where = `template: :${line}:${operand.at - (before.lastIndexOf('\n') + 1)}: executing "" at <${operand.text}>`;
  if (value === null || value === undefined)
    throw new TemplateError(`${where}: nil pointer evaluating interface {}.${name}`);
  const { typeName } = run.options;
  if (typeName !== undefined && value === run.root)
    throw new TemplateError(`${where}: can't evaluate field ${name} in type ${typeName}`);
  if (typeof value !== 'object')
    throw new TemplateError(`${where}: can't evaluate field ${name} in type ${typeof value}`);
  throw new TemplateError(`${where}: map has no entry for key "${name}"`);
}
