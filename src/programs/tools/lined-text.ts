/** Filters that number, join and fold lines: nl, paste, fold. coreutils: src/nl.c, paste.c, fold.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import { complain, linesOf, print, wholeLinesOf } from '../io.ts';
import { readInputs } from './inputs.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

const plainly = (path: string, words: string): string => `${path}: ${words}`;

const numberForms: Readonly<Record<string, (text: string, width: number) => string>> = {
  ln: (text, width) => text.padEnd(width),
  rn: (text, width) => text.padStart(width),
  rz: (text, width) => text.padStart(width, '0'),
};

/** `nl [-b a|t|n] [-n ln|rn|rz] [-w WIDTH] [-s SEPARATOR] [-v FIRST] [-i STEP] [FILE…]` */
export const nl = (flavour: Flavour): Program =>
  function* nlMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'b:i:n:s:v:w:', {
      'body-numbering': 'b',
      'line-increment': 'i',
      'number-format': 'n',
      'number-separator': 's',
      'number-width': 'w',
      'starting-line-number': 'v',
    });
    if (typeof options === 'string') return yield* refuseOptions('nl', options, flavour);
    const value = (letter: string, usual: string): string => options.values.get(letter) ?? usual;
    const style = value('b', 't');
    if (style.startsWith('p')) {
      yield* print('glassdock: nl -b p is not modelled yet: a, t and n are\n', 2);
      return 1;
    }
    if (!['a', 't', 'n'].includes(style))
      return yield* refuseOptions('nl', `invalid body numbering style: ${quoted(style)}`, flavour);
    const form = numberForms[value('n', 'rn')];
    if (form === undefined)
      return yield* refuseOptions('nl', `invalid line numbering format: ${quoted(value('n', 'rn'))}`, flavour);
    for (const [letter, what, least] of [
      ['v', 'starting line number', Number.NEGATIVE_INFINITY],
      ['i', 'line number increment', Number.NEGATIVE_INFINITY],
      ['w', 'line number field width', 1],
    ] as const) {
      const text = value(letter, '1');
      if (/^-?\d+$/.test(text) && Number(text) >= least) continue;
      const why = /^-?\d+$/.test(text) ? ': Numerical result out of range' : '';
      yield* complain('nl', `invalid ${what}: ${quoted(text)}${why}`);
      return 1;
    }
    const [width, separator, step] = [Number(value('w', '6')), value('s', '\t'), Number(value('i', '1'))];
    const { inputs, failed } = yield* readInputs('nl', options.operands, plainly);
    let number = Number(value('v', '1'));
    const numbered = (line: string): string => {
      if (style === 'n' || (style === 't' && line === '')) return `${' '.repeat(width + separator.length)}${line}\n`;
      const text = `${form(String(number), width)}${separator}${line}\n`;
      number += step;
      return text;
    };
    for (const { text } of inputs) yield* print(linesOf(text).map(numbered).join(''));
    return failed ? 1 : 0;
  };

/** `paste [-s] [-d LIST] [FILE…]` */
export const paste = (flavour: Flavour): Program =>
  function* pasteMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'd:s', { delimiters: 'd', serial: 's' });
    if (typeof options === 'string') return yield* refuseOptions('paste', options, flavour);
    const delimiters = delimitersOf(options.values.get('d') ?? '\t');
    const { operands } = options;
    const paths = operands.length === 0 ? ['-'] : operands;
    const { inputs, failed } = yield* readInputs('paste', [...new Set(paths)], plainly);
    const isSerial = options.has('s');
    // Side by side there is nothing to show without one of them.
    if (failed && !isSerial) return 1;
    const texts = new Map(inputs.map(({ path, text }) => [path, linesOf(text)]));
    if (isSerial) {
      for (const path of paths) yield* print(texts.has(path) ? `${joined(texts.get(path) ?? [], delimiters)}\n` : '');
      return failed ? 1 : 0;
    }
    // Each dash takes a line of the one standard input.
    const columns = paths.map((path) => (path === '-' ? texts.get(path) : texts.get(path)?.slice()) ?? []);
    while (columns.some((lines) => lines.length > 0))
      yield* print(
        `${joined(
          columns.map((lines) => lines.shift() ?? ''),
          delimiters,
        )}\n`,
      );
    return 0;
  };

/** One after the other, in turn; `\0` and an empty list stand for none. */
function delimitersOf(list: string): readonly string[] {
  const special: Readonly<Record<string, string>> = { '0': '', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  const found = Array.from(list.matchAll(/\\([\s\S])|[\s\S]/g), ([char, escaped]) =>
    escaped === undefined ? char : (special[escaped] ?? escaped),
  );
  return found.length === 0 ? [''] : found;
}

function joined(parts: readonly string[], delimiters: readonly string[]): string {
  return parts
    .map((part, at) => (at === 0 ? part : `${delimiters[(at - 1) % delimiters.length] ?? ''}${part}`))
    .join('');
}

/** `fold [-bs] [-w WIDTH] [FILE…]`; a width may also be an option of its own: -40. */
export const fold = (flavour: Flavour): Program =>
  function* foldMain(argv): Running {
    const words = argv.slice(1).map((word) => (/^-\d+$/.test(word) ? `-w${word.slice(1)}` : word));
    const options = parseOptions(words, 'bsw:', { bytes: 'b', spaces: 's', width: 'w' });
    if (typeof options === 'string') return yield* refuseOptions('fold', options, flavour);
    const width = options.values.get('w') ?? '80';
    if (!/^\d+$/.test(width) || Number(width) === 0) {
      const why = /^\d+$/.test(width) ? ': Numerical result out of range' : '';
      const gnu = `invalid number of columns: ${quoted(width)}${why}`;
      yield* complain('fold', flavour === 'gnu' ? gnu : `invalid number '${width}'`);
      return 1;
    }
    const { inputs, failed } = yield* readInputs('fold', options.operands, plainly);
    for (const { text } of inputs)
      for (const line of wholeLinesOf(text))
        yield* print(folded(line, Number(width), options.has('s'), options.has('b')));
    return failed ? 1 : 0;
  };

function folded(line: string, width: number, atSpaces: boolean, countsBytes: boolean): string {
  let done = '';
  let part = '';
  for (const char of line) {
    if (char !== '\n' && part !== '' && columnsOf(part + char, countsBytes) > width) {
      const cut = atSpaces ? Math.max(part.lastIndexOf(' '), part.lastIndexOf('\t')) + 1 : 0;
      done += `${part.slice(0, cut === 0 ? part.length : cut)}\n`;
      part = cut === 0 ? '' : part.slice(cut);
    }
    part += char;
  }
  return done + part;
}

/** Where the cursor stands behind a text. */
function columnsOf(text: string, countsBytes: boolean): number {
  if (countsBytes) return text.length;
  let column = 0;
  for (const char of text) {
    if (char === '\b') column = Math.max(0, column - 1);
    else if (char === '\r') column = 0;
    else column += char === '\t' ? 8 - (column % 8) : 1;
  }
  return column;
}
