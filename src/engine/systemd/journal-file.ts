/** The journal as journalctl and systemctl read it. Man page: journalctl(1), -o. */
import type { Running } from '../../kernel/abi.ts';
import { linesOf, readFileIfAny } from '../../programs/io.ts';
import { rfc3339 } from '../timestamp.ts';
import { journalPath } from './journald.ts';
import type { JournalEntry } from './journald.ts';

/** Every entry, the oldest first. */
export function* readJournal(): Running<readonly JournalEntry[]> {
  return linesOf((yield* readFileIfAny(journalPath)) ?? '').map((line) => JSON.parse(line) as JournalEntry);
}

export type JournalOutput = 'short' | 'short-precise' | 'short-iso' | 'cat' | 'json';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An entry as a line, without its newline. */
export function entryLine(entry: JournalEntry, host: string, output: JournalOutput): string {
  if (output === 'json') return JSON.stringify(entry);
  if (output === 'cat') return entry.MESSAGE;
  const { __REALTIME_TIMESTAMP: stamp } = entry;
  const iso = rfc3339(Number(stamp.slice(0, -6)), 0);
  const [date = '', time = ''] = iso.replace('Z', '').split('T');
  const [, month = '', day = ''] = date.split('-');
  const fraction = output === 'short-precise' ? `.${stamp.slice(-6)}` : '';
  const when =
    output === 'short-iso'
      ? iso.replace('Z', '+00:00')
      : `${months[Number(month) - 1] ?? ''} ${day} ${time}${fraction}`;
  const pid = entry._PID === undefined ? '' : `[${entry._PID}]`;
  return `${when} ${host} ${entry.SYSLOG_IDENTIFIER}${pid}: ${entry.MESSAGE}`;
}
