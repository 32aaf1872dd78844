import { journalVersion, type Fact, type JournalEvent, type Stamp } from './event.ts';
import { factTypes, fieldsOf, isOptional, shapeOf } from './facts.ts';
import { complaintAboutShape } from './shape.ts';

/**
 * A journal as text: JSON Lines. The first line is the header `{"glassdock":"journal","version":1}`; each other line
 * is one event as an array:
 *
 *     [type, wait, span, cause, …fields]
 *
 * `type` is the number of the fact's type in facts.ts; `wait` the nanoseconds since the event before; `span` its span
 * less that of the event before, `cause` how many events ago the cause was (null where an event has none); then the
 * type's fields in the order of facts.ts, null for an absent one. Null ones at the end are left out. `seq` is the
 * line's number, counted from 0 without the header. A text of 24 characters or more that was written before is given
 * as `{"$": n}`: the n-th such text of the file, counted from 0.
 */
export function encodeJournal(events: readonly JournalEvent[]): string {
  const lines = [JSON.stringify({ glassdock: 'journal', version: journalVersion })];
  const numbers = new Map<string, number>();
  let before: JournalEvent | undefined;
  for (const event of events) {
    const row: unknown[] = [
      factTypes.indexOf(event.type),
      event.timeNs - (before?.timeNs ?? 0),
      event.span === undefined ? null : event.span - (before?.span ?? 0),
      event.cause === undefined ? null : event.seq - event.cause,
      ...fieldsOf(event.type).map(([name]) => shortened(valueOf(event, name), numbers)),
    ];
    while (row.at(-1) === null) row.pop();
    lines.push(JSON.stringify(row));
    before = event;
  }
  return `${lines.join('\n')}\n`;
}

export type Decoded = { readonly events: readonly JournalEvent[] } | { readonly error: string };

/** The events of a journal's text, or a sentence that says which line is wrong and why. Understands every version. */
export function decodeJournal(text: string): Decoded {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const wrongHeader = complaintAboutHeader(lines[0]);
  if (wrongHeader !== undefined) return { error: `line 1: ${wrongHeader}` };

  const events: JournalEvent[] = [];
  const texts: string[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    try {
      events.push(decodeRow(parseLine(line), events.at(-1), texts));
    } catch (error) {
      if (!(error instanceof JournalFault)) throw error;
      return { error: `line ${index + 2}: ${error.message}` };
    }
  }
  return { events };
}

function valueOf(event: JournalEvent, name: string): unknown {
  return name in event ? event[name as keyof JournalEvent] : null;
}

type FieldValues = Readonly<Record<string, unknown>>;
/** What is wrong with a line that came from outside. */
class JournalFault extends Error {}

const shortest = 24;

/** Texts that came before, by their number; arrays and records are searched through. */
function shortened(value: unknown, numbers: Map<string, number>): unknown {
  if (typeof value === 'string') {
    if (value.length < shortest) return value;
    const number = numbers.get(value);
    if (number !== undefined) return { $: number };
    numbers.set(value, numbers.size);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => shortened(item, numbers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortened(item, numbers)]));
}

function restored(value: unknown, texts: string[]): unknown {
  if (typeof value === 'string') {
    if (value.length >= shortest) texts.push(value);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => restored(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  if ('$' in value) {
    const text = texts[Number(value.$)];
    if (text === undefined) throw new JournalFault(`text ${String(value.$)} was not written before`);
    return text;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, restored(item, texts)]));
}

function complaintAboutHeader(line: string | undefined): string | undefined {
  const header = line === undefined ? undefined : parsed(line);
  if (typeof header !== 'object' || header === null || !('glassdock' in header) || header.glassdock !== 'journal') {
    return 'this is no Glassdock journal';
  }
  if (!('version' in header) || typeof header.version !== 'number') return 'the header names no version';
  if (header.version !== journalVersion) {
    return `version ${header.version} was written by another Glassdock; this one reads version ${journalVersion}`;
  }
  return undefined;
}

function parseLine(line: string): readonly unknown[] {
  const row = parsed(line);
  if (!Array.isArray(row)) throw new JournalFault('not an event; the file may be cut off');
  return row;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function decodeRow(row: readonly unknown[], before: JournalEvent | undefined, texts: string[]): JournalEvent {
  const [number, wait, span, cause, ...values] = row;
  const type = typeof number === 'number' ? factTypes[number] : undefined;
  if (type === undefined) throw new JournalFault(`there is no fact number ${String(number)}`);
  const fact = decodeFact(type, values, texts);
  return { ...fact, ...decodeStamp({ wait, span, cause }, before) };
}

function decodeStamp(row: FieldValues, before: JournalEvent | undefined): Stamp {
  const seq = before === undefined ? 0 : before.seq + 1;
  const span = whole(row['span'] ?? null, 'span');
  const cause = whole(row['cause'] ?? null, 'cause');
  return {
    seq,
    timeNs: (before?.timeNs ?? 0) + (whole(row['wait'], 'time') ?? 0),
    ...(span === null ? {} : { span: (before?.span ?? 0) + span }),
    ...(cause === null ? {} : { cause: seq - cause }),
  };
}

function whole(value: unknown, name: string): number | null {
  if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw new JournalFault(`${name} must be a whole number`);
}

function decodeFact(type: Fact['type'], values: readonly unknown[], texts: string[]): Fact {
  const fields = fieldsOf(type);
  if (values.length > fields.length)
    throw new JournalFault(`${type} has ${fields.length} fields, not ${values.length}`);
  const fact: Record<string, unknown> = { type };
  for (const [index, [name, field]] of fields.entries()) {
    const value = restored(values[index] ?? null, texts);
    if (value === null && isOptional(field)) continue;
    const complaint = complaintAboutShape(value, shapeOf(field));
    if (complaint !== undefined) throw new JournalFault(`${type}: ${name} ${complaint}`);
    fact[name] = value;
  }
  return fact as unknown as Fact;
}
