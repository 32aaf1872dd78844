/** Filters of whole texts: wc, sort, uniq, cut, tr, tee, tac, rev. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, linesOf, print, readSome, writeAll } from '../io.ts';
import { cannotOpen, openInput, readInputs } from './inputs.ts';
import { linesOfInputs } from './lines.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

interface Counts {
  lines: number;
  words: number;
  bytes: number;
  inWord: boolean;
}

function countPart(counts: Counts, part: string): void {
  counts.bytes += part.length;
  for (let at = 0; at < part.length; at += 1) {
    const code = part.charCodeAt(at);
    if (code === 10) counts.lines += 1;
    const isBlank = code === 32 || (code >= 9 && code <= 13);
    if (!isBlank && !counts.inWord) counts.words += 1;
    counts.inWord = !isBlank;
  }
}

/** Counts as it reads: however long the input is, a block of it is held. */
function* countInput(fd: number): Running<Counts> {
  const counts: Counts = { lines: 0, words: 0, bytes: 0, inWord: false };
  for (;;) {
    const part = yield* readSome(fd);
    if (part === '') return counts;
    countPart(counts, part);
  }
}

export const wc = (flavour: Flavour): Program =>
  function* wcMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'clmwL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' });
    if (typeof options === 'string') return yield* refuseOptions('wc', options, flavour);
    const wanted = [...options.values.keys()];
    const shown = (letter: string): boolean => wanted.length === 0 || wanted.includes(letter);
    const table: { readonly path: string; readonly numbers: readonly number[] }[] = [];
    let failed = false;
    for (const path of options.operands.length === 0 ? ['-'] : options.operands) {
      const fd = yield* openInput('wc', path, (name, words) => cannotOpen(flavour, (own) => own, name, words));
      failed ||= fd === null;
      if (fd === null) continue;
      const { lines, words, bytes } = yield* countInput(fd);
      const counts = [
        ['l', lines],
        ['w', words],
        [options.has('m') ? 'm' : 'c', bytes],
      ] as const;
      table.push({ path, numbers: counts.filter(([letter]) => shown(letter)).map(([, number]) => number) });
      if (fd !== 0) yield* sys.close(fd);
    }
    if (table.length > 1) {
      const [first] = table;
      table.push({
        path: 'total',
        numbers: (first?.numbers ?? []).map((_, column) =>
          table.reduce((sum, row) => sum + (row.numbers[column] ?? 0), 0),
        ),
      });
    }
    const widest = Math.max(1, ...table.flatMap(({ numbers }) => numbers.map((number) => String(number).length)));
    // coreutils pads to the widest number, to 7 when it reads a pipe; busybox pads to 9; a lone number is not padded.
    const width =
      (table[0]?.numbers.length ?? 0) === 1 && table.length === 1
        ? 0
        : flavour === 'busybox'
          ? 9
          : options.operands.length === 0
            ? 7
            : widest;
    for (const { path, numbers } of table) {
      yield* print(
        `${numbers.map((number) => String(number).padStart(width)).join(' ')}${path === '-' ? '' : ` ${path}`}\n`,
      );
    }
    return failed ? 1 : 0;
  };

