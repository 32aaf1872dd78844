/** One container shows everything; a few show less, so that they fit; many are one line each; very many a mark each. */
export type Density = 'roomy' | 'middle' | 'compact' | 'marks';

/** Whether the containers are too many for a row each with their tools in it. */
export function isMany(density: Density): boolean {
  return density === 'compact' || density === 'marks';
}

/** Heights within a row, from its top. */
interface Measures {
  /** The first row begins here in a wide room. */
  readonly first: number;
  readonly toolHeight: number;
  readonly shimTop: number;
  readonly shimHeight: number;
  readonly boxTop: number;
  readonly head: number;
  readonly line: number;
  readonly foot: number;
  /** The next row begins so far below the end. */
  readonly gap: number;
}

export const measures: Readonly<Record<Density, Measures>> = {
  roomy: {
    first: 80,
    toolHeight: 66,
    shimTop: 70,
    shimHeight: 100,
    boxTop: 100,
    head: 30,
    line: 70,
    foot: 34,
    gap: 30,
  },
  middle: { first: 58, toolHeight: 44, shimTop: 46, shimHeight: 74, boxTop: 46, head: 26, line: 46, foot: 2, gap: 8 },
  /** Name and trouble stand above the process, since nothing has room beside it. */
  compact: { first: 80, toolHeight: 48, shimTop: 0, shimHeight: 52, boxTop: 0, head: 20, line: 28, foot: 4, gap: 8 },
  /** Nothing has room for a name. */
  marks: { first: 80, toolHeight: 48, shimTop: 0, shimHeight: 24, boxTop: 0, head: 0, line: 24, foot: 0, gap: 5 },
};

/** In a tall room a row's tools stand above all rows. */
export const tallRow: Measures = {
  ...measures.middle,
  shimTop: 0,
  shimHeight: 86,
  boxTop: 0,
  line: 58,
  gap: 10,
};

/** Where a finger is to meet each of very many. */
export const marksApart: Measures = { ...measures.marks, shimHeight: 33, line: 33, gap: 10 };

/** Whether a mark is one of those. */
export function isApart({ h }: { readonly h: number }): boolean {
  return h > measures.marks.line;
}

/** From one of many rows to the next. */
export function stepOf({ head, line, foot, gap }: Measures): number {
  return head + line + foot + gap;
}
