/** The editing of a stream by sed(1), line by line, as it comes. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readAll, writeAll } from '../io.ts';
import type { InputLines } from './lines.ts';
import { SedError } from './sed-reader.ts';
import { substitute } from './sed-replacement.ts';
import type { Address, EndAddress, SedCommand } from './sed-script.ts';

/** What is edited, and how. */
interface Work {
  readonly commands: readonly SedCommand[];
  readonly lines: InputLines;
  readonly isQuiet: boolean;
  readonly output: number;
  /** The descriptors of the files that w writes. */
  readonly files: ReadonlyMap<string, number>;
  /** What ends a line. */
  readonly separator: string;
}

/** Where the editing of a stream is. */
interface Edit extends Work {
  block: readonly string[];
  at: number;
  number: number;
  pattern: string;
  hold: string;
  /** What is not written yet. */
  written: string;
  /** What follows the line: the text of `a`, the file of `r`. */
  after: { readonly type: 'text' | 'file'; readonly text: string }[];
  /** The input ended amid a line, so the output does. */
  lacksNewline: boolean;
  /** What was written last lacks its newline. */
  owesNewline: boolean;
  hasSubstituted: boolean;
  /** The pattern that was used last, which the empty one means. */
  lastPattern: RegExp | null;
  exitCode: number | null;
}

/** Edits all lines; the exit code of `q`, or null at the end of the input. */
export function* edit(work: Work): Running<number | null> {
  const state: Edit = {
    ...work,
    block: [],
    at: 0,
    number: 0,
    pattern: '',
    hold: '',
    written: '',
    after: [],
    lacksNewline: false,
    owesNewline: false,
    hasSubstituted: false,
    lastPattern: null,
    exitCode: null,
  };
  let keeps = false;
  try {
    while (state.exitCode === null && (keeps || (yield* nextLine(state)))) keeps = yield* cycle(state);
  } catch (error) {
    if (error instanceof SedError) yield* flush(state);
    throw error;
  }
  yield* flush(state);
  return state.exitCode;
}

function* flush(state: Edit): Running<void> {
  yield* state.output === 1 ? print(state.written) : writeAll(state.output, state.written);
  state.written = '';
}

/** True if there is a line that was not taken yet; reads on for it. */
function* hasMore(state: Edit): Running<boolean> {
  while (state.at >= state.block.length) {
    yield* flush(state);
    const block = yield* state.lines.next();
    if (block === null) return false;
    state.block = block;
    state.at = 0;
  }
  return true;
}

/** Takes the next line as the pattern space, or adds it there. */
function* nextLine(state: Edit, isAdded = false): Running<boolean> {
  if (!(yield* hasMore(state))) return false;
  const line = state.block[state.at] ?? '';
  state.at += 1;
  state.number += 1;
  state.pattern = isAdded ? `${state.pattern}\n${line}` : line;
  state.lacksNewline = state.at === state.block.length && state.lines.isUnterminated();
  return true;
}

function say(state: Edit, text: string): void {
  state.written += `${state.owesNewline ? state.separator : ''}${text}${state.separator}`;
  state.owesNewline = false;
}

/** Only what is the last of all may lack its newline: what comes next brings it. */
function sayPattern(state: Edit): void {
  say(state, state.pattern);
  if (!state.lacksNewline) return;
  state.written = state.written.slice(0, -1);
  state.owesNewline = true;
}

function* endOfCycle(state: Edit): Running<void> {
  if (!state.isQuiet) sayPattern(state);
  yield* endOfLine(state);
}

function* endOfLine(state: Edit): Running<void> {
  for (const { type, text } of state.after.splice(0)) {
    if (type === 'text') say(state, text);
    else state.written += `${state.owesNewline ? state.separator : ''}${yield* contentOf(text)}`;
    state.owesNewline = false;
  }
}

/** Nothing of a file that cannot be read. */
function* contentOf(path: string): Running<string> {
  try {
    const fd = yield* sys.open(path, O.RDONLY);
    const content = yield* readAll(fd);
    yield* sys.close(fd);
    return content;
  } catch (error) {
    if (isErrno(error)) return '';
    throw error;
  }
}

/** One line through all commands; true if what is left of it goes through them again (`D`). */
function* cycle(state: Edit): Running<boolean> {
  state.hasSubstituted = false;
  for (let at = 0; at < state.commands.length;) {
    const command = state.commands[at];
    at += 1;
    if (!command) break;
    if ((yield* isSelected(command, state)) === command.negated) {
      if (command.name === '{') at = command.target;
      continue;
    }
    switch (command.name) {
      case 'd':
      case 'c':
        // Of a range, at its last line.
        if (command.name === 'c' && !command.active) sayText(state, command);
        yield* endOfLine(state);
        return false;
      case 'D': {
        const end = state.pattern.indexOf('\n');
        state.pattern = end === -1 ? '' : state.pattern.slice(end + 1);
        yield* endOfLine(state);
        return end !== -1;
      }
      case 'n':
        if (!(yield* hasMore(state))) {
          yield* endOfCycle(state);
          return false;
        }
        yield* endOfCycle(state);
        yield* nextLine(state);
        break;
      case 'N':
        if (!(yield* nextLine(state, true))) {
          yield* endOfCycle(state);
          return false;
        }
        break;
      case 'q':
      case 'Q':
        if (command.name === 'q') yield* endOfCycle(state);
        state.exitCode = command.number ?? 0;
        return false;
      case 'b':
        at = command.target;
        break;
      case 't':
      case 'T':
        if (state.hasSubstituted === (command.name === 't')) at = command.target;
        state.hasSubstituted = false;
        break;
      default:
        yield* act(command, state);
    }
  }
  yield* endOfCycle(state);
  return false;
}

