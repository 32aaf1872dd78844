/** A shell at a terminal: prompts, job control, Ctrl-C. */
import { writeError } from '../io.ts';
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { Interrupt, LoopJump, FunctionReturn, ShellError } from './flow.ts';
import { stateOf } from './job.ts';
import { noTerminal, takeTerminal } from './job-control.ts';
import { tellJobs } from './jobs.ts';
import { readEdited, type Editor } from './line-editor.ts';
import { promptOf, showPrompt, type Prompt } from './prompt.ts';
import { reportError } from './report-error.ts';
import { plainly, type Shell } from './shell.ts';
import { readCommand, type LineReader } from './source.ts';
import { becomeInteractive, runTraps } from './traps.ts';
import { parameter } from './variables.ts';
import type { parse } from 'unbash';

/** The line under which ash introduces itself (recorded). */
const banner =
  "\n\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in shell (ash)\nEnter 'help' for a list of built-in commands.\n\n";

export function* runInteractively(shell: Shell, isLogin: boolean): Running<number> {
  yield* becomeInteractive(shell);
  if (!(yield* takeTerminal(shell))) {
    yield* writeError(`${shell.name}: ${shell.dialect.name === 'dash' ? '0: ' : ''}${noTerminal}\n`);
  }
  if (shell.dialect.name === 'ash') yield* writeError(banner);
  if (isLogin) yield* sourceProfile(shell);
  const editor: Editor | null =
    shell.dialect.name === 'ash' && (yield* sys.isatty(0)) ? { history: [], pending: '' } : null;
  let line = 1;
  for (;;) {
    yield* tellJobs(shell);
    const before = line;
    try {
      const read = yield* readAtPrompt(shell, editor, line);
      line = read.line;
      if (read.ended) {
        if (yield* mayLeave(shell)) return shell.status;
        continue;
      }
      if (read.command && read.command.script.commands.length > 0) {
        const warned = shell.warnedOfJobs;
        yield* shell.interpreter.runScript(shell, read.command.script, read.command, plainly);
        if (warned) shell.warnedOfJobs = false;
      }
    } catch (error) {
      line = Math.max(line, before + 1);
      yield* recover(shell, error);
    }
  }
}

/** What would end a script only ends the line. */
function* recover(shell: Shell, error: unknown): Running<void> {
  if (error instanceof ShellError) {
    yield* reportError(shell, error.message, error.command);
    shell.status = error.status;
  } else if (error instanceof Interrupt) {
    shell.status = 130;
    shell.interrupted = false;
    yield* writeError('\n');
  } else if (!(error instanceof LoopJump) && !(error instanceof FunctionReturn)) throw error;
  shell.loopDepth = 0;
  shell.functionDepth = 0;
  shell.localScopes.length = 0;
}

/** Ctrl-D: leaves, unless there are stopped jobs that have not been warned of. */
function* mayLeave(shell: Shell): Running<boolean> {
  if (shell.warnedOfJobs || !shell.jobs.some((job) => stateOf(job) === 'stopped')) {
    if (shell.dialect.name === 'dash') yield* writeError('\n');
    return true;
  }
  shell.warnedOfJobs = true;
  yield* writeError(`\n${shell.dialect.stoppedJobs}\n`);
  return false;
}

/** A login shell reads /etc/profile and ~/.profile, where they exist. */
function* sourceProfile(shell: Shell): Running<void> {
  for (const path of ['/etc/profile', `${parameter(shell, 'HOME') ?? ''}/.profile`]) {
    let fd: number;
    try {
      fd = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
    } catch (error) {
      if (!isErrno(error)) throw error;
      continue;
    }
    yield* shell.interpreter.runFile(shell, fd);
  }
}

interface ReadAtPrompt {
  readonly ended: boolean;
  readonly line: number;
  readonly command: {
    readonly text: string;
    readonly firstLine: number;
    readonly script: ReturnType<typeof parse>;
  } | null;
}

function* readAtPrompt(shell: Shell, editor: Editor | null, line: number): Running<ReadAtPrompt> {
  let count = 0;
  const next: LineReader = function* (): Running<string> {
    const prompt = yield* promptOf(shell, count === 0 ? 'PS1' : 'PS2');
    count += 1;
    return editor ? yield* readEdited(shell, editor, prompt) : yield* readCooked(shell, prompt);
  };
  const command = yield* readCommand(shell, next, line);
  return { ended: command === null, line: line + Math.max(1, count), command };
}

/** A line in the terminal's own cooked mode. Ctrl-C begins a new one; a trap waits for the line, as dash's does. */
function* readCooked(shell: Shell, prompt: Prompt): Running<string> {
  yield* showPrompt(prompt);
  let line = '';
  for (;;) {
    try {
      const part = yield* sys.read(0, 4096);
      line += part;
      // Ctrl-D in the middle of a line only hands over what is there.
      if (part !== '' && !line.endsWith('\n')) continue;
      yield* runTraps(shell);
      return line;
    } catch (error) {
      if (isErrno(error, 'EIO')) return '';
      if (!isErrno(error, 'EINTR')) throw error;
      if (shell.interrupted) throw new Interrupt();
    }
  }
}
