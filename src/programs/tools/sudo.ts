/** sudo(8) for who is root already: the command runs, as whom one likes, with nothing asked. Nobody else may. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { lookPath } from '../spawn.ts';
import { accountOf, groupNumber } from './accounts.ts';
import { become } from './everyday-tools.ts';

const usage = `usage: sudo -h | -K | -k | -V
usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]
usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user]
            [command [arg ...]]
usage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g
            group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user]
            [VAR=value] [-i | -s] [command [arg ...]]
usage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory] [-g group]
            [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] file ...
`;

export function* sudoMain(argv: readonly string[], environment: Environment): Running {
  const words = [...argv.slice(1)];
  const settings: Record<string, string> = {};
  let shell = false;
  let user = 'root';
  let group: string | null = null;
  const letters = new Set<string>();
  while (words[0]?.startsWith('-') === true || /^\w+=/.test(words[0] ?? '')) {
    const word = words.shift() ?? '';
    const [name = '', value] = word.split(/=(.*)/s);
    if (value !== undefined) settings[name] = value;
    else if (word === '-i' || word === '-s') shell = true;
    else if (word === '-u') user = words.shift() ?? '';
    else if (word === '-g') group = words.shift() ?? '';
    else if (/^-[AbEHkKlNnPSv]+$/.test(word)) for (const letter of word.slice(1)) letters.add(letter);
    else if (word !== '--') {
      const wrong = word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word.charAt(1)}'`;
      yield* complain('sudo', wrong);
      yield* print(usage, 2);
      return 1;
    }
  }
  if ((yield* sys.getuid()) !== 0) return yield* refuseOthers();
  const command = shell && words.length === 0 ? ['/bin/sh'] : words;
  if (command.length === 0 && letters.has('l')) return yield* listRights();
  // Nobody is asked for a password here, so there is none to forget, or to remember for longer.
  if (command.length === 0 && ['k', 'K', 'v'].some((letter) => letters.has(letter))) return 0;
  if (command.length === 0) {
    yield* print(usage, 2);
    return 1;
  }
  let path: string;
  try {
    path = yield* lookPath(command[0] ?? '', environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('sudo', `${command[0]}: command not found`);
    return 1;
  }
  if (letters.has('l')) {
    yield* print(`${path}\n`);
    return 0;
  }
  const account = yield* accountOf(user);
  const gid = group === null ? account?.gid : yield* groupNumber(group);
  if (account === null || gid === null || gid === undefined) {
    yield* complain('sudo', account === null ? `unknown user ${user}` : `unknown group ${group}`);
    yield* complain('sudo', 'error initializing audit plugin sudoers_audit');
    return 1;
  }
  const own = user === 'root' ? {} : { HOME: account.home, SHELL: account.shell, USER: user, LOGNAME: user };
  const identity = { SUDO_COMMAND: command.join(' '), SUDO_USER: 'root', SUDO_UID: '0', SUDO_GID: '0' };
  if (user !== 'root' || group !== null) {
    yield* sys.setgroups(account.groups);
    yield* sys.setuid(account.uid, gid);
  }
  return yield* become('sudo', command, { ...environment, ...own, ...settings, ...identity }, 'gnu');
}

function* refuseOthers(): Running {
  const hint = 'either use the -S option to read from standard input or configure an askpass helper';
  yield* complain('sudo', `a terminal is required to read the password; ${hint}`);
  yield* complain('sudo', 'a password is required');
  return 1;
}

/** What Debian's sudoers says of root: in one line for a pipe, else in 80 columns. */
function* listRights(): Running {
  const { nodename } = yield* sys.uname();
  const between = (yield* sys.fstat(1)).type === 'fifo' ? ' ' : '\n    ';
  const paths = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'.replaceAll(':', '\\:');
  const defaults = ['env_reset, mail_badpass', `secure_path=${paths}`, 'use_pty'].join(`,${between}`);
  yield* print(
    `Matching Defaults entries for root on ${nodename}:\n    ${defaults}\n\n` +
      `User root may run the following commands on ${nodename}:\n    (ALL : ALL) ALL\n`,
  );
  return 0;
}
