/** ps as busybox has it, with DESKTOP=y: every process there is, in columns that -o chooses. busybox: procps/ps.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { readAccounts, type Accounts } from '../tools/accounts.ts';
import { readProcesses, stateFlags, type Process } from '../tools/processes.ts';

interface Column {
  readonly header: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly value: (process: Process, about: About) => string;
}

interface About {
  readonly accounts: Accounts;
  readonly uptimeSeconds: number;
}

const widest = 2047;
const clockTicks = 100;
const number = (header: string, value: (process: Process) => number): Column => ({
  header,
  width: 5,
  align: 'right',
  value: (process) => String(value(process)),
});
const left = (header: string, width: number, value: Column['value']): Column => ({
  header,
  width,
  align: 'left',
  value,
});
const right = (header: string, width: number, value: Column['value']): Column => ({
  header,
  width,
  align: 'right',
  value,
});
const userOf: Column['value'] = ({ uid }, { accounts }) => accounts.users.get(uid) ?? String(uid);
const groupOf: Column['value'] = ({ gid }, { accounts }) => accounts.groups.get(gid) ?? String(gid);
const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const columns: Readonly<Record<string, Column>> = {
  user: left('USER', 8, userOf),
  group: left('GROUP', 8, groupOf),
  comm: left('COMMAND', 16, ({ comm }) => comm),
  args: left('COMMAND', widest, processLine),
  pid: number('PID', ({ pid }) => pid),
  ppid: number('PPID', ({ ppid }) => ppid),
  pgid: number('PGID', ({ pgid }) => pgid),
  etime: right('ELAPSED', 7, ({ startTicks }, { uptimeSeconds }) =>
    minutes(Math.max(0, uptimeSeconds - startTicks / clockTicks)).padStart(5, '0'),
  ),
  nice: number('NI', ({ nice }) => nice),
  rgroup: left('RGROUP', 8, groupOf),
  ruser: left('RUSER', 8, userOf),
  time: right('TIME', 5, ({ ticks }) => minutes(ticks / clockTicks)),
  tty: left('TT', 6, ({ tty }) => (tty === 0 ? '?' : `${tty >> 8},${tty & 0xff}`)),
  vsz: right('VSZ', 4, ({ virtualBytes }) => shortSize(virtualBytes / 1024)),
  sid: number('SID', ({ sid }) => sid),
  stat: left('STAT', 4, (process) => stateFlags(process).slice(0, 1)),
  rss: right('RSS', 4, ({ residentPages }) => shortSize(residentPages * 4)),
};

/** Kilobytes in four characters: 3060, 12m. */
function shortSize(kilobytes: number): string {
  return kilobytes < 10_000 ? String(Math.floor(kilobytes)) : `${Math.floor(kilobytes / 1024)}m`;
}

/**
 * The command line; a process that goes by another name than its argv[0] has that in braces (an applet in the forked
 * shell).
 */
export function processLine({ argv, comm }: Process): string {
  const [first] = argv;
  if (first === undefined) return `[${comm}]`;
  const line = argv.join(' ').replaceAll(/[^\x20-\x7e]/g, '?');
  const own = first.split(' ')[0]?.split('/').at(-1)?.replace(/^-/, '') ?? '';
  return own.startsWith(comm) ? line : `{${comm}} ${line}`;
}

export const busyboxPs: Program = function* busyboxPsMain(argv): Running {
  const wanted: Column[] = [];
  for (const name of columnNames(argv.slice(1))) {
    const [key, header] = splitHeader(name);
    const column = columns[key];
    if (column === undefined) {
      yield* complain('ps', `bad -o argument '${name}', supported arguments: ${Object.keys(columns).join(',')}`);
      return 1;
    }
    wanted.push(header === undefined ? column : { ...column, header, width: Math.max(column.width, header.length) });
  }
  const about: About = { accounts: yield* readAccounts(), uptimeSeconds: (yield* sys.monotonic()) / 1e9 };
  const heads = wanted.map(({ header, width }, index) =>
    index === wanted.length - 1 ? header : header.padEnd(Math.min(width, 100)),
  );
  // An empty header for every column means none at all.
  if (wanted.some(({ header }) => header !== '')) yield* print(`${heads.join(' ')}\n`);
  for (const process of yield* readProcesses())
    yield* print(
      `${wanted.map((column, index) => cell(column, process, about, index === wanted.length - 1)).join(' ')}\n`,
    );
  return 0;
};

function cell({ width, align, value }: Column, process: Process, about: About, isLast: boolean): string {
  const text = value(process, about).slice(0, width);
  if (align === 'right') return text.padStart(width);
  return isLast ? text : text.padEnd(width);
}

/** What every -o asks for; other options choose processes elsewhere and are ignored here, as busybox does. */
function columnNames(words: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const list = /^-[a-zA-Z]*o(.*)$/.exec(words[at] ?? '')?.[1];
    if (list === undefined) continue;
    names.push(...(list === '' ? (words[(at += 1)] ?? '') : list).split(','));
  }
  return names.length === 0 ? ['pid', 'user', 'time', 'args'] : names;
}

function splitHeader(name: string): readonly [string, string?] {
  const at = name.indexOf('=');
  return at === -1 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}
