/**
 * The system's journal: what services write on standard output and error, line by line, and what systemd says of its
 * units. The real one is a process of its own with a binary file; here pid 1 keeps a line of JSON for each entry, with
 * the names of `journalctl -o json`. Man pages: systemd-journald.service(8), systemd.journal-fields(7).
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readSome, writeAll } from '../../programs/io.ts';

export const journalPath = '/var/log/journal/system.journal';

export interface JournalEntry {
  /** Unix time in microseconds, which needs more digits than a number keeps: text. */
  readonly __REALTIME_TIMESTAMP: string;
  readonly PRIORITY: string;
  readonly SYSLOG_IDENTIFIER: string;
  /** Absent for the kernel. */
  readonly _PID?: string;
  /** The service that wrote it, or the unit that systemd speaks of. */
  readonly UNIT: string;
  readonly MESSAGE: string;
}

export interface Journald {
  readonly fd: number;
}

export function* openJournal(): Running<Journald> {
  const fd = yield* sys.open(journalPath, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o640);
  return { fd };
}

/**
 * Appends an entry with the present time.
 *
 * @param priority as syslog(3) numbers them: 3 error, 4 warning, 6 information.
 */
export function* append(
  journald: Journald,
  from: { readonly identifier: string; readonly pid: number; readonly unit: string },
  message: string,
  priority = 6,
): Running<void> {
  const { seconds, ns } = yield* sys.realtime();
  yield* keep(journald, {
    __REALTIME_TIMESTAMP: stamp(seconds, Math.floor(ns / 1000)),
    PRIORITY: String(priority),
    SYSLOG_IDENTIFIER: from.identifier,
    _PID: String(from.pid),
    UNIT: from.unit,
    MESSAGE: message,
  });
}

/** On a full disk an entry is lost, and nobody ends for that. */
function* keep({ fd }: Journald, entry: JournalEntry): Running<void> {
  try {
    yield* writeAll(fd, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
  }
}

function stamp(seconds: number, microseconds: number): string {
  return `${seconds}${String(microseconds).padStart(6, '0')}`;
}

/**
 * What the kernel says, record by record, with the times that it gave them. Linux: Documentation/ABI/testing/dev-kmsg;
 * systemd: src/journal/journald-kmsg.c. Returns only where there is no /dev/kmsg.
 */
export function* keepKernelMessages(journald: Journald): Running<void> {
  const { seconds } = yield* sys.realtime();
  const bootSeconds = seconds - Math.floor((yield* sys.monotonic()) / 1e9);
  let log: number;
  try {
    log = yield* sys.open('/dev/kmsg', O.RDONLY | O.CLOEXEC);
  } catch (error) {
    if (isErrno(error)) return;
    throw error;
  }
  for (;;) {
    const record = yield* readSome(log);
    const [, priority = '6', microseconds = '0', text = ''] = /^(\d+),\d+,(\d+),[^;]*;([^\n]*)/.exec(record) ?? [];
    const since = Number(microseconds);
    yield* keep(journald, {
      __REALTIME_TIMESTAMP: stamp(bootSeconds + Math.floor(since / 1e6), since % 1e6),
      PRIORITY: priority,
      SYSLOG_IDENTIFIER: 'kernel',
      UNIT: '',
      MESSAGE: text,
    });
  }
}

/** What systemd itself says of a unit. */
export function* note(journald: Journald, unit: string, message: string, priority = 6): Running<void> {
  yield* append(journald, { identifier: 'systemd', pid: 1, unit }, message, priority);
}

/**
 * A pipe for a service's standard output and error: each line becomes an entry. Returns the end that the service gets;
 * the caller closes its own copy once the service has been forked.
 *
 * @param pidOf the service's main process at the time of the line.
 */
export function* streamInto(
  journald: Journald,
  unit: string,
  identifier: string,
  pidOf: () => number,
): Running<number> {
  const [output, input] = yield* sys.pipe2(O.CLOEXEC);
  yield* sys.goCarrying(function* () {
    let rest = '';
    for (;;) {
      const data = yield* readSome(output);
      if (data === '') break;
      const lines = (rest + data).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield* append(journald, { identifier, pid: pidOf(), unit }, line);
    }
    if (rest !== '') yield* append(journald, { identifier, pid: pidOf(), unit }, rest);
    yield* sys.close(output);
  });
  return input;
}
