/** How the builtins read their options. dash: options.c, nextopt(). */
import { ShellError } from '../flow.ts';
import type { Shell } from '../shell.ts';

export interface BuiltinOptions {
  /** The letters in order. */
  readonly letters: string;
  readonly operands: readonly string[];
}

/** Options end with `--` or the first word that is none. Throws what the shell says of a letter that is not taken. */
export function builtinOptions(shell: Shell, argv: readonly string[], taken: string): BuiltinOptions {
  let letters = '';
  let at = 1;
  for (; /^-./.test(argv[at] ?? ''); at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') return { letters, operands: argv.slice(at + 1) };
    for (const letter of word.slice(1)) {
      if (!taken.includes(letter)) throw new ShellError(shell.dialect.illegalOption(letter), 2, argv[0]);
      letters += letter;
    }
  }
  return { letters, operands: argv.slice(at) };
}
