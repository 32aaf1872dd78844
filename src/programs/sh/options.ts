/** sh's command line: POSIX, sh. */
import { optionNamed } from './builtins/flow-builtins.ts';
import type { OptionLetter, ShellOption } from './shell.ts';

export interface Invocation {
  readonly mode: 'command string' | 'file' | 'standard input';
  /** The command string or the script's path. */
  readonly text: string;
  /** $0 */
  readonly name: string;
  readonly positional: readonly string[];
  readonly options: ReadonlySet<ShellOption>;
  readonly isLogin: boolean;
}

/** Reads argv; a string is the complaint about it. */
export function parseInvocation(argv: readonly string[]): Invocation | string {
  const options = new Set<ShellOption>();
  const name = argv[0] ?? 'sh';
  let hasCommand = false;
  let isLogin = name.startsWith('-');
  let at = 1;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--' || word === '-') {
      at += 1;
      break;
    }
    if (!/^[-+]./.test(word)) break;
    const sign = word.charAt(0);
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        at += 1;
        const name = argv[at];
        const option = name === undefined ? null : optionNamed(name);
        if (option === undefined) return `Illegal option ${sign}o ${name}`;
        if (option !== null && sign === '-') options.add(option);
        else if (option !== null) options.delete(option);
      } else if (letter === 'c') hasCommand = true;
      else if (letter === 'l') isLogin = true;
      else if ('abCefimnsuvx'.includes(letter)) {
        if (sign === '-') options.add(letter as OptionLetter);
        else options.delete(letter as OptionLetter);
      } else return `Illegal option -${letter}`;
    }
  }
  const rest = argv.slice(at);
  const [first, ...others] = rest;
  if (hasCommand) {
    if (first === undefined) return '-c requires an argument';
    return {
      mode: 'command string',
      text: first,
      name: others[0] ?? name,
      positional: others.slice(1),
      options,
      isLogin,
    };
  }
  if (first !== undefined && !options.has('s'))
    return { mode: 'file', text: first, name: first, positional: others, options, isLogin };
  return { mode: 'standard input', text: '', name, positional: rest, options, isLogin };
}
