/** What a word expands to before it is cut into fields: text that remembers how it came about. */
import { longestTextBytes } from '../io.ts';
import { ShellError } from './flow.ts';

export interface Piece {
  readonly text: string;
  /** In quotes or escaped: its `*?[` stand for themselves. */
  readonly quoted: boolean;
  /** The result of an unquoted expansion: $IFS cuts it. */
  readonly split: boolean;
}

/** Between the parameters of "$@": a new field begins here. */
export const fieldBreak = 'field break';
export type Expansion = readonly (Piece | typeof fieldBreak)[];

/** A field, ready for pathname expansion. */
export type Field = readonly Piece[];

/** As `push(...)`, which JavaScript ends at some hundred thousand. */
export function addAll<T>(list: T[], added: readonly T[]): void {
  for (const one of added) list.push(one);
}

/** Its text. ShellError for a longer one than the simulator can hold: to dash as good as no memory. */
export function textOf(field: Field): string {
  let bytes = 0;
  for (const { text } of field) bytes += text.length;
  if (bytes > longestTextBytes) throw new ShellError('Out of space', 2);
  return field.map(({ text }) => text).join('');
}

/** All text of an expansion; "$@" joins with spaces where fields make no sense, as in assignments. */
export function joined(expansion: Expansion): Field {
  return expansion.map((piece) => (piece === fieldBreak ? { text: ' ', quoted: true, split: false } : piece));
}

/**
 * Field splitting: POSIX, Shell Command Language, 2.6.5. White space of `ifs` runs together and is dropped at both
 * ends; each other char of it ends a field, an empty one too.
 */
export function splitFields(expansion: Expansion, ifs: string): Field[] {
  const fields: Field[] = [];
  let current: Piece[] | null = null;
  let afterSpace = false;
  const end = (): void => {
    if (current) fields.push(current);
    current = null;
  };
  for (const piece of expansion) {
    if (piece === fieldBreak) {
      end();
      afterSpace = false;
      continue;
    }
    if (!piece.split) {
      if (piece.text !== '' || piece.quoted) (current ??= []).push(piece);
      afterSpace = false;
      continue;
    }
    const { text } = piece;
    for (let at = 0; at < text.length;) {
      let stop = at;
      while (stop < text.length && !ifs.includes(text.charAt(stop))) stop += 1;
      if (stop > at) {
        (current ??= []).push({ text: text.slice(at, stop), quoted: false, split: false });
        afterSpace = false;
      }
      const char = text.charAt(stop);
      at = stop + 1;
      if (char === ' ' || char === '\t' || char === '\n') {
        if (current) afterSpace = true;
        end();
      } else if (char !== '') {
        if (!current && !afterSpace) fields.push([]);
        end();
        afterSpace = false;
      }
    }
  }
  end();
  return fields;
}
