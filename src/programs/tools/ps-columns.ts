/** ps's columns: how each is called, how wide it is, and where it comes from. */
import { namespaceKinds } from '../../journal/event.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../io.ts';
import type { Accounts } from './accounts.ts';
import { twoDigits } from '../clock.ts';
import { formatDate } from './calendar.ts';
import { commandLine, stateFlags, terminalName, type Process } from './processes.ts';

export interface PsContext {
  readonly accounts: Accounts;
  readonly nowSeconds: number;
  readonly uptimeSeconds: number;
  readonly memoryKb: number;
}

export interface PsColumn {
  readonly header: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** The width was asked for: the header does not widen it. */
  readonly isExact?: boolean;
  /** Longer text is cut to the width. */
  readonly cuts: boolean;
  /** `--forest` draws its branches here. */
  readonly isCommand: boolean;
  readonly value: (process: Process, context: PsContext) => Running<string>;
}

type Plain = (process: Process, context: PsContext) => string | number;

function column(
  header: string,
  width: number,
  align: 'left' | 'right',
  value: Plain,
  options: { readonly cuts?: boolean; readonly isCommand?: boolean } = {},
): PsColumn {
  return {
    header,
    width,
    align,
    cuts: options.cuts ?? false,
    isCommand: options.isCommand ?? false,
    value: function* (process, context): Running<string> {
      return String(value(process, context));
    },
  };
}

const right = (header: string, width: number, value: Plain): PsColumn => column(header, width, 'right', value);
const left = (header: string, width: number, value: Plain): PsColumn => column(header, width, 'left', value);
const command = (header: string, width: number, value: Plain): PsColumn =>
  column(header, width, 'left', value, { isCommand: true });

/** A user's name, cut to the column as procps does, with a + for what is missing. */
const userName: Plain = ({ uid }, { accounts }) => {
  const name = accounts.users.get(uid) ?? String(uid);
  return name.length > 8 ? `${name.slice(0, 7)}+` : name;
};
const seconds = ({ ticks }: Process): number => Math.floor(ticks / 100);
const startedAt = ({ startTicks }: Process, { nowSeconds, uptimeSeconds }: PsContext): number =>
  nowSeconds - Math.floor(uptimeSeconds - startTicks / 100);
const age = ({ startTicks }: Process, { uptimeSeconds }: PsContext): number =>
  Math.max(0, Math.floor(uptimeSeconds - startTicks / 100));
const processorShare: Plain = (process, context) => {
  const lived = context.uptimeSeconds - process.startTicks / 100;
  return lived <= 0 ? '0.0' : Math.min(99.9, process.ticks / lived).toFixed(1);
};
const memoryShare: Plain = ({ residentPages }, { memoryKb }) =>
  Math.min(99.9, (residentPages * 400) / memoryKb).toFixed(1);

/** `[[dd-]hh:]mm:ss` */
function elapsed(total: number): string {
  const [days, hours, minutes] = [
    Math.floor(total / 86_400),
    Math.floor(total / 3600) % 24,
    Math.floor(total / 60) % 60,
  ];
  const tail = `${twoDigits(minutes)}:${twoDigits(total % 60)}`;
  return days > 0 ? `${days}-${twoDigits(hours)}:${tail}` : hours > 0 ? `${twoDigits(hours)}:${tail}` : tail;
}

function startTime(process: Process, context: PsContext): string {
  return formatDate(age(process, context) < 86_400 ? '%H:%M' : '%b%d', startedAt(process, context), 0);
}

