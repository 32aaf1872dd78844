/** POSIX regular expressions (XBD 9) as sources of JavaScript's. */
import { characterClasses } from '../character-classes.ts';

/** What is no pattern, in glibc's words: regerror(3). */
export class PatternError extends Error {}

/** As Perl has them is as extended ones, but that `+?` and its like are lazy. */
type Kind = 'basic' | 'extended' | 'perl';

/** Compiles a pattern; with `around`, as a part of what that makes of its translation. Throws PatternError. */
export function compilePattern(
  pattern: string,
  kind: Kind,
  flags = '',
  around = (source: string): string => source,
): RegExp {
  if (/^(?:[^\\]|\\[^])*\\$/.test(pattern)) throw new PatternError('Trailing backslash');
  const wrong = kind === 'basic' ? /(?<!\\)\\\{(?!\d*,?\d*\\\})([^\\]*\\\})?/.exec(pattern) : null;
  if (wrong) throw new PatternError(wrong[1] === undefined ? 'Unmatched \\{' : 'Invalid content of \\{\\}');
  try {
    return new RegExp(around(toRegExp(pattern, kind)), flags);
  } catch (error) {
    if (error instanceof PatternError) throw error;
    throw new PatternError(faultOf(pattern, kind));
  }
}

/** Why it is none, told from the pattern alone: JavaScript's engines each have words of their own. */
function faultOf(pattern: string, kind: Kind): string {
  const marks = kind === 'basic' ? pattern.replace(/\\([(){}])|[(){}]/g, '$1') : pattern.replace(/\\[^]/g, '');
  const plain = marks.replace(/\[\^?\]?[^\]]*\]/g, '');
  if (/(?:^|[(|])[*+?{]/.test(plain)) return 'Invalid preceding regular expression';
  if (plain.split('(').length > plain.split(')').length) return 'Unmatched ( or \\(';
  return plain.split('(').length < plain.split(')').length ? 'Unmatched ) or \\)' : 'Invalid range end';
}

/** Translates a pattern. What JavaScript would read otherwise than POSIX is escaped. */
export function toRegExp(pattern: string, kind: Kind | 'fixed'): string {
  if (kind === 'fixed') return pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === '[') {
      const bracket = /^\[\^?\]?(?:\[:\w+:\]|[^\]])*\]/.exec(pattern.slice(at))?.[0];
      if (bracket === undefined) throw new PatternError('Unmatched [, [^, [:, [., or [=');
      source += translateBracket(bracket);
      at += bracket.length - 1;
    } else if (char === '\\') {
      at += 1;
      source += translateEscape(pattern.charAt(at), kind);
    } else if (kind === 'basic') source += translateBasic(pattern, at, char, source);
    else if (char === '{' && !/^\{[0-9]*,?[0-9]*\}/.test(pattern.slice(at))) source += '\\{';
    else if (char === '/') source += '\\/';
    // A repetition repeated is one of them for both; to JavaScript `+?` and its like mean something else.
    else if (kind === 'extended' && '*+?'.includes(char) && /(?:^|[^\\])(?:\\\\)*[*+?]$/.test(source))
      source = source.endsWith(char) ? source : `${source.slice(0, -1)}*`;
    else source += char;
  }
  return source;
}

function translateBasic(pattern: string, at: number, char: string, before: string): string {
  if ('+?(){}|'.includes(char)) return `\\${char}`;
  if (char === '*' && (before === '' || before.endsWith('(') || before === '^')) return '\\*';
  if (char === '^' && at !== 0 && !before.endsWith('(') && !before.endsWith('|')) return '\\^';
  if (char === '$' && at !== pattern.length - 1 && !/^\$\\[)|]/.test(pattern.slice(at))) return '\\$';
  return char;
}

function translateEscape(char: string, kind: Kind): string {
  if (kind === 'basic' && '(){}+?|'.includes(char) && char !== '') return char;
  if ('<>'.includes(char) && char !== '') return '\\b';
  if (/[bBwWsSdD1-9nt]/.test(char)) return `\\${char}`;
  return /[A-Za-z]/.test(char) ? char : `\\${char || '\\'}`;
}

function translateBracket(bracket: string): string {
  const [, caret = '', inside = ''] = /^\[(\^?)([^]*)\]$/.exec(bracket) ?? [];
  const translated = inside.replace(/\[:(\w+):\]|[\\\]]|\[/g, (part, name: string | undefined) => {
    if (name === undefined) return `\\${part}`;
    const characters = characterClasses[name];
    if (characters === undefined) throw new PatternError('Invalid character class name');
    return characters;
  });
  return `[${caret}${translated}]`;
}
