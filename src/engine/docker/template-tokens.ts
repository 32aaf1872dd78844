/** Go's templates cut into tokens. Go: text/template/parse/lex.go. */

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'field'
  | 'dot'
  | 'variable'
  | 'word'
  | 'keyword'
  | 'number'
  | 'string'
  | 'character'
  | 'pipe'
  | 'comma'
  | 'declare'
  | 'assign'
  | 'left paren'
  | 'right paren'
  /** Any other printable character. */
  | 'sign'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the template; of an error, what is wrong. */
  readonly text: string;
  /** Where it begins in the template. */
  readonly at: number;
}

const keywords = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'];

/** Cuts a template. Comments are left out; a mistake is the last token. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    const trimsNext = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4));
    const raw = source.slice(at, end);
    const left = trims ? raw.trimStart() : raw;
    const text = trimsNext ? left.trimEnd() : left;
    if (text !== '') tokens.push({ kind: 'text', text, at: end - left.length });
    if (open < 0) break;
    const begin = open + 2 + (trimsNext ? 1 : 0);
    const comment = /^\s*\/\*/.exec(source.slice(begin));
    const closed = comment === null ? lexAction(source, open, begin, tokens) : skipComment(source, begin, tokens);
    if (closed === null) return tokens;
    at = closed.at;
    trims = closed.trims;
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

interface Closed {
  readonly at: number;
  /** The action ended with ` -}}`. */
  readonly trims: boolean;
}

function skipComment(source: string, at: number, tokens: Token[]): Closed | null {
  const end = source.indexOf('*/', at);
  const close = end < 0 ? null : /^(\s+-)?\}\}/.exec(source.slice(end + 2));
  if (close !== null) return { at: end + 2 + close[0].length, trims: close[1] !== undefined };
  const text = end < 0 ? 'unclosed comment' : 'comment ends before closing delimiter';
  tokens.push({ kind: 'error', text, at });
  return null;
}

type Shape = readonly [kind: TokenKind, shape: RegExp];

/** What may stand in an action, in the order in which it is looked for. */
const shapes: readonly Shape[] = [
  ['space', /\s+/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['left paren', /\(/y],
  ['right paren', /\)/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\[^\n])+'/y],
  ['number', /[-+]?(?:0[xX][0-9a-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|\.?\d[\d_]*\.?[\d_]*(?:[eE][-+]?\d+)?)/y],
  ['field', /\.[A-Za-z_]\w*/y],
  ['dot', /\./y],
  ['variable', /\$\w*/y],
  ['word', /[A-Za-z_]\w*/y],
];

function lexAction(source: string, open: number, begin: number, tokens: Token[]): Closed | null {
  tokens.push({ kind: 'open', text: '{{', at: open });
  let depth = 0;
  let at = begin;
  const fail = (text: string): null => {
    tokens.push({ kind: 'error', text, at });
    return null;
  };
  for (;;) {
    const close = /^(\s+-)?\}\}/.exec(source.slice(at, at + 200));
    if (close !== null) {
      if (depth > 0) return fail('unclosed left paren');
      tokens.push({ kind: 'close', text: '}}', at: at + close[0].length - 2 });
      return { at: at + close[0].length, trims: close[1] !== undefined };
    }
    if (at >= source.length) return fail('unclosed action');
    const token = tokenAt(source, at);
    if (token.kind === 'error') return fail(token.text);
    if (token.kind === 'left paren') depth += 1;
    if (token.kind === 'right paren') depth -= 1;
    if (depth < 0) return fail('unexpected right paren');
    tokens.push(token);
    at += token.text.length;
  }
}

const quotes: Readonly<Record<string, string>> = {
  '"': 'unterminated quoted string',
  '`': 'unterminated raw quoted string',
  "'": 'unterminated character constant',
  ':': 'expected :=',
};

function tokenAt(source: string, at: number): Token {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const text = shape.exec(source)?.[0];
    if (text === undefined) continue;
    const after = source.slice(at + text.length);
    const isName = kind === 'field' || kind === 'variable' || kind === 'word';
    if (isName && !/^([\s.,|:)(]|\}\}|$)/.test(after)) return mistake(`bad character ${shown(after)}`, at);
    if (kind === 'number' && /^\w/.test(after)) return mistake(`bad number syntax: "${text}${after.charAt(0)}"`, at);
    if (kind === 'number' && Number.isNaN(numberOf(text))) return mistake(`illegal number syntax: "${text}"`, at);
    if (kind === 'character' && !/^'(?:[^\\]|\\(?:.|x\w\w|u\w{4}))'$/.test(text))
      return mistake(`malformed character constant: ${text}`, at);
    return { kind: kind === 'word' && keywords.includes(text) ? 'keyword' : kind, text, at };
  }
  const rest = source.slice(at);
  if (/^[!-~]/.test(rest) && quotes[rest.charAt(0)] === undefined) return { kind: 'sign', text: rest.charAt(0), at };
  return mistake(quotes[rest.charAt(0)] ?? `unrecognized character in action: ${shown(rest)}`, at);
}

/** What a number is worth that is written with a base or with `_`. */
export function numberOf(text: string): number {
  const digits = text.replaceAll('_', '');
  return /^[-+]0[a-z]/i.test(digits) ? -Number(digits.slice(1)) * (digits.startsWith('-') ? 1 : -1) : Number(digits);
}

function mistake(text: string, at: number): Token {
  return { kind: 'error', text, at };
}

/** Go's `%#U` of the first character: `U+007D '}'`. */
function shown(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
}
