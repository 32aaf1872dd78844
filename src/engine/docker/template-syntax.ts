/** Go's text/template as a tree. Go: text/template/parse. */

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

/** Commands joined by `|`; the result may go into variables: `$k, $v := .Map`. */
export interface Pipe {
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly (readonly Operand[])[];
}

export type Operand =
  /** `.`, `.A.B`, `$x.A`, `(…).A`: fields of a base. */
  | {
      readonly type: 'fields';
      readonly base: Base;
      readonly names: readonly string[];
      readonly at: number;
      readonly text: string;
    }
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'function'; readonly name: string };
type Base =
  | { readonly type: 'dot' }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'pipe'; readonly pipe: Pipe };

/** A mistake in a template's text, in Go's words. */
export class TemplateError extends Error {}

interface Piece {
  readonly kind: 'text' | 'action';
  readonly text: string;
  /** Where it begins in the template. */
  readonly at: number;
}

/** Reads a template. Throws a TemplateError. `functions` are the names that may be called. */
export function parseNodes(source: string, functions: ReadonlySet<string>): readonly Node[] {
  const pieces = cut(source);
  const reader = { pieces, next: 0, functions, source };
  const { nodes, end } = readList(reader);
  if (end !== '') throw syntaxError(source, source.length, `unexpected {{${end}}}`);
  return nodes;
}

function syntaxError(source: string, at: number, message: string): TemplateError {
  return new TemplateError(`template: :${source.slice(0, at).split('\n').length}: ${message}`);
}

/** Separates text from actions; `{{-` and `-}}` take the blanks beside them away. */
function cut(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trims = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const text = source.slice(at, open < 0 ? source.length : open);
    const trimsNext = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    const shown = (trims ? text.trimStart() : text).replace(trimsNext ? /\s+$/ : /$^/, '');
    if (shown !== '') pieces.push({ kind: 'text', text: shown, at });
    if (open < 0) break;
    const close = closeOf(source, open);
    const inner = source.slice(open + 2, close);
    trims = /\s-$/.test(inner);
    const start = trimsNext ? 1 : 0;
    const body = inner.slice(start, trims ? -1 : undefined);
    if (!body.trim().startsWith('/*')) pieces.push({ kind: 'action', text: body, at: open + 2 + start });
    at = close + 2;
  }
  return pieces;
}

/** Where the action that begins at `open` ends; quotes may hold braces. */
function closeOf(source: string, open: number): number {
  let quote = '';
  for (let at = open + 2; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (quote !== '') {
      if (char === '\\' && quote === '"') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (source.startsWith('}}', at)) return at;
  }
  throw syntaxError(source, source.length, 'unclosed action');
}

interface Reader {
  readonly pieces: readonly Piece[];
  readonly functions: ReadonlySet<string>;
  readonly source: string;
  next: number;
}

/** Nodes up to `{{end}}`, `{{else …}}` or the end of the template; says which. */
function readList(reader: Reader): {
  readonly nodes: readonly Node[];
  readonly end: string;
  readonly endPiece: Piece | null;
} {
  const nodes: Node[] = [];
  for (;;) {
    const piece = reader.pieces[reader.next];
    if (piece === undefined) return { nodes, end: '', endPiece: null };
    reader.next += 1;
    if (piece.kind === 'text') {
      nodes.push({ type: 'text', text: piece.text });
      continue;
    }
    const word = /^\s*(\w+)/.exec(piece.text)?.[1] ?? '';
    if (word === 'end' || word === 'else') return { nodes, end: piece.text.trim(), endPiece: piece };
    if (word === 'if' || word === 'with' || word === 'range')
      nodes.push(readControl(reader, word, afterWord(piece, word)));
    else nodes.push({ type: 'action', pipe: readPipe(reader, tokenize(reader, piece)) });
  }
}

function afterWord(piece: Piece, word: string): Piece {
  const skip = piece.text.indexOf(word) + word.length;
  return { ...piece, text: piece.text.slice(skip), at: piece.at + skip };
}

function readControl(reader: Reader, type: 'if' | 'with' | 'range', head: Piece): Node {
  const pipe = readPipe(reader, tokenize(reader, head));
  const body = readList(reader);
  if (body.endPiece === null) throw syntaxError(reader.source, reader.source.length, 'unexpected EOF');
  if (body.end === 'end') return { type, pipe, body: body.nodes, otherwise: [] };
  const chained = /^else\s+(if|with)\b/.exec(body.end)?.[1] as 'if' | 'with' | undefined;
  if (chained !== undefined) {
    const inner = readControl(reader, chained, afterWord(afterWord(body.endPiece, 'else'), chained));
    return { type, pipe, body: body.nodes, otherwise: [inner] };
  }
  const otherwise = readList(reader);
  if (otherwise.end !== 'end') throw syntaxError(reader.source, reader.source.length, 'unexpected EOF');
  return { type, pipe, body: body.nodes, otherwise: otherwise.nodes };
}

interface Token {
  readonly text: string;
  readonly at: number;
  /** Nothing but a blank stands before it. */
  readonly isApart: boolean;
}

const tokenPattern = /\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)'|:=|[-+]?\d[\w.]*|\$\w*|\.\w+|\.|\w+|[()|,=]|./gs;

