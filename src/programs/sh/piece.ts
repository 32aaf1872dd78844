/** What a word expands to before it is cut into fields: text that remembers how it came about. */

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

export function textOf(field: Field): string {
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
    for (const char of piece.text) {
      if (!ifs.includes(char)) {
        (current ??= []).push({ text: char, quoted: false, split: false });
        afterSpace = false;
      } else if (char === ' ' || char === '\t' || char === '\n') {
        if (current) afterSpace = true;
        end();
      } else {
        if (!current && !afterSpace) fields.push([]);
        end();
        afterSpace = false;
      }
    }
  }
  end();
  return fields;
}
