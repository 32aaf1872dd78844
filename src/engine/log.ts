/** How dockerd and containerd log: a line of logfmt on standard error. logrus: text_formatter.go. */
import { goQuote } from './go-text.ts';
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import { writeError } from '../programs/io.ts';
import { rfc3339Fixed } from './timestamp-fixed.ts';

export const logLevels = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What comes after the message: `key=value`, in order of name. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => Running<void>;

/** @param present the level up to which lines are written, at the moment of each. */
export function logTo(present: () => LogLevel): Log {
  return function* log(level, message, fields = {}) {
    if (logLevels.indexOf(level) > logLevels.indexOf(present())) return;
    const { seconds, ns } = yield* sys.realtime();
    const pairs = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const words = [
      `time="${rfc3339Fixed(seconds, ns)}"`,
      `level=${level === 'warn' ? 'warning' : level}`,
      `msg=${quoted(message)}`,
      ...pairs.map(([name, value]) => `${name}=${quoted(String(value))}`),
    ];
    yield* writeError(`${words.join(' ')}\n`);
  };
}

/** Go's %q where a word has anything but letters, digits and a few signs. */
function quoted(text: string): string {
  return /^[\w.\-/@^+]*$/.test(text) ? text : goQuote(text);
}
