/** redis-server: one process that serves until it is told to stop. No connection is served yet. */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { now, twoDigits } from '../clock.ts';

const startUpNs = 8_000_000;
const threads = 6;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function* redisMain(argv: readonly string[]): Running {
  if (argv.includes('--version') || argv.includes('-v')) {
    yield* print('Redis server v=8.2.3 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0\n');
    return 0;
  }
  const pid = yield* sys.getpid();
  let order: SignalName | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    yield* sys.sigaction(signal, function* (heard) {
      order = heard;
    });
  }
  yield* log(pid, 'C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
  yield* log(pid, 'C', '*', `Redis version=8.2.3, bits=64, commit=00000000, modified=0, pid=${pid}, just started`);
  yield* log(
    pid,
    'C',
    '#',
    'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
  );
  yield* sys.compute(startUpNs);
  yield* sys.setThreads(threads);
  yield* sys.setTitle('redis-server *:6379');
  yield* log(pid, 'M', '*', 'monotonic clock: POSIX clock_gettime');
  yield* log(pid, 'M', '*', 'Running mode=standalone, port=6379.');
  yield* log(pid, 'M', '*', 'Server initialized');
  yield* log(pid, 'M', '*', 'Ready to accept connections tcp');
  while (order === null) yield* rest();
  yield* log(pid, 'M', '*', `User requested shutdown...`);
  yield* log(pid, 'M', '*', 'Saving the final RDB snapshot before exiting.');
  yield* log(pid, 'M', '*', 'DB saved on disk');
  yield* log(pid, 'M', '#', 'Redis is now ready to exit, bye bye...');
  return 0;
}

function* rest(): Running<void> {
  try {
    yield* sys.pause();
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
  }
}

/** `1:M 24 Nov 2026 02:00:01.123 * Ready to accept connections tcp`. */
function* log(pid: number, role: 'C' | 'M', level: '*' | '#', text: string): Running<void> {
  const { year, month, day, hour, minute, second, millisecond } = yield* now();
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}.${String(millisecond).padStart(3, '0')}`;
  yield* print(`${pid}:${role} ${twoDigits(day)} ${months[month - 1] ?? ''} ${year} ${time} ${level} ${text}\n`);
}
