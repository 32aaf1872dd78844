/**
 * The json-file log: one JSON object a line under /var/lib/docker/containers/ID. moby: daemon/logger/jsonfilelog, and
 * its Copier.
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { gunzip, gzip } from '../gzip.ts';
import { linesOf, readFile, readFileIfAny, wholeLinesOf } from '../../programs/io.ts';
import { writeOrFalse } from '../wire/byte-stream.ts';
import { decodeAs, mapOf, structure, text, time, UnmarshalTypeError } from '../go-decoder.ts';
import { decodeJson } from '../go-json.ts';
import { neverTime, timestampNow } from '../timestamp.ts';
import { unlinkIfAny } from '../unlink.ts';
import type { Container } from './container.ts';
import { attributesOf } from './log-attributes.ts';
import { openFile, writeFile } from './disk.ts';
import { rotationOf } from './log-options.ts';
import type { Rotation } from './log-options.ts';
import type { OutputName } from './streams.ts';

export interface LogLine {
  /** With its newline, unless it was cut. */
  readonly log: string;
  readonly stream: OutputName;
  readonly attrs?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly time: string;
}

/** A longer line is cut into pieces. moby: logger.defaultBufSize. */
const longestPiece = 16_384;

/** A log that is being written. */
interface LogFile {
  readonly container: Container;
  readonly rotation: Rotation;
  readonly attrs: LogLine['attrs'];
  fd: number;
  size: number;
  /** When its last line was written. */
  lastTime: string;
}

/**
 * What takes a container's output and writes its log; made anew at each start. Throws an ApiError for options of the
 * driver that cannot be.
 */
export function* openLog(container: Container): Running<(stream: OutputName, data: string) => Running<void>> {
  const { LogPath, Config } = container.record;
  if (LogPath === '') return noLog;
  const rotation = rotationOf(container.host.LogConfig.Config);
  const attrs = yield* attributesOf(container);
  const fd = yield* openToAppend(LogPath);
  const file: LogFile = { container, rotation, attrs, fd, size: (yield* sys.fstat(fd)).size, lastTime: neverTime };
  const partial = { stdout: '', stderr: '' };
  let open = Config.Tty ? 1 : 2;
  return function* log(stream, data) {
    const text = partial[stream] + data;
    partial[stream] = '';
    for (const line of wholeLinesOf(text).flatMap(piecesOf)) {
      if (!line.endsWith('\n') && data !== '' && line.length < longestPiece) partial[stream] = line;
      else yield* writeLine(file, stream, line);
    }
    if (data !== '') return;
    open -= 1;
    if (open === 0) yield* sys.close(file.fd);
  };
}

function piecesOf(line: string): readonly string[] {
  if (line.length <= longestPiece) return [line];
  return [line.slice(0, longestPiece), ...piecesOf(line.slice(longestPiece))];
}

/** The driver `none`, and what an exec'd process prints. */
// oxlint-disable-next-line require-yield -- a sink.
export function* noLog(): Running<void> {}

function* openToAppend(path: string): Running<number> {
  return yield* openFile(path, O.WRONLY | O.CREAT | O.APPEND, 0o640);
}

/**
 * Finds the log to be read: of a container that does not run it is made when there is none. moby: daemon/logs.go,
 * getLogger(), which begins a logger then.
 */
export function* findLog({ record }: Container): Running<void> {
  const { LogPath, State } = record;
  yield* sys.close(State.Running ? yield* openFile(LogPath, O.RDONLY, 0) : yield* openToAppend(LogPath));
}

function* writeLine(file: LogFile, stream: OutputName, log: string): Running<void> {
  const { container, rotation, attrs } = file;
  if (file.size >= rotation.maxBytes) yield* rotate(file);
  const kept = attrs === undefined ? '' : `"attrs":${escapeHtml(JSON.stringify(attrs))},`;
  file.lastTime = yield* timestampNow();
  const line = `{"log":${quoted(log)},"stream":"${stream}",${kept}"time":"${file.lastTime}"}\n`;
  try {
    yield* writeOrFalse(file.fd, line);
    file.size += line.length;
  } catch (error) {
    if (!isErrno(error, 'ENOSPC')) throw error;
    // A full disk loses lines and stops nobody. Other than the real one we leave no half of a line behind.
    yield* sys.truncate(container.record.LogPath, file.size);
  }
  yield* sys.futexWake(container.logged);
}

