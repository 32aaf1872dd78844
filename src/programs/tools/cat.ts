/** cat(1): coreutils' and busybox's. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, OutputError, readSome, wholeLinesOf, writeAll } from '../io.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

/** What is shown of a text besides the text. */
interface Manner {
  readonly numbers: 'all' | 'not empty' | null;
  readonly squeezes: boolean;
  readonly showsEnds: boolean;
  readonly showsTabs: boolean;
  readonly showsControls: boolean;
}

/** Where a copy is, from one file to the next. */
interface Progress {
  line: number;
  atStart: boolean;
  emptyLines: number;
}

const longNames = {
  'show-all': 'A',
  'number-nonblank': 'b',
  'show-ends': 'E',
  number: 'n',
  'squeeze-blank': 's',
  'show-tabs': 'T',
  'show-nonprinting': 'v',
} as const;

/** coreutils. */
export function* catMain(argv: readonly string[]): Running {
  return yield* cat(argv, 'gnu', (path, words) => `${path}: ${words}`);
}

/** busybox. */
export function* busyboxCatMain(argv: readonly string[]): Running {
  return yield* cat(argv, 'busybox', (path, words, opening) =>
    opening ? `can't open '${path}': ${words}` : `read error: ${words}`,
  );
}

function* cat(
  argv: readonly string[],
  flavour: Flavour,
  say: (path: string, words: string, opening: boolean) => string,
): Running {
  const options = parseOptions(argv.slice(1), 'AbeEnstTuv', longNames);
  if (typeof options === 'string') return yield* refuseOptions('cat', options, flavour);
  const has = (letters: string): boolean => letters.split('').some((letter) => options.has(letter));
  const manner: Manner = {
    numbers: has('b') ? 'not empty' : has('n') ? 'all' : null,
    squeezes: has('s'),
    showsEnds: has('AeE'),
    showsTabs: has('AtT'),
    showsControls: has('Aetv'),
  };
  const isPlain = options.all.every(([letter]) => letter === 'u');
  const files = options.operands;
  let status = 0;
  const progress: Progress = { line: 0, atStart: true, emptyLines: 0 };
  for (const path of files.length === 0 ? ['-'] : files) {
    let fd = 0;
    try {
      if (path !== '-') fd = yield* sys.open(path, O.RDONLY);
    } catch (error) {
      yield* complain('cat', say(path, errnoWords(error), true));
      status = 1;
      continue;
    }
    try {
      yield* copy(fd, isPlain ? (text) => text : (text) => furnish(text, manner, progress));
    } catch (error) {
      if (!isErrno(error) || error instanceof OutputError) throw error;
      yield* complain('cat', say(path, errnoWords(error), false));
      status = 1;
    }
    if (fd !== 0) yield* sys.close(fd);
  }
  return (yield* closeInput(files, flavour)) ? status : 1;
}

/** coreutils: main() closes standard input when it has been read, and says so if there is none. */
function* closeInput(files: readonly string[], flavour: Flavour): Running<boolean> {
  if (flavour !== 'gnu' || (files.length > 0 && !files.includes('-'))) return true;
  try {
    yield* sys.fstat(0);
    return true;
  } catch (error) {
    yield* complain('cat', `closing standard input: ${errnoWords(error)}`);
    return false;
  }
}

function* copy(fd: number, change: (text: string) => string): Running<void> {
  for (;;) {
    const part = yield* readSome(fd);
    if (part === '') return;
    yield* writeAll(1, change(part));
  }
}

function furnish(text: string, manner: Manner, progress: Progress): string {
  let result = '';
  for (const line of wholeLinesOf(text)) {
    const isEmpty = progress.atStart && line === '\n';
    progress.emptyLines = isEmpty ? progress.emptyLines + 1 : 0;
    if (manner.squeezes && progress.emptyLines > 1) continue;
    if (progress.atStart && manner.numbers !== null && !(isEmpty && manner.numbers === 'not empty'))
      result += `${String((progress.line += 1)).padStart(6)}\t`;
    result += visible(line, manner);
    progress.atStart = line.endsWith('\n');
  }
  return result;
}

function visible(line: string, { showsEnds, showsTabs, showsControls }: Manner): string {
  const end = line.endsWith('\n') ? '\n' : '';
  let shown = end === '' ? line : line.slice(0, -1);
  if (showsControls) shown = Array.from(shown, caret).join('');
  if (showsTabs) shown = shown.replaceAll('\t', '^I');
  return shown + (showsEnds && end !== '' ? '$' : '') + end;
}

/** `^C`, `^?`, `M-a`: a control character or a byte beyond ASCII in letters. */
function caret(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 128) return `M-${caret(String.fromCharCode(code - 128))}`;
  if (code === 127) return '^?';
  return code < 32 && char !== '\t' ? `^${String.fromCharCode(code + 64)}` : char;
}
