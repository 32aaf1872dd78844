/** `ulimit`: the shell's resource limits, which what it runs inherits. Man page: dash(1). */
import type { ResourceLimit, ResourceName, Running } from '../../../kernel/abi.ts';
import { isErrno, strerror } from '../../../kernel/errno.ts';
import * as sys from '../../../kernel/sys.ts';
import { complain, print } from '../../io.ts';
import { ShellError } from '../flow.ts';
import type { Shell } from '../shell.ts';

interface Row {
  readonly resource: ResourceName;
  readonly label: string;
  /** Bytes, or what the kernel counts, in one of what is printed. */
  readonly factor: number;
}

const row = (resource: ResourceName, label: string, factor = 1): Row => ({ resource, label, factor });
const rows: Readonly<Record<string, Row>> = {
  t: row('RLIMIT_CPU', 'time(seconds)'),
  f: row('RLIMIT_FSIZE', 'file(blocks)', 512),
  d: row('RLIMIT_DATA', 'data(kbytes)', 1024),
  s: row('RLIMIT_STACK', 'stack(kbytes)', 1024),
  c: row('RLIMIT_CORE', 'coredump(blocks)', 512),
  m: row('RLIMIT_RSS', 'memory(kbytes)', 1024),
  l: row('RLIMIT_MEMLOCK', 'locked memory(kbytes)', 1024),
  p: row('RLIMIT_NPROC', 'process'),
  n: row('RLIMIT_NOFILE', 'nofiles'),
  v: row('RLIMIT_AS', 'vmemory(kbytes)', 1024),
  w: row('RLIMIT_LOCKS', 'locks'),
  r: row('RLIMIT_RTPRIO', 'rtprio'),
};

/** busybox: shell/shell_common.c, limits_tbl. */
const ashRows: Readonly<Record<string, Row>> = {
  c: row('RLIMIT_CORE', 'core file size (blocks)', 512),
  d: row('RLIMIT_DATA', 'data seg size (kb)', 1024),
  e: row('RLIMIT_NICE', 'scheduling priority'),
  f: row('RLIMIT_FSIZE', 'file size (blocks)', 512),
  i: row('RLIMIT_SIGPENDING', 'pending signals'),
  l: row('RLIMIT_MEMLOCK', 'max locked memory (kb)', 1024),
  m: row('RLIMIT_RSS', 'max memory size (kb)', 1024),
  n: row('RLIMIT_NOFILE', 'open files'),
  q: row('RLIMIT_MSGQUEUE', 'POSIX message queues (bytes)'),
  r: row('RLIMIT_RTPRIO', 'real-time priority'),
  s: row('RLIMIT_STACK', 'stack size (kb)', 1024),
  t: row('RLIMIT_CPU', 'cpu time (seconds)'),
  u: row('RLIMIT_NPROC', 'max user processes'),
  v: row('RLIMIT_AS', 'virtual memory (kb)', 1024),
  x: row('RLIMIT_LOCKS', 'file locks'),
};

/** `ulimit [-SH] [-a | -LETTER [LIMIT]]`: prints a limit, or sets the soft one, the hard one, or both. */
export function* ulimit(shell: Shell, argv: readonly string[]): Running<number> {
  const words = argv.slice(1);
  const letters = words.filter((word) => word.startsWith('-')).join('');
  const operand = words.find((word) => !word.startsWith('-'));
  const wanted = letters.replaceAll(/[-SH]/g, '');
  if (wanted.includes('a')) {
    yield* printAll(shell, letters);
    return 0;
  }
  const found = (shell.dialect.name === 'ash' ? ashRows : rows)[wanted.charAt(0) || 'f'];
  if (!found && shell.dialect.name === 'ash') {
    yield* complain('ulimit', `invalid option -- '${wanted.charAt(0)}'`);
    return 1;
  }
  if (!found) throw new ShellError(`Illegal option -${wanted.charAt(0)}`, 2, 'ulimit');
  if (operand === undefined) yield* print(`${yield* shown(found, letters)}\n`);
  else yield* set(found, letters, operand);
  return 0;
}

function* printAll({ dialect }: Shell, letters: string): Running<void> {
  if (dialect.name === 'ash') {
    for (const [letter, { label, ...each }] of Object.entries(ashRows))
      yield* print(`${label.padEnd(32)}(-${letter}) ${yield* shown(each, letters)}\n`);
    return;
  }
  for (const { label, ...each } of Object.values(rows))
    yield* print(`${label.padEnd(20)} ${yield* shown(each, letters)}\n`);
}

function* shown({ resource, factor }: Pick<Row, 'resource' | 'factor'>, letters: string): Running<string> {
  const limit = yield* sys.prlimit(0, resource);
  const value = letters.includes('H') ? limit.hard : limit.soft;
  return Number.isFinite(value) ? String(Math.floor(value / factor)) : 'unlimited';
}

function* set({ resource, factor }: Row, letters: string, operand: string): Running<void> {
  if (operand !== 'unlimited' && !/^\d+$/.test(operand)) throw new ShellError('bad number', 2, 'ulimit');
  const value = operand === 'unlimited' ? Number.POSITIVE_INFINITY : Number(operand) * factor;
  const old = yield* sys.prlimit(0, resource);
  const both = !letters.includes('S') && !letters.includes('H');
  const wanted: ResourceLimit = {
    soft: both || letters.includes('S') ? value : old.soft,
    hard: both || letters.includes('H') ? value : old.hard,
  };
  try {
    yield* sys.prlimit(0, resource, wanted);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new ShellError(`error setting limit (${strerror(error.errno)})`, 2, 'ulimit');
  }
}