export const sort = (flavour: Flavour): Program =>
  function* sortMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'bdfghik:no:rst:uVz', {
      numeric: 'n',
      reverse: 'r',
      unique: 'u',
      key: 'k',
      'numeric-sort': 'n',
    });
    if (typeof options === 'string') return yield* refuseOptions('sort', options, flavour, 2);
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `cannot read: ${path}: ${words}` : `${path}: ${words}`;
    const { inputs, failed } = yield* readInputs('sort', options.operands, say);
    if (failed) return 2;
    const separator = options.values.get('t');
    const keys = options.all
      .filter(([letter]) => letter === 'k')
      .map(([, value]) => parseKey(value, options.has('n'), options.has('r')));
    const whole = {
      from: 1,
      to: Number.POSITIVE_INFINITY,
      numeric: options.has('n') || options.has('h') || options.has('g'),
      reverse: options.has('r'),
      fold: options.has('f'),
    };
    const compare = (a: string, b: string): number => {
      for (const key of keys.length === 0 ? [whole] : keys) {
        const order = compareKeys(
          keyText(a, key, separator),
          keyText(b, key, separator),
          key.numeric,
          options.has('f'),
        );
        if (order !== 0) return key.reverse ? -order : order;
      }
      return 0;
    };
    const final = (a: string, b: string): number =>
      options.has('s') ? 0 : whole.reverse ? compareText(b, a) : compareText(a, b);
    const lines = inputs.flatMap(({ text }) => linesOf(text)).sort((a, b) => compare(a, b) || final(a, b));
    const kept = options.has('u')
      ? lines.filter((line, index) => index === 0 || compare(lines[index - 1] ?? '', line) !== 0)
      : lines;
    const output = kept.map((line) => `${line}\n`).join('');
    const target = options.values.get('o');
    if (target === undefined) yield* print(output);
    else {
      const fd = yield* sys.open(target, O.WRONLY | O.CREAT | O.TRUNC);
      yield* writeAll(fd, output);
      yield* sys.close(fd);
    }
    return 0;
  };

interface Key {
  readonly from: number;
  readonly to: number;
  readonly numeric: boolean;
  readonly reverse: boolean;
}

/** `2`, `2,3`, `2n,2`, `3nr` */
function parseKey(text: string, numeric: boolean, reverse: boolean): Key {
  const [, from = '1', to, flags] =
    /^([0-9]+)(?:\.[0-9]+)?[a-zA-Z]*(?:,([0-9]+)(?:\.[0-9]+)?)?([a-zA-Z]*)$/.exec(text) ?? [];
  const letters = `${flags ?? ''}${text}`;
  return {
    from: Number(from),
    to: to === undefined ? Number.POSITIVE_INFINITY : Number(to),
    numeric: numeric || /[ngh]/.test(letters),
    reverse: reverse || letters.includes('r'),
  };
}

function keyText(line: string, { from, to }: Key, separator: string | undefined): string {
  if (from === 1 && to === Number.POSITIVE_INFINITY) return line;
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  return fields.slice(from - 1, to).join(separator ?? '');
}

function compareKeys(a: string, b: string, numeric: boolean, fold: boolean): number {
  if (numeric) return leadingNumber(a) - leadingNumber(b);
  return fold ? compareText(a.toUpperCase(), b.toUpperCase()) : compareText(a, b);
}

