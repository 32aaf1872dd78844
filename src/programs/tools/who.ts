/** who(1): the sessions of logind that have a terminal. coreutils: src/who.c. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { bootSeconds } from '../clock.ts';
import { print, readFileIfAny } from '../io.ts';
import { readAccounts } from './accounts.ts';
import { formatDate } from './calendar.ts';
import { parseOptions, refuseOptions } from './options.ts';
import { readProcess, readProcesses, terminalName } from './processes.ts';

interface Login {
  readonly user: string;
  readonly line: string;
  readonly atSeconds: number;
}

/** A session begins with the first process of its scope, which leads a session of the kernel too. */
export function* readLogins(): Running<Login[]> {
  const { users } = yield* readAccounts();
  const boot = yield* bootSeconds();
  const logins: Login[] = [];
  for (const { pid, ppid, sid, tty, uid, startTicks } of yield* readProcesses()) {
    if (sid !== pid || tty === 0 || ppid !== 1) continue;
    if (!/\/session-\d+\.scope$/m.test((yield* readFileIfAny(`/proc/${pid}/cgroup`)) ?? '')) continue;
    const atSeconds = boot + Math.floor(startTicks / 100);
    logins.push({ user: users.get(uid) ?? String(uid), line: terminalName(tty), atSeconds });
  }
  return logins;
}

/** `who [-bHmqs] [am i]` */
export function* whoMain(argv: readonly string[]): Running {
  const long = { boot: 'b', heading: 'H', count: 'q', short: 's' };
  const options = parseOptions(argv.slice(1), 'bHmqs', long);
  if (typeof options === 'string') return yield* refuseOptions('who', options, 'gnu');
  const row = (user: string, line: string, at: string): string => `${user.padEnd(8)} ${line.padEnd(12)} ${at}`;
  const dated = (seconds: number): string => formatDate('%F %R', seconds, 0);
  const logins = yield* readLogins();
  if (options.has('q')) {
    yield* print(`${logins.map(({ user }) => user).join(' ')}\n# users=${logins.length}\n`);
    return 0;
  }
  if (options.has('H')) yield* print(`${row('NAME', 'LINE', 'TIME').padEnd(38)} COMMENT\n`);
  if (options.has('b')) {
    yield* print(`${row('', 'system boot', dated(yield* bootSeconds()))}\n`);
    return 0;
  }
  const own = options.has('m') || options.operands.length === 2 ? yield* ownLine() : null;
  for (const { user, line, atSeconds } of logins)
    if (own === null || own === line) yield* print(`${row(user, line, dated(atSeconds))}\n`);
  return 0;
}

function* ownLine(): Running<string> {
  return terminalName((yield* readProcess(yield* sys.getpid()))?.tty ?? 0);
}
