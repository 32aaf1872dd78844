/** What a command name means to this shell: for `type`, `command -v`. */
import type { Running } from '../../../kernel/abi.ts';
import { isErrno } from '../../../kernel/errno.ts';
import { lookPath } from '../../spawn.ts';
import type { Shell } from '../shell.ts';
import { environmentOf, quoteForShell } from '../variables.ts';
import { builtinNames, specialNames } from './names.ts';

const keywords: ReadonlySet<string> = new Set([
  '!',
  '{',
  '}',
  'case',
  'do',
  'done',
  'elif',
  'else',
  'esac',
  'fi',
  'for',
  'if',
  'in',
  'then',
  'until',
  'while',
]);

/** Null when there is no such command. `brief` is `command -v`'s form. */
export function* describeCommand(shell: Shell, name: string, brief: boolean): Running<string | null> {
  if (keywords.has(name)) return brief ? name : `${name} is a shell keyword`;
  const alias = shell.aliases.get(name)?.text;
  if (alias !== undefined) return brief ? `alias ${name}=${quoteForShell(alias)}` : `${name} is an alias for ${alias}`;
  if (shell.functions.has(name))
    return brief ? name : `${name} is a${shell.dialect.name === 'dash' ? ' shell' : ''} function`;
  if (specialNames.has(name)) return brief ? name : `${name} is a special shell builtin`;
  if (builtinNames.has(name)) return brief ? name : `${name} is a shell builtin`;
  if (shell.applets?.find(name)) return brief ? name : `${name} is ${name}`;
  try {
    const path = yield* lookPath(name, environmentOf(shell));
    return brief ? path : `${name} is ${path}`;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return null;
  }
}
