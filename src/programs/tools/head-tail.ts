/** head(1) and tail(1). */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, mayHold, print, readAll, readSome, wholeLinesOf } from '../io.ts';
import { openInput } from './inputs.ts';
import { scaleOf } from './sizes.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

const tailPollNs = 1_000_000_000;

interface Amount {
  readonly count: number;
  readonly unit: 'lines' | 'bytes';
  /** tail's `+N`: from there on; head's `-N`: all but the last. */
  readonly opposite: boolean;
}

/** `-5`, and tail's `+5`: the counts of old. */
function isCount(word: string): boolean {
  return /^[-+][0-9]+$/.test(word);
}

function oldCount(word: string): string {
  return word.startsWith('+') ? `-n${word}` : `-n${word.slice(1)}`;
}

/** Reads `-n N`, `-c N`, and the old `-N`. A string is a complaint. */
function parseAmount(
  words: readonly string[],
  mark: '+' | '-',
):
  | { readonly amount: Amount; readonly rest: readonly string[]; readonly follow: boolean; readonly quiet: boolean }
  | string {
  const plain = words.map((word, index) =>
    isCount(word) && !/^-[nc]$/.test(words[index - 1] ?? '') ? oldCount(word) : word,
  );
  const options = parseOptions(plain, 'n:c:fFqvs:', {
    lines: 'n',
    bytes: 'c',
    follow: 'f',
    quiet: 'q',
    silent: 'q',
    verbose: 'v',
  });
  if (typeof options === 'string') return options;
  const unit = options.has('c') ? 'bytes' : 'lines';
  const text = options.values.get(unit === 'bytes' ? 'c' : 'n') ?? '10';
  const [, sign = '', digits, suffix = ''] = /^([-+]?)([0-9]+)([a-zA-Z]*)$/.exec(text) ?? [];
  const scale = scaleOf(suffix, 'bkKmMGTPE');
  if (digits === undefined || scale === undefined) return `invalid number of ${unit}: ${quoted(text)}`;
  return {
    amount: { count: Number(digits) * scale, unit, opposite: sign === mark },
    rest: options.operands,
    follow: options.has('f') || options.has('F'),
    quiet: options.has('q'),
  };
}

/** Of an amount coreutils says no more than that it is none. */
function* refuse(name: string, complaint: string, flavour: Flavour): Running<number> {
  if (flavour !== 'gnu' || !complaint.startsWith('invalid number'))
    return yield* refuseOptions(name, complaint, flavour);
  yield* complain(name, complaint);
  return 1;
}

const cannotOpenWords =
  (flavour: Flavour, busybox: (path: string) => string) =>
  (path: string, words: string): string =>
    flavour === 'gnu' ? `cannot open '${path}' for reading: ${words}` : `${busybox(path)}: ${words}`;

export const head = (flavour: Flavour): Program =>
  function* headMain(argv): Running {
    const parsed = parseAmount(argv.slice(1), '-');
    if (typeof parsed === 'string') return yield* refuse('head', parsed, flavour);
    const { amount, rest, quiet } = parsed;
    let status = 0;
    for (const [index, path] of (rest.length === 0 ? ['-'] : rest).entries()) {
      const fd = yield* openInput(
        'head',
        path,
        cannotOpenWords(flavour, (name) => name),
      );
      if (fd === null) {
        status = 1;
        continue;
      }
      if (rest.length > 1 && !quiet) yield* print(header(path, index));
      yield* printHead(fd, amount);
      if (fd !== 0) yield* sys.close(fd);
    }
    return status;
  };

function header(path: string, index: number): string {
  return `${index === 0 ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`;
}

/** Reads no more than it must, so that a producer gets SIGPIPE. */
function* printHead(fd: number, { count, unit, opposite }: Amount): Running<void> {
  if (opposite) {
    const text = yield* readAll(fd);
    yield* print(
      unit === 'bytes'
        ? text.slice(0, Math.max(0, text.length - count))
        : wholeLinesOf(text)
            .slice(0, -count || undefined)
            .join(''),
    );
    return;
  }
  let left = count;
  while (left > 0) {
    const part = yield* readSome(fd, unit === 'bytes' ? Math.min(left, 65536) : 65536);
    if (part === '') return;
    if (unit === 'bytes') {
      yield* print(part);
      left -= part.length;
      continue;
    }
    let end = 0;
    for (let at = part.indexOf('\n'); at !== -1 && left > 0; at = part.indexOf('\n', end)) {
      end = at + 1;
      left -= 1;
    }
    yield* print(left > 0 ? part : part.slice(0, end));
  }
}

