/** runc's failures: in the log that `--log` names, where a shim reads them, and on standard error. Go: logrus. */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { OutputError, print } from '../../programs/io.ts';
import { say, textLine } from '../log.ts';
import { timestampNow } from '../timestamp.ts';
import { Panic, RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';

/** The file that `--log` names is there from the beginning, if only empty, and stays open. runc: configLogrus(). */
export function* openLog({ log }: Pick<RuncOptions, 'log'>): Running<number | undefined> {
  return log === '' ? undefined : yield* sys.open(log, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o644);
}

/**
 * Writes what went wrong; returns the exit code. `opened` is the log as openLog() has it. A log that cannot be opened
 * is itself what went wrong, and is told on standard error. A panic is no failure that runc knows of: Go's runtime
 * tells it, and exits with 2. Throws what is no failure of runc or of the kernel.
 */
export function* report(options: Pick<RuncOptions, 'log' | 'logFormat'>, error: unknown, opened?: number): Running {
  if (error instanceof Panic) {
    yield* print(error.message, 2);
    return 2;
  }
  if (error instanceof OutputError || (!(error instanceof RuncError) && !isErrno(error))) throw error;
  const message = isErrno(error) ? strerror(error.errno).toLowerCase() : error.message;
  if (options.log === '') {
    if (options.logFormat === 'text') yield* say('error', message);
    else yield* print(yield* entryOf(message, 'json'), 2);
  } else {
    const fd = opened ?? (yield* openFor(options.log));
    if (typeof fd !== 'number') return yield* report({ ...options, log: '' }, fd);
    yield* print(yield* entryOf(message, options.logFormat), fd);
    yield* sys.close(fd);
    yield* print(`${message}\n`, 2);
  }
  return error instanceof RuncError ? error.exitCode : 1;
}

function* openFor(log: string): Running<number | RuncError> {
  try {
    return yield* sys.open(log, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o644);
  } catch (error) {
    if (isErrno(error)) return new RuncError(`open ${log}: ${strerror(error.errno).toLowerCase()}`);
    throw error;
  }
}

/** Says what runc puts up with. */
export function* warn({ log, logFormat }: Pick<RuncOptions, 'log' | 'logFormat'>, message: string): Running<void> {
  const entry = yield* entryOf(message, logFormat, 'warn');
  if (log === '') return yield* print(entry, 2);
  const fd = yield* sys.open(log, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o644);
  yield* print(entry, fd);
  yield* sys.close(fd);
}

function* entryOf(message: string, format: 'text' | 'json', level: 'error' | 'warn' = 'error'): Running<string> {
  const time = (yield* timestampNow()).replace(/\.\d+/, '');
  if (format === 'text') return textLine(time, level, message);
  return `${JSON.stringify({ level: level === 'warn' ? 'warning' : level, msg: message, time })}\n`;
}
