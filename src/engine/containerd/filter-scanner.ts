/** The words of a filter. containerd: filters/scanner.go. */

export interface Token {
  readonly type: 'end' | 'illegal' | 'quoted' | 'value' | 'field' | 'separator' | 'operator' | 'other';
  /** Where it begins. */
  readonly at: number;
  readonly text: string;
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

interface Read {
  readonly char: string;
  readonly isLegal: boolean;
}

/** Where one has come to in a filter. */
export class Scanner {
  /** Where the next character stands. */
  at = 0;
  /** What was wrong first of all with quoted words. */
  complaint = '';
  readonly #input: string;
  /** Behind an operator stands a value, which may hold more than a field's name. */
  #awaitsValue = false;

  constructor(input: string) {
    this.#input = input;
  }

  scan(): Token {
    this.#skip(isSpace);
    const { at } = this;
    const type = this.#typeFrom(this.#next());
    return { type, at, text: this.#input.slice(at, this.at) };
  }

  /** The next character, which stays; empty: none is left. */
  peek(): string {
    const point = this.#input.codePointAt(this.at);
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  #next(): string {
    const char = this.peek();
    this.at += char.length;
    return char;
  }

  #skip(isOne: (char: string) => boolean): void {
    while (isOne(this.peek())) this.#next();
  }

  #typeFrom(char: string): Token['type'] {
    if (char === '') return 'end';
    if ('/|"'.includes(char)) return this.#scanQuoted(char) ? 'quoted' : 'illegal';
    const awaitsValue = this.#awaitsValue;
    this.#awaitsValue = isOperator(char);
    if (char === ',' || char === '.') return 'separator';
    if (isOperator(char)) {
      this.#skip(isOperator);
      return 'operator';
    }
    if (awaitsValue) {
      this.#skip(isValue);
      return 'value';
    }
    if (!isField(char)) return 'other';
    this.#skip(isField);
    return 'field';
  }

  /** Whether the quote is closed and all within is in order. */
  #scanQuoted(quote: string): boolean {
    let isLegal = true;
    for (let char = this.#next(); char !== quote;) {
      if (char === '\n' || char === '') {
        this.#complain('quoted literal not terminated');
        return false;
      }
      const read = char === '\\' ? this.#scanEscape(quote) : { char: this.#next(), isLegal: true };
      char = read.char;
      isLegal &&= read.isLegal;
    }
    return isLegal;
  }

  /** @returns what stands behind the escape */
  #scanEscape(quote: string): Read {
    const char = this.#next();
    if (char !== '' && `abfnrtv\\${quote}`.includes(char)) return { char: this.#next(), isLegal: true };
    if (/^[0-7]$/.test(char)) return this.#scanDigits(char, /^[0-7]$/, 3);
    const numeric = numericEscapes[char];
    if (numeric !== undefined) return this.#scanDigits(this.#next(), ...numeric);
    this.#complain('illegal escape sequence');
    return { char, isLegal: false };
  }

  #scanDigits(first: string, digit: RegExp, count: number): Read {
    let char = first;
    let left = count;
    for (; left > 0 && digit.test(char); left -= 1) char = this.#next();
    if (left > 0) this.#complain('illegal numeric escape sequence');
    return { char, isLegal: left === 0 };
  }

  #complain(words: string): void {
    if (this.complaint === '') this.complaint = words;
  }
}
