/** awk's text as tokens. */

export interface Token {
  readonly type:
    | 'number'
    | 'string'
    | 'pattern'
    | 'name'
    | 'called'
    | 'builtin'
    | 'keyword'
    | 'sign'
    | 'newline'
    | 'end';
  readonly text: string;
  readonly line: number;
}

/** What is no program, in mawk's words and in busybox's. */
export class AwkSyntaxError extends Error {
  readonly line: number;
  readonly busybox: string;
  /** busybox does not count the line behind the last. */
  readonly busyboxLine: number;

  constructor(line: number, message: string, busybox = 'Unexpected token', busyboxLine = line) {
    super(message);
    this.line = line;
    this.busyboxLine = busyboxLine;
    this.busybox = busybox;
  }
}

const keywords = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
);

const builtins = new Set(
  'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush systime'.split(
    ' ',
  ),
);

const signs = /(?:\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|!=|<=|>=|&&|\|\||>>|!~|[-+*%/^$(){}[\],;<>=!~?:|])/y;

const number = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/y;

const plainEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The text that a string constant's letters mean. An escape that awk does not know keeps its backslash. */
export function unescapeAwk(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|([^]))/g, (whole, octal: string | undefined, char: string | undefined) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return char === '\n' ? '' : (plainEscapes[char ?? ''] ?? whole);
  });
}

/** Takes a program apart. Throws AwkSyntaxError. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const add = (type: Token['type'], part: string): void => void tokens.push({ type, text: part, line });
  for (let at = 0; at < text.length;) {
    const rest = (pattern: RegExp): string | null => {
      pattern.lastIndex = at;
      return pattern.exec(text)?.[0] ?? null;
    };
    const blank = rest(/(?:[ \t\r]|\\\r?\n|#[^\n]*)+/y);
    if (blank !== null) {
      line += blank.split('\n').length - 1;
      at += blank.length;
      continue;
    }
    const char = text.charAt(at);
    if (char === '\n') {
      add('newline', '\n');
      line += 1;
      at += 1;
      continue;
    }
    if (char === '"') {
      const found = rest(/"(?:[^"\\\n]|\\[^])*"/y);
      if (found === null) {
        const start = text.slice(at).split('\n')[0]?.slice(0, 10) ?? '';
        throw new AwkSyntaxError(line, `runaway string constant ${start} ...`, 'Unexpected end of string');
      }
      add('string', unescapeAwk(found.slice(1, -1)));
      at += found.length;
      continue;
    }
    if (char === '/' && mayBePattern(tokens.at(-1))) {
      const found = rest(/\/(?:[^/\\\n[]|\\[^]|\[\^?\]?(?:\[:\w+:\]|\\[^]|[^\]\n])*\]|\[)*\//y);
      if (found === null) {
        const start = text.slice(at).split('\n')[0]?.slice(0, 10) ?? '';
        throw new AwkSyntaxError(line, `runaway regular expression ${start} ...`, 'Unexpected end of string');
      }
      add('pattern', found.slice(1, -1).replaceAll('\\/', '/'));
      at += found.length;
      continue;
    }
    const word = rest(/[A-Za-z_]\w*/y);
    const digits = word === null ? rest(number) : null;
    const part = word ?? digits ?? rest(signs);
    if (part === null) throw new AwkSyntaxError(line, `unexpected character '${char}'`);
    at += part.length;
    if (word !== null)
      add(
        keywords.has(word) ? 'keyword' : builtins.has(word) ? 'builtin' : text.charAt(at) === '(' ? 'called' : 'name',
        word,
      );
    else add(digits === null ? 'sign' : 'number', part);
  }
  add('newline', '\n');
  line += text.endsWith('\n') ? 0 : 1;
  add('end', '');
  return tokens;
}

/** A slash divides what could be a value before it. */
function mayBePattern(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (['number', 'string', 'name', 'builtin', 'pattern'].includes(before.type)) return false;
  return before.type !== 'sign' || ![')', ']', '$', '++', '--'].includes(before.text);
}
