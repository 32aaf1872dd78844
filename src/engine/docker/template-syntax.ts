/** Go's text/template as a tree. Go: text/template/parse/parse.go, function by function. */
import { utf8 } from '../../kernel/bytes.ts';
import { goQuote } from '../go-text.ts';
import { numberOf, tokensOf } from './template-tokens.ts';
import type { Token, TokenKind } from './template-tokens.ts';

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly type: 'template';
      readonly name: string;
      readonly pipe: Pipe | null;
      readonly at: number;
      readonly text: string;
    }
  | { readonly type: 'break' | 'continue' };

/** Commands joined by `|`; the result may go into variables: `$k, $v := .Map`. */
export interface Pipe {
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
  readonly text: string;
}

export interface Command extends Place {
  readonly operands: readonly Operand[];
}

/** Where something stands, and how a message names it. */
interface Place {
  readonly at: number;
  readonly text: string;
}

export type Operand = Place &
  (
    | { readonly type: 'dot' | 'nil' }
    | { readonly type: 'literal'; readonly value: string | number | boolean }
    | { readonly type: 'function'; readonly name: string }
    /** `.A.B` */
    | { readonly type: 'field'; readonly names: readonly string[] }
    /** `$x.A` */
    | { readonly type: 'variable'; readonly name: string; readonly names: readonly string[] }
    | { readonly type: 'pipe'; readonly pipe: Pipe }
    /** `(…).A` */
    | { readonly type: 'chain'; readonly pipe: Pipe; readonly names: readonly string[] }
  );

/** A mistake in a template's text, in Go's words. */
export class TemplateError extends Error {}

/** A template's own nodes, and those of the templates that it defines. */
export interface Tree {
  readonly nodes: readonly Node[];
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

interface Parser {
  readonly source: string;
  readonly name: string;
  readonly tokens: readonly Token[];
  readonly functions: ReadonlySet<string>;
  readonly defined: Map<string, readonly Node[]>;
  /** Names in scope. */
  readonly variables: string[];
  next: number;
  /** How many `range` are open. */
  ranges: number;
}

/**
 * Reads a template. Throws a TemplateError.
 *
 * @param name the template's own, in messages.
 * @param functions what may be called.
 */
export function parseTree(source: string, name: string, functions: ReadonlySet<string>): Tree {
  const parser: Parser = {
    source,
    name,
    tokens: tokensOf(source),
    functions,
    defined: new Map(),
    variables: ['$'],
    next: 0,
    ranges: 0,
  };
  const { nodes, end } = parseList(parser);
  if (end !== '') throw failure(parser, `unexpected {{${end}}}`);
  return { nodes, defined: parser.defined };
}

function failure(parser: Parser, message: string): TemplateError {
  const at = parser.tokens[Math.max(0, parser.next - 1)]?.at ?? 0;
  const line = parser.source.slice(0, at).split('\n').length;
  return new TemplateError(`template: ${parser.name}:${line}: ${message}`);
}

const ending: Token = { kind: 'end', text: '', at: 0 };

function take(parser: Parser): Token {
  const token = parser.tokens[parser.next] ?? ending;
  parser.next += 1;
  return token;
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.next] ?? ending;
}

function skipSpace(parser: Parser): void {
  if (peek(parser).kind === 'space') parser.next += 1;
}

function takeNonSpace(parser: Parser): Token {
  skipSpace(parser);
  return take(parser);
}

function unexpected(parser: Parser, token: Token, context: string): TemplateError {
  if (token.kind === 'error') return failure(parser, token.text);
  if (token.kind === 'end') return failure(parser, `unexpected EOF in ${context}`);
  const long = token.text.length > 10 ? `${goQuote(token.text.slice(0, 10))}...` : goQuote(token.text);
  return failure(
    parser,
    `unexpected ${token.kind === 'keyword' || token.kind === 'dot' ? `<${token.text}>` : long} in ${context}`,
  );
}

function expect(parser: Parser, kind: TokenKind, context: string): Token {
  const token = takeNonSpace(parser);
  if (token.kind !== kind) throw unexpected(parser, token, context);
  return token;
}

