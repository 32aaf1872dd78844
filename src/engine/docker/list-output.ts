/**
 * Lists of things: `docker ps`, `docker images`; as a table, by a template, as JSON, or ids alone. docker:
 * cli/command/formatter.
 */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from './tabwriter.ts';
import { CommandFailed } from './client.ts';
import { parseTemplate } from './go-template.ts';

/** What a row offers to `--format`, under Go's names. */
export type Row = Readonly<Record<string, string>>;

export interface ListFormat {
  readonly format: string;
  readonly quiet: boolean;
  /** The template that the plain command uses, without `table `. */
  readonly usual: string;
  /** The table's head for each field. */
  readonly headers: Readonly<Record<string, string>>;
  /** What --quiet prints. */
  readonly id: (row: Row) => string;
  /** Go's name for a row, in the message on a field that it does not have. */
  readonly typeName: string;
}

/** Prints rows as `--format` asks. Throws the CLI's words for a bad template. */
export function* printList(rows: readonly Row[], options: ListFormat): Running {
  const { format, quiet } = options;
  if (quiet && (format === '' || format === 'table')) {
    yield* print(rows.map((row) => `${options.id(row)}\n`).join(''));
    return 0;
  }
  if (format === 'json') {
    yield* print(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return 0;
  }
  const isTable = format === '' || format === 'table' || /^table\s/.test(format);
  const text = format === '' || format === 'table' ? options.usual : format.replace(/^table\s*/, '');
  const source = text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const lines = renderRows(rows, source, options.typeName);
  if (!isTable) {
    yield* print(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  const head = renderRows([options.headers], source, options.typeName);
  yield* print(tabulate([...head, ...lines], { leastWidth: 10, padding: 3 }));
  return 0;
}

function renderRows(rows: readonly Row[], source: string, typeName: string): readonly string[] {
  const template = parseTemplate(source, { typeName });
  if ('error' in template) throw new CommandFailed(`${template.error}\n`, 1);
  return rows.map((row) => {
    const line = template.execute(row);
    if (typeof line === 'object') throw new CommandFailed(`${line.error}\n`, 1);
    return line;
  });
}
