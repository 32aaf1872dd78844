/** column(1): a list in columns, or a table. util-linux: text-utils/column.c. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, linesOf, print } from '../io.ts';
import { readInputs } from './inputs.ts';
import { parseOptions, refuseOptions, type Options } from './options.ts';

const long = {
  fillrows: 'x',
  'output-separator': 'o',
  'output-width': 'c',
  separator: 's',
  table: 't',
  'table-columns': 'N',
  'table-right': 'R',
};

/** `column [-tx] [-c WIDTH] [-s CHARACTERS] [-o TEXT] [-N NAME,…] [-R COLUMN,…] [FILE…]` */
export function* columnMain(argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), 'c:N:o:R:s:tx', long);
  if (typeof options === 'string') return yield* refuseOptions('column', options, 'gnu');
  const asked = options.values.get('c');
  if (asked !== undefined && !/^\d+$/.test(asked)) {
    yield* complain('column', `invalid columns argument: '${asked}'`);
    return 1;
  }
  const { inputs, failed } = yield* readInputs('column', options.operands, (path, words) => `${path}: ${words}`);
  const lines = inputs.flatMap(({ text }) => linesOf(text)).filter((line) => line.trim() !== '');
  const terminal = (yield* sys.isatty(1)) ? (yield* sys.getWindowSize(1)).columns : 0;
  const width = asked === undefined ? terminal || 80 : Number(asked);
  yield* print(options.has('t') ? tableOf(lines, options) : listOf(lines, width, options.has('x')));
  return failed ? 1 : 0;
}

/** Blanks count as one separator, others each by itself. All columns but the last are as wide as their widest cell. */
function tableOf(lines: readonly string[], { values }: Options): string {
  const separators = values.get('s');
  const cellsOf = (line: string): string[] => {
    if (separators === undefined) return line.trim().split(/[ \t]+/);
    const cells = [''];
    for (const char of line) {
      if (separators.includes(char)) cells.push('');
      else cells.push(`${cells.pop() ?? ''}${char}`);
    }
    return cells;
  };
  const names = values.get('N')?.split(',') ?? null;
  const rows = [...(names === null || lines.length === 0 ? [] : [names]), ...lines.map(cellsOf)];
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const right = new Set(
    (values.get('R') ?? '').split(',').map((word) => (/^\d+$/.test(word) ? Number(word) - 1 : names?.indexOf(word))),
  );
  const cell = (text: string, at: number): string => {
    if (right.has(at)) return text.padStart(widths[at] ?? 0);
    return at === count - 1 ? text : text.padEnd(widths[at] ?? 0);
  };
  return rows
    .map((row) => `${widths.map((_, at) => cell(row[at] ?? '', at)).join(values.get('o') ?? '  ')}\n`)
    .join('');
}

/** As many columns as the width has room for, each a number of tabs wide. */
function listOf(entries: readonly string[], width: number, fillsRows: boolean): string {
  const tab = 8;
  const next = (column: number): number => (Math.floor(column / tab) + 1) * tab;
  const cellWidth = next(Math.max(0, ...entries.map((entry) => entry.length)));
  const columns = Math.max(1, Math.floor(width / cellWidth));
  const rows = Math.ceil(entries.length / columns);
  const lines = Array.from({ length: rows }, (_, row) =>
    entries.filter((_entry, at) => (fillsRows ? Math.floor(at / columns) === row : at % rows === row)),
  );
  const padded = (entry: string): string => entry + '\t'.repeat(Math.ceil((cellWidth - entry.length) / tab));
  return lines
    .map((line) => `${line.map((entry, at) => (at < line.length - 1 ? padded(entry) : entry)).join('')}\n`)
    .join('');
}
