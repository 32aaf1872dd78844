/**
 * The json-file log: one JSON object a line under /var/lib/docker/containers/ID. moby: daemon/logger/jsonfilelog, and
 * its Copier.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, readFileIfAny } from '../../programs/io.ts';
import { writeOrFalse } from '../wire/byte-stream.ts';
import { timestampNow } from '../timestamp.ts';
import type { Container } from './container.ts';
import type { OutputName } from './streams.ts';

export interface LogLine {
  /** With its newline, unless it was cut. */
  readonly log: string;
  readonly stream: OutputName;
  /** RFC 3339. */
  readonly time: string;
}

/** A longer line is cut into pieces. moby: logger.defaultBufSize. */
const longestLine = 16_384;

/** What takes a container's output and writes its log; made anew at each start. */
export function* openLog(container: Container): Running<(stream: OutputName, data: string) => Running<void>> {
  const fd = yield* sys.open(container.record.LogPath, O.WRONLY | O.CREAT | O.APPEND | O.CLOEXEC, 0o640);
  const partial = { stdout: '', stderr: '' };
  let open = container.record.Config.Tty ? 1 : 2;
  return function* log(stream, data) {
    const text = partial[stream] + data;
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    partial[stream] = '';
    for (const line of lines) {
      if (!line.endsWith('\n') && data !== '' && line.length < longestLine) partial[stream] = line;
      else yield* writeLine(container, fd, stream, line);
    }
    if (data !== '') return;
    open -= 1;
    if (open === 0) yield* sys.close(fd);
  };
}

function* writeLine(container: Container, fd: number, stream: OutputName, log: string): Running<void> {
  const entry: LogLine = { log, stream, time: yield* timestampNow() };
  yield* writeOrFalse(fd, `${escapeHtml(JSON.stringify(entry))}\n`);
  yield* sys.futexWake(container.logged);
}

/** Go's JSON writes <, > and & as escapes. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** The log as it is on disk, from the byte `from` on; only whole lines. */
export function* readLog(
  container: Container,
  from = 0,
): Running<{ readonly lines: readonly LogLine[]; readonly end: number }> {
  const text = ((yield* readFileIfAny(container.record.LogPath)) ?? '').slice(from);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return { lines: linesOf(whole).map((line) => JSON.parse(line) as LogLine), end: from + whole.length };
}
