/** The bytes of a file in numbers: od(1) of coreutils, hexdump(1) of util-linux, xxd(1) of vim. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, readSome, statIfAny } from '../io.ts';
import { openInput } from './inputs.ts';
import { parseOptions, refuseOptions } from './options.ts';
import { scaleOf } from './sizes.ts';

interface Form {
  /** One line of sixteen bytes at most. */
  readonly line: (bytes: string, offset: number) => string;
  /** The line after the last byte. */
  readonly end: (offset: number) => string;
  /** A line like the one before is a `*` for all of them. */
  readonly squeezes: boolean;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
const codes = (bytes: string): number[] => Array.from(bytes, (char) => char.charCodeAt(0));
const printable = (bytes: string): string => bytes.replace(/[^ -~]/g, '.');
const inHex = (bytes: string): string[] => codes(bytes).map((code) => hex(code, 2));

/** Two bytes as one number, the lower one first, as x86 has it. */
function words(bytes: string): number[] {
  const all = codes(bytes);
  return Array.from(
    { length: Math.ceil(all.length / 2) },
    (_, at) => (all[2 * at] ?? 0) + 256 * (all[2 * at + 1] ?? 0),
  );
}

const names: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};
const named = (char: string): string =>
  names[char.charCodeAt(0)] ?? (/[ -~]/.test(char) ? char : octal(char.charCodeAt(0), 3));

const canonical: Form = {
  line: (bytes, offset) => {
    const halves = [bytes.slice(0, 8), bytes.slice(8)].map((half) => inHex(half).join(' ').padEnd(23));
    return `${hex(offset, 8)}  ${halves.join('  ')}  |${printable(bytes)}|`;
  },
  end: (offset) => hex(offset, 8),
  squeezes: true,
};

const hexWords: Form = {
  line: (bytes, offset) =>
    `${hex(offset, 7)}${words(bytes)
      .map((word) => ` ${hex(word, 4)}`)
      .join('')
      .padEnd(40)}`,
  end: (offset) => hex(offset, 7),
  squeezes: true,
};

const xxdForm: Form = {
  line: (bytes, offset) =>
    `${hex(offset, 8)}: ${inHex(bytes).join('').replace(/.{4}/g, '$& ').padEnd(40)} ${printable(bytes)}`,
  end: () => '',
  squeezes: false,
};

const odForms: Readonly<Record<string, (bytes: string) => readonly string[]>> = {
  o: (bytes) => words(bytes).map((word) => octal(word, 6)),
  x: (bytes) => words(bytes).map((word) => hex(word, 4)),
  c: (bytes) => Array.from(bytes, (char) => named(char).padStart(3)),
  x1: inHex,
};

/** `od [-c|-x|-t x1] [-A x|d|o|n] [-v] [FILE…]` */
export const odMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'A:cN:ot:vx', {});
  if (typeof options === 'string') return yield* refuseOptions('od', options, 'gnu');
  const kind = options.values.get('t') ?? (options.has('c') ? 'c' : options.has('x') ? 'x' : 'o');
  const form = odForms[kind === 'x2' ? 'x' : kind === 'o2' ? 'o' : kind];
  if (form === undefined) {
    yield* print(`glassdock: od -t ${kind} is not modelled yet: c, x1, x2 and o2 are\n`, 2);
    return 1;
  }
  const radix = (options.values.get('A') ?? 'o').charAt(0);
  if (radix === '' || !'doxn'.includes(radix)) {
    const words = `invalid output address radix '${radix}'; it must be one character from [doxn]`;
    yield* complain('od', words);
    return 1;
  }
  const most = byteCount(options.values.get('N'));
  if (typeof most === 'string') {
    yield* complain('od', most);
    return 1;
  }
  const place = (offset: number): string =>
    radix === 'n'
      ? ''
      : radix === 'x'
        ? hex(offset, 6)
        : radix === 'd'
          ? String(offset).padStart(7, '0')
          : octal(offset, 7);
  return yield* dumpAll('od', options.operands, most, {
    line: (bytes, offset) => `${place(offset)} ${form(bytes).join(' ')}`,
    end: place,
    squeezes: !options.has('v'),
  });
};

