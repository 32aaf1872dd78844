/** sed(1), the small everyday part: s, p, d, q, =, y, a, i, c with addresses. */
import { O } from '../../kernel/abi.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, linesOf, print } from '../io.ts';
import { cannotOpen, readInputs } from './inputs.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';
import { compilePattern, PatternError } from './regular-expression.ts';

type Address =
  | { readonly type: 'line'; readonly line: number }
  | { readonly type: 'last' }
  | { readonly type: 'match'; readonly pattern: RegExp };

interface SedCommand {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly name: string;
  readonly pattern: RegExp | null;
  readonly text: string;
  readonly flags: string;
  active: boolean;
}

class SedError extends Error {}

export const sed = (flavour: Flavour): Program =>
  function* sedMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'nEre:f:is', {
      quiet: 'n',
      silent: 'n',
      'regexp-extended': 'E',
      expression: 'e',
      'in-place': 'i',
    });
    if (typeof options === 'string') return yield* refuseOptions('sed', options, flavour);
    const operands = [...options.operands];
    const scripts = options.all.filter(([letter]) => letter === 'e').map(([, value]) => value);
    if (scripts.length === 0) scripts.push(operands.shift() ?? '');
    let commands: SedCommand[];
    try {
      if (options.has('f')) throw new SedError('glassdock: sed -f is not modelled yet; -e SCRIPT is');
      commands = parseScript(scripts.join('\n'), options.has('E') || options.has('r') ? 'extended' : 'basic');
    } catch (error) {
      if (!(error instanceof SedError) && !(error instanceof PatternError)) throw error;
      // GNU sed says after which character it saw that: the last one, where there is one command.
      const place = `-e expression #1, char ${scripts.join('\n').length}: `;
      yield* complain('sed', error instanceof SedError ? error.message : `${place}${error.message}`);
      return 1;
    }
    const { inputs, failed } = yield* readInputs('sed', operands, (path, words) =>
      flavour === 'gnu' ? `can't read ${path}: ${words}` : cannotOpen(flavour, (name) => name, path, words),
    );
    const quiet = options.has('n');
    if (options.has('i')) {
      for (const { path, text } of inputs) yield* replaceFile(path, edited(commands, linesOf(text), quiet));
    } else {
      yield* print(
        edited(
          commands,
          inputs.flatMap(({ text }) => linesOf(text)),
          quiet,
        ),
      );
    }
    return failed ? 2 : 0;
  };

function edited(commands: readonly SedCommand[], lines: readonly string[], quiet: boolean): string {
  const parts: string[] = [];
  for (const [index, line] of lines.entries()) {
    const result = runCommands(commands, line, index + 1, index === lines.length - 1, !quiet);
    parts.push(result.output);
    if (result.quits) break;
  }
  return parts.join('');
}