/** Nodes up to `{{end}}`, `{{else}}` or the end of the template (''); says which. */
function parseList(parser: Parser): { readonly nodes: readonly Node[]; readonly end: '' | 'end' | 'else' } {
  const nodes: Node[] = [];
  for (;;) {
    const token = take(parser);
    if (token.kind === 'end') return { nodes, end: '' };
    if (token.kind === 'error') throw failure(parser, token.text);
    if (token.kind === 'text') {
      nodes.push({ type: 'text', text: token.text });
      continue;
    }
    skipSpace(parser);
    const word = peek(parser);
    if (word.kind !== 'keyword') {
      const pipe = parsePipe(parser, 'command', 'close');
      nodes.push({ type: 'action', pipe });
      continue;
    }
    parser.next += 1;
    if (word.text === 'end' || word.text === 'else') {
      skipSpace(parser);
      // The word after `else` belongs to whoever reads the branch.
      if (word.text === 'end' || !['if', 'with'].includes(peek(parser).text)) expect(parser, 'close', word.text);
      return { nodes, end: word.text };
    }
    const node = parseKeyword(parser, word.text, token);
    if (node !== null) nodes.push(node);
  }
}

function parseKeyword(parser: Parser, word: string, open: Token): Node | null {
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      return parseControl(parser, word);
    case 'break':
    case 'continue':
      expect(parser, 'close', `{{${word}}}`);
      if (parser.ranges === 0) throw failure(parser, `{{${word}}} outside {{range}}`);
      return { type: word };
    case 'define':
      parseDefinition(parser);
      return null;
    default:
      return parseTemplate(parser, word, open);
  }
}

function parseControl(parser: Parser, type: 'if' | 'with' | 'range'): Node {
  const scope = parser.variables.length;
  const pipe = parsePipe(parser, type, 'close');
  if (type === 'range') parser.ranges += 1;
  const body = parseBranch(parser);
  if (type === 'range') parser.ranges -= 1;
  let otherwise: readonly Node[] = [];
  if (body.end === 'else') {
    const chained = peek(parser).text;
    if (chained === type && type !== 'range') {
      parser.next += 1;
      otherwise = [parseControl(parser, type)];
    } else {
      const rest = parseBranch(parser);
      if (rest.end === 'else') throw failure(parser, 'expected end; found {{else}}');
      otherwise = rest.nodes;
    }
  }
  parser.variables.length = scope;
  return { type, pipe, body: body.nodes, otherwise };
}

function parseBranch(parser: Parser): { readonly nodes: readonly Node[]; readonly end: 'end' | 'else' } {
  const { nodes, end } = parseList(parser);
  if (end === '') throw failure(parser, 'unexpected EOF');
  return { nodes, end };
}

/** `{{define "name"}}…{{end}}` */
function parseDefinition(parser: Parser): void {
  const name = nameOf(parser, 'define clause');
  expect(parser, 'close', 'define clause');
  define(parser, name);
}

function define(parser: Parser, name: string): void {
  const { nodes } = parseBranch(parser);
  if (parser.defined.has(name)) throw failure(parser, `template: multiple definition of template ${goQuote(name)}`);
  parser.defined.set(name, nodes);
}

/** `{{template "name" pipe}}` and `{{block "name" pipe}}…{{end}}` */
function parseTemplate(parser: Parser, word: string, open: Token): Node {
  const context = `${word} clause`;
  const name = nameOf(parser, context);
  skipSpace(parser);
  let pipe: Pipe | null = null;
  if (peek(parser).kind === 'close' && word === 'template') parser.next += 1;
  else pipe = parsePipe(parser, context, 'close');
  if (word === 'block') define(parser, name);
  const text = `{{template ${goQuote(name)}${pipe === null ? '' : ` ${pipe.text}`}}}`;
  return { type: 'template', name, pipe, at: parser.source.indexOf('"', open.at), text };
}

function nameOf(parser: Parser, context: string): string {
  return unquoted(expect(parser, 'string', context).text);
}

/** Reads a pipeline with what ends it. Go: pipeline(). */
function parsePipe(parser: Parser, context: string, end: 'close' | 'right paren'): Pipe {
  const { variables, declares } = parseVariables(parser, context);
  const commands: Command[] = [];
  for (;;) {
    skipSpace(parser);
    const token = peek(parser);
    if (token.kind === end) break;
    if (!termKinds.has(token.kind)) {
      parser.next += 1;
      throw unexpected(parser, token, context);
    }
    commands.push(parseCommand(parser));
  }
  parser.next += 1;
  if (commands.length === 0) throw failure(parser, `missing value for ${context}`);
  const late = commands
    .slice(1)
    .findIndex(({ operands }) => ['literal', 'dot', 'nil'].includes(operands[0]?.type ?? ''));
  if (late >= 0) throw failure(parser, `non executable command in pipeline stage ${late + 2}`);
  const names = variables.length === 0 ? '' : `${variables.join(', ')} ${declares ? ':=' : '='} `;
  return { variables, declares, commands, text: names + commands.map(({ text }) => text).join(' | ') };
}

