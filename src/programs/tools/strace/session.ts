/** A run of strace: takes what the kernel tells, chooses, and prints. */
import type { Running, TraceRecord } from '../../../kernel/abi.ts';
import { bootSeconds } from '../../clock.ts';
import { complain, writeAll } from '../../io.ts';
import type { Wish } from './command-line.ts';
import { quote } from './quote.ts';
import { notedTwice, shapeOf, type Shape } from './shown-call.ts';
import { count, type Counts } from './summary.ts';
import { signalWords, transcript, type Returned, type Transcript } from './transcript.ts';

export interface Session {
  readonly wish: Wish;
  /** Where all is written; of a process with a file of its own, by its number. */
  readonly channels: Map<number, Channel>;
  readonly attached: Set<number>;
  child: number | null;
  readonly counts: Counts;
  /** Until the started program has come by its execve, it is strace itself that would be seen. */
  isHidden: boolean;
}

/** A file that is written, and the lines in it. */
export interface Channel {
  readonly fd: number;
  readonly lines: Transcript;
}

export const everybody = 0;

/** Prints record after record until there is none, or `isInterrupted`. */
export function* follow(
  session: Session,
  next: () => Running<TraceRecord | null>,
  open: (pid: number) => Running<Channel | null>,
  isInterrupted: () => boolean,
): Running<void> {
  const { wish } = session;
  while (!isInterrupted()) {
    const record = yield* next();
    if (record === null) return;
    if (record.event.type === 'attached') {
      session.attached.add(record.pid);
      if (!wish.isQuiet) yield* complain('strace', `Process ${record.pid} attached`);
      continue;
    }
    const channel = session.channels.get(wish.separates ? record.pid : everybody) ?? (yield* open(record.pid));
    if (channel === null) return;
    const text = textOf(session, channel.lines, record);
    if (record.event.type === 'exit') session.attached.delete(record.pid);
    if (text !== '') yield* writeAll(channel.fd, text);
  }
}

/** A file that has been opened, ready for lines. */
export function* newChannel(session: Session, fd: number): Running<Channel> {
  const { column, showsDurations } = session.wish;
  return { fd, lines: transcript({ column, prefix: prefixOf(session, yield* bootSeconds()), showsDurations }) };
}

function textOf(session: Session, lines: Transcript, record: TraceRecord): string {
  const { wish, counts } = session;
  const { event } = record;
  if (session.isHidden && record.pid === session.child && event.type !== 'exit') {
    const isBegun = event.type === 'return' && event.request.call === 'execve' && event.errno === undefined;
    if (!isBegun) return '';
    session.isHidden = false;
  }
  switch (event.type) {
    case 'enter': {
      const shape = shapeOf(event.request, (bytes) => quote(bytes, wish.stringLimit));
      // With -z or -Z nothing is said of a call before it is known how it ends.
      const isPrinted = shape && wish.traces(shape.name) && !wish.isSummary && wish.outcome === 'all';
      return isPrinted ? lines.enter(record, shape) : '';
    }
    case 'return': {
      const shape = shapeOf(event.request, (bytes) => quote(bytes, wish.stringLimit));
      return shape ? called(session, lines, record, shape, event) : '';
    }
    case 'noted':
      return notedTwice.has(event.call) ? '' : called(session, lines, record, ...notedCall(event));
    case 'signal':
      return wish.isSummary || !wish.signals(event.signal)
        ? ''
        : lines.line(record, signalWords(event.signal, event.info));
    case 'stop':
      return wish.isSummary ? '' : lines.line(record, `--- stopped by ${event.signal} ---`);
    case 'exit':
      return counts.size > 0 && wish.isSummary ? '' : lines.line(record, `+++ ${endWords(event.status)} +++`);
    case 'attached':
      return '';
  }
}

function called(session: Session, lines: Transcript, record: TraceRecord, shape: Shape, event: Returned): string {
  const { wish, counts } = session;
  const fails = event.errno !== undefined;
  if (!wish.traces(shape.name) || (wish.outcome !== 'all' && fails !== (wish.outcome === 'failed'))) return '';
  if (!wish.isSummary) return lines.return(record, shape, event);
  if (event.request.call !== 'exit_group') count(counts, shape.name, event.durationNs, fails);
  return '';
}

/** A call as the journal has it: its arguments are text already, a result is a number, a text or an errno's name. */
function notedCall(event: Extract<TraceRecord['event'], { type: 'noted' }>): readonly [Shape, Returned] {
  const { call, args, result } = event;
  const request = { call, args: [] };
  const isErrno = /^E[A-Z0-9]+$/.test(result);
  return [
    { name: call, entry: args, result: () => result },
    {
      type: 'return',
      request,
      durationNs: 1000,
      ...(isErrno ? { errno: result as NonNullable<Returned['errno']> } : {}),
    },
  ];
}

function endWords(status: { readonly code: number } | { readonly signal: string; readonly core?: boolean }): string {
  if ('code' in status) return `exited with ${status.code}`;
  return `killed by ${status.signal}${status.core === true ? ' (core dumped)' : ''}`;
}

/** `[pid   423] `, and the time as -t and -r want it. */
function prefixOf({ wish, attached }: Session, boot: number): (record: TraceRecord) => string {
  let lastNs: number | null = null;
  return ({ pid, timeNs }) => {
    const who =
      wish.output !== null && !wish.separates && (wish.followForks || wish.pids.length > 1)
        ? `${String(pid).padEnd(5)} `
        : wish.output === null && attached.size > 1
          ? `[pid ${String(pid).padStart(5)}] `
          : '';
    const since = ((timeNs - (lastNs ?? timeNs)) / 1e9).toFixed(6).padStart(13);
    lastNs = timeNs;
    const clock = wish.clock === 0 ? '' : `${clockText(boot, timeNs, wish.clock)} `;
    const relative = !wish.isRelative ? '' : clock === '' ? `${since} ` : `(+${since}) `;
    return who + clock + relative;
  };
}

function clockText(boot: number, timeNs: number, detail: number): string {
  const seconds = boot + Math.floor(timeNs / 1e9);
  const fraction = `.${String(Math.floor((timeNs % 1e9) / 1000)).padStart(6, '0')}`;
  if (detail === 3) return `${seconds}${fraction}`;
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const hours = String(Math.floor(seconds / 3600) % 24).padStart(2, '0');
  return `${hours}:${two(Math.floor(seconds / 60))}:${two(seconds)}${detail === 2 ? fraction : ''}`;
}
