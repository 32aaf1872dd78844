/** Builtins that move control: break, continue, return, exit, eval, `.`, exec, command, trap, shift, set. */
import { O, type Running } from '../../../kernel/abi.ts';
import { isErrno } from '../../../kernel/errno.ts';
import * as sys from '../../../kernel/sys.ts';
import { print, writeError } from '../../io.ts';
import { execute, findExecutable } from '../external.ts';
import { FunctionReturn, LoopJump, ShellError, ShellExit } from '../flow.ts';
import { stateOf } from '../job.ts';
import { reportError } from '../report-error.ts';
import { isInteractive, type OptionLetter, type Shell, type ShellOption } from '../shell.ts';
import { leaveTerminal, noTerminal, takeTerminal } from '../job-control.ts';
import { conditionNumber, conditionOf, setTrap } from '../traps.ts';
import { environmentOf, parameter, quoteForShell } from '../variables.ts';
import { describeCommand } from './describe-command.ts';

/** A number operand, as dash reads it. */
export function numberOf(text: string, command: string): number {
  if (!/^[0-9]+$/.test(text) || Number(text) > 0x7fffffff) throw new ShellError(`Illegal number: ${text}`, 2, command);
  return Number(text);
}

export function* jump(shell: Shell, argv: readonly string[]): Running<number> {
  const kind = argv[0] === 'continue' ? 'continue' : 'break';
  const levels = argv[1] === undefined ? 1 : numberOf(argv[1], kind);
  if (levels < 1) throw new ShellError(`Illegal number: ${argv[1]}`, 2, kind);
  if (shell.loopDepth === 0) return 0;
  throw new LoopJump(kind, Math.min(levels, shell.loopDepth));
}

export function* returnFrom(shell: Shell, argv: readonly string[]): Running<number> {
  if (argv[1] === undefined) throw new FunctionReturn(shell.status);
  const status = numberOf(argv[1], 'return');
  // dash keeps it in $? as it is.
  throw new FunctionReturn(shell.dialect.name === 'dash' ? status : status & 0xff);
}

/** `exit`; an interactive shell with stopped jobs warns once. */
export function* exit(shell: Shell, argv: readonly string[]): Running<number> {
  const status = argv[1] === undefined ? shell.status : numberOf(argv[1], 'exit') & 0xff;
  if (isInteractive(shell) && !shell.warnedOfJobs && shell.jobs.some((job) => stateOf(job) === 'stopped')) {
    shell.warnedOfJobs = true;
    yield* writeError(`${shell.dialect.stoppedJobs}\n`);
    return 0;
  }
  throw new ShellExit(status);
}

export function* evaluateText(shell: Shell, argv: readonly string[]): Running<number> {
  const text = argv.slice(1).join(' ');
  return text.trim() === '' ? 0 : yield* shell.interpreter.runText(shell, text, { tested: shell.tested, last: false });
}

/** `. FILE`: looked for in $PATH when it has no slash. */
export function* source(shell: Shell, argv: readonly string[]): Running<number> {
  const name = argv[1];
  if (name === undefined) {
    if (shell.dialect.name === 'dash') return 0;
    throw new ShellError('filename argument required', 2, '.');
  }
  const fd = yield* openSource(shell, name);
  const { source, unit, positional } = shell;
  shell.source = 'file';
  if (argv.length > 2 && shell.dialect.name === 'ash') shell.positional = argv.slice(2);
  try {
    return yield* shell.interpreter.runFile(shell, fd);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    Object.assign(shell, { source, unit, positional });
  }
}

function* openSource(shell: Shell, name: string): Running<number> {
  const places = name.includes('/') ? [''] : (parameter(shell, 'PATH') ?? '').split(':').map((place) => `${place}/`);
  for (const place of places) {
    try {
      return yield* sys.open(place + name, O.RDONLY | O.CLOEXEC);
    } catch (error) {
      if (!isErrno(error)) throw error;
      if (place === '') throw new ShellError(shell.dialect.cannotOpen(name, error.errno), 2, '.');
    }
  }
  throw new ShellError(
    shell.dialect.name === 'dash' ? `${name}: not found` : `can't open '${name}': No such file or directory`,
    2,
    '.',
  );
}

/** `exec COMMAND`; without one its redirections stay, which the caller saw to. */
export function* exec(shell: Shell, argv: readonly string[]): Running<number> {
  const command = argv.slice(1);
  if (command[0] === undefined) return 0;
  const executable = yield* findExecutable(shell, command[0], 'exec');
  if (typeof executable === 'number') {
    if (isInteractive(shell)) return executable;
    throw new ShellExit(executable);
  }
  return yield* execute(shell, executable, command, environmentOf(shell), 'exec');
}

/** `command [-p] [-v|-V] NAME …` */
export function* command(shell: Shell, argv: readonly string[]): Running<number> {
  const given = new Set<string>();
  let at = 1;
  for (; /^-./.test(argv[at] ?? ''); at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    for (const letter of word.slice(1)) {
      if (!'pvV'.includes(letter)) throw new ShellError(shell.dialect.illegalOption(letter), 2, 'command');
      given.add(letter);
    }
  }
  const words = argv.slice(at);
  const [first] = words;
  if (first === undefined) return 0;
  if (!given.has('v') && !given.has('V')) return yield* shell.interpreter.runArguments(shell, words, false);
  // Both shells look at the first word alone.
  const text = yield* describeCommand(shell, first, !given.has('V'));
  if (text !== null) yield* print(`${text}\n`);
  else if (given.has('V') && shell.dialect.name === 'dash') yield* print(`${first}: not found\n`);
  return text === null ? 127 : 0;
}