const termKinds: ReadonlySet<TokenKind> = new Set([
  'field',
  'dot',
  'variable',
  'word',
  'number',
  'string',
  'character',
  'left paren',
]);

function parseVariables(
  parser: Parser,
  context: string,
): { readonly variables: readonly string[]; readonly declares: boolean } {
  const start = parser.next;
  const variables: string[] = [];
  for (;;) {
    skipSpace(parser);
    if (peek(parser).kind !== 'variable') break;
    const { text } = take(parser);
    const sign = takeNonSpace(parser);
    if (sign.kind === 'declare' || sign.kind === 'assign') {
      parser.variables.push(...variables, text);
      return { variables: [...variables, text], declares: sign.kind === 'declare' };
    }
    if (sign.kind !== 'comma') break;
    variables.push(text);
    if (context !== 'range' || variables.length > 1) throw failure(parser, `too many declarations in ${context}`);
  }
  parser.next = start;
  return { variables: [], declares: false };
}

function parseCommand(parser: Parser): Command {
  const operands: Operand[] = [];
  skipSpace(parser);
  const { at } = peek(parser);
  for (;;) {
    skipSpace(parser);
    const operand = parseOperand(parser);
    if (operand !== null) operands.push(operand);
    const token = take(parser);
    if (token.kind === 'space') continue;
    if (token.kind === 'pipe') break;
    if (token.kind !== 'close' && token.kind !== 'right paren') throw unexpected(parser, token, 'operand');
    parser.next -= 1;
    break;
  }
  if (operands.length === 0) throw failure(parser, 'empty command');
  return { operands, at, text: operands.map(({ text }) => text).join(' ') };
}

function parseOperand(parser: Parser): Operand | null {
  const term = parseTerm(parser);
  const token = peek(parser);
  if (term === null || token.kind !== 'field') return term;
  const { at } = token;
  const names: string[] = [];
  while (peek(parser).kind === 'field') names.push(take(parser).text.slice(1));
  const text = `${term.text}.${names.join('.')}`;
  switch (term.type) {
    case 'field':
    case 'variable':
      return { ...term, names: [...term.names, ...names], at, text };
    case 'pipe':
      return { type: 'chain', pipe: term.pipe, names, at, text };
    default:
      throw failure(parser, `unexpected . after term ${goQuote(term.text)}`);
  }
}

function parseTerm(parser: Parser): Operand | null {
  const { kind, text, at } = peek(parser);
  const place = { at, text };
  if (!termKinds.has(kind)) return null;
  parser.next += 1;
  switch (kind) {
    case 'dot':
      return { type: 'dot', ...place };
    case 'field':
      return { type: 'field', names: [text.slice(1)], ...place };
    case 'variable':
      if (!parser.variables.includes(text)) throw failure(parser, `undefined variable ${goQuote(text)}`);
      return { type: 'variable', name: text, names: [], ...place };
    case 'number':
      return { type: 'literal', value: numberOf(text), ...place };
    case 'character':
      return { type: 'literal', value: unquoted(text).charCodeAt(0), ...place };
    case 'string':
      return { type: 'literal', value: unquoted(text), ...place };
    case 'left paren': {
      const pipe = parsePipe(parser, 'parenthesized pipeline', 'right paren');
      return { type: 'pipe', pipe, at: at + 1, text: `(${pipe.text})` };
    }
    default:
      if (text === 'nil') return { type: 'nil', ...place };
      if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true', ...place };
      if (!parser.functions.has(text)) throw failure(parser, `function ${goQuote(text)} not defined`);
      return { type: 'function', name: text, ...place };
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_, char: string) => {
    const code = Number.parseInt(char.slice(1), 16);
    if (char.length === 5) return utf8(String.fromCharCode(code));
    return char.length === 3 ? String.fromCharCode(code) : (escapes[char] ?? char);
  });
}
