/** Columns separated by tabs, made equally wide. Go: text/tabwriter. */
export interface TabOptions {
  readonly leastWidth: number;
  readonly padding: number;
}

/** Lays lines out; the last cell of a line, which no tab ends, is not padded. Returns them with their newlines. */
export function tabulate(lines: readonly string[], { leastWidth, padding }: TabOptions): string {
  const rows = lines.map((line) => line.split('\t'));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(
      leastWidth,
      ...rows.filter((row) => column < row.length - 1).map((row) => displayWidth(row[column] ?? '') + padding),
    ),
  );
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0))).join('')}\n`)
    .join('');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

/** Characters, not bytes: a UTF-8 sequence counts once. */
function displayWidth(bytes: string): number {
  return bytes.replace(/[\x80-\xbf]/g, '').length;
}
