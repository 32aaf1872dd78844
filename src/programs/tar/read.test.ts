/** Where an archive may end: asked of Docker 26.1.5, GNU tar 1.34 and busybox 1.35 with the same files. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';

const host = bootHost();
host.run(`mkdir /src; cd /src; head -c 700 /dev/zero | tr '\\0' x > one; printf yyyyyyyyyy > two; tar cf /a.tar one two
docker run -d --name box --network none busybox sleep 100000`);
const gnuCut = 'tar: Unexpected EOF in archive\n'.repeat(2) + 'tar: Error is not recoverable: exiting now\n';

test.each([
  ['amid content', 800, 1, '288 -', gnuCut, 0, 'tar: short read\n'],
  ['at the end of content', 1212, 0, '700 -', gnuCut, 512, ''],
  ['in the zeros behind it', 1300, 0, '700 -', gnuCut, 512, ''],
  ['between members', 1536, 0, '700 -', '', 700, ''],
  ['amid a header', 1700, 1, '700 -', '', 700, 'tar: short read\n'],
  ['in the zeros behind the last member', 2058, 0, '700 10', gnuCut, 700, ''],
  ['amid an empty block', 2800, 1, '700 10', '', 700, 'tar: short read\n'],
  ['behind one', 3072, 0, '700 10', 'tar: A lone zero block at 6\n', 700, ''],
  ['amid the second', 3300, 1, '700 10', 'tar: A lone zero block at 6\n', 700, 'tar: short read\n'],
])('an archive that ends %s', (_, bytes, exitCode, sizes, gnu, gnuSize, busybox) => {
  host.run(`head -c ${bytes} /a.tar > /cut.tar; docker exec box sh -c 'rm -rf /d /e; mkdir /d /e'`);
  const size = (file: string): string => `$(wc -c < ${file} 2>/dev/null || echo -)`;
  const copied = host.run('docker cp - box:/d < /cut.tar');
  expect([copied.exitCode, copied.stderr]).toEqual([
    exitCode,
    exitCode === 0 ? '' : 'Error response from daemon: unexpected EOF\n',
  ]);
  expect(host.run(`docker exec box sh -c 'echo ${size('/d/one')} ${size('/d/two')}'`).stdout).toBe(`${sizes}\n`);
  expect(host.run('rm -rf /x; mkdir /x; cd /x; tar xf /cut.tar').stderr).toBe(gnu);
  expect(Number(host.run('wc -c < /x/one').stdout)).toBe(gnuSize);
  host.run('docker cp /cut.tar box:/');
  expect(host.run("docker exec box sh -c 'cd /e; tar xf /cut.tar'").stderr).toBe(busybox);
});