function* isSelected(command: SedCommand, state: Edit): Running<boolean> {
  const { from, to } = command;
  if (!from) return true;
  if (!to) return yield* hits(from, state);
  if (command.active) {
    if (to.type === 'match' || to.type === 'last' || to.type === 'step') command.active = !(yield* hits(to, state));
    // N may have gone beyond the last line: then this one is none of the range.
    else if (state.number > command.end) return (command.active = false);
    else command.active = state.number < command.end;
    return true;
  }
  if (!(yield* hits(from, state))) return false;
  command.end = endOf(to, state.number);
  command.active = state.number < command.end;
  return true;
}

/** The last line of a range that begins with this one, as far as that can be told from its number. */
function endOf(to: EndAddress, number: number): number {
  if (to.type === 'line') return to.line;
  if (to.type === 'more') return number + to.lines;
  if (to.type === 'multiple') return to.of === 0 ? number : Math.ceil(number / to.of) * to.of;
  return Number.POSITIVE_INFINITY;
}

function* hits(address: Address, state: Edit): Running<boolean> {
  switch (address.type) {
    case 'line':
      return address.line === state.number;
    case 'step':
      return state.number >= address.first && (state.number - address.first) % address.step === 0;
    case 'last':
      return !(yield* hasMore(state));
    case 'match': {
      const pattern = patternOf(address.pattern, state);
      pattern.lastIndex = 0;
      return pattern.test(state.pattern);
    }
  }
}

/** The pattern, which is the last one now; for the empty one, the last one. */
function patternOf(pattern: RegExp | null, state: Edit): RegExp {
  state.lastPattern = pattern ?? state.lastPattern;
  if (!state.lastPattern) throw new SedError('-e expression #1, char 0: no previous regular expression');
  return state.lastPattern;
}

/** `w`: a file that is standard output is that. */
function* writeTo(path: string, state: Edit): Running<void> {
  const fd = state.files.get(path) ?? 1;
  if (fd === state.output) sayPattern(state);
  else yield* writeAll(fd, state.pattern + state.separator);
}

function sayText(state: Edit, { text }: SedCommand): void {
  if (text !== null) say(state, text);
}

/** What changes the pattern space or tells of it, and goes on with the next command. */
function* act(command: SedCommand, state: Edit): Running<void> {
  switch (command.name) {
    case 'p':
      sayPattern(state);
      break;
    case 'P':
      say(state, state.pattern.split('\n')[0] ?? '');
      break;
    case '=':
      say(state, String(state.number));
      break;
    case 'l':
      say(state, visible(state.pattern, command.number ?? 70));
      break;
    case 'i':
      sayText(state, command);
      break;
    case 'a':
      if (command.text !== null) state.after.push({ type: 'text', text: command.text });
      break;
    case 'r':
      state.after.push({ type: 'file', text: command.text ?? '' });
      break;
    case 'w':
      yield* writeTo(command.text ?? '', state);
      break;
    case 'z':
      state.pattern = '';
      break;
    case 'h':
      state.hold = state.pattern;
      break;
    case 'H':
      state.hold += `\n${state.pattern}`;
      break;
    case 'g':
      state.pattern = state.hold;
      break;
    case 'G':
      state.pattern += `\n${state.hold}`;
      break;
    case 'x':
      [state.pattern, state.hold] = [state.hold, state.pattern];
      break;
    case 's': {
      const { pattern, replacement, flags, number, text } = command;
      const isGlobal = flags.includes('g');
      const changed = substitute(patternOf(pattern, state), replacement, state.pattern, number ?? 1, isGlobal);
      if (changed === null) break;
      state.pattern = changed;
      state.hasSubstituted = true;
      if (flags.includes('p')) sayPattern(state);
      if (text !== null) yield* writeTo(text, state);
      break;
    }
    case 'y':
      state.pattern = Array.from(state.pattern, (char) => command.characters.get(char) ?? char).join('');
      break;
    default:
  }
}

const escapes = new Map(
  Array.from('\\\x07\b\f\n\r\t\v', (char, index) => [char, `\\${'\\abfnrtv'.charAt(index)}`] as const),
);

/** `l`: what cannot be seen as an escape or in octal, the end as `$`, folded where so many columns are full. */
function visible(text: string, columns: number): string {
  const told = (char: string): string =>
    escapes.get(char) ?? (/[ -~]/.test(char) ? char : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
  let width = 0;
  const parts = Array.from(text, (char) => {
    const part = told(char);
    const folds = columns > 1 && width + part.length >= columns;
    width = folds ? part.length : width + part.length;
    return folds ? `\\\n${part}` : part;
  });
  return `${parts.join('')}$`;
}
