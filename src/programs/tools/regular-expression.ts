/** POSIX regular expressions (XBD 9) as sources of JavaScript's. */
import { characterClasses } from '../character-classes.ts';

/** What is no pattern, in glibc's words: regerror(3). */
export class PatternError extends Error {}

/** Compiles a pattern; with `around`, as a part of what that makes of its translation. Throws PatternError. */
export function compilePattern(
  pattern: string,
  kind: 'basic' | 'extended',
  flags = '',
  around = (source: string): string => source,
): RegExp {
  if (/^(?:[^\\]|\\[^])*\\$/.test(pattern)) throw new PatternError('Trailing backslash');
  try {
    return new RegExp(around(toRegExp(pattern, kind)), flags);
  } catch {
    throw new PatternError(faultOf(pattern, kind));
  }
}

/** Why it is none, told from the pattern alone: JavaScript's engines each have words of their own. */
function faultOf(pattern: string, kind: 'basic' | 'extended'): string {
  const marks = kind === 'basic' ? pattern.replace(/\\([(){}])|[(){}]/g, '$1') : pattern.replace(/\\[^]/g, '');
  const plain = marks.replace(/\[\^?\]?[^\]]*\]/g, '');
  if (plain.includes('[')) return 'Invalid regular expression';
  if (/(?:^|[(|])[*+?{]/.test(plain)) return 'Invalid preceding regular expression';
  if (plain.split('(').length > plain.split(')').length) return 'Unmatched ( or \\(';
  return plain.split('(').length < plain.split(')').length ? 'Unmatched ) or \\)' : 'Invalid range end';
}

/** Translates a pattern. What JavaScript would read otherwise than POSIX is escaped. */
export function toRegExp(pattern: string, kind: 'basic' | 'extended' | 'fixed'): string {
  if (kind === 'fixed') return pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === '[') {
      const bracket = /^\[\^?\]?(?:\[:\w+:\]|[^\]])*\]/.exec(pattern.slice(at))?.[0];
      if (bracket === undefined) source += '\\[';
      else {
        source += translateBracket(bracket);
        at += bracket.length - 1;
      }
    } else if (char === '\\') {
      at += 1;
      source += translateEscape(pattern.charAt(at), kind);
    } else if (kind === 'basic') source += translateBasic(pattern, at, char, source);
    else if (char === '{' && !/^\{[0-9]*,?[0-9]*\}/.test(pattern.slice(at))) source += '\\{';
    else if (char === '/') source += '\\/';
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

function translateEscape(char: string, kind: 'basic' | 'extended'): string {
  if (kind === 'basic' && '(){}+?|'.includes(char) && char !== '') return char;
  if ('<>'.includes(char) && char !== '') return '\\b';
  if (/[bBwWsSdD1-9nt]/.test(char)) return `\\${char}`;
  return /[A-Za-z]/.test(char) ? char : `\\${char || '\\'}`;
}

function translateBracket(bracket: string): string {
  const [, caret = '', inside = ''] = /^\[(\^?)([^]*)\]$/.exec(bracket) ?? [];
  const translated = inside.replace(/\[:(\w+):\]|[\\\]]|\[/g, (part, name: string | undefined) =>
    name === undefined ? `\\${part}` : (characterClasses[name] ?? ''),
  );
  return `[${caret}${translated}]`;
}
