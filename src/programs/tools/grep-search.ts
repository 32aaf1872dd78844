/** What grep(1) does with one file: line by line, as they come. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { linesFrom } from './lines.ts';
import type { Flavour, Options } from './options.ts';

interface Wanted {
  readonly options: Options;
  readonly expression: RegExp;
  readonly withNames: boolean;
  readonly flavour: Flavour;
  /** Whether a line was shown, of this file or one before. */
  readonly shown: { any: boolean };
}

/** Where a search is, from one block of lines to the next. */
interface Search extends Wanted {
  readonly name: string;
  /** -c, -l, -L and -q tell of lines without showing them. */
  readonly isSilent: boolean;
  readonly mostMatches: number;
  readonly linesAfter: number;
  readonly linesBefore: number;
  /** What ends a line. */
  readonly end: string;
  /** Lines not shown yet that a match to come would show. */
  before: { readonly line: string; readonly offset: number }[];
  lineNumber: number;
  /** Where the line begins. */
  offset: number;
  lastShown: number;
  lastMatch: number;
  matches: number;
  /** GNU's grep shows no line of what has a NUL in it. */
  isBinary: boolean;
}

/** Prints what is wanted of a file, `-` for standard input; true if a line of it matches. Throws what read(2) does. */
export function* searchFile(path: string, wanted: Wanted): Running<boolean> {
  const fd = path === '-' ? 0 : yield* sys.open(path, 0);
  const label = wanted.options.values.get('4') ?? '(standard input)';
  try {
    return yield* search(fd, searchOf(path === '-' ? label : path, wanted));
  } finally {
    if (fd !== 0) yield* sys.close(fd);
  }
}

function searchOf(name: string, wanted: Wanted): Search {
  const { options } = wanted;
  const number = (letter: string, otherwise: number): number => Number(options.values.get(letter) ?? otherwise);
  const most = number('m', Number.POSITIVE_INFINITY);
  const context = number('C', 0);
  return {
    ...wanted,
    name,
    isSilent: ['c', 'l', 'L', 'q'].some(options.has),
    mostMatches: most < 0 ? Number.POSITIVE_INFINITY : most,
    linesAfter: number('A', context),
    linesBefore: number('B', context),
    end: options.has('z') ? '\0' : '\n',
    before: [],
    lineNumber: 0,
    offset: 0,
    lastShown: 0,
    lastMatch: Number.NEGATIVE_INFINITY,
    matches: 0,
    isBinary: false,
  };
}

function* search(fd: number, state: Search): Running<boolean> {
  const { options, name, withNames } = state;
  const lines = linesFrom(fd, state.end);
  while (!isOver(state)) {
    const block = yield* lines.next();
    if (block === null) break;
    yield* print(searchLines(block, state));
  }
  const found = state.matches > 0;
  if (options.has('q')) return found;
  if (options.has('l') || options.has('L')) {
    if (found === options.has('l')) yield* print(name + (options.has('Z') ? '\0' : '\n'));
  } else if (options.has('c')) yield* print(`${withNames ? `${name}:` : ''}${state.matches}\n`);
  else if (state.isBinary && found) yield* print(`grep: ${name}: binary file matches\n`, 2);
  return found;
}

/** No line to come changes what is said. */
function isOver(state: Search): boolean {
  const { options, isSilent, isBinary, matches, mostMatches } = state;
  if (matches > 0 && (options.has('q') || options.has('l') || options.has('L') || (isBinary && !isSilent))) return true;
  return (
    matches >= mostMatches && (isSilent || matches === 0 || state.lineNumber - state.lastMatch >= state.linesAfter)
  );
}

function searchLines(lines: readonly string[], state: Search): string {
  const { expression, options } = state;
  if (state.flavour === 'gnu' && !options.has('a') && !options.has('z') && lines.some((line) => line.includes('\0')))
    state.isBinary = true;
  let output = '';
  let next = state.offset;
  for (const line of lines) {
    if (isOver(state)) break;
    state.lineNumber += 1;
    state.offset = next;
    next += line.length + 1;
    expression.lastIndex = 0;
    const isMatch = state.matches < state.mostMatches && expression.test(line) !== options.has('v');
    if (isMatch) state.matches += 1;
    if (state.isSilent || state.isBinary) continue;
    if (isMatch) output += linesBefore(state);
    if (isMatch) state.lastMatch = state.lineNumber;
    if (isMatch || state.lineNumber - state.lastMatch <= state.linesAfter) {
      output += shown(line, state.lineNumber, state.offset, isMatch, state);
      state.lastShown = state.lineNumber;
    } else if (state.linesBefore > 0) {
      state.before.push({ line, offset: state.offset });
      if (state.before.length > state.linesBefore) state.before.shift();
    }
  }
  return output;
}

/** The lines before a match that are not shown yet, and what parts them from those that are. */
function linesBefore(state: Search): string {
  const first = state.lineNumber - state.before.length;
  const hasContext = ['A', 'B', 'C'].some(state.options.has);
  // busybox's -A0 is no context.
  const parts = hasContext && (state.flavour === 'gnu' || state.linesBefore + state.linesAfter > 0);
  const isApart = parts && state.shown.any && (state.lastShown === 0 || first > state.lastShown + 1);
  const lines = state.before.map(({ line, offset }, index) => shown(line, first + index, offset, false, state));
  state.before = [];
  state.shown.any = true;
  return (isApart ? '--\n' : '') + lines.join('');
}

function shown(
  line: string,
  number: number,
  offset: number,
  isMatch: boolean,
  { options, expression, name, withNames, end }: Search,
): string {
  const mark = isMatch ? ':' : '-';
  const place = withNames ? name + (options.has('Z') ? '\0' : mark) : '';
  const start = (at: number): string =>
    `${place}${options.has('n') ? `${number}${mark}` : ''}${options.has('b') ? `${at}${mark}` : ''}`;
  if (!options.has('o')) return start(offset) + line + end;
  if (!isMatch || options.has('v')) return '';
  expression.lastIndex = 0;
  return [...line.matchAll(expression)]
    .filter(([match]) => match !== '')
    .map((match) => start(offset + match.index) + match[0] + end)
    .join('');
}
