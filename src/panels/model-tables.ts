/** A part of the model and how far it goes, as MODEL.md says. */
export interface ModelPart {
  readonly name: string;
  /** `partial`, `simplified`, `supported`. */
  readonly extent: string;
  /** What is left out, or why. */
  readonly about: readonly Piece[];
}

/** A piece of a sentence; code stands in another face. */
export interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

/** The table below a heading of the second order; empty where there is none. */
export function modelTable(markdown: string, heading: string): readonly ModelPart[] {
  const [, behind = ''] = markdown.split(`\n## ${heading}\n`);
  const [section = ''] = behind.split('\n## ');
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map(cellsOf)
    .filter(([, extent]) => extent !== '')
    .map(([name = '', extent = '', about = '']) => ({ name: plain(name), extent, about: piecesOf(about) }));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function plain(text: string): string {
  return text.replaceAll('`', '');
}

/** Between backquotes is code. */
function piecesOf(text: string): readonly Piece[] {
  return text
    .split('`')
    .map((piece, index) => ({ text: piece, isCode: index % 2 === 1 }))
    .filter(({ text: piece }) => piece !== '');
}
