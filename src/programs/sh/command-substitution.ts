/** `$(…)` and backquotes: a fork whose output becomes text. */
import type { ParsedScript } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../io.ts';
import { waitFor } from '../spawn.ts';
import { ShellError } from './flow.ts';
import { forkShell, makePipe } from './fork.ts';
import { exitCode } from './job.ts';
import type { Shell } from './shell.ts';
import { syntaxError } from './syntax-error.ts';

/** What is written into the pipe until its end. Who has no memory for it leaves the writers to SIGPIPE. */
function* readOutput(reader: number): Running<string> {
  try {
    return yield* readAll(reader);
  } catch (error) {
    if (isErrno(error, 'ENOMEM')) throw new ShellError('Out of space', 2);
    throw error;
  } finally {
    yield* sys.close(reader);
  }
}

/**
 * The output of a script run in a subshell, without its trailing newlines. Its status is in `substitutionStatus`; $?
 * stays the last command's (dash asked).
 */
export function* substituteCommand(shell: Shell, script: ParsedScript | undefined, text: string): Running<string> {
  if (!script) return '';
  // An escaped backquote script has a text of its own; any other is a part of ours.
  const unit = script.source === undefined ? shell.unit : { text: script.source, firstLine: 1 };
  if (script.errors?.[0]) throw syntaxError(shell.dialect, script.source ?? text, script.errors);
  const [reader, writer] = yield* makePipe(shell);
  const pid = yield* forkShell(shell, { pgid: null, foreground: false }, function* (child): Running {
    yield* sys.close(reader);
    if (writer !== 1) {
      yield* sys.dup(writer, 1);
      yield* sys.close(writer);
    } else {
      yield* sys.setCloseOnExec(1, false);
    }
    return yield* child.interpreter.runScript(child, script, unit, { tested: false, last: true });
  });
  yield* sys.close(writer);
  const output = yield* readOutput(reader);
  shell.substitutionStatus = exitCode(yield* waitFor(pid));
  // Bytes of value zero cannot be in a variable.
  const value = output.replaceAll('\0', '');
  let end = value.length;
  while (value.charAt(end - 1) === '\n') end -= 1;
  return value.slice(0, end);
}
