/** capsh(1) and getpcaps(8) of libcap: sets of capabilities in words. What a process may is read from /proc. */
import { capabilityNames, type Running } from '../../kernel/abi.ts';
import { complain, print, readFileIfAny } from '../io.ts';
import { readAccounts } from './accounts.ts';

const names = capabilityNames.map((name) => `cap_${name.toLowerCase()}`);

/** `cap_chown,cap_kill` */
function namesIn(mask: bigint): string {
  return names.filter((_, at) => (mask & (1n << BigInt(at))) !== 0n).join(',');
}

/** The line of /proc/PID/status with that name; undefined for a process that is not there. */
function* statusOf(pid: string): Running<((name: string) => string) | undefined> {
  const text = yield* readFileIfAny(`/proc/${pid}/status`);
  if (text === null) return undefined;
  const fields = new Map(text.split('\n').map((line) => [line.split(':')[0] ?? '', line.split(':')[1]?.trim() ?? '']));
  return (name) => fields.get(name) ?? '';
}

function maskOf(hexadecimal: string): bigint {
  const digits = /^(?:0x)?([0-9a-f]+)/i.exec(hexadecimal)?.[1] ?? '0';
  return BigInt(`0x${digits}`);
}

/** `=ep`, `cap_chown,cap_kill=ep`, `=ep cap_sys_resource-ep`. libcap: cap_text.c, cap_to_text(). */
function setsInWords(status: (name: string) => string): string {
  const sets = { e: maskOf(status('CapEff')), i: maskOf(status('CapInh')), p: maskOf(status('CapPrm')) };
  const flagsOf = (at: number): string =>
    (['e', 'i', 'p'] as const).filter((flag) => (sets[flag] & (1n << BigInt(at))) !== 0n).join('');
  const groups = new Map<string, string[]>();
  for (const [at, name] of names.entries()) {
    const flags = flagsOf(at);
    groups.set(flags, [...(groups.get(flags) ?? []), name]);
  }
  const [usual = ''] = [...groups].toSorted(([, one], [, other]) => other.length - one.length).map(([flags]) => flags);
  const others = [...groups].filter(([flags]) => flags !== usual);
  const differing = others.map(([flags, members]) => {
    const [more, less] = [without(flags, usual), without(usual, flags)];
    const gained = more === '' ? '' : `${usual === '' ? '=' : '+'}${more}`;
    return `${members.join(',')}${gained}${less === '' ? '' : `-${less}`}`;
  });
  return [...(usual === '' && others.length > 0 ? [] : [`=${usual}`]), ...differing].join(' ');
}

function without(flags: string, taken: string): string {
  return flags
    .split('')
    .filter((flag) => !taken.includes(flag))
    .join('');
}

/** `getpcaps PID…` */
export function* getpcapsMain(argv: readonly string[]): Running {
  const pids = argv.slice(1);
  if (pids.length === 0) {
    yield* print(`${getpcapsUsage}\n`, 2);
    return 1;
  }
  for (const pid of pids) {
    if (!/^\d+$/.test(pid)) {
      yield* print(`Cannot parse pid ${pid}: (Invalid argument)\n`, 2);
      return 1;
    }
    const status = yield* statusOf(pid === '0' ? 'self' : pid);
    if (status === undefined) {
      yield* print(`Failed to get cap's for process ${pid}: (No such process)\n`, 2);
      return 1;
    }
    yield* print(`${pid}: ${setsInWords(status)}\n`);
  }
  return 0;
}

const getpcapsUsage = `usage: getcaps [opts] <pid> [<pid> ...]

  This program displays the capabilities on the queried process(es).
  The capabilities are displayed in the cap_from_text(3) format.

  Optional arguments:
     --help, -h or --usage display this message.
     --verbose             use a more verbose output format.
     --ugly or --legacy    use the archaic legacy output format.
     --iab                 show IAB of process too.
     --license             display license info`;

/** `capsh --print`, `capsh --decode=MASK`, `capsh --has-p=NAME`, in order. */
export function* capshMain(argv: readonly string[]): Running {
  for (const word of argv.slice(1)) {
    const [, option = '', value = ''] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
    const status = (yield* statusOf('self')) ?? (() => '');
    switch (option) {
      case 'print':
        yield* print(yield* everythingOf(status));
        break;
      case 'current':
        yield* print(`Current: ${setsInWords(status)}\n`);
        break;
      case 'decode': {
        const mask = maskOf(value);
        yield* print(`0x${mask.toString(16).padStart(16, '0')}=${namesIn(mask)}\n`);
        break;
      }
      case 'has-p':
        if (
          !namesIn(maskOf(status('CapPrm')))
            .split(',')
            .includes(value.toLowerCase())
        ) {
          yield* print(`cap[${value}] not permitted\n`, 2);
          return 1;
        }
        break;
      default:
        yield* complain(
          'glassdock',
          `capsh ${word} is not modelled yet: --print, --current, --decode= and --has-p= are`,
        );
        return 1;
    }
  }
  return 0;
}

function* everythingOf(status: (name: string) => string): Running<string> {
  const bounding = maskOf(status('CapBnd'));
  const dropped = names.filter((_, at) => (bounding & (1n << BigInt(at))) === 0n).map((name) => `!${name}`);
  const { users, groups } = yield* readAccounts();
  const [uid = 0, euid = uid] = status('Uid').split('\t').map(Number);
  const gid = Number(status('Gid').split('\t')[0]);
  const user = (id: number): string => `${id}(${users.get(id) ?? '???'})`;
  const group = (id: number): string => `${id}(${groups.get(id) ?? '???'})`;
  const memberOf = status('Groups')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
  return (
    `Current: ${setsInWords(status)}\nBounding set =${namesIn(bounding)}\n` +
    `Ambient set =${namesIn(maskOf(status('CapAmb')))}\nCurrent IAB: ${dropped.join(',')}\n` +
    `Securebits: 00/0x0/1'b0 (no-new-privs=${status('NoNewPrivs')})\n` +
    ' secure-noroot: no (unlocked)\n secure-no-suid-fixup: no (unlocked)\n' +
    ' secure-keep-caps: no (unlocked)\n secure-no-ambient-raise: no (unlocked)\n' +
    `uid=${user(uid)} euid=${user(euid)}\ngid=${group(gid)}\ngroups=${memberOf.map(group).join(',')}\n` +
    'Guessed mode: HYBRID (4)\n'
  );
}