/** A number as od reads it, with a suffix that multiplies; a string is the complaint about it. */
function byteCount(text: string | undefined): number | string {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const [, digits, suffix = ''] = /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)(.*)$/.exec(text) ?? [];
  if (digits === undefined) return `invalid -N argument '${text}'`;
  const scale = scaleOf(suffix, 'bEGKkMmPTYZ');
  if (scale === undefined) return `invalid suffix in -N argument '${text}'`;
  return Number(/^0\d/.test(digits) ? Number.parseInt(digits, 8) : digits) * scale;
}

/** `hexdump [-C] [-n LENGTH] [-v] [FILE…]` */
export const hexdumpMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'Cn:v', { canonical: 'C', length: 'n', 'no-squeezing': 'v' });
  if (typeof options === 'string') return yield* refuseOptions('hexdump', options, 'gnu');
  const form = options.has('C') ? canonical : hexWords;
  const length = options.values.get('n');
  const most = Number(length ?? Number.POSITIVE_INFINITY);
  if (length === '' || Number.isNaN(most)) {
    yield* complain('hexdump', `failed to parse length: '${length}': Invalid argument`);
    return 1;
  }
  return yield* dumpAll('hexdump', options.operands, most, { ...form, squeezes: !options.has('v') });
};

/** `xxd [-l LENGTH] [FILE]` */
export const xxdMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'l:', {});
  if (typeof options === 'string') return yield* refuseOptions('xxd', options, 'gnu');
  const length = options.values.get('l');
  // As strtol(3) reads it: what is no number is none at all.
  const most = length === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(length) || 0;
  return yield* dumpAll('xxd', options.operands.slice(0, 1), most, xxdForm);
};

/** Dumps all files as one, as they come. */
function* dumpAll(name: string, operands: readonly string[], most: number, form: Form): Running<number> {
  const paths = operands.length === 0 ? ['-'] : operands;
  let unopened = 0;
  let unread = 0;
  let rest = '';
  let offset = 0;
  let last: string | null = null;
  let isStarred = false;
  const told = (bytes: string): string => {
    const isRepeated = form.squeezes && bytes === last;
    const line = isRepeated ? (isStarred ? '' : '*\n') : `${form.line(bytes, offset)}\n`;
    isStarred = isRepeated;
    last = bytes;
    offset += bytes.length;
    return line;
  };
  for (const path of paths) {
    const fd = yield* openInput(name, path, (own, words) => `${own}: ${words}`);
    if (fd === null) {
      // A directory can be opened, only not be read.
      if ((yield* statIfAny(path, true))?.type === 'directory') unread += 1;
      else unopened += 1;
      continue;
    }
    for (let left = most - offset - rest.length; left > 0; left = most - offset - rest.length) {
      const part = yield* readSome(fd, Math.min(left, 65536));
      if (part === '') break;
      const text = rest + part;
      const whole = text.length - (text.length % 16);
      let output = '';
      for (let at = 0; at < whole; at += 16) output += told(text.slice(at, at + 16));
      rest = text.slice(whole);
      yield* print(output);
    }
    if (fd !== 0) yield* sys.close(fd);
  }
  if (rest !== '') yield* print(told(rest));
  const failure = name === 'xxd' ? 2 : 1;
  if (unopened === paths.length) {
    if (name === 'hexdump') yield* complain(name, 'all input file arguments failed');
    return failure;
  }
  const end = form.end(offset);
  if (end !== '' && (offset > 0 || name === 'od')) yield* print(`${end}\n`);
  return unopened > 0 || (unread > 0 && name !== 'hexdump') ? failure : 0;
}
