/** The words of a filter. containerd: filters/scanner.go. */

export interface Token {
  readonly type: 'end' | 'illegal' | 'quoted' | 'value' | 'field' | 'separator' | 'operator' | 'other';
  /** Where it begins. */
  readonly at: number;
  readonly text: string;
}

export interface Scanner {
  readonly scan: () => Token;
  /** The next character, which stays; empty: none is left. */
  readonly peek: () => string;
  /** Where that stands. */
  readonly at: () => number;
  /** What was wrong first of all with quoted words. */
  readonly complaint: () => string;
}

const isSpace = (char: string): boolean => /^\p{White_Space}$/u.test(char);
const isField = (char: string): boolean => /^[-\w]$/.test(char);
/** What Go's unicode.IsGraphic() takes and no space: a value ends before anything else. */
const isValue = (char: string): boolean => char !== ',' && /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
const isOperator = (char: string): boolean => /^[=!~]$/.test(char);

/** Digits behind an escape's letter, by it: their base and number. */
const numericEscapes: Readonly<Record<string, readonly [digit: RegExp, count: number]>> = {
  x: [/^[\da-f]$/i, 2],
  u: [/^[\da-f]$/i, 4],
  U: [/^[\da-f]$/i, 8],
};

export function scannerOf(input: string): Scanner {
  let at = 0;
  let complaint = '';
  /** Behind an operator stands a value, which may hold more than a field's name. */
  let awaitsValue = false;

  const peek = (): string => String.fromCodePoint(...[input.codePointAt(at)].filter((point) => point !== undefined));
  const next = (): string => {
    const char = peek();
    at += char.length;
    return char;
  };
  const skip = (isOne: (char: string) => boolean): void => {
    while (isOne(peek())) next();
  };
  const complain = (words: string): void => {
    if (complaint === '') complaint = words;
  };

  /** @returns the character behind the digits; undefined: they are too few. */
  function scanDigits(first: string, digit: RegExp, count: number): { readonly char: string; readonly legal: boolean } {
    let char = first;
    let left = count;
    for (; left > 0 && digit.test(char); left -= 1) char = next();
    if (left > 0) complain('illegal numeric escape sequence');
    return { char, legal: left === 0 };
  }

  function scanEscape(quote: string): { readonly char: string; readonly legal: boolean } {
    const char = next();
    if (char !== '' && `abfnrtv\\${quote}`.includes(char)) return { char: next(), legal: true };
    if (/^[0-7]$/.test(char)) return scanDigits(char, /^[0-7]$/, 3);
    const numeric = numericEscapes[char];
    if (numeric !== undefined) return scanDigits(next(), ...numeric);
    complain('illegal escape sequence');
    return { char, legal: false };
  }

  /** Whether the quote is closed and all within is in order. */
  function scanQuoted(quote: string): boolean {
    let isLegal = true;
    for (let char = next(); char !== quote;) {
      if (char === '\n' || char === '') {
        complain('quoted literal not terminated');
        return false;
      }
      const read = char === '\\' ? scanEscape(quote) : { char: next(), legal: true };
      char = read.char;
      isLegal &&= read.legal;
    }
    return isLegal;
  }

  function typeFrom(char: string): Token['type'] {
    if (char === '') return 'end';
    if ('/|"'.includes(char)) return scanQuoted(char) ? 'quoted' : 'illegal';
    if (char === ',' || char === '.') {
      awaitsValue = false;
      return 'separator';
    }
    if (isOperator(char)) {
      skip(isOperator);
      awaitsValue = true;
      return 'operator';
    }
    if (awaitsValue) {
      skip(isValue);
      awaitsValue = false;
      return 'value';
    }
    if (!isField(char)) return 'other';
    skip(isField);
    return 'field';
  }

  return {
    scan() {
      skip(isSpace);
      const start = at;
      const type = typeFrom(next());
      return { type, at: start, text: input.slice(start, at) };
    },
    peek,
    at: () => at,
    complaint: () => complaint,
  };
}