export const tail = (flavour: Flavour): Program =>
  function* tailMain(argv): Running {
    const parsed = parseAmount(argv.slice(1), '+');
    if (typeof parsed === 'string') return yield* refuse('tail', parsed, flavour);
    const { amount, rest, follow, quiet } = parsed;
    let status = 0;
    const files: Followed[] = [];
    let isPipe = false;
    for (const [index, path] of (rest.length === 0 ? ['-'] : rest).entries()) {
      const fd = yield* openInput(
        'tail',
        path,
        cannotOpenWords(flavour, (name) => `can't open '${name}'`),
      );
      if (fd === null) {
        status = 1;
        continue;
      }
      if (rest.length > 1 && !quiet) yield* print(header(path, index));
      yield* printTail(fd, amount);
      // A pipe that has ended has nothing to follow.
      if (path === '-' && (yield* sys.fstat(fd)).type === 'fifo') isPipe = true;
      else files.push({ fd, path });
    }
    if (follow && files.length > 0) yield* followFiles(files, rest.length > 1 && !quiet, flavour);
    else if (follow && !isPipe) yield* complain('tail', 'no files remaining');
    return status;
  };

/**
 * Keeps what can still be needed, as the real ones do, in memory of its own: `tail /dev/zero`, which has no line's end,
 * grows until somebody kills it.
 */
function* printTail(fd: number, { count, unit, opposite }: Amount): Running<void> {
  if (opposite) {
    const text = yield* readAll(fd);
    yield* print(
      unit === 'bytes'
        ? text.slice(Math.max(0, count - 1))
        : wholeLinesOf(text)
            .slice(Math.max(0, count - 1))
            .join(''),
    );
    return;
  }
  const text = yield* readEnd(fd, count, (part) => (unit === 'bytes' ? part.length : linesIn(part)));
  if (count === 0) return;
  yield* print(unit === 'bytes' ? text.slice(-count) : wholeLinesOf(text).slice(-count).join(''));
}

/** The last parts of the input that have more than `count` of what `measure` counts. */
function* readEnd(fd: number, count: number, measure: (part: string) => number): Running<string> {
  let parts: { readonly text: string; readonly amount: number; readonly heldBytes: number }[] = [];
  let dropped = 0;
  let amount = 0;
  let bytes = 0;
  let heldBytes = 0;
  let heapBytes = smallHeapBytes;
  for (;;) {
    const text = yield* readSome(fd);
    if (text === '') break;
    // What repeats itself is one string to V8, as often as the machine has room for it.
    const before = parts.at(-1)?.text;
    const held = text === before ? 0 : text.length;
    parts.push({ text: text === before ? before : text, amount: measure(text), heldBytes: held });
    heldBytes += held;
    amount += measure(text);
    bytes += text.length;
    for (let first = parts[dropped]; first && amount - first.amount > count; first = parts[dropped]) {
      amount -= first.amount;
      bytes -= first.text.length;
      heldBytes -= first.heldBytes;
      dropped += 1;
    }
    // What was dropped is let go of in one go, so that a long input costs no more than its length.
    if (dropped > 1024) {
      parts = parts.slice(dropped);
      dropped = 0;
    }
    if (bytes <= heapBytes) continue;
    yield* mayHold(heldBytes);
    yield* sys.mmap(bytes - heapBytes);
    heapBytes = bytes;
  }
  yield* mayHold(bytes);
  return parts
    .slice(dropped)
    .map(({ text }) => text)
    .join('');
}

/** What fits into the heap that a program begins with. */
const smallHeapBytes = 131_072;

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

interface Followed {
  readonly fd: number;
  readonly path: string;
}

/** What is added to the files, under its name when it is another than before; from the start of one that shrank. */
function* followFiles(files: readonly Followed[], hasHeaders: boolean, flavour: Flavour): Running<void> {
  let last = files.at(-1);
  for (;;) {
    for (const file of files) {
      yield* goBack(file, flavour);
      for (let part = yield* readSome(file.fd); part !== ''; part = yield* readSome(file.fd)) {
        if (hasHeaders && file !== last) yield* print(header(file.path, 1));
        last = file;
        yield* print(part);
      }
    }
    yield* sys.nanosleep(tailPollNs);
  }
}

/** busybox says nothing of it, and leaves a file alone that is empty. */
function* goBack({ fd, path }: Followed, flavour: Flavour): Running<void> {
  const { type, size } = yield* sys.fstat(fd);
  if (type !== 'file' || (flavour === 'busybox' && size === 0)) return;
  if (size >= (yield* sys.seek(fd, 0, 'current'))) return;
  if (flavour === 'gnu') yield* complain('tail', `${path}: file truncated`);
  yield* sys.seek(fd, 0, 'set');
}
