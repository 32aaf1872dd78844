/** Messages on standard error, each with the shell's name and place before it. */
import type { Running } from '../../kernel/abi.ts';
import { writeError } from '../io.ts';
import { currentLine, isInteractive, type Shell } from './shell.ts';

/** Writes a message as this shell words it; a closed standard error swallows it. */
export function* reportError(shell: Shell, message: string, command: string | null = null): Running<void> {
  const place = {
    name: shell.name,
    line: currentLine(shell),
    interactive: isInteractive(shell),
    source: shell.source,
  };
  yield* writeError(`${shell.dialect.prefix(place, command)}${message}\n`);
}
