import type { Running } from '../../../kernel/abi.ts';
import type { Shell } from '../shell.ts';

/** A command that the shell runs by itself. `argv` has its name first. */
export interface Builtin {
  /** POSIX's special built-in utilities: their errors end a script, assignments before them last. */
  readonly special: boolean;
  readonly run: (shell: Shell, argv: readonly string[]) => Running<number>;
}
