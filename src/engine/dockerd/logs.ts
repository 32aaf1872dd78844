/** `docker logs`: the json-file, read back. moby: daemon/logs.go. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import { encodeForm } from '../wire/http.ts';
import { padFraction, parseRfc3339 } from '../timestamp-fixed.ts';
import { ApiError, badRequest } from './api-error.ts';
import { frame, streamType } from './attach.ts';
import { untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { isTrue } from './filters.ts';
import { momentOf } from './query-number.ts';
import { findLog, readLog } from './log.ts';
import type { LogLine } from './log.ts';

/** Answers GET /containers/{id}/logs. With `follow` it goes on until the container ends or the client leaves. */
export function* sendLogs(daemon: Daemon, exchange: HttpExchange, find: () => Container): Running<void> {
  const { query } = exchange.request;
  const wants = { stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) };
  if (!wants.stdout && !wants.stderr) throw badRequest('Bad parameters: you must choose at least one stream');
  const container = find();
  if (container.host.LogConfig.Type === 'none')
    throw new ApiError(501, 'configured logging driver does not support reading');
  yield* untilUnlocked(container);
  const { Tty } = container.record.Config;
  const withTimes = isTrue(query.get('timestamps'));
  const withDetails = isTrue(query.get('details'));
  // A time of 0 is as none.
  const since = momentOf(query.get('since'), 0) || Number.NEGATIVE_INFINITY;
  const until = momentOf(query.get('until'), 0) || Number.POSITIVE_INFINITY;
  const isLate = ({ time }: LogLine): boolean => secondsOf(time) > until;
  const show = (lines: readonly LogLine[]): string =>
    lines
      .filter(({ stream, time }) => wants[stream] && secondsOf(time) >= since && secondsOf(time) <= until)
      .map(({ log, stream, attrs, time }) => {
        const details = withDetails ? `${detailsOf(attrs)} ` : '';
        return frame(stream, `${withTimes ? `${padFraction(time)} ` : ''}${details}${log}`, Tty);
      })
      .join('');

  // One that runs has a logger, which answers before it looks. What it writes in its next life has another one.
  const logger = loggerOf(container);
  const hasLogger = logger !== null;
  if (!hasLogger) yield* findLog(container);
  const body = yield* exchange.stream(200, streamType(Tty));
  const missing = hasLogger ? yield* whyMissing(container) : null;
  const complain = function* (why: string): Running<void> {
    const fields = { container: container.record.ID, method: '(*Daemon).ContainerLogs', module: 'daemon' };
    yield* daemon.log('error', `Error streaming logs: ${why}`, fields);
    yield* body.write(frame('system', `Error grabbing logs: ${why}\n`, Tty));
    yield* body.end();
  };
  if (missing !== null) return yield* complain(missing);
  const first = yield* readLog(container);
  const tail = query.get('tail') ?? 'all';
  const there = first.lines.length + (first.complaint === undefined ? 0 : 1);
  const count = /^\+?\d+$/.test(tail) ? Number(tail) : there;
  const begin = show(first.lines.slice(Math.max(0, there - count)));
  if (begin !== '') yield* body.write(begin);
  if (first.complaint !== undefined && count > 0) return yield* complain(first.complaint);
  // It is over with the first line that is later, and not before (asked of 26.1.5).
  if (isTrue(query.get('follow')) && !first.lines.some(isLate))
    yield* follow(
      exchange,
      container,
      { end: first.end, isOpen: () => hasLogger && loggerOf(container) === logger },
      function* (lines) {
        return (yield* body.write(show(lines))) && !lines.some(isLate);
      },
    );
  yield* body.end();
}

function secondsOf(time: string): number {
  const { seconds, ns } = parseRfc3339(time) ?? { seconds: 0, ns: 0 };
  return seconds + ns / 1e9;
}

/** moby: httputils, stringAttrs(). */
function detailsOf(attrs: LogLine['attrs'] = {}): string {
  return Object.entries(attrs)
    .map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`)
    .join(',');
}

function* whyMissing(container: Container): Running<string | null> {
  try {
    yield* findLog(container);
    return null;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return error.message;
  }
}

/** The life that a logger writes for, by its beginning; null while there is none. */
function loggerOf({ record: { State } }: Container): string | null {
  return State.Running && !State.Restarting ? State.StartedAt : null;
}

function* follow(
  exchange: HttpExchange,
  container: Container,
  from: { readonly end: number; readonly isOpen: () => boolean },
  send: (lines: readonly LogLine[]) => Running<boolean>,
): Running<void> {
  let { end } = from;
  for (;;) {
    const wasOpen = from.isOpen();
    const more = yield* readLog(container, end);
    end = more.end;
    if (more.lines.length > 0 && !(yield* send(more.lines))) return;
    if (more.lines.length > 0) continue;
    if (!wasOpen || exchange.isClientGone()) return;
    yield* exchange.waitFor(container.logged);
  }
}
