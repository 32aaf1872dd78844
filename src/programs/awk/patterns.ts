/** Regular expressions as awk has them: POSIX extended ones, in which a backslash means what it means in C. */
import type { Flavour } from '../tools/options.ts';
import { compilePattern } from '../tools/regular-expression.ts';
import { unescapeAwk } from './tokens.ts';

export class Patterns {
  private readonly known = new Map<string, RegExp>();
  private readonly flavour: Flavour;

  constructor(flavour: Flavour) {
    this.flavour = flavour;
  }

  /** Throws PatternError. The pattern keeps no place: it is global, and to be used from its start. */
  compile(source: string): RegExp {
    let pattern = this.known.get(source);
    if (pattern === undefined) {
      pattern = compilePattern(toExtended(source, this.flavour), 'extended', 'gs');
      this.known.set(source, pattern);
    }
    pattern.lastIndex = 0;
    return pattern;
  }

  test(source: string, text: string): boolean {
    return this.compile(source).test(text);
  }
}

function toExtended(source: string, flavour: Flavour): string {
  return source.replace(
    /\[(\^?)(\]?(?:\[:\w+:\]|\\[^]|[^\]\\])*)\]|\\(?:[0-7]{1,3}|[^])|[{}]/g,
    (part, caret: string | undefined, inside: string | undefined) => {
      if (inside !== undefined) return bracket(caret ?? '', inside);
      // mawk 1.3.4 of Debian takes braces for what they are.
      if (part === '{' || part === '}') return flavour === 'gnu' ? `\\${part}` : part;
      const char = part === '\\/' ? '/' : unescapeAwk(part);
      if (char.length === 1) return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
      return /\\[A-Za-z]/.test(part) ? part.slice(1) : part;
    },
  );
}

/** POSIX knows no backslash in brackets; a `]` stands first there. */
function bracket(caret: string, inside: string): string {
  let first = '';
  const rest = inside.replace(/\\(?:[0-7]{1,3}|[^])/g, (part) => {
    const char = unescapeAwk(part);
    if (part === '\\]') {
      first = ']';
      return '';
    }
    return char.length === 1 ? char : part.startsWith('\\-') ? part : part.slice(1);
  });
  return `[${caret}${first}${rest}]`;
}
