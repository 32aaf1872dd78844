/** sed(1), the everyday part: a stream is edited line by line, as it comes. */
import { O } from '../../kernel/abi.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, writeAll } from '../io.ts';
import { cannotOpen } from './inputs.ts';
import { linesOfInputs, type InputLines } from './lines.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';
import { PatternError } from './regular-expression.ts';
import { parseScript, SedError, type Address, type SedCommand } from './sed-script.ts';

/** Where the editing of a stream is. */
interface Edit {
  readonly commands: readonly SedCommand[];
  readonly lines: InputLines;
  readonly isQuiet: boolean;
  readonly output: number;
  block: readonly string[];
  at: number;
  number: number;
  pattern: string;
  hold: string;
  /** What is not written yet. */
  written: string;
  /** The text of `a`, which follows the line. */
  after: string;
  /** The input ended amid a line, so the output does. */
  lacksNewline: boolean;
  /** What was written last lacks its newline. */
  owesNewline: boolean;
  hasSubstituted: boolean;
  exitCode: number | null;
}

export const sed = (flavour: Flavour): Program =>
  function* sedMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'nEre:f:isu', {
      quiet: 'n',
      silent: 'n',
      'regexp-extended': 'E',
      expression: 'e',
      'in-place': 'i',
      unbuffered: 'u',
    });
    if (typeof options === 'string') return yield* refuseOptions('sed', options, flavour);
    const operands = [...options.operands];
    const scripts = options.all.filter(([letter]) => letter === 'e').map(([, value]) => value);
    if (scripts.length === 0) scripts.push(operands.shift() ?? '');
    const read = (): SedCommand[] =>
      parseScript(scripts.join('\n'), options.has('E') || options.has('r') ? 'extended' : 'basic');
    try {
      if (options.has('f')) throw new SedError('glassdock: sed -f is not modelled yet; -e SCRIPT is');
      read();
    } catch (error) {
      if (!(error instanceof SedError) && !(error instanceof PatternError)) throw error;
      // GNU sed says after which character it saw that: the last one, where there is one command.
      const place = `-e expression #1, char ${scripts.join('\n').length}: `;
      yield* complain('sed', error instanceof SedError ? error.message : `${place}${error.message}`);
      return 1;
    }
    const say = (path: string, words: string): string =>
      flavour === 'gnu' ? `can't read ${path}: ${words}` : cannotOpen(flavour, (name) => name, path, words);
    const isQuiet = options.has('n');
    let failed = false;
    for (const files of options.has('i') ? operands.map((path) => [path]) : [operands]) {
      const lines = linesOfInputs('sed', files, say);
      const [path = ''] = files;
      const exitCode = yield* options.has('i')
        ? replaceFile(path, lines, (output) => edit(read(), lines, isQuiet, output))
        : edit(read(), lines, isQuiet, 1);
      if (exitCode !== null) return exitCode;
      failed ||= lines.hasFailed();
    }
    return failed ? 2 : 0;
  };

/** As sed -i does: a new file beside the old one, which takes its name. */
function* replaceFile(
  path: string,
  lines: InputLines,
  body: (output: number) => Running<number | null>,
): Running<number | null> {
  if (!(yield* lines.open())) return null;
  const { mode } = yield* sys.stat(path);
  const at = path.lastIndexOf('/') + 1;
  const random = Array.from(yield* sys.getrandom(6), (char) => letters.charAt(char.charCodeAt(0) % letters.length));
  const temporary = `${path.slice(0, at)}sed${random.join('')}`;
  const fd = yield* sys.open(temporary, O.WRONLY | O.CREAT | O.EXCL, mode & 0o777);
  const exitCode = yield* body(fd);
  yield* sys.close(fd);
  yield* sys.rename(temporary, path);
  return exitCode;
}
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Edits all lines; the exit code of `q`, or null at the end of the input. */
function* edit(
  commands: readonly SedCommand[],
  lines: InputLines,
  isQuiet: boolean,
  output: number,
): Running<number | null> {
  const state: Edit = {
    commands,
    lines,
    isQuiet,
    output,
    block: [],
    at: 0,
    number: 0,
    pattern: '',
    hold: '',
    written: '',
    after: '',
    lacksNewline: false,
    owesNewline: false,
    hasSubstituted: false,
    exitCode: null,
  };
  let keeps = false;
  while (state.exitCode === null && (keeps || (yield* nextLine(state)))) keeps = yield* cycle(state);
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
  state.written += `${state.owesNewline ? '\n' : ''}${text}\n`;
  state.owesNewline = false;
}