const columns: Readonly<Record<string, PsColumn>> = {
  pid: right('PID', 7, ({ pid }) => pid),
  ppid: right('PPID', 7, ({ ppid }) => ppid),
  pgid: right('PGID', 7, ({ pgid }) => pgid),
  sid: right('SID', 7, ({ sid }) => sid),
  tpgid: right('TPGID', 7, ({ tpgid }) => tpgid),
  psr: right('PSR', 3, ({ processor }) => processor),
  nlwp: right('NLWP', 4, ({ threads }) => threads),
  user: column('USER', 8, 'left', userName),
  uid: right('UID', 5, ({ uid }) => uid),
  gid: right('GID', 5, ({ gid }) => gid),
  group: left('GROUP', 8, ({ gid }, { accounts }) => accounts.groups.get(gid) ?? gid),
  comm: command('COMMAND', 15, ({ comm }) => comm),
  ucmd: command('CMD', 15, ({ comm }) => comm),
  args: command('COMMAND', 27, commandLine),
  cmd: command('CMD', 27, commandLine),
  command: command('COMMAND', 27, commandLine),
  stat: left('STAT', 4, stateFlags),
  s: left('S', 1, ({ state }) => state),
  tty8: left('TTY', 8, ({ tty }) => terminalName(tty)),
  tty: left('TT', 8, ({ tty }) => terminalName(tty)),
  time: right('TIME', 8, (process) => {
    const total = seconds(process);
    return `${twoDigits(Math.floor(total / 3600))}:${twoDigits(Math.floor(total / 60) % 60)}:${twoDigits(total % 60)}`;
  }),
  bsdtime: right('TIME', 6, (process) => `${Math.floor(seconds(process) / 60)}:${twoDigits(seconds(process) % 60)}`),
  stime: column('STIME', 5, 'left', startTime),
  start5: column('START', 5, 'left', startTime),
  start: right('STARTED', 8, (process, context) => formatDate('%T', startedAt(process, context), 0)),
  lstart: right('STARTED', 24, (process, context) => formatDate('%c', startedAt(process, context), 0)),
  etime: right('ELAPSED', 11, (process, context) => elapsed(age(process, context))),
  etimes: right('ELAPSED', 7, age),
  pcpu: right('%CPU', 4, processorShare),
  c: right('C', 2, (process, context) => Math.floor(Number(processorShare(process, context)))),
  pmem: right('%MEM', 4, memoryShare),
  vsz: right('VSZ', 6, ({ virtualBytes }) => Math.floor(virtualBytes / 1024)),
  rss: right('RSS', 5, ({ residentPages }) => residentPages * 4),
  ni: right('NI', 3, ({ nice }) => nice),
  pri: right('PRI', 3, ({ nice }) => 19 - nice),
  priority: right('PRI', 3, ({ nice }) => 20 + nice),
  opri: right('PRI', 3, ({ nice }) => 80 + nice),
  cls: column('CLS', 3, 'left', () => 'TS'),
  lwp: right('LWP', 7, ({ pid }) => pid),
  spid: right('SPID', 7, ({ pid }) => pid),
  tid: right('TID', 7, ({ pid }) => pid),
  sz: { ...right('SZ', 5, ({ virtualBytes }) => Math.floor(virtualBytes / 4096)), isExact: true },
  addr: right('ADDR', 4, () => '-'),
  addr_1: { ...left('ADDR', 1, () => '-'), isExact: true },
  label: left('LABEL', 31, () => '-'),
  f: left('F', 1, ({ uid }) => (uid === 0 ? 4 : 0)),
  wchan: { ...fromFile('WCHAN', 6, 'wchan', (text) => (text === '' || text === '0' ? '-' : text)), cuts: true },
  cgroup: fromFile('CGROUP', 27, 'cgroup', (text) => text.trim().split('\n').join(',')),
};

const aliases: Readonly<Record<string, string>> = {
  sess: 'sid',
  session: 'sid',
  pgrp: 'pgid',
  euser: 'user',
  ruser: 'user',
  euid: 'uid',
  ruid: 'uid',
  egid: 'gid',
  rgid: 'gid',
  ucomm: 'comm',
  state: 's',
  tt: 'tty',
  tname: 'tty8',
  cputime: 'time',
  start_time: 'stime',
  bsdstart: 'start5',
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  vsize: 'vsz',
  rssize: 'rss',
  nice: 'ni',
  thcount: 'nlwp',
  flags: 'f',
  tgid: 'pid',
  context: 'label',
  pid7: 'pid',
  ppid7: 'ppid',
  stat4: 'stat',
};

/** The column that a format names, and the width that it asks for: `wchan:20`. */
export function columnOf(format: string): {
  readonly column: PsColumn | undefined;
  readonly width: string | undefined;
} {
  const [, name = format, width] = /^([^:]+):([1-9][0-9]*)$/.exec(format) ?? [];
  return { column: columnNamed(name), width };
}

function columnNamed(name: string): PsColumn | undefined {
  if (name === 'user8') return { ...columns['user'], header: 'UID' } as PsColumn;
  if (name === 'user8u') return columns['user'];
  const kind = namespaceKinds.find((one) => name === `${one}ns`);
  if (kind) return namespaceColumn(kind);
  return columns[aliases[name] ?? name];
}

function fromFile(header: string, width: number, file: string, show: (text: string) => string): PsColumn {
  return {
    header,
    width,
    align: 'left',
    cuts: false,
    isCommand: false,
    value: function* ({ pid }): Running<string> {
      return show((yield* readFileIfAny(`/proc/${pid}/${file}`)) ?? '');
    },
  };
}

function namespaceColumn(kind: string): PsColumn {
  return {
    header: `${kind.toUpperCase()}NS`,
    width: 10,
    align: 'right',
    cuts: false,
    isCommand: false,
    value: function* ({ pid }): Running<string> {
      try {
        return /\[(\d+)\]/.exec(yield* sys.readlink(`/proc/${pid}/ns/${kind}`))?.[1] ?? '-';
      } catch (error) {
        if (isErrno(error)) return '-';
        throw error;
      }
    },
  };
}
