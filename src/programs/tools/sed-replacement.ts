/** What sed's `s` puts in the place of a match. GNU sed: sed/execute.c, append_replacement(). */

export type ReplacementPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'group'; readonly group: number }
  /** `\U`, `\L`, `\E`: all that follows in capitals, in small letters, as it is. */
  | { readonly type: 'case'; readonly letter: 'U' | 'L' | 'E' }
  /** `\u`, `\l`: the next character. */
  | { readonly type: 'once'; readonly letter: 'u' | 'l' };

export type Replacement = readonly ReplacementPart[];

export function referencesOf(replacement: Replacement): readonly number[] {
  return replacement.filter((part) => part.type === 'group').map(({ group }) => group);
}

/** The text for a match and its groups. */
export function replaced(replacement: Replacement, match: readonly (string | undefined)[]): string {
  let text = '';
  let letters: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | null = null;
  for (const part of replacement) {
    if (part.type === 'case') {
      letters = part.letter;
      once = null;
    } else if (part.type === 'once') once = part.letter;
    else {
      const plain = part.type === 'text' ? part.text : (match[part.group] ?? '');
      if (plain === '') continue;
      const cased = letters === 'U' ? upper(plain) : letters === 'L' ? lower(plain) : plain;
      const [first, rest] = [cased.slice(0, 1), cased.slice(1)];
      text += (once === 'u' ? upper(first) : once === 'l' ? lower(first) : first) + rest;
      once = null;
    }
  }
  return text;
}

// Texts are bytes here: only the letters of ASCII have another case.
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The line after `s`; null when nothing matched. `nth` is the first match that is replaced. */
export function substitute(
  pattern: RegExp,
  replacement: Replacement,
  line: string,
  nth: number,
  isGlobal: boolean,
): string | null {
  let count = 0;
  let result = '';
  let copied = 0;
  let changed = false;
  let end = -1;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const [whole] = match;
    if (whole === '') pattern.lastIndex += 1;
    // Right behind a match there is no empty one.
    if (whole === '' && match.index === end) continue;
    end = match.index + whole.length;
    count += 1;
    if (count < nth) continue;
    result += line.slice(copied, match.index) + replaced(replacement, match);
    copied = end;
    changed = true;
    if (!isGlobal) break;
  }
  return changed ? result + line.slice(copied) : null;
}
