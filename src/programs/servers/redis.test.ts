import { expect, test } from 'vitest';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { stage } from '../programs.fixture.ts';
import { redisCliMain } from './redis-cli.ts';
import { redisMain } from './redis.ts';

/** A server on the loopback device, and `say`, which sends its operands' text and prints all that comes back. */
function redisStage() {
  const at = stage({
    'redis-server': redisMain,
    'redis-cli': redisCliMain,
    *up() {
      yield* sys.netlink({ op: 'up', name: 'lo' });
      return 0;
    },
    *say([, text = '']) {
      const fd = yield* sys.connect({ address: '127.0.0.1', port: 6379 });
      yield* sys.write(fd, text.replaceAll('|', '\r\n'));
      for (let part = yield* sys.read(fd); part !== ''; part = yield* sys.read(fd)) yield* print(part);
      return 0;
    },
  });
  at.sh('up; redis-server >/tmp/log & sleep 0.1');
  return at;
}

test.each([
  ['*1|foo|', "-ERR Protocol error: expected '$', got 'f'\r\n"],
  ['*x|', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['*1|$x|', '-ERR Protocol error: invalid bulk length\r\n'],
  ['PING|*1|$-1|PING|', '+PONG\r\n-ERR Protocol error: invalid bulk length\r\n'],
  ['*1|$4|PING|*-1||QUIT|PING|', '+PONG\r\n+OK\r\n'],
  ['PING|POST / HTTP/1.1|', ''],
])('redis answers %j and closes', (text, reply) => {
  expect(redisStage().sh('say "$1"', 'sh', text)).toEqual({ out: reply, err: '', status: { code: 0 } });
});

test('redis hangs up on whoever speaks HTTP, says so in its log, and serves on', () => {
  const { out } = redisStage().sh(
    'curl -sS http://127.0.0.1:6379/ 2>&1; echo $?; grep -c "SECURITY ATTACK .* from 127.0.0.1:[0-9]* aborted" /tmp/log;' +
      'redis-cli ping',
  );
  expect(out).toBe('curl: (52) Empty reply from server\n52\n1\nPONG\n');
});

test('redis takes whole numbers as it writes them, and no command that it does not have', () => {
  const wrong = 'ERR value is not an integer or out of range\n\n';
  const { out } = redisStage().sh(
    'for by in 1e3 0x10 1.0 "" 01 -7; do redis-cli incrby a "$by"; done; redis-cli constructor',
  );
  expect(out).toBe(`${wrong.repeat(5)}-7\nERR unknown command 'constructor', with args beginning with: \n\n`);
});

test('redis-cli reads its port as atoi does', () => {
  const { err } = redisStage().sh('redis-cli -p abc ping; redis-cli -p 70000 ping');
  expect(err).toBe('Could not connect to Redis at 127.0.0.1:0: Connection refused\nInvalid server port.\n');
});
