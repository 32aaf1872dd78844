/** Two containerds: the database has one owner (asked of a real 1.7.24). */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

test('a second containerd waits for the database of the first, whose socket it leaves alone', () => {
  const host = bootHost();
  const { stdout, stderr } = host.run(
    'docker run -d busybox sleep 1000 >/dev/null; containerd & sleep 12; ctr -n moby t ls -q | wc -l; kill $!; wait $!; echo $?',
  );

  expect(stdout).toBe('1\n1\n');
  expect(stderr.replaceAll(/time="\S+" /g, '')).toBe(
    'level=info msg="starting containerd" revision="1.7.24~ds1-6+deb13u1" version="1.7.24~ds1"\n' +
      'level=warning msg="waiting for response from boltdb open" plugin=bolt\n' +
      'containerd: context canceled\n',
  );
});

test('it serves once the first one has ended; Ctrl-C ends it as SIGTERM does', () => {
  const host = bootHost();
  const { stdout } = host.run(
    'docker run -d busybox sleep 1000 >/dev/null; systemctl stop docker containerd; ' +
      '{ containerd 2>/dev/null; echo $?; } & { sleep 1; ctr -n moby c ls -q | wc -l; ' +
      'containerd 2>/dev/null & sleep 1; pkill -INT -o containerd$; sleep 1; ctr -n moby c ls -q | wc -l; }',
  );

  expect(stdout).toBe('1\n0\n1\n');
});
