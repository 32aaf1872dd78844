/** sudo(8) for who is root already: the command runs, with nothing asked. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import { complain, print } from '../io.ts';
import { lookPath } from '../spawn.ts';
import { become } from './everyday-tools.ts';

const usage =
  'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\n' +
  'usage: sudo [-ABbEHnPS] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] ' +
  '[-u user] [VAR=value] [-i | -s] [command [arg ...]]\n';

export function* sudoMain(argv: readonly string[], environment: Environment): Running {
  const words = [...argv.slice(1)];
  const settings: Record<string, string> = {};
  let shell = false;
  while (words[0]?.startsWith('-') === true || /^\w+=/.test(words[0] ?? '')) {
    const word = words.shift() ?? '';
    const [name = '', value] = word.split(/=(.*)/s);
    if (value !== undefined) settings[name] = value;
    else if (word === '-i' || word === '-s') shell = true;
    else if (word === '-u' || word === '-g') {
      const who = words.shift();
      if (who !== 'root') {
        yield* print(`glassdock: sudo ${word} ${who ?? ''} is not modelled yet: everybody here is root\n`, 2);
        return 1;
      }
    } else if (!/^-[AbEHnPS]+$|^--$/.test(word)) {
      yield* print(usage, 2);
      return 1;
    }
  }
  const command = shell && words.length === 0 ? ['/bin/sh'] : words;
  if (command.length === 0) {
    yield* print(usage, 2);
    return 1;
  }
  try {
    yield* lookPath(command[0] ?? '', environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('sudo', `${command[0]}: command not found`);
    return 1;
  }
  const identity = { SUDO_COMMAND: command.join(' '), SUDO_USER: 'root', SUDO_UID: '0', SUDO_GID: '0' };
  return yield* become('sudo', command, { ...environment, ...settings, ...identity }, 'gnu');
}
