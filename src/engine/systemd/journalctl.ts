/** journalctl(1): the journal that systemd keeps, read back. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { parseOptions } from '../../programs/tools/options.ts';
import type { Options } from '../../programs/tools/options.ts';
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { rfc3339 } from '../timestamp.ts';
import { entryLine, readJournal } from './journal-file.ts';
import type { JournalOutput } from './journal-file.ts';
import type { JournalEntry } from './journald.ts';
import { parseTimeSpan } from './time-span.ts';

/** Between two looks of `-f`; the real one is told by inotify(7). */
const lookAgainNs = 250_000_000;
const outputs: ReadonlySet<string> = new Set(['short', 'short-precise', 'short-iso', 'cat', 'json']);
const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

export function* journalctlProgram(argv: readonly string[], _env: Environment): Running {
  const options = parseOptions(argv.slice(1), 'u:n:fo:S:U:kerxbqp:t:a', {
    unit: 'u',
    lines: 'n',
    follow: 'f',
    output: 'o',
    since: 'S',
    until: 'U',
    dmesg: 'k',
    'pager-end': 'e',
    reverse: 'r',
    catalog: 'x',
    boot: 'b',
    quiet: 'q',
    priority: 'p',
    identifier: 't',
    'no-pager': 'a',
    'no-hostname': 'a',
    full: 'a',
    all: 'a',
  });
  if (typeof options === 'string') return yield* refuse(`journalctl: ${options}`);
  const { values } = options;
  const output = values.get('o') ?? 'short';
  if (!outputs.has(output)) return yield* refuse(`Unknown output format '${output}'.`);
  const now = (yield* sys.realtime()).seconds;
  for (const letter of ['S', 'U'] as const) {
    const text = values.get(letter);
    if (text !== undefined && momentOf(text, now) === null) return yield* refuse(`Failed to parse timestamp: ${text}`);
  }
  const isWanted = selection(options, now);
  const { nodename } = yield* sys.uname();
  const show = (entries: readonly JournalEntry[]): string =>
    entries.map((entry) => `${entryLine(entry, nodename, output as JournalOutput)}\n`).join('');

  const all = yield* readJournal();
  const wanted = all.filter(isWanted);
  const count = countOf(options);
  const last = count === undefined ? wanted : count === 0 ? [] : wanted.slice(-count);
  if (last.length === 0 && !options.has('f') && !options.has('q')) yield* print('-- No entries --\n');
  yield* print(show(options.has('r') ? last.toReversed() : last));
  if (!options.has('f')) return 0;
  for (let seen = all.length; ;) {
    yield* sys.nanosleep(lookAgainNs);
    const entries = yield* readJournal();
    yield* print(show(entries.slice(seen).filter(isWanted)));
    seen = entries.length;
  }
}

function* refuse(words: string): Running {
  yield* print(`${words}\n`, 2);
  return 1;
}

/** `-n` without a number, and `-f` without `-n`, mean ten. */
function countOf(options: Options): number | undefined {
  const text = options.values.get('n');
  if (text === 'all') return undefined;
  if (text !== undefined) return Number(text);
  return options.has('f') ? 10 : undefined;
}

function selection(options: Options, now: number): (entry: JournalEntry) => boolean {
  const { values, all } = options;
  const units = all
    .filter(([letter]) => letter === 'u')
    .map(([, name]) => (name.includes('.') ? name : `${name}.service`));
  const identifiers = all.filter(([letter]) => letter === 't').map(([, name]) => name);
  const since = momentOf(values.get('S') ?? '', now) ?? Number.NEGATIVE_INFINITY;
  const until = momentOf(values.get('U') ?? '', now) ?? Number.POSITIVE_INFINITY;
  const named = priorities.indexOf(values.get('p') ?? 'debug');
  const priority = named >= 0 ? named : Number(values.get('p'));
  return (entry) => {
    const at = Number(entry.__REALTIME_TIMESTAMP) / 1e6;
    // The kernel's messages have no unit.
    if (options.has('k') !== (entry.SYSLOG_IDENTIFIER === 'kernel') && (options.has('k') || units.length > 0))
      return false;
    if (units.length > 0 && !units.includes(entry.UNIT)) return false;
    if (identifiers.length > 0 && !identifiers.includes(entry.SYSLOG_IDENTIFIER)) return false;
    return at >= since && at <= until && Number(entry.PRIORITY) <= priority;
  };
}

/** Unix seconds of `@1795490793`, `2026-11-24 03:26:13`, `-5min`, `5 min ago`, `today`; null for anything else. */
function momentOf(text: string, now: number): number | null {
  if (text === 'now') return now;
  if (text === 'today') return now - (now % 86_400);
  if (text === 'yesterday') return now - (now % 86_400) - 86_400;
  if (/^@\d+(\.\d+)?$/.test(text)) return Number(text.slice(1));
  const ago = /^-(.+)$/.exec(text)?.[1] ?? /^(.+) ago$/.exec(text)?.[1];
  if (ago !== undefined) {
    const seconds = parseTimeSpan(ago);
    return seconds === null ? null : now - seconds;
  }
  const [, date, time] = /^(\d{4}-\d\d-\d\d)?[ T]?(\d\d:\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined && time === undefined) return null;
  const day = date ?? rfc3339(now, 0).slice(0, 10);
  const clock = time === undefined ? '00:00:00' : time.length === 5 ? `${time}:00` : time;
  return parseRfc3339(`${day}T${clock}Z`)?.seconds ?? null;
}
