/** A jq program's words. jq: lexer.l. */

export type Token = { readonly at: number } & (
  | { readonly type: 'op' | 'name' | 'keyword' | 'field' | 'variable' | 'format' | 'end'; readonly text: string }
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'string'; readonly text: string; readonly parts: readonly StringPart[] }
);

/** A piece of text, or the tokens of what stands in `\( )`. */
export type StringPart = string | readonly Token[];

/** What is wrong with a program's text; `token` is what bison calls it. */
export class SyntaxProblem extends Error {
  /** Where in the text it begins. */
  readonly at: number;
  constructor(token: string, at: number, expected = '') {
    super(`syntax error, unexpected ${token}${expected === '' ? '' : `, expecting ${expected}`}`);
    this.at = at;
  }
}

const keywords: ReadonlySet<string> = new Set(
  'def if then elif else end as reduce foreach try catch and or import include label __loc__'.split(' '),
);
const pattern =
  /^(?:\s+|#[^\n]*)|^(\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[?|,()[\]{}:;=<>+\-*/%$])|^(\.[A-Za-z_]\w*)|^(\.\d+(?:[eE][+-]?\d+)?|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|^(@\w+)|^((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)|^(")|^(\.)/;

/** Splits a program. Throws a SyntaxProblem. */
export function tokenize(text: string): readonly Token[] {
  const { tokens, at } = scan(text, 0, false);
  // bison tells the end of a text by the place of the token before it.
  return [...tokens, { type: 'end', text: '', at: tokens.at(-1)?.at ?? at }];
}

function scan(text: string, start: number, nested: boolean): { readonly tokens: Token[]; readonly at: number } {
  const tokens: Token[] = [];
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const found = pattern.exec(text.slice(at));
    if (found === null) throw new SyntaxProblem('INVALID_CHARACTER', at, at === 0 ? 'end of file' : '');
    const [whole, op, field, number, format, name, quote, dot] = found;
    if (nested && op === ')' && depth === 0) return { tokens, at: at + 1 };
    if (op === '(') depth += 1;
    if (op === ')') depth -= 1;
    if (quote !== undefined) {
      const string = scanString(text, at + 1);
      tokens.push({ type: 'string', text: '"', parts: string.parts, at });
      at = string.at;
      continue;
    }
    if (op !== undefined || dot !== undefined) tokens.push({ type: 'op', text: whole, at });
    else if (field !== undefined) tokens.push({ type: 'field', text: field.slice(1), at });
    else if (number !== undefined) tokens.push({ type: 'number', text: number, at });
    else if (format !== undefined) tokens.push({ type: 'format', text: format, at });
    else if (name !== undefined) tokens.push({ type: keywords.has(name) ? 'keyword' : 'name', text: name, at });
    at += whole.length;
  }
  if (nested) throw new SyntaxProblem('end of file', start);
  return { tokens, at };
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function scanString(text: string, start: number): { readonly parts: readonly StringPart[]; readonly at: number } {
  const parts: StringPart[] = [];
  let literal = '';
  let at = start;
  for (;;) {
    const char = text.charAt(at);
    if (char === '')
      throw new SyntaxProblem('end of file', start - 1, 'QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END');
    if (char === '"') return { parts: literal === '' && parts.length > 0 ? parts : [...parts, literal], at: at + 1 };
    if (char !== '\\') {
      literal += char;
      at += 1;
      continue;
    }
    const escape = text.charAt(at + 1);
    if (escape === '(') {
      const inner = scan(text, at + 2, true);
      parts.push(literal, [...inner.tokens, { type: 'end', text: ')', at: inner.at }]);
      literal = '';
      at = inner.at;
    } else if (escape === 'u') {
      literal += String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16));
      at += 6;
    } else {
      literal += escapes[escape] ?? escape;
      at += 2;
    }
  }
}
