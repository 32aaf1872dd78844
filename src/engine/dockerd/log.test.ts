/** What the json-file log has of a container's output, and what `docker logs` makes of it; asked of 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const logOf = (name: string): string => `$(docker inspect -f '{{.LogPath}}' ${name})`;

test('what is no UTF-8 is lost in the log, and control characters are long escapes there', () => {
  const host = bootHost();
  const told = (text: string) =>
    host.run(
      `docker run -d --name one --network none busybox printf '${text}'; sleep 1; cut -d, -f1 ${logOf('one')}; ` +
        'docker logs one > /tmp/told; od -An -tx1 /tmp/told; docker rm one',
    ).stdout;

  expect(
    told(String.raw`a\200 \303\251 \342\202`)
      .split('\n')
      .slice(1, -2),
  ).toEqual([String.raw`{"log":"a\ufffd é \ufffd\ufffd"`, ' 61 ef bf bd 20 c3 a9 20 ef bf bd ef bf bd']);
  expect(
    told(String.raw`\b \t \f \0 <"\342\200\250\r\n`)
      .split('\n')
      .slice(1, -2),
  ).toEqual([
    String.raw`{"log":"\u0008 \u0009 \u000c \u0000 \u003c\"\u2028\r\n"`,
    ' 08 20 09 20 0c 20 00 20 3c 22 e2 80 a8 0d 0a',
  ]);
});

test('with compress=true what is put aside is compressed, and told again', () => {
  const host = bootHost();
  host.run(
    'docker run -d --name one --network none --log-opt max-size=1k --log-opt max-file=3 --log-opt compress=true ' +
      "busybox sh -c 'for i in $(seq 60); do echo line $i xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done'; sleep 5",
  );
  const files = host.run(
    `cd $(dirname ${logOf('one')}); stat -c '%a %n' *json.log*; head -c 10 *.1.gz | od -An -tx1; grep -ac lastTime *.1.gz`,
  );

  expect(files.stdout.replaceAll(/[0-9a-f]{64}/g, 'ID')).toBe(
    '640 ID-json.log\n640 ID-json.log.1.gz\n640 ID-json.log.2.gz\n 1f 8b 08 04 00 00 00 00 00 ff\n1\n',
  );
  const told = host.run('docker logs one').stdout.split('\n').slice(0, -1);
  expect(told[0]).toBe(`line ${61 - told.length} xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`);
  expect(told.at(-1)).toMatch(/^line 60 /);
  expect(told.length).toBeGreaterThan(20);
});

test('a line of more than 16 KiB is several in the log, and --tail counts each', () => {
  const host = bootHost();
  host.run(
    `docker run -d --name one --network none busybox sh -c 'echo first; i=0; while [ $i -lt 4000 ]; do ` +
      "printf 0123456789; i=$((i+1)); done; echo; echo last'; sleep 5",
  );

  const lengths = (tail: number): string =>
    host.run(`docker logs --tail ${tail} one | awk '{ printf length($0) " " }'`).stdout;

  expect([1, 2, 3, 4, 5].map(lengths)).toEqual(['4 ', '7232 4 ', '23616 4 ', '40000 4 ', '5 40000 4 ']);
});