/** The log becomes LOG.1, that one LOG.2, and so on; the oldest is lost. moby: loggerutils, rotate(). */
function* rotate(file: LogFile): Running<void> {
  const { LogPath } = file.container.record;
  yield* sys.close(file.fd);
  const paths = pathsOf(LogPath, file.rotation);
  const oldest = paths.at(-1) ?? LogPath;
  file.container.lostLogBytes += (yield* readLogFile(oldest)).length;
  yield* ignoringMissing(sys.unlink(oldest));
  for (let number = paths.length - 1; number > 0; number -= 1) {
    const isNew = number === 1;
    yield* ignoringMissing(sys.rename(paths[number - 1] ?? '', isNew ? `${LogPath}.1` : (paths[number] ?? '')));
  }
  if (file.rotation.compresses) yield* compress(`${LogPath}.1`, file.lastTime);
  file.fd = yield* openToAppend(LogPath);
  file.size = 0;
}

/** The log, and those that were put aside: the newest first. */
function pathsOf(path: string, { maxFiles, compresses }: Rotation): readonly string[] {
  const aside = Array.from({ length: maxFiles - 1 }, (_, index) => `${path}.${index + 1}${compresses ? '.gz' : ''}`);
  return [path, ...aside];
}

/** One that there is no room for stays as it is, and is not read any more. moby: loggerutils, compressFile(). */
function* compress(path: string, lastTime: string): Running<void> {
  try {
    yield* writeFile(`${path}.gz`, gzip(yield* readFile(path), JSON.stringify({ lastTime })), 0o640);
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC', 'ENOENT')) throw error;
    yield* unlinkIfAny(`${path}.gz`);
  }
}

/** '' for one that is not there, or broken. */
function* readLogFile(path: string): Running<string> {
  const bytes = (yield* readFileIfAny(path)) ?? '';
  return path.endsWith('.gz') ? (gunzip(bytes) ?? '') : bytes;
}

function* ignoringMissing(call: Running<void>): Running<void> {
  try {
    yield* call;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/**
 * A string as it is written there: what is no UTF-8 is lost, and of the characters without a picture only the ends of
 * lines have a short name. moby: jsonlog/jsonlogbytes.go, ffjsonWriteJSONBytesAsString().
 */
function quoted(bytes: string): string {
  return `"${utf8(fromUtf8(bytes).replace(escapedChars, (char) => shortEscapes[char] ?? longEscape(char)))}"`;
}
// oxlint-disable-next-line no-control-regex -- just those are meant.
const escapedChars = /[\x00-\x1f"\\<>&\u2028\u2029\ufffd]/g;
const shortEscapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const longEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Go's JSON writes <, > and & as escapes. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** moby: daemon/logger/jsonfilelog/jsonlog, JSONLog. */
const logLine = structure('jsonlog.JSONLog', { log: text(), stream: text(), attrs: mapOf(text()), time }, [
  'log',
  'stream',
  'time',
]);

interface ReadLog {
  readonly lines: readonly LogLine[];
  /** The byte behind the last of them. */
  readonly end: number;
  /** Why there are no more, though more is written: what json.Decoder says of a line that dockerd has not written. */
  readonly complaint?: string;
}

/** The log as it is on disk, from the byte `from` of all that was ever written on; only whole lines. */
export function* readLog(container: Container, from = 0): Running<ReadLog> {
  const { LogPath } = container.record;
  let written = '';
  for (const path of pathsOf(LogPath, rotationOf(container.host.LogConfig.Config)).toReversed())
    written += yield* readLogFile(path);
  const begin = Math.max(from, container.lostLogBytes);
  const rest = written.slice(begin - container.lostLogBytes);
  const whole = rest.slice(0, rest.lastIndexOf('\n') + 1);
  const end = begin + whole.length;
  const lines: LogLine[] = [];
  for (const line of linesOf(whole)) {
    if (line.trim() === '') continue;
    const read = lineOf(line);
    if (typeof read === 'string') return { lines, end, complaint: read };
    lines.push(read);
  }
  return { lines, end };
}

function lineOf(written: string): LogLine | string {
  const read = decodeJson(written);
  if ('complaint' in read) return read.complaint;
  try {
    return decodeAs(logLine, read.value) as LogLine;
  } catch (error) {
    if (error instanceof UnmarshalTypeError) return error.message;
    throw error;
  }
}
