/** From a program's words to its tree: operators by precedence. jq: parser.y. */
import { SyntaxProblem, tokenize, type StringPart, type Token } from './tokens.ts';
import type { Definition, Expression, Pattern } from './syntax.ts';
import { Literal } from './value.ts';

/** Reads a whole program. Throws a SyntaxProblem. */
export function parseProgram(text: string): Expression {
  const reader = readerOf(tokenize(text));
  if (reader.peek().type === 'end') return identity;
  const body = parsePipe(reader);
  if (reader.peek().type !== 'end') throw unexpected(reader, 'end of file');
  return body;
}

/** Reads definitions only: the filters that are written in jq itself. */
export function parseDefinitions(text: string): readonly Definition[] {
  const reader = readerOf(tokenize(text));
  const definitions: Definition[] = [];
  while (reader.peek().type !== 'end') definitions.push(parseDefinition(reader));
  return definitions;
}

const identity: Expression = { type: 'identity' };

interface Reader {
  readonly peek: () => Token;
  readonly next: () => Token;
  /** Takes the next token if it is this operator or keyword. */
  readonly takes: (text: string) => boolean;
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  const peek = (): Token => tokens[at] ?? { type: 'end', text: '', at: 0 };
  return {
    peek,
    next: () => {
      const token = peek();
      at += 1;
      return token;
    },
    takes: (text) => {
      const token = peek();
      const is = (token.type === 'op' || token.type === 'keyword') && token.text === text;
      if (is) at += 1;
      return is;
    },
  };
}

/** bison's name of a token. */
function unexpected(reader: Reader, expected = ''): SyntaxProblem {
  const { type, text, at } = reader.peek();
  const names: Readonly<Record<string, string>> = {
    end: text === ')' ? 'QQSTRING_INTERP_END' : 'end of file',
    name: 'IDENT',
    field: 'FIELD',
    number: 'LITERAL',
    string: 'QQSTRING_START',
    format: 'FORMAT',
  };
  return new SyntaxProblem(names[type] ?? (text.length === 1 ? `'${text}'` : `"${text}"`), at, expected);
}

function expect(reader: Reader, text: string): void {
  if (!reader.takes(text)) throw unexpected(reader);
}

function parsePipe(reader: Reader): Expression {
  if (reader.peek().type === 'keyword' && reader.peek().text === 'def') {
    const definition = parseDefinition(reader);
    return { type: 'define', definition, body: parsePipe(reader) };
  }
  if (reader.takes('label')) {
    expect(reader, '$');
    const name = nameOf(reader);
    expect(reader, '|');
    return { type: 'label', name, body: parsePipe(reader) };
  }
  const left = parseComma(reader);
  return reader.takes('|') ? { type: 'pipe', left, right: parsePipe(reader) } : left;
}

function parseComma(reader: Reader): Expression {
  let left = parseBinary(reader, 0);
  while (reader.takes(',')) left = { type: 'comma', left, right: parseBinary(reader, 0) };
  return left;
}

