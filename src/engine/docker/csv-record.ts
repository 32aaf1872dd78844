/** The first record of a text of comma-separated values. Go: encoding/csv, Reader.readRecord(). */

/** The fields, or the words with which Go refuses the text. */
export type CsvRecord = { readonly fields: readonly string[] } | { readonly error: string };

/** Reads up to the end of the first line that is not empty; a field in quotes may go on beyond it. */
export function readCsvRecord(text: string): CsvRecord {
  const begin = /^(?:\r?\n)*/.exec(text)?.[0].length ?? 0;
  if (begin === text.length) return { error: 'EOF' };
  const fields: string[] = [];
  for (let at = begin; ; at += 1) {
    const field = text[at] === '"' ? readQuoted(text, at) : readBare(text, at);
    if ('wrong' in field) return { error: `${placeOf(text, field.at, begin)}: ${field.wrong}` };
    fields.push(field.value);
    at = field.end;
    if (text[at] !== ',') return { fields };
  }
}

/** A field and where it ends, or what is wrong and where. */
type Field = { readonly value: string; readonly end: number } | { readonly wrong: string; readonly at: number };

function readBare(text: string, begin: number): Field {
  const [raw = ''] = /^[^,\n]*/.exec(text.slice(begin)) ?? [];
  const quote = raw.indexOf('"');
  if (quote >= 0) return { wrong: 'bare " in non-quoted-field', at: begin + quote };
  return { value: text[begin + raw.length] === '\n' ? raw.replace(/\r$/, '') : raw, end: begin + raw.length };
}

/** Two quotes stand for one. */
function readQuoted(text: string, begin: number): Field {
  const [raw = ''] = /^"(?:[^"]|"")*/.exec(text.slice(begin)) ?? [];
  const quote = begin + raw.length;
  const rest = text.slice(quote + 1);
  if (text[quote] !== '"' || !/^(?:,|\r?\n|$)/.test(rest))
    return { wrong: 'extraneous or missing " in quoted-field', at: quote };
  const end = rest.startsWith('\r') ? quote + 2 : quote + 1;
  return { value: raw.slice(1).replaceAll('""', '"'), end };
}

function placeOf(text: string, at: number, begin: number): string {
  const line = (end: number): number => text.slice(0, end).split('\n').length;
  const column = at - text.lastIndexOf('\n', at - 1);
  const where = `parse error on line ${line(at)}, column ${column}`;
  return line(begin) === line(at) ? where : `record on line ${line(begin)}; ${where}`;
}
