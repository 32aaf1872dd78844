/**
 * Two columns, flags and what they do, the second wrapped into the terminal's width.
 *
 * pflag: FlagSet.FlagUsagesWrapped(), wrap() and wrapN(), line for line: where it breaks a text is part of the output.
 *
 * @param width the terminal's columns; docker leaves the last one free.
 */
export function flagUsages(rows: readonly (readonly [left: string, right: string])[], width: number): string {
  const widest = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `${left.padEnd(widest)}   ${wrap(widest + 3, width - 1, right)}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** How far the last line may go over rather than leave one short word alone. */
const slop = 5;

function wrap(indent: number, columns: number, text: string): string {
  let room = columns - indent;
  let margin = indent;
  let wrapped = '';
  if (room < 24) {
    // Too narrow beside the flag: a block below it instead.
    margin = 16;
    room = columns - margin;
    wrapped = `\n${' '.repeat(margin)}`;
  }
  if (room < 24) return text.replaceAll('\n', wrapped);
  const newLine = `\n${' '.repeat(margin)}`;
  let [line, rest] = breakOnce(room - slop, text);
  wrapped += line.replaceAll('\n', newLine);
  while (rest !== '') {
    [line, rest] = breakOnce(room - slop, rest);
    wrapped += newLine + line.replaceAll('\n', newLine);
  }
  return wrapped;
}

function breakOnce(room: number, text: string): [line: string, rest: string] {
  if (room + slop > text.length) return [text, ''];
  const head = text.slice(0, room);
  const at = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\t'), head.lastIndexOf('\n'));
  if (at <= 0) return [text, ''];
  const newLine = head.lastIndexOf('\n');
  const cut = newLine > 0 && newLine < at ? newLine : at;
  return [text.slice(0, cut), text.slice(cut + 1)];
}
