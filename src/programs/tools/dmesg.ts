/** dmesg(1): the kernel's log. util-linux: sys-utils/dmesg.c; busybox: util-linux/dmesg.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { bootSeconds } from '../clock.ts';
import { complain, errnoWords, print } from '../io.ts';
import { formatDate } from './calendar.ts';
import { parseOptions, refuseOptions, type Options } from './options.ts';

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/**
 * `[    5.140900] text`; `-t` without the time, `-T` with the clock's, `-x` with the level, `-r` as the kernel keeps
 * it, `-l` chooses levels, `-w` goes on as more is said.
 */
export const dmesgMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'tTwkxrl:n:', {
    notime: 't',
    follow: 'w',
    kernel: 'k',
    ctime: 'T',
    decode: 'x',
    raw: 'r',
    level: 'l',
    'console-level': 'n',
  });
  if (typeof options === 'string') return yield* refuseOptions('dmesg', options, 'gnu');
  const wanted = options.values.get('l')?.split(',');
  const unknown = wanted?.find((level) => !levels.includes(level));
  if (unknown !== undefined) {
    yield* complain('dmesg', `unknown level '${unknown}'`);
    return 1;
  }
  let fd: number;
  try {
    fd = yield* sys.open('/dev/kmsg', O.RDONLY | (options.has('w') ? 0 : O.NONBLOCK));
  } catch (error) {
    yield* complain('dmesg', `read kernel buffer failed: ${errnoWords(error)}`);
    return 1;
  }
  const bootedAt = yield* bootSeconds();
  for (;;) {
    let record: string;
    try {
      record = yield* sys.read(fd);
    } catch (error) {
      if (isErrno(error, 'EAGAIN')) return 0;
      throw error;
    }
    const [, priority = '6', microseconds = '0', text = ''] = /^(\d+),\d+,(\d+),[^;]*;([^]*)$/.exec(record) ?? [];
    const level = levels[Number(priority)] ?? '';
    if (wanted && !wanted.includes(level)) continue;
    yield* print(recordLine(options, { priority, level, microseconds: Number(microseconds), text }, bootedAt));
  }
};

interface LogRecord {
  readonly priority: string;
  readonly level: string;
  readonly microseconds: number;
  readonly text: string;
}

function recordLine(options: Options, { priority, level, microseconds, text }: LogRecord, bootedAt: number): string {
  const seconds = microseconds / 1e6;
  const elapsed = `[${seconds.toFixed(6).padStart(12)}] `;
  if (options.has('r')) return `<${priority}>${elapsed}${text}`;
  const clock = `[${formatDate('%a %b %e %H:%M:%S %Y', bootedAt + Math.floor(seconds), 0)}] `;
  const time = options.has('t') ? '' : options.has('T') ? clock : elapsed;
  return `${options.has('x') ? `kern  :${level.padEnd(6)}: ` : ''}${time}${text}`;
}

/** In a container: kernel.dmesg_restrict is on, and CAP_SYSLOG is not given. */
export const busyboxDmesgMain: Program = function* (): Running {
  yield* complain('dmesg', 'klogctl: Operation not permitted');
  return 1;
};
