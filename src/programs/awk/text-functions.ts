/** The functions of awk on texts. */
import type { Flavour } from '../tools/options.ts';

/** Splits as FS says. `separator` is null for a blank one. */
export function splitText(text: string, separator: string | RegExp | null): string[] {
  if (separator === null) return text.split(/[ \t\n]+/).filter((part) => part !== '');
  if (text === '') return [];
  if (typeof separator === 'string') return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (const found of text.matchAll(separator)) {
    if (found[0] === '') continue;
    parts.push(text.slice(start, found.index));
    start = found.index + found[0].length;
  }
  return [...parts, text.slice(start)];
}

/** substr. Before the text begins, busybox takes the length from its start, and mawk a longer one. */
export function substr(flavour: Flavour, text: string, from: number, length: number): string {
  const start = Math.trunc(from);
  const before = flavour === 'gnu' ? Math.max(0, -start) : 0;
  const size = Math.trunc(length) + before;
  const first = Math.max(0, start - 1);
  return size > 0 ? text.slice(first, first + size) : '';
}

/** sub and gsub: how often, and the text. `&` in the replacement is what matched. */
export function substitute(
  pattern: RegExp,
  replacement: string,
  text: string,
  isEverywhere: boolean,
): { readonly text: string; readonly count: number } {
  let count = 0;
  let result = '';
  let start = 0;
  let lastEnd = -1;
  for (const found of text.matchAll(pattern)) {
    const end = found.index + found[0].length;
    // Nothing matches once more where a match has just ended.
    if (found[0] === '' && found.index === lastEnd) continue;
    count += 1;
    result +=
      text.slice(start, found.index) +
      replacement.replace(/\\([\\&])|&/g, (part, escaped?: string) => escaped ?? (part === '&' ? found[0] : part));
    start = end;
    lastEnd = end;
    if (!isEverywhere) break;
  }
  return { text: result + text.slice(start), count };
}