/** Only what is the last of all may lack its newline: what comes next brings it. */
function sayPattern(state: Edit): void {
  say(state, state.pattern);
  if (!state.lacksNewline) return;
  state.written = state.written.slice(0, -1);
  state.owesNewline = true;
}

function endOfCycle(state: Edit): void {
  if (!state.isQuiet) sayPattern(state);
  endOfLine(state);
}

function endOfLine(state: Edit): void {
  if (state.after !== '') say(state, state.after.slice(0, -1));
  state.after = '';
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
        if (command.name === 'c') say(state, command.text);
        endOfLine(state);
        return false;
      case 'D': {
        const end = state.pattern.indexOf('\n');
        state.pattern = end === -1 ? '' : state.pattern.slice(end + 1);
        endOfLine(state);
        return end !== -1;
      }
      case 'n':
        if (!(yield* hasMore(state))) {
          endOfCycle(state);
          return false;
        }
        endOfCycle(state);
        yield* nextLine(state);
        break;
      case 'N':
        if (!(yield* nextLine(state, true))) {
          endOfCycle(state);
          return false;
        }
        break;
      case 'q':
      case 'Q':
        if (command.name === 'q') endOfCycle(state);
        state.exitCode = Number(command.text);
        return false;
      case 'b':
        at = command.target;
        break;
      case 't':
        if (state.hasSubstituted) at = command.target;
        state.hasSubstituted = false;
        break;
      default:
        act(command, state);
    }
  }
  endOfCycle(state);
  return false;
}

function* isSelected(command: SedCommand, state: Edit): Running<boolean> {
  const { from, to } = command;
  if (!from) return true;
  if (!to) return yield* hits(from, state);
  if (command.active) {
    if ((yield* hits(to, state)) || (to.type === 'line' && state.number >= to.line)) command.active = false;
    return true;
  }
  if (!(yield* hits(from, state))) return false;
  command.active = !(to.type === 'line' && to.line <= state.number);
  return true;
}

function* hits(address: Address, state: Edit): Running<boolean> {
  if (address.type === 'line') return address.line === state.number;
  return address.type === 'last' ? !(yield* hasMore(state)) : address.pattern.test(state.pattern);
}

/** What changes the pattern space or tells of it, and goes on with the next command. */
function act(command: SedCommand, state: Edit): void {
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
      say(state, visible(state.pattern));
      break;
    case 'i':
      say(state, command.text);
      break;
    case 'a':
      state.after += `${command.text}\n`;
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
      const changed = substitute(command, state.pattern);
      if (changed === null) break;
      state.pattern = changed;
      state.hasSubstituted = true;
      if (command.flags.includes('p')) sayPattern(state);
      break;
    }
    case 'y': {
      const [from = '', to = ''] = command.text.split('\n');
      const change = (char: string): string => (from.includes(char) ? to.charAt(from.indexOf(char)) : char);
      state.pattern = Array.from(state.pattern, change).join('');
      break;
    }
    default:
  }
}

const escapes = new Map(
  Array.from('\\\x07\b\f\n\r\t\v', (char, index) => [char, `\\${'\\abfnrtv'.charAt(index)}`] as const),
);

/** `l`: what cannot be seen as an escape or in octal, the end as `$`, folded where the line is full. */
function visible(text: string): string {
  const told = (char: string): string =>
    escapes.get(char) ?? (/[ -~]/.test(char) ? char : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
  let width = 0;
  const parts = Array.from(text, (char) => {
    const part = told(char);
    const folds = width + part.length > 69;
    width = folds ? part.length : width + part.length;
    return folds ? `\\\n${part}` : part;
  });
  return `${parts.join('')}$`;
}

/** The line after `s`; null when nothing matched. */
function substitute({ pattern, text, flags }: SedCommand, line: string): string | null {
  if (!pattern) return null;
  const nth = Number(/[0-9]+/.exec(flags)?.[0] ?? '1');
  let count = 0;
  let changed = false;
  pattern.lastIndex = 0;
  const result = line.replace(pattern, (...groups: unknown[]) => {
    count += 1;
    const whole = String(groups[0]);
    if (count < nth || (count > nth && !flags.includes('g'))) return whole;
    changed = true;
    return text.replace(/\\([0-9&nt\\])|&|\\([^])/g, (part, escaped: string | undefined, other: string | undefined) => {
      if (part === '&') return whole;
      if (escaped === 'n') return '\n';
      if (escaped === 't') return '\t';
      if (escaped !== undefined && /[0-9]/.test(escaped)) {
        const group = escaped === '0' ? whole : groups[Number(escaped)];
        return typeof group === 'string' ? group : '';
      }
      return escaped ?? other ?? '';
    });
  });
  return changed ? result : null;
}
