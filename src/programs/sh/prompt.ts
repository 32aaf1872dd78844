/** What a shell at a terminal says before each line. */
import { parse } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { writeError } from '../io.ts';
import { expandQuoted } from './expand.ts';
import type { Shell } from './shell.ts';
import { parameter } from './variables.ts';

export interface Prompt {
  /** PS1 asks for a command, PS2 for the rest of one. */
  readonly name: 'PS1' | 'PS2';
  readonly text: string;
}

/** The prompt with its parameters expanded; ash and Debian's root prompt know `\w`, `\h`, `\u`, `\$`. */
export function* promptOf(shell: Shell, name: Prompt['name']): Running<Prompt> {
  const text = parameter(shell, name) ?? '';
  const here = parameter(shell, 'PWD') ?? '';
  const home = parameter(shell, 'HOME') ?? '';
  const shown =
    home !== '' && home !== '/' && (here === home || here.startsWith(`${home}/`))
      ? `~${here.slice(home.length)}`
      : here;
  const hostname = text.includes('\\h') ? (yield* sys.uname()).nodename : '';
  const replaced = text
    .replaceAll('\\w', shown)
    .replaceAll('\\h', hostname)
    .replaceAll('\\u', 'root')
    .replaceAll('\\$', '#');
  if (!replaced.includes('$')) return { name, text: replaced };
  const [statement] = parse(`"${replaced.replace(/["\\]/g, '\\$&')}"`).commands;
  const word = statement?.command.type === 'Command' ? statement.command.name : undefined;
  return { name, text: word?.parts ? yield* expandQuoted(shell, word.parts) : replaced };
}

/**
 * Writes the prompt, `behind` after it. A note says so in the journal: a command of the shell may ask in just the same
 * way (`read -p`), and what a prompt says is for its owner to choose.
 */
export function* showPrompt({ name, text }: Prompt, behind = ''): Running<void> {
  yield* writeError(text + behind);
  yield* sys.journal({ type: 'note', topic: 'prompt', text: name });
}
