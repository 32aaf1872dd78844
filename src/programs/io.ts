/** What every program does with its descriptors: write it all, read it all, read a line, say what failed. */
import type { Running, Stat } from '../kernel/abi.ts';
import { Errno, isErrno, strerror } from '../kernel/errno.ts';
import * as sys from '../kernel/sys.ts';

/** Bytes asked for at a time, as GNU coreutils and busybox's libbb do. */
const blockSize = 65536;

/** Standard output takes no more: what tools have words of their own for. */
export class OutputError extends Errno {}

/**
 * Writes all of `data`, however few bytes each write(2) takes. An interrupted write goes on; other errors are thrown.
 */
export function* writeAll(fd: number, data: string): Running<void> {
  let rest = data;
  while (rest.length > 0) {
    try {
      const taken = yield* sys.write(fd, rest);
      rest = taken >= rest.length ? '' : rest.slice(taken);
    } catch (error) {
      if (isErrno(error, 'EINTR')) continue;
      throw fd === 1 && isErrno(error) ? new OutputError(error.errno) : error;
    }
  }
}

/** One read(2); an interrupted one is made again. '' at the end of the file. */
export function* readSome(fd: number, count = blockSize): Running<string> {
  for (;;) {
    try {
      return yield* sys.read(fd, count);
    } catch (error) {
      if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

/** From so many bytes on malloc(3) asks the kernel for each block by itself. glibc: M_MMAP_THRESHOLD. */
const ownHeapBytes = 131_072;

/** V8's longest string is twice as long. */
export const longestTextBytes = 2 ** 28;

/**
 * That so many bytes of one text may be held. ENOMEM for more: a real program holds what the machine has room for, the
 * simulator has less than that, and says so.
 */
export function* mayHold(bytes: number): Running<void> {
  if (bytes <= longestTextBytes) return;
  const text = 'glassdock: a text of more than 256 MiB in one program is not modelled: it has no memory for it';
  yield* sys.journal({ type: 'note', topic: 'not modelled', text });
  yield* writeError(`${text}\n`);
  throw new Errno('ENOMEM');
}

/** A text that grows by what is read. What does not fit into a small heap is taken from the machine meanwhile. */
export interface GrowingText {
  parts: string[];
  blocks: { readonly address: number; readonly bytes: number }[];
  bytes: number;
  /** What repeats itself is one string to V8, as often as the machine has room for it. */
  heldBytes: number;
}

export function growingText(): GrowingText {
  return { parts: [], blocks: [], bytes: 0, heldBytes: 0 };
}

export function* grow(text: GrowingText, part: string): Running<void> {
  text.bytes += part.length;
  const before = text.parts.at(-1);
  const isRepeated = part === before;
  text.parts.push(isRepeated ? before : part);
  if (!isRepeated) text.heldBytes += part.length;
  yield* mayHold(text.heldBytes);
  if (text.bytes > ownHeapBytes) text.blocks.push({ address: yield* sys.mmap(part.length), bytes: part.length });
}

/** The whole text, which is empty then, and its memory is the machine's again. */
export function* takeWhole(text: GrowingText): Running<string> {
  yield* mayHold(text.bytes);
  for (const block of text.blocks) yield* sys.munmap(block.address, block.bytes);
  const whole = text.parts.join('');
  Object.assign(text, growingText());
  return whole;
}

/** Reads to the end of the file. */
export function* readAll(fd: number): Running<string> {
  const text = growingText();
  for (;;) {
    const part = yield* readSome(fd);
    if (part === '') return yield* takeWhole(text);
    yield* grow(text, part);
  }
}

/** Opens, reads whole and closes. Throws open's Errno. */
export function* readFile(path: string): Running<string> {
  const fd = yield* sys.open(path, 0);
  try {
    return yield* readAll(fd);
  } finally {
    yield* sys.close(fd);
  }
}

/** As `readFile`, but null when the file cannot be opened or read: for what comes and goes, such as /proc. */
export function* readFileIfAny(path: string): Running<string | null> {
  try {
    return yield* readFile(path);
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

/** stat(2), or lstat(2); null for what cannot be looked at. */
export function* statIfAny(path: string, follow = true): Running<Stat | null> {
  try {
    return follow ? yield* sys.stat(path) : yield* sys.lstat(path);
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

/** Lines of a text; a last one without newline counts. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/**
 * Likewise each with its newline; a last one may have none. (A regular expression takes V8's stack for each byte of a
 * line, and has not enough of it for one of millions.)
 */
export function wholeLinesOf(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** Writes text to a descriptor, standard output if none is named. Nobody minds a closed or full standard error. */
export function* print(text: string, fd = 1): Running<void> {
  try {
    yield* writeAll(fd, text);
  } catch (error) {
    if (fd !== 2 || !isErrno(error, 'EBADF', 'EIO', 'ENOSPC')) throw error;
  }
}

/** Writes `NAME: MESSAGE` to standard error, as far as anybody hears it. */
export function* complain(name: string, message: string): Running<void> {
  yield* writeError(`${name}: ${message}\n`);
}

/** Writes to standard error, which may be closed or full, or which nobody may read any more. */
export function* writeError(text: string, fd = 2): Running<void> {
  try {
    yield* writeAll(fd, text);
  } catch (error) {
    if (!isErrno(error, 'EBADF', 'EIO', 'EPIPE', 'ECONNRESET', 'ENOSPC')) throw error;
  }
}

/** The words for a system call's failure. Anything else is no failure of the machine, and is thrown on. */
export function errnoWords(error: unknown): string {
  if (isErrno(error)) return strerror(error.errno);
  throw error;
}