type Associativity = 'left' | 'right' | 'none';
const levels: readonly (readonly [operators: readonly string[], associates: Associativity])[] = [
  [['//'], 'right'],
  [['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], 'none'],
  [['or'], 'left'],
  [['and'], 'left'],
  [['==', '!=', '<', '<=', '>', '>='], 'none'],
  [['+', '-'], 'left'],
  [['*', '/', '%'], 'left'],
];

function parseBinary(reader: Reader, level: number): Expression {
  const [operators, associates] = levels[level] ?? [[], 'none'];
  if (operators.length === 0) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  for (;;) {
    const operator = operators.find((each) => reader.takes(each));
    if (operator === undefined) return left;
    const right = parseBinary(reader, associates === 'right' ? level : level + 1);
    const type = level === 1 ? 'assign' : 'binary';
    left = { type, operator, left, right };
    if (associates === 'none' && operators.some((each) => reader.peek().type === 'op' && reader.peek().text === each))
      throw unexpected(reader);
  }
}

function parseUnary(reader: Reader): Expression {
  if (reader.takes('-')) return { type: 'negate', of: parsePostfix(reader) };
  return parsePostfix(reader);
}

function parsePostfix(reader: Reader): Expression {
  const source = parsePostTerm(reader);
  if (!reader.takes('as')) return source;
  const pattern = parsePattern(reader);
  expect(reader, '|');
  return { type: 'bind', source, pattern, body: parsePipe(reader) };
}

/** `."name"`, `.[…]`: what follows a dot that no name follows. */
function parseAfterDot(reader: Reader, of: Expression): Expression {
  const token = reader.peek();
  if (token.type === 'string') {
    reader.next();
    return { type: 'index', of, key: stringOf(token.parts, '') };
  }
  if (reader.takes('[')) return parseBrackets(reader, of);
  throw unexpected(reader);
}

function parseBrackets(reader: Reader, of: Expression): Expression {
  if (reader.takes(']')) return { type: 'iterate', of };
  if (reader.takes(':')) {
    const to = parsePipe(reader);
    expect(reader, ']');
    return { type: 'slice', of, from: null, to };
  }
  const key = parsePipe(reader);
  if (reader.takes(':')) {
    if (reader.takes(']')) return { type: 'slice', of, from: key, to: null };
    const to = parsePipe(reader);
    expect(reader, ']');
    return { type: 'slice', of, from: key, to };
  }
  expect(reader, ']');
  return { type: 'index', of, key };
}

function parseTerm(reader: Reader): Expression {
  const token = reader.peek();
  switch (token.type) {
    case 'number':
      reader.next();
      return { type: 'literal', value: literalOf(token.text) };
    case 'string':
      reader.next();
      return stringOf(token.parts, '');
    case 'format':
      reader.next();
      return formatted(reader, token.text);
    case 'field':
      reader.next();
      return { type: 'index', of: identity, key: { type: 'literal', value: token.text } };
    case 'name': {
      reader.next();
      if (token.text === 'break' && reader.takes('$')) return { type: 'break', name: nameOf(reader), body: null };
      return { type: 'call', name: token.text, args: parseArguments(reader), at: token.at };
    }
    case 'keyword':
      return parseKeyword(reader);
    case 'op':
      return parseOperatorTerm(reader);
    default:
      throw unexpected(reader);
  }
}

function literalOf(text: string) {
  const value = Number(text);
  return /^\d+(?:\.\d+)?$/.test(text) && String(value) !== text ? new Literal(text) : value;
}

function formatted(reader: Reader, name: string): Expression {
  const token = reader.peek();
  if (token.type !== 'string') return { type: 'format', name };
  reader.next();
  return stringOf(token.parts, name);
}

function stringOf(parts: readonly StringPart[], format: string): Expression {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return { type: 'literal', value: only };
  return {
    type: 'string',
    format,
    parts: parts.map((part) => {
      if (typeof part === 'string') return part;
      const inner = readerOf(part);
      const body = parsePipe(inner);
      if (inner.peek().type !== 'end') throw unexpected(inner);
      return body;
    }),
  };
}

function parseOperatorTerm(reader: Reader): Expression {
  if (reader.takes('..')) return { type: 'call', name: 'recurse', args: [], at: 0 };
  if (reader.takes('.')) {
    const token = reader.peek();
    const follows = token.type === 'string' || (token.type === 'op' && token.text === '[');
    return follows ? parseAfterDot(reader, identity) : identity;
  }
  if (reader.takes('(')) {
    const inner = parsePipe(reader);
    expect(reader, ')');
    return inner;
  }
  if (reader.takes('[')) {
    if (reader.takes(']')) return { type: 'array', items: null };
    const items = parsePipe(reader);
    expect(reader, ']');
    return { type: 'array', items };
  }
  if (reader.takes('{')) return parseObject(reader);
  if (reader.takes('$')) {
    if (reader.takes('__loc__')) {
      const place = [['file', '<top-level>'] as const, ['line', 1] as const];
      return { type: 'literal', value: new Map<string, string | number>(place) };
    }
    const { at } = reader.peek();
    return { type: 'variable', name: nameOf(reader), at: at - 1 };
  }
  throw unexpected(reader);
}

function parseKeyword(reader: Reader): Expression {
  if (reader.takes('if')) return parseIf(reader);
  if (reader.takes('try')) {
    const body = parsePostTerm(reader);
    return { type: 'try', body, handler: reader.takes('catch') ? parsePostTerm(reader) : null };
  }
  const folds = reader.takes('reduce') ? 'reduce' : reader.takes('foreach') ? 'foreach' : null;
  if (folds === null) throw unexpected(reader);
  const source = parsePostTerm(reader);
  expect(reader, 'as');
  const pattern = parsePattern(reader);
  expect(reader, '(');
  const start = parsePipe(reader);
  expect(reader, ';');
  const update = parsePipe(reader);
  const extract = folds === 'foreach' && reader.takes(';') ? parsePipe(reader) : null;
  expect(reader, ')');
  const parts = { source, pattern, start, update };
  return folds === 'reduce' ? { type: 'reduce', ...parts } : { type: 'foreach', ...parts, extract };
}

/** A term with its suffixes, but without `as`, which belongs to what is around it. */
function parsePostTerm(reader: Reader): Expression {
  let term = parseTerm(reader);
  for (;;) {
    const token = reader.peek();
    if (token.type === 'field') {
      reader.next();
      term = { type: 'index', of: term, key: { type: 'literal', value: token.text } };
    } else if (token.type === 'op' && token.text === '.') {
      reader.next();
      term = parseAfterDot(reader, term);
    } else if (reader.takes('[')) term = parseBrackets(reader, term);
    else if (reader.takes('?')) term = { type: 'try', body: term, handler: null };
    else return term;
  }
}

function parseIf(reader: Reader): Expression {
  const condition = parsePipe(reader);
  expect(reader, 'then');
  const whenTrue = parsePipe(reader);
  if (reader.takes('elif')) return { type: 'if', condition, whenTrue, whenFalse: parseIf(reader) };
  const whenFalse = reader.takes('else') ? parsePipe(reader) : null;
  expect(reader, 'end');
  return { type: 'if', condition, whenTrue, whenFalse };
}

function parseArguments(reader: Reader): readonly Expression[] {
  if (!reader.takes('(')) return [];
  const args = [parsePipe(reader)];
  while (reader.takes(';')) args.push(parsePipe(reader));
  if (!reader.takes(')')) throw unexpected(reader, "';' or ')'");
  return args;
}

function nameOf(reader: Reader): string {
  const token = reader.peek();
  if (token.type !== 'name' && token.type !== 'keyword') throw unexpected(reader, 'IDENT');
  reader.next();
  return token.text;
}

function parseObject(reader: Reader): Expression {
  const entries: (readonly [Expression, Expression])[] = [];
  while (!reader.takes('}')) {
    if (entries.length > 0 && !reader.takes(',')) throw unexpected(reader, "'}'");
    entries.push(parseEntry(reader));
  }
  return { type: 'object', entries };
}

function parseEntry(reader: Reader): readonly [Expression, Expression] {
  const token = reader.next();
  const valueOr = (shorthand: Expression): Expression => (reader.takes(':') ? parseObjectValue(reader) : shorthand);
  if (token.type === 'name' || token.type === 'keyword' || token.type === 'number') {
    const key: Expression = { type: 'literal', value: token.text };
    return [key, valueOr({ type: 'index', of: identity, key })];
  }
  if (token.type === 'string' || token.type === 'format') {
    const key = token.type === 'string' ? stringOf(token.parts, '') : formatted(reader, token.text);
    return [key, valueOr({ type: 'index', of: identity, key })];
  }
  if (token.type === 'op' && token.text === '$') {
    const name = nameOf(reader);
    return [
      { type: 'literal', value: name },
      { type: 'variable', name, at: token.at },
    ];
  }
  if (token.type === 'op' && token.text === '(') {
    const key = parsePipe(reader);
    expect(reader, ')');
    expect(reader, ':');
    return [key, parseObjectValue(reader)];
  }
  throw unexpected(readerOf([token]));
}

/** A member's value: no comma and no pipe outside of brackets, but alternatives by `|` between terms. */
function parseObjectValue(reader: Reader): Expression {
  const left = parseUnary(reader);
  return reader.takes('|') ? { type: 'pipe', left, right: parseObjectValue(reader) } : left;
}

function parsePattern(reader: Reader): Pattern {
  if (reader.takes('$')) return { type: 'variable', name: nameOf(reader) };
  if (reader.takes('[')) {
    const items = [parsePattern(reader)];
    while (reader.takes(',')) items.push(parsePattern(reader));
    expect(reader, ']');
    return { type: 'array', items };
  }
  expect(reader, '{');
  const entries: (readonly [Expression, Pattern])[] = [];
  do {
    if (reader.takes('$')) {
      const name = nameOf(reader);
      const key: Expression = { type: 'literal', value: name };
      entries.push([key, reader.takes(':') ? parsePattern(reader) : { type: 'variable', name }]);
    } else {
      const token = reader.next();
      const key: Expression =
        token.type === 'string' ? stringOf(token.parts, '') : { type: 'literal', value: token.text };
      expect(reader, ':');
      entries.push([key, parsePattern(reader)]);
    }
  } while (reader.takes(','));
  expect(reader, '}');
  return { type: 'object', entries };
}

function parseDefinition(reader: Reader): Definition {
  expect(reader, 'def');
  const name = nameOf(reader);
  const parameters: string[] = [];
  if (reader.takes('(')) {
    do parameters.push(reader.takes('$') ? `$${nameOf(reader)}` : nameOf(reader));
    while (reader.takes(';'));
    expect(reader, ')');
  }
  expect(reader, ':');
  const body = parsePipe(reader);
  expect(reader, ';');
  return { name, parameters, body };
}