function leadingNumber(text: string): number {
  return Number(/^\s*(-?[0-9]*\.?[0-9]*)/.exec(text)?.[1] || 0) || 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lines that follow each other and are the same. */
interface Group {
  readonly line: string;
  count: number;
}

export const uniq = (flavour: Flavour): Program =>
  function* uniqMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'cdiu', { count: 'c', repeated: 'd', unique: 'u' });
    if (typeof options === 'string') return yield* refuseOptions('uniq', options, flavour);
    const lines = linesOfInputs('uniq', options.operands.slice(0, 1), (path, words) =>
      cannotOpen(flavour, (name) => name, path, words),
    );
    const told = ({ line, count }: Group): string => {
      if ((options.has('d') && count === 1) || (options.has('u') && count > 1)) return '';
      return options.has('c') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`;
    };
    const isSame = (a: string, b: string): boolean =>
      options.has('i') ? a.toLowerCase() === b.toLowerCase() : a === b;
    let group: Group | null = null;
    for (let block = yield* lines.next(); block !== null; block = yield* lines.next()) {
      let output = '';
      for (const line of block) {
        if (group !== null && isSame(group.line, line)) group.count += 1;
        else {
          if (group !== null) output += told(group);
          group = { line, count: 1 };
        }
      }
      yield* print(output);
    }
    if (group !== null) yield* print(told(group));
    return lines.hasFailed() ? 1 : 0;
  };

export const cut = (flavour: Flavour): Program =>
  function* cutMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'b:c:d:f:ns-:', {
      bytes: 'b',
      characters: 'c',
      delimiter: 'd',
      fields: 'f',
      'only-delimited': 's',
      ...(flavour === 'gnu' ? { 'output-delimiter': '-' } : {}),
    });
    if (typeof options === 'string') return yield* refuseOptions('cut', options, flavour);
    const list = options.values.get('f') ?? options.values.get('c') ?? options.values.get('b');
    if (list === undefined)
      return yield* refuseOptions('cut', 'you must specify a list of bytes, characters, or fields', flavour);
    const ranges = list.split(',').map((part) => /^([0-9]*)(-?)([0-9]*)$/.exec(part));
    if (ranges.some((range) => range === null))
      return yield* refuseOptions('cut', `invalid field value ${quoted(list)}`, flavour);
    const spans = ranges.map((range) => {
      const from = Number(range?.[1] || '1');
      return { from, to: range?.[2] === '-' ? Number(range[3] || Number.POSITIVE_INFINITY) : from };
    });
    const isWanted = (number: number): boolean => spans.some(({ from, to }) => number >= from && number <= to);
    const delimiter = options.values.get('d') ?? '\t';
    const joiner = options.values.get('-') ?? (options.has('f') ? delimiter : '');
    const begins = (number: number): boolean =>
      spans.some(({ from }) => from === number) && !spans.some(({ from, to }) => number > from && number <= to);
    /** Characters of one range are one piece. */
    const piecesOf = (line: string): readonly string[] => {
      const pieces: string[] = [];
      Array.from(line).forEach((char, index) => {
        if (!isWanted(index + 1)) return;
        if (pieces.length === 0 || begins(index + 1)) pieces.push(char);
        else pieces.push(`${pieces.pop() ?? ''}${char}`);
      });
      return pieces;
    };
    const cutLine = (line: string): string => {
      if (options.has('f') && !line.includes(delimiter)) return options.has('s') ? '' : `${line}\n`;
      if (!options.has('f')) return `${piecesOf(line).join(joiner)}\n`;
      const parts = line.split(delimiter);
      return `${parts.filter((_, index) => isWanted(index + 1)).join(joiner)}\n`;
    };
    const lines = linesOfInputs('cut', options.operands, (path, words) =>
      cannotOpen(flavour, (name) => name, path, words),
    );
    for (let block = yield* lines.next(); block !== null; block = yield* lines.next())
      yield* print(block.map(cutLine).join(''));
    return lines.hasFailed() ? 1 : 0;
  };

const trClasses: Readonly<Record<string, string>> = {
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  alpha: 'A-Za-z',
  alnum: '0-9A-Za-z',
  space: ' \\t\\n\\r\\v\\f',
  blank: ' \\t',
  punct: '!-/:-@[-`{-~',
};

/** The members of a tr set, in order. */
function trSet(text: string): string[] {
  const plain = text
    .replace(/\[:(\w+):\]/g, (_, name: string) => trClasses[name] ?? '')
    .replace(/\\([0-7]{1,3}|[^])/g, (_, code: string) =>
      /^[0-7]+$/.test(code)
        ? String.fromCharCode(Number.parseInt(code, 8))
        : ({ n: '\n', t: '\t', r: '\r', '\\': '\\', v: '\v', f: '\f' }[code] ?? code),
    );
  const members: string[] = [];
  for (let at = 0; at < plain.length; at += 1) {
    const from = plain.charCodeAt(at);
    if (plain.charAt(at + 1) === '-' && at + 2 < plain.length) {
      for (let code = from; code <= plain.charCodeAt(at + 2); code += 1) members.push(String.fromCharCode(code));
      at += 2;
    } else members.push(plain.charAt(at));
  }
  return members;
}

/** A function of its own: V8 makes nothing quick of a loop in a generator. */
function translate(text: string, table: readonly string[], squeezed: ReadonlySet<string>, before: string): string[] {
  const output: string[] = [];
  let last = before;
  for (let at = 0; at < text.length; at += 1) {
    const changed = table[text.charCodeAt(at)] ?? '';
    if (changed === '' || (changed === last && squeezed.has(changed))) continue;
    output.push(changed);
    last = changed;
  }
  return output;
}

export const tr = (flavour: Flavour): Program =>
  function* trMain(argv): Running {
    const options = parseOptions(argv.slice(1), '+cCdst', { delete: 'd', 'squeeze-repeats': 's', complement: 'c' });
    if (typeof options === 'string') return yield* refuseOptions('tr', options, flavour);
    const [first, second] = options.operands;
    if (first === undefined) return yield* refuseOptions('tr', 'missing operand', flavour);
    const members = trSet(first);
    const isMember = (char: string): boolean => members.includes(char) !== (options.has('c') || options.has('C'));
    const targets = second === undefined ? [] : trSet(second);
    const squeezed = new Set(options.has('s') ? (second === undefined ? members : targets) : []);
    const change = (char: string): string => {
      if (!isMember(char) || targets.length === 0) return char;
      return (
        targets[
          Math.min(options.has('c') || options.has('C') ? targets.length : members.indexOf(char), targets.length - 1)
        ] ?? char
      );
    };
    // What becomes of each byte; nothing of one that is deleted.
    const table = Array.from({ length: 256 }, (_, code) => {
      const char = String.fromCharCode(code);
      if (!options.has('d')) return change(char);
      return isMember(char) ? '' : char;
    });
    let last = '';
    for (;;) {
      const part = yield* readSome(0);
      if (part === '') return 0;
      const output = translate(part, table, squeezed, last);
      last = output.at(-1) ?? last;
      yield* print(output.join(''));
    }
  };

export const tee = (flavour: Flavour): Program =>
  function* teeMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'ai', { append: 'a' });
    if (typeof options === 'string') return yield* refuseOptions('tee', options, flavour);
    const outputs = [{ fd: 1, name: quoted('standard output') }];
    let status = 0;
    for (const path of options.operands) {
      try {
        const fd = yield* sys.open(path, O.WRONLY | O.CREAT | (options.has('a') ? O.APPEND : O.TRUNC));
        outputs.push({ fd, name: path });
      } catch (error) {
        if (!isErrno(error)) throw error;
        yield* complain('tee', `${path}: ${errnoWords(error)}`);
        status = 1;
      }
    }
    for (;;) {
      const part = yield* readSome(0);
      if (part === '') return status;
      for (const output of outputs.slice()) {
        try {
          yield* writeAll(output.fd, part);
        } catch (error) {
          if (!isErrno(error)) throw error;
          outputs.splice(outputs.indexOf(output), 1);
          if (flavour === 'gnu' || output.fd !== 1) yield* complain('tee', `${output.name}: ${errnoWords(error)}`);
          status = 1;
        }
      }
    }
  };

export const tac = (flavour: Flavour): Program =>
  function* tacMain(argv): Running {
    const { inputs, failed } = yield* readInputs('tac', argv.slice(1), (path, words) =>
      cannotOpen(flavour, (name) => name, path, words),
    );
    for (const { text } of inputs)
      yield* print(
        linesOf(text)
          .toReversed()
          .map((line) => `${line}\n`)
          .join(''),
      );
    return failed ? 1 : 0;
  };

export const rev = (): Program =>
  function* revMain(argv): Running {
    const lines = linesOfInputs('rev', argv.slice(1), (path, words) => `cannot open ${path}: ${words}`);
    for (let block = yield* lines.next(); block !== null; block = yield* lines.next())
      yield* print(block.map((line) => `${Array.from(line).toReversed().join('')}\n`).join(''));
    return lines.hasFailed() ? 1 : 0;
  };
