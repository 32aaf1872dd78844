/** How diff(1) writes changes down: as commands of ed, or as hunks with the lines around. */
import { wholeLinesOf } from '../io.ts';
import { changesBetween, type Change } from './line-changes.ts';
import type { Options } from './options.ts';

/** What of two lines counts when they are compared. */
export type LineKey = (line: string) => string;

/** '' when nothing that counts differs. */
export type DiffForm = (old: string, fresh: string, key: LineKey) => string;

/** -i, -b and -w; with the last two a missing newline at the end is blank too. */
export function formOf(options: Options): LineKey {
  const [ignoresCase, ignoresAmount, ignoresAll] = ['i', 'b', 'w'].map((letter) => options.has(letter));
  return (line) => {
    const cased = ignoresCase === true ? line.toLowerCase() : line;
    if (ignoresAll === true) return cased.replaceAll(/\s+/g, '');
    return ignoresAmount === true ? cased.trimEnd().replaceAll(/\s+/g, ' ') : cased;
  };
}

interface Compared {
  readonly old: readonly string[];
  readonly fresh: readonly string[];
  readonly changes: readonly Change[];
}

function compared(old: string, fresh: string, key: LineKey): Compared {
  const [lines, otherLines] = [wholeLinesOf(old), wholeLinesOf(fresh)];
  return { old: lines, fresh: otherLines, changes: changesBetween(lines.map(key), otherLines.map(key)) };
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`).join('');
}

/** `2c2`, `< two`, `---`, `> 2` */
export const normalForm: DiffForm = (before, after, key) => {
  const { old, fresh, changes } = compared(before, after, key);
  const range = (start: number, end: number): string =>
    end - start > 1 ? `${start + 1},${end}` : String(end > start ? end : start);
  return changes
    .map(({ oldStart, oldEnd, newStart, newEnd }) => {
      const letter = oldStart === oldEnd ? 'a' : newStart === newEnd ? 'd' : 'c';
      return (
        `${range(oldStart, oldEnd)}${letter}${range(newStart, newEnd)}\n` +
        marked('< ', old.slice(oldStart, oldEnd)) +
        (letter === 'c' ? '---\n' : '') +
        marked('> ', fresh.slice(newStart, newEnd))
      );
    })
    .join('');
};

/** `@@ -1,3 +1,3 @@` and what stands there, with so many lines that are the same before and after. */
export const unifiedForm =
  (context: number): DiffForm =>
  (before, after, key) => {
    const { old, fresh, changes } = compared(before, after, key);
    const range = (start: number, end: number): string =>
      end - start === 1 ? String(end) : `${end > start ? start + 1 : start},${end - start}`;
    return hunksOf(changes, context)
      .map((hunk) => {
        const [first, last] = [hunk[0], hunk.at(-1)];
        if (first === undefined || last === undefined) return '';
        const lead = Math.min(context, first.oldStart);
        const [start, newStart] = [first.oldStart - lead, first.newStart - lead];
        const trail = Math.min(context, old.length - last.oldEnd);
        const [end, newEnd] = [last.oldEnd + trail, last.newEnd + trail];
        let text = `@@ -${range(start, end)} +${range(newStart, newEnd)} @@\n`;
        let at = start;
        for (const change of hunk) {
          text += marked(' ', old.slice(at, change.oldStart));
          text += marked('-', old.slice(change.oldStart, change.oldEnd));
          text += marked('+', fresh.slice(change.newStart, change.newEnd));
          at = change.oldEnd;
        }
        return text + marked(' ', old.slice(at, end));
      })
      .join('');
  };

/** Changes whose surroundings touch are told of together. */
function hunksOf(changes: readonly Change[], context: number): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const before = hunks.at(-1);
    if (before && change.oldStart - (before.at(-1)?.oldEnd ?? 0) <= 2 * context) before.push(change);
    else hunks.push([change]);
  }
  return hunks;
}