/** As sed -i does: a new file beside the old one, which takes its name. */
function* replaceFile(path: string, text: string): Running<void> {
  const { mode } = yield* sys.stat(path);
  const at = path.lastIndexOf('/') + 1;
  const random = Array.from(yield* sys.getrandom(6), (char) => letters.charAt(char.charCodeAt(0) % letters.length));
  const temporary = `${path.slice(0, at)}sed${random.join('')}`;
  const fd = yield* sys.open(temporary, O.WRONLY | O.CREAT | O.EXCL, mode & 0o777);
  yield* print(text, fd);
  yield* sys.close(fd);
  yield* sys.rename(temporary, path);
}
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function parseScript(script: string, kind: 'basic' | 'extended'): SedCommand[] {
  const commands: SedCommand[] = [];
  let rest = script;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found) rest = rest.slice(found[0].length);
    return found;
  };
  const address = (): Address | null => {
    const found = take(/^(?:([0-9]+)|(\$)|\/((?:[^/\\]|\\[^])*)\/)/);
    if (!found) return null;
    if (found[1] !== undefined) return { type: 'line', line: Number(found[1]) };
    return found[2] === undefined ? { type: 'match', pattern: compilePattern(found[3] ?? '', kind) } : { type: 'last' };
  };
  for (;;) {
    take(/^[\s;}]+/);
    if (rest === '') return commands;
    const from = address();
    const to = take(/^\s*,\s*/) ? address() : null;
    const negated = take(/^\s*!/) !== null;
    take(/^\s*/);
    const name = take(/^[^]/)?.[0] ?? '';
    const base = { from, to, negated, name, pattern: null, text: '', flags: '', active: false };
    if (name === 's' || name === 'y') {
      const delimiter = rest.charAt(0);
      const part = `((?:[^\\\\${/[\]^-]/.test(delimiter) ? `\\${delimiter}` : delimiter}]|\\\\[^])*)`;
      const escaped = delimiter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
      const found = take(new RegExp(`^${escaped}${part}${escaped}${part}${escaped}([0-9gpiIe]*)`));
      if (!found) throw new SedError("-e expression #1, char 0: unterminated `s' command");
      const [, first = '', text = '', flags = ''] = found;
      const source = delimiter === '/' ? first.replaceAll('\\/', '/') : first.replaceAll(`\\${delimiter}`, delimiter);
      const pattern = name === 's' ? compilePattern(source, kind, /i/i.test(flags) ? 'gi' : 'g') : null;
      commands.push({
        ...base,
        pattern,
        text: name === 'y' ? `${first}\n${text}` : text.replaceAll(`\\${delimiter}`, delimiter),
        flags,
      });
    } else if ('aic'.includes(name)) {
      commands.push({ ...base, text: take(/^(?:\\\n)?\s*([^\n]*)/)?.[1] ?? '' });
    } else if ('pdq={'.includes(name)) commands.push(base);
    else throw new SedError(`-e expression #1, char ${script.length - rest.length}: unknown command: \`${name}'`);
    if (name === '{') throw new SedError("glassdock: sed's { } is not modelled yet");
  }
}

function isSelected(command: SedCommand, line: string, number: number, isLast: boolean): boolean {
  const hits = (address: Address): boolean =>
    address.type === 'line' ? address.line === number : address.type === 'last' ? isLast : address.pattern.test(line);
  const { from, to } = command;
  if (!from) return true;
  if (!to) return hits(from);
  if (command.active) {
    if (hits(to) || (to.type === 'line' && number >= to.line)) command.active = false;
    return true;
  }
  if (!hits(from)) return false;
  command.active = !(to.type === 'line' && to.line <= number);
  return true;
}

function runCommands(
  commands: readonly SedCommand[],
  input: string,
  number: number,
  isLast: boolean,
  prints: boolean,
): { readonly output: string; readonly quits: boolean } {
  let line = input;
  let output = '';
  let after = '';
  for (const command of commands) {
    if (isSelected(command, line, number, isLast) === command.negated) continue;
    switch (command.name) {
      case 'd':
        return { output: output + after, quits: false };
      case 'p':
        output += `${line}\n`;
        break;
      case '=':
        output += `${number}\n`;
        break;
      case 'q':
        return { output: `${output}${prints ? `${line}\n` : ''}${after}`, quits: true };
      case 'i':
        output += `${command.text}\n`;
        break;
      case 'a':
        after += `${command.text}\n`;
        break;
      case 'c':
        return { output: `${output}${command.text}\n`, quits: false };
      case 's': {
        const changed = substitute(command, line);
        if (changed !== null && command.flags.includes('p')) output += `${changed}\n`;
        line = changed ?? line;
        break;
      }
      default: {
        const [from = '', to = ''] = command.text.split('\n');
        line = Array.from(line, (char) => (from.includes(char) ? to.charAt(from.indexOf(char)) : char)).join('');
      }
    }
  }
  return { output: `${output}${prints ? `${line}\n` : ''}${after}`, quits: false };
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
    return text.replace(/\\([0-9&n\\])|&|\\([^])/g, (part, escaped: string | undefined, other: string | undefined) => {
      if (part === '&') return whole;
      if (escaped === 'n') return '\n';
      if (escaped !== undefined && /[0-9]/.test(escaped)) {
        const group = escaped === '0' ? whole : groups[Number(escaped)];
        return typeof group === 'string' ? group : '';
      }
      return escaped ?? other ?? '';
    });
  });
  return changed ? result : null;
}