/** `trap [ACTION] CONDITION…`; without operands prints what is set. */
export function* trap(shell: Shell, argv: readonly string[]): Running<number> {
  const option = /^-[^-]/.exec(argv[1] ?? '')?.[0];
  if (option !== undefined) {
    const isDash = shell.dialect.name === 'dash';
    throw new ShellError(`${isDash ? 'Illegal' : 'illegal'} option ${option}`, 2, 'trap');
  }
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1);
  const [first, ...conditions] = words;
  if (first === undefined) {
    const set = [...shell.traps].toSorted(([one], [other]) => conditionNumber(one) - conditionNumber(other));
    for (const [condition, action] of set) yield* print(`trap -- ${quoteForShell(action)} ${condition}\n`);
    return 0;
  }
  // A first operand that is a number, or the only one, names a condition to reset.
  const resets = conditions.length === 0 || first === '-' || /^[0-9]+$/.test(first);
  for (const text of conditions.length === 0 || /^[0-9]+$/.test(first) ? words : conditions) {
    const condition = conditionOf(text);
    if (condition === undefined) {
      // Both shells go on afterwards; dash's complaint has neither name nor line.
      if (shell.dialect.name === 'dash') yield* writeError(`trap: ${text}: bad trap\n`);
      else yield* reportError(shell, `${text}: invalid signal specification`, 'trap');
      return 1;
    }
    yield* setTrap(shell, condition, resets ? null : first);
  }
  return 0;
}

export function* shift(shell: Shell, argv: readonly string[]): Running<number> {
  const count = argv[1] === undefined ? 1 : numberOf(argv[1], 'shift');
  if (count > shell.positional.length) {
    if (shell.dialect.name === 'ash') return 1;
    throw new ShellError("can't shift that many", 2, 'shift');
  }
  shell.positional = shell.positional.slice(count);
  return 0;
}

const longOptions: Readonly<Record<string, ShellOption>> = {
  errexit: 'e',
  noglob: 'f',
  interactive: 'i',
  monitor: 'm',
  noexec: 'n',
  stdin: 's',
  xtrace: 'x',
  verbose: 'v',
  noclobber: 'C',
  allexport: 'a',
  notify: 'b',
  nounset: 'u',
  pipefail: 'pipefail',
};
/** Options that are taken and have no effect here. */
const idleOptions: ReadonlySet<string> = new Set(['ignoreeof', 'nolog', 'vi', 'emacs', 'privileged', 'debug']);
/** In the order in which `set -o` shows them. dash: src/options.c, optnames. */
const shownOptions: readonly string[] = [
  ...['errexit', 'noglob', 'ignoreeof', 'interactive', 'monitor', 'noexec', 'stdin', 'xtrace', 'verbose', 'vi'],
  ...['emacs', 'noclobber', 'allexport', 'notify', 'nounset', 'privileged', 'nolog', 'pipefail', 'debug'],
];

/** `set`: options and positional parameters; alone it prints the variables. */
export function* set(shell: Shell, argv: readonly string[]): Running<number> {
  if (argv.length === 1) {
    for (const name of [...shell.variables.keys()].sort()) {
      const value = shell.variables.get(name)?.value;
      if (value !== undefined) yield* print(`${name}=${quoteForShell(value)}\n`);
    }
    return 0;
  }
  const hadJobControl = shell.options.has('m');
  const rest = yield* setOptions(shell, argv.slice(1), 'set');
  if (shell.options.has('m') !== hadJobControl) {
    if (hadJobControl) yield* leaveTerminal(shell);
    else if (!(yield* takeTerminal(shell))) yield* reportError(shell, noTerminal, 'set');
  }
  if (rest) shell.positional = rest;
  return 0;
}

/** Takes `-eux`, `+e`, `-o NAME`, `--`. Returns the operands, null when there were none and no `--`. */
export function* setOptions(
  shell: Shell,
  words: readonly string[],
  command: string,
): Running<readonly string[] | null> {
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return words.slice(at + 1);
    if (word === '-') {
      // dash: options.c, options(): as `--`, and it stops the tracing.
      for (const letter of ['x', 'v'] as const) shell.options.delete(letter);
      return at + 1 < words.length ? words.slice(at + 1) : null;
    }
    if (!/^[-+]./.test(word)) return words.slice(at);
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        at += 1;
        yield* setLongOption(shell, words[at], on);
      } else if (!'abCefimnsuvx'.includes(letter)) {
        throw new ShellError(`Illegal option ${word.charAt(0)}${letter}`, 2, command);
      } else if (on) shell.options.add(letter as OptionLetter);
      else shell.options.delete(letter as OptionLetter);
    }
  }
  return null;
}

/** What `-o NAME` stands for; null for one that is taken and has no effect, undefined for what is none. */
export function optionNamed(name: string): ShellOption | null | undefined {
  return longOptions[name] ?? (idleOptions.has(name) ? null : undefined);
}

function* setLongOption(shell: Shell, name: string | undefined, on: boolean): Running<void> {
  if (name === undefined) {
    const isOn = (long: string): boolean => shell.options.has(longOptions[long] ?? 'i') && long in longOptions;
    const lines = on
      ? shownOptions.map((long) => `${long.padEnd(16)}${isOn(long) ? 'on' : 'off'}\n`)
      : shownOptions.map((long) => `set ${isOn(long) ? '-' : '+'}o ${long}\n`);
    yield* print(`${on ? 'Current option settings\n' : ''}${lines.join('')}`);
    return;
  }
  const letter = optionNamed(name);
  if (letter && on) shell.options.add(letter);
  else if (letter) shell.options.delete(letter);
  else if (letter === undefined) throw new ShellError(`Illegal option ${on ? '-' : '+'}o ${name}`, 2, 'set');
}
