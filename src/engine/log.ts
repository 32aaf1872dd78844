/** How dockerd and containerd log: a line of logfmt on standard error. logrus: text_formatter.go. */
import { goQuote } from './go-text.ts';
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import { readFileIfAny, writeError } from '../programs/io.ts';
import { rfc3339 } from './timestamp.ts';
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
    yield* writeError(textLine(rfc3339Fixed(seconds, ns), level, message, fields));
  };
}

/** A line as it is written to what is no terminal. */
export function textLine(time: string, level: LogLevel, message: string, fields: LogFields = {}): string {
  const words = [
    `time="${time}"`,
    `level=${level === 'warn' ? 'warning' : level}`,
    `msg=${quoted(message)}`,
    ...sortedPairs(fields).map(([name, value]) => `${name}=${quoted(String(value))}`),
  ];
  return `${words.join(' ')}\n`;
}

/**
 * Says something on standard error, as commands do that log little: in colour on a terminal, with the seconds since the
 * program began.
 */
export function* say(level: 'error' | 'warn', message: string, fields: LogFields = {}): Running<void> {
  if (!(yield* sys.isatty(2))) {
    const { seconds } = yield* sys.realtime();
    yield* writeError(textLine(rfc3339(seconds, 0), level, message, fields));
    return;
  }
  const colour = `\x1b[${level === 'error' ? 31 : 33}m`;
  const seconds = String(yield* secondsRun()).padStart(4, '0');
  const head = `${colour}${level === 'error' ? 'ERRO' : 'WARN'}\x1b[0m[${seconds}]`;
  const rest = sortedPairs(fields).map(([name, value]) => ` ${colour}${name}\x1b[0m=${quoted(String(value))}`);
  yield* writeError(`${head} ${message.trimEnd().padEnd(44)} ${rest.join('')}\n`);
}

function sortedPairs(fields: LogFields): readonly (readonly [string, string | number | boolean])[] {
  return Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** How long the caller has been running. Man page: proc_pid_stat(5), starttime. */
function* secondsRun(): Running<number> {
  const stat = (yield* readFileIfAny('/proc/self/stat')) ?? '';
  const startTicks = Number(stat.replace(/.*\) /s, '').split(' ')[19]);
  return Math.floor((yield* sys.monotonic()) / 1e9 - startTicks / 100) || 0;
}

/** Go's %q where a word has anything but letters, digits and a few signs. */
function quoted(text: string): string {
  return /^[\w.\-/@^+]*$/.test(text) ? text : goQuote(text);
}
