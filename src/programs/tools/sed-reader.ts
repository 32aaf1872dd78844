/** How the script of sed(1) is written: delimiters, escapes, texts of several lines. GNU sed: sed/compile.c. */
import type { Replacement, ReplacementPart } from './sed-replacement.ts';

export class SedError extends Error {
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** What one -e or -f gives. */
export interface SedSource {
  /** Null for an expression of the command line. */
  readonly file: string | null;
  readonly text: string;
}

/** A character by its code, wherever it stands. */
const code = /^\\(?:x([0-9a-fA-F]{1,2})|o([0-7]{1,3})|d([0-9]{1,3})|c([^])|([afrtv]))/;
const named: Readonly<Record<string, string>> = { a: '\x07', f: '\f', r: '\r', t: '\t', v: '\v' };

function coded([, hex, octal, decimal, control, name]: RegExpExecArray): string {
  if (name !== undefined) return named[name] ?? '';
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) ^ 64);
  const value = hex === undefined ? Number.parseInt(octal ?? decimal ?? '0', octal === undefined ? 10 : 8) : null;
  return String.fromCharCode((value ?? Number.parseInt(hex ?? '0', 16)) & 255);
}

export class SedReader {
  rest: string;
  private readonly sources: readonly SedSource[];
  private readonly text: string;

  constructor(sources: readonly SedSource[]) {
    this.sources = sources;
    this.text = sources.map(({ text }) => text).join('\n');
    this.rest = this.text;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.rest);
    if (found) this.rest = this.rest.slice(found[0].length);
    return found;
  }

  /** What is wrong with the text as far as it is read. */
  error(words: string): SedError {
    let read = this.text.length - this.rest.length;
    let expression = 0;
    for (const [at, { file, text }] of this.sources.entries()) {
      if (file === null) expression += 1;
      if (read <= text.length || at === this.sources.length - 1) {
        const line = text.slice(0, Math.max(0, read - 1)).split('\n').length;
        const place = file === null ? `-e expression #${expression}, char ${read}` : `file ${file} line ${line}`;
        return new SedError(`${place}: ${words}`);
      }
      read -= text.length + 1;
    }
    return new SedError(words);
  }

  /** Up to the delimiter, which may be escaped or stand in brackets of a pattern; null when it is missing. */
  delimited(delimiter: string, what: 'pattern' | 'replacement'): string | null {
    let read = '';
    while (this.rest !== '' && !this.rest.startsWith('\n')) {
      if (this.rest.startsWith(delimiter)) {
        this.take(/^[^]/);
        return read;
      }
      if (what === 'pattern' && this.rest.startsWith('[')) {
        const bracket = this.take(/^\[\^?\]?(?:\[:\w+:\]|[^\]\n])*\]/);
        if (!bracket) {
          this.take(/^[^\n]*/);
          return null;
        }
        read += bracket[0].replace(/\\(?:[nafrtv]|x[0-9a-fA-F]{2}|o[0-7]{3}|d\d{3})/g, (escape) => {
          const found = code.exec(escape);
          return found ? coded(found) : '\n';
        });
        continue;
      }
      const escaped = this.take(/^\\([^])/)?.[1];
      if (escaped === undefined) read += this.take(/^[^]/)?.[0] ?? '';
      else if (escaped === delimiter) read += what === 'replacement' && delimiter === '&' ? '\\&' : delimiter;
      else read += what === 'pattern' ? this.escapeOfPattern(escaped) : `\\${escaped}`;
    }
    return null;
  }

  /** `\n` is a newline; a character given by its code is as if it stood there. */
  private escapeOfPattern(escaped: string): string {
    if (escaped === 'n') return '\n';
    const found = code.exec(`\\${escaped}${this.rest}`);
    if (!found) return `\\${escaped}`;
    this.rest = this.rest.slice(found[0].length - 2);
    return coded(found);
  }

  /** The parts of what stands for a match. */
  protected replacement(text: string): Replacement {
    const parts: ReplacementPart[] = [];
    for (let at = 0; at < text.length;) {
      const rest = text.slice(at);
      const found = code.exec(rest);
      const [part = ''] = found ?? /^(?:\\[^]|[^])/.exec(rest) ?? [];
      at += part.length;
      const escaped = part.charAt(1);
      if (found) parts.push({ type: 'text', text: coded(found) });
      else if (part === '&') parts.push({ type: 'group', group: 0 });
      else if (/^\d$/.test(escaped)) parts.push({ type: 'group', group: Number(escaped) });
      else if (/^[ULE]$/.test(escaped)) parts.push({ type: 'case', letter: escaped as 'U' | 'L' | 'E' });
      else if (/^[ul]$/.test(escaped)) parts.push({ type: 'once', letter: escaped as 'u' | 'l' });
      else parts.push({ type: 'text', text: escaped === 'n' ? '\n' : escaped || part });
    }
    return parts;
  }

  protected unescaped(text: string): string {
    return text.replace(/\\(?:x[0-9a-fA-F]{1,2}|o[0-7]{1,3}|d[0-9]{1,3}|c[^]|[^])/g, (escape) => {
      const found = code.exec(escape);
      return found ? coded(found) : escape === '\\n' ? '\n' : escape.slice(1);
    });
  }

  /** The text of a, i and c: `a\` and lines of which all but the last end with a backslash, or the rest of one line. */
  protected addedText(): string | null {
    this.take(/^[^\S\n]*/);
    if (this.rest === '') throw this.error("expected \\ after `a', `c' or `i'");
    if (this.take(/^\\$/)) return null;
    if (!this.take(/^\\[^\S\n]*\n/)) this.take(/^\\(?=[^])/);
    const [, text = ''] = this.take(/^((?:\\[^]|[^\\\n])*)(?:\\$|\n|$)/) ?? [];
    return this.unescaped(text);
  }

  protected fileName(): string {
    const name = this.take(/^[^\S\n]*([^\n]*)\n?/)?.[1] ?? '';
    if (name === '') throw this.error('missing filename in r/R/w/W commands');
    return name;
  }
}
