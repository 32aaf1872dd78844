/** su(1) of util-linux, and nologin(8): another user's shell. Nobody here has a password. */
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import { signalNumbers, type SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readSome } from '../io.ts';
import { signalText } from '../sh/job.ts';
import { forkOrComplain, waitFor } from '../spawn.ts';
import { accountOf, groupNumber, type Account } from './accounts.ts';
import { Refusal, unlessRefused } from './namespace-command.ts';
import { parseOptions, refuseOptions, type Options } from './options.ts';

const help = `
Usage:
 su [options] [-] [<user> [<argument>...]]

Change the effective user ID and group ID to that of <user>.
A mere - implies -l.  If <user> is not given, root is assumed.

Options:
 -m, -p, --preserve-environment      do not reset environment variables
 -w, --whitelist-environment <list>  don't reset specified variables

 -g, --group <group>             specify the primary group
 -G, --supp-group <group>        specify a supplemental group

 -, -l, --login                  make the shell a login shell
 -c, --command <command>         pass a single command to the shell with -c
 --session-command <command>     pass a single command to the shell with -c
                                   and do not create a new session
 -f, --fast                      pass -f to the shell (for csh or tcsh)
 -s, --shell <shell>             run <shell> if /etc/shells allows it
 -P, --pty                       create a new pseudo-terminal
 -T, --no-pty                    do not create a new pseudo-terminal (bad security!)

 -h, --help                      display this help
 -V, --version                   display version

For more details see su(1).
`;

const long = {
  'preserve-environment': 'm',
  'whitelist-environment': 'w',
  group: 'g',
  'supp-group': 'G',
  login: 'l',
  command: 'c',
  'session-command': 'C',
  fast: 'f',
  shell: 's',
  pty: 'P',
  'no-pty': 'T',
  help: 'h',
} as const;

/** The program. It stays as its shell's parent, and ends as that does. */
export const su: Program = function* suMain(argv, environment): Running {
  const options = parseOptions(argv.slice(1), 'mpw:g:G:lc:C:fs:PTh', long);
  if (typeof options === 'string') return yield* refuseOptions('su', options, 'gnu');
  if (options.has('h')) {
    yield* print(help);
    return 0;
  }
  return yield* unlessRefused('su', () => become(options, environment));
};

function* become(options: Options, environment: Environment): Running {
  const isLogin = options.has('l') || options.operands[0] === '-';
  const [name = 'root', ...words] = options.operands.slice(options.operands[0] === '-' ? 1 : 0);
  const account = yield* accountOf(name);
  if (account === null)
    throw new Refusal(`user ${name} does not exist or the user entry does not contain all the required fields`);
  if ((yield* sys.getuid()) !== 0) return yield* refuseLocked();
  const { gid, groups } = yield* wantedGroups(options, account);
  const shell = options.values.get('s') ?? account.shell;
  const command = options.values.get('c') ?? options.values.get('C');
  const child = yield* forkOrComplain('su', 'cannot create child process', function* () {
    if (options.has('c')) yield* sys.setsid();
    yield* sys.setgroups(groups);
    yield* sys.setuid(account.uid, gid);
    if (isLogin) yield* goHome(account.home);
    const first = `${isLogin ? '-' : ''}${shell.split('/').at(-1) ?? ''}`;
    const all = [first, ...(command === undefined ? [] : ['-c', command]), ...words];
    try {
      return yield* sys.execve(
        shell,
        all,
        environmentOf(environment, account, shell, isLogin, options.has('m') || options.has('p')),
      );
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* complain('su', `failed to execute ${shell}: ${errnoWords(error)}`);
      return error.errno === 'ENOENT' ? 127 : 126;
    }
  });
  if (child === null) return 1;
  const status = yield* waitFor(child);
  if ('code' in status) return status.code;
  yield* print(`${signalText(status)}\n`, 2);
  return 128 + signalNumbers[status.signal as SignalName];
}

/** The account's own, or those of -g and -G, of which the second is the first one's other. Throws Refusal. */
function* wantedGroups(
  { values }: Options,
  account: Account,
): Running<{ readonly gid: number; readonly groups: readonly number[] }> {
  const primary = yield* groupNamed(values.get('g'));
  const supplementary = yield* groupNamed(values.get('G'));
  const only = supplementary ?? primary;
  return { gid: primary ?? supplementary ?? account.gid, groups: only === undefined ? account.groups : [only] };
}

function* groupNamed(name: string | undefined): Running<number | undefined> {
  if (name === undefined) return undefined;
  const number = yield* groupNumber(name);
  if (number === null) throw new Refusal(`group ${name} does not exist`);
  return number;
}

/** Debian's PAM asks who is not root for a password, and there is none that fits. */
function* refuseLocked(): Running {
  yield* print('Password: ', 2);
  yield* readSome(0);
  yield* complain('su', 'Authentication failure');
  return 1;
}

function* goHome(home: string): Running<void> {
  try {
    yield* sys.chdir(home);
  } catch (error) {
    yield* complain('su', `warning: cannot change directory to ${home}: ${errnoWords(error)}`);
  }
}

const loginPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games';
const rootsPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function environmentOf(
  environment: Environment,
  { name, uid, home }: Account,
  shell: string,
  isLogin: boolean,
  isKept: boolean,
): Environment {
  if (isLogin) {
    const { TERM } = environment;
    const path = uid === 0 ? rootsPath : loginPath;
    const own = { HOME: home, SHELL: shell, USER: name, LOGNAME: name, PATH: path, MAIL: `/var/mail/${name}` };
    return { ...(TERM === undefined ? {} : { TERM }), ...own };
  }
  if (isKept) return environment;
  return { ...environment, HOME: home, SHELL: shell, ...(uid === 0 ? {} : { USER: name, LOGNAME: name }) };
}

/** The shell of who is not to log in. */
export const nologin: Program = function* nologinMain(): Running {
  yield* print('This account is currently not available.\n');
  return 1;
};
