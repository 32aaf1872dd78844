/** redis-server: one process that serves all its clients in turn, until it is told to stop. redis: src/ae.c. */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, print, writeAll } from '../io.ts';
import { now, twoDigits } from '../clock.ts';
import { runRedisCommand } from './redis-commands.ts';
import { readRequest, replyText } from './redis-protocol.ts';

const startUpNs = 8_000_000;
const threads = 6;
const port = 6379;
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
  // Who reads no answer any more is no reason to end.
  yield* sys.sigaction('SIGPIPE', 'ignore');
  yield* log(pid, 'C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
  yield* log(pid, 'C', '*', `Redis version=8.2.3, bits=64, commit=00000000, modified=0, pid=${pid}, just started`);
  yield* log(
    pid,
    'C',
    '#',
    'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
  );
  yield* sys.compute(startUpNs);
  yield* sys.setTitle('redis-server *:6379');
  yield* log(pid, 'M', '*', 'monotonic clock: POSIX clock_gettime');
  yield* log(pid, 'M', '*', 'Running mode=standalone, port=6379.');
  const listening = yield* bind(pid);
  if (listening === null) return 1;
  if (!(yield* startThreads(pid))) return 1;
  yield* log(pid, 'M', '*', 'Server initialized');
  yield* log(pid, 'M', '*', 'Ready to accept connections tcp');
  const server: Server = { listening, clients: new Map(), values: new Map() };
  while (order === null && !(yield* serveOnce(server)));
  yield* log(pid, 'M', '*', `User requested shutdown...`);
  yield* log(pid, 'M', '*', 'Saving the final RDB snapshot before exiting.');
  yield* log(pid, 'M', '*', 'DB saved on disk');
  yield* log(pid, 'M', '#', 'Redis is now ready to exit, bye bye...');
  return 0;
}

/** False once it has said that there can be no more. redis: src/bio.c, bioInit(). */
function* startThreads(pid: number): Running<boolean> {
  try {
    yield* sys.setThreads(threads);
    return true;
  } catch (error) {
    yield* log(pid, 'M', '#', `Fatal: Can't initialize Background Jobs. Error message: ${errnoWords(error)}`);
    return false;
  }
}

interface Server {
  readonly listening: number;
  /** What each has sent and is no whole command yet, by descriptor. */
  readonly clients: Map<number, string>;
  readonly values: Map<string, string>;
}

/** Null once it has said that the port is taken. */
function* bind(pid: number): Running<number | null> {
  try {
    return yield* sys.listen({ address: '::', port }, 511);
  } catch (error) {
    const why = errnoWords(error);
    yield* log(pid, 'M', '#', `Warning: Could not create server TCP listening socket *:${port}: bind: ${why}`);
    yield* log(pid, 'M', '#', `Failed listening on port ${port} (tcp), aborting.`);
    return null;
  }
}

/** One turn of the loop: whoever is ready. True when a client asked for the end. */
function* serveOnce(server: Server): Running<boolean> {
  const { listening, clients } = server;
  try {
    const ready = yield* sys.poll([listening, ...clients.keys()].map((fd) => ({ fd, events: ['in'] as const })));
    for (const { fd } of ready) {
      if (fd === listening) clients.set(yield* sys.accept(listening), '');
      else if (yield* serveClient(server, fd)) return true;
    }
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
  }
  return false;
}

function* serveClient({ clients, values }: Server, fd: number): Running<boolean> {
  try {
    const part = yield* sys.read(fd);
    const { replies, rest, next } = answer(values, (clients.get(fd) ?? '') + part);
    if (next === 'shut down') return true;
    if (next === 'abort') yield* warnOfAttack(fd);
    else if (replies !== '') yield* writeAll(fd, replies);
    clients.set(fd, rest);
    if (part !== '' && next === 'go on') return false;
  } catch (error) {
    if (!isErrno(error, 'EPIPE', 'ECONNRESET')) throw error;
  }
  clients.delete(fd);
  yield* sys.close(fd);
  return false;
}

interface Answer {
  readonly replies: string;
  /** What is no whole command yet. */
  readonly rest: string;
  readonly next: 'go on' | 'close' | 'abort' | 'shut down';
}

/** Runs the whole commands in `text`, up to one that ends the connection. */
function answer(values: Map<string, string>, text: string): Answer {
  let replies = '';
  let rest = text;
  for (let sent = readRequest(rest); sent !== null; sent = readRequest(rest)) {
    if ('wrong' in sent) {
      replies += replyText({ type: 'error', text: `ERR Protocol error: ${sent.wrong}` });
      return { replies, rest, next: 'close' };
    }
    rest = rest.slice(sent.bytes);
    const name = sent.words[0]?.toLowerCase();
    if (name === undefined) continue;
    if (name === 'shutdown') return { replies, rest, next: 'shut down' };
    // Whoever speaks HTTP: redis: securityWarningCommand(); what was replied before is dropped.
    if (name === 'post' || name === 'host:') return { replies, rest, next: 'abort' };
    replies += replyText(runRedisCommand(values, sent.words));
    if (name === 'quit') return { replies, rest, next: 'close' };
  }
  return { replies, rest, next: 'go on' };
}

function* warnOfAttack(fd: number): Running<void> {
  const { address, port: from } = yield* sys.getpeername(fd);
  yield* log(
    yield* sys.getpid(),
    'M',
    '#',
    'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. ' +
      'This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis ' +
      // redis has an IPv4 socket of its own, which maps no addresses.
      `instance. Connection from ${address.replace('::ffff:', '')}:${from} aborted.`,
  );
}

/** `1:M 24 Nov 2026 02:00:01.123 * Ready to accept connections tcp`. */
function* log(pid: number, role: 'C' | 'M', level: '*' | '#', text: string): Running<void> {
  const { year, month, day, hour, minute, second, millisecond } = yield* now();
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}.${String(millisecond).padStart(3, '0')}`;
  yield* print(`${pid}:${role} ${twoDigits(day)} ${months[month - 1] ?? ''} ${year} ${time} ${level} ${text}\n`);
}
