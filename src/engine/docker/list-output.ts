/**
 * Lists of things: `docker ps`, `docker images`; as a table, by a template, as JSON, or ids alone. docker:
 * cli/command/formatter.
 */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from './tabwriter.ts';
import { CommandFailed } from './client.ts';
import { parseTemplate } from './go-template.ts';
import { GoRow } from './go-value.ts';
import { escapeJson } from './template-functions.ts';

/** What a row offers to `--format`, under Go's names. */
export type Row = Readonly<Record<string, string>>;
/** One of which some fields are flags. */
type AnyRow = Readonly<Record<string, string | boolean>>;

export interface ListFormat<R extends AnyRow = Row> {
  readonly format: string;
  readonly quiet: boolean;
  /** The template that the plain command uses, without `table `. */
  readonly usual: string;
  /** The template of `--format raw`, and with --quiet; undefined where `raw` is a text like any other. */
  readonly raw?: readonly [whole: string, quiet: string];
  /** The table's head for each field. */
  readonly headers: Readonly<Record<string, string>>;
  /** What --quiet prints. */
  readonly id: (row: R) => string;
  /** Go's name for a row, in the message on a field that it does not have. */
  readonly typeName: string;
  /** What `.Label "name"` is for each row, where rows have it. */
  readonly labels?: readonly Readonly<Record<string, string>>[];
}

/** Prints rows as `--format` asks. Throws the CLI's words for a bad template. */
export function* printList<R extends AnyRow = Row>(rows: readonly R[], options: ListFormat<R>): Running {
  const { quiet, format } = options;
  const isCustom = format !== '' && format !== 'table';
  if (quiet && !isCustom) {
    yield* print(rows.map((row) => `${options.id(row)}\n`).join(''));
    return 0;
  }
  if (format === 'json') {
    yield* print(rows.map((row) => `${escapeJson(JSON.stringify(row))}\n`).join(''));
    return 0;
  }
  const isTable = !isCustom || format.startsWith('table');
  const [whole, brief] = format === 'raw' ? (options.raw ?? []) : [];
  const raw = quiet ? brief : whole;
  const text = raw ?? (isCustom ? format.replace(/^table/, '').replace(/^ +| +$/g, '') : options.usual);
  const source = text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const lines = renderRows(rows, source, options);
  if (!isTable) {
    yield* print(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  yield* print(tabulate([headOf(source, options), ...lines], { leastWidth: 10, padding: 3 }));
  return 0;
}

function renderRows(
  rows: readonly AnyRow[],
  source: string,
  { typeName, labels }: Pick<ListFormat, 'typeName' | 'labels'>,
): readonly string[] {
  const template = parseTemplate(source);
  if ('error' in template) throw new CommandFailed(`template parsing error: ${template.error}\n`, 1);
  return rows.map((row, at) => {
    const own = labels?.[at];
    const methods = own === undefined ? {} : { Label: (name: string) => own[name] ?? '' };
    const { text, error } = template.execute(new GoRow(typeName, row, methods));
    if (error !== undefined) throw new CommandFailed(`template parsing error: ${error}\n`, 1);
    return text;
  });
}

/** The head of a table: each field's title in its place. A label's is the last part of its name. */
function headOf(
  source: string,
  { typeName, headers, labels }: Pick<ListFormat, 'typeName' | 'headers' | 'labels'>,
): string {
  const template = parseTemplate(source, { forHeader: true });
  if ('error' in template) return '';
  const label = (name: string): string => (name.split('.').at(-1) ?? '').replace(/[-_]/g, ' ');
  const { text } = template.execute(new GoRow(typeName, headers, labels === undefined ? {} : { Label: label }));
  return text;
}
