/** id(1), whoami(1), groups: who the caller is, with names from /etc/passwd and /etc/group of its root. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, readFileIfAny } from '../io.ts';
import { accountMeant, readAccounts } from './accounts.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** The supplementary ones. */
  readonly groups: readonly number[];
}

/** The caller's own, as /proc/self/status has them; without /proc only the user is known. */
function* ownIdentity(): Running<Identity> {
  const status = (yield* readFileIfAny('/proc/self/status')) ?? '';
  const uid = yield* sys.getuid();
  const [, groups = ''] = /^Groups:\s(.*)/m.exec(status) ?? [];
  return {
    uid,
    gid: Number(/^Gid:\s+(\d+)/m.exec(status)?.[1] ?? uid),
    groups: groups
      .split(' ')
      .filter((group) => group !== '')
      .map(Number),
  };
}

export const id = (flavour: Flavour): Program =>
  function* idMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'agGnruz', {
      user: 'u',
      group: 'g',
      groups: 'G',
      name: 'n',
      real: 'r',
    });
    if (typeof options === 'string') return yield* refuseOptions('id', options, flavour);
    const [operand] = options.operands;
    const who = operand === undefined ? yield* ownIdentity() : yield* accountMeant(operand);
    if (who === null) {
      yield* complain('id', flavour === 'gnu' ? `${quoted(operand ?? '')}: no such user` : `unknown user ${operand}`);
      return 1;
    }
    const accounts = yield* readAccounts();
    const { uid, gid } = who;
    const groups = [gid, ...who.groups.filter((each) => each !== gid)];
    const shown = (number: number, names: ReadonlyMap<number, string>): string =>
      options.has('n') ? (names.get(number) ?? String(number)) : String(number);
    if (options.has('u')) yield* print(`${shown(uid, accounts.users)}\n`);
    else if (options.has('g')) yield* print(`${shown(gid, accounts.groups)}\n`);
    else if (options.has('G')) yield* print(`${groups.map((group) => shown(group, accounts.groups)).join(' ')}\n`);
    else {
      const named = (number: number, names: ReadonlyMap<number, string>): string =>
        `${number}${names.has(number) ? `(${names.get(number) ?? ''})` : ''}`;
      const all = (flavour === 'gnu' ? groups : who.groups).map((group) => named(group, accounts.groups)).join(',');
      const list = all === '' ? '' : ` groups=${all}`;
      yield* print(`uid=${named(uid, accounts.users)} gid=${named(gid, accounts.groups)}${list}\n`);
    }
    return 0;
  };

/** groups(1) of coreutils: of the caller, or of each user named. */
export const groups: Program = function* groupsMain(argv): Running {
  const options = parseOptions(argv.slice(1), '');
  if (typeof options === 'string') return yield* refuseOptions('groups', options, 'gnu');
  const names = (yield* readAccounts()).groups;
  const told = ({ gid, groups: more }: Identity): string =>
    [gid, ...more.filter((each) => each !== gid)].map((each) => names.get(each) ?? String(each)).join(' ');
  let status = 0;
  if (options.operands.length === 0) yield* print(`${told(yield* ownIdentity())}\n`);
  for (const name of options.operands) {
    const who = yield* accountMeant(name);
    if (who === null) {
      yield* complain('groups', `${quoted(name)}: no such user`);
      status = 1;
    } else yield* print(`${name} : ${told(who)}\n`);
  }
  return status;
};

export const whoami = (flavour: Flavour): Program =>
  function* whoamiMain(argv): Running {
    if (argv[1] !== undefined) return yield* refuseOptions('whoami', `extra operand ${quoted(argv[1])}`, flavour);
    const uid = yield* sys.getuid();
    const name = (yield* readAccounts()).users.get(uid);
    if (name === undefined) {
      yield* complain('whoami', flavour === 'gnu' ? `cannot find name for user ID ${uid}` : `unknown uid ${uid}`);
      return 1;
    }
    yield* print(`${name}\n`);
    return 0;
  };
