import { expect, test } from 'vitest';
import { run } from './shell.fixture.ts';

test('redis serves its clients by exec, over the bridge and through a published port, and ends when one asks', () => {
  const { texts } = run([
    'docker run -d --name redis -p 6379:6379 redis >/dev/null; sleep 1; docker exec redis redis-cli ping',
    'docker exec redis sh -c \'redis-cli set a "b c"; redis-cli get a; redis-cli incr a; redis-cli get; redis-cli foo x\'',
    'docker exec redis sh -c \'printf "incr n\\nincr n\\nkeys n*\\n" | redis-cli\'; docker run --rm redis redis-cli -h 172.17.0.2 dbsize',
    "docker exec redis redis-cli -p 7 ping; echo $?; docker exec redis redis-server | tail -n 1 | sed 's/.*# //'",
    "docker exec redis redis-cli shutdown; sleep 1; docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' redis",
  ]);
  expect(texts).toEqual([
    'PONG\n',
    'OK\nb c\nERR value is not an integer or out of range\n\n' +
      "ERR wrong number of arguments for 'get' command\n\n" +
      "ERR unknown command 'foo', with args beginning with: 'x' \n\n",
    '1\n2\nn\n2\n',
    'Could not connect to Redis at 127.0.0.1:7: Connection refused\n1\nFailed listening on port 6379 (tcp), aborting.\n',
    'exited 0\n',
  ]);
});