function tokenize(reader: Reader, piece: Piece): Token[] {
  const tokens: Token[] = [];
  let isApart = true;
  for (const match of piece.text.matchAll(tokenPattern)) {
    const text = match[0];
    if (text.trim() === '') {
      isApart = true;
      continue;
    }
    if (/^[^\w."`'$()|,=:+-]/.test(text) || text === ':')
      throw syntaxError(reader.source, piece.at, `unexpected ${JSON.stringify(text)} in command`);
    tokens.push({ text, at: piece.at + match.index, isApart });
    isApart = false;
  }
  return tokens;
}

/** Reads a pipeline up to the end of its tokens or a closing parenthesis, taking them off the list. */
function readPipe(reader: Reader, tokens: Token[]): Pipe {
  const variables: string[] = [];
  let declares = false;
  const sign = tokens.findIndex(({ text }) => text === ':=' || text === '=');
  if (sign > 0 && tokens[0]?.text.startsWith('$') === true) {
    declares = tokens[sign]?.text === ':=';
    variables.push(
      ...tokens
        .slice(0, sign)
        .map(({ text }) => text)
        .filter((text) => text !== ','),
    );
    tokens.splice(0, sign + 1);
  }
  const commands: Operand[][] = [[]];
  for (let token = tokens[0]; token !== undefined && token.text !== ')'; token = tokens[0]) {
    tokens.shift();
    if (token.text === '|') commands.push([]);
    else commands.at(-1)?.push(readOperand(reader, token, tokens));
  }
  const empty = commands.find((command) => command.length === 0);
  if (empty !== undefined) throw syntaxError(reader.source, 0, 'missing value for command');
  return { variables, declares, commands };
}

function readOperand(reader: Reader, token: Token, tokens: Token[]): Operand {
  const { text, at } = token;
  if (text === '(') {
    const pipe = readPipe(reader, tokens);
    if (tokens.shift()?.text !== ')') throw syntaxError(reader.source, at, 'unclosed left paren');
    return fieldsOf({ type: 'pipe', pipe }, [], at, '(…)', tokens);
  }
  if (text.startsWith('$')) return fieldsOf({ type: 'variable', name: text }, [], at, text, tokens);
  if (text === '.') return { type: 'fields', base: { type: 'dot' }, names: [], at, text };
  if (text.startsWith('.')) return fieldsOf({ type: 'dot' }, [text.slice(1)], at, text, tokens);
  const literal = literalOf(text);
  if (literal !== undefined) return { type: 'literal', value: literal.value };
  if (!/^\w+$/.test(text)) throw syntaxError(reader.source, at, `unexpected ${JSON.stringify(text)} in operand`);
  if (!reader.functions.has(text)) throw syntaxError(reader.source, at, `function "${text}" not defined`);
  return { type: 'function', name: text };
}

/** Fields that follow without a blank. */
function fieldsOf(base: Base, first: readonly string[], at: number, text: string, tokens: Token[]): Operand {
  const names = [...first];
  let shown = text;
  for (let token = tokens[0]; token !== undefined && !token.isApart && /^\.\w/.test(token.text); token = tokens[0]) {
    names.push(token.text.slice(1));
    shown += token.text;
    tokens.shift();
  }
  return { type: 'fields', base, names, at, text: shown };
}

function literalOf(text: string): { readonly value: unknown } | undefined {
  if (text.startsWith('"')) return { value: unquoted(text) };
  if (text.startsWith('`')) return { value: text.slice(1, -1) };
  if (text.startsWith("'")) return { value: unquoted(text).charCodeAt(0) };
  if (/^[-+]?\d/.test(text)) return { value: Number(text) };
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };
  return text in words ? { value: words[text] } : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
}
