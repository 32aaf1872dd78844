/** What a container has when its command line says nothing of it, as far as no recording tells. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();

test('the environment: the path, the host’s name, a terminal’s kind, what is given, the home of its user', () => {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

  expect(host.run('docker run --rm -h box -e A=b busybox env').stdout).toBe(`${path}\nHOSTNAME=box\nA=b\nHOME=/root\n`);
  expect(host.run('docker run --rm -t -h box busybox env').stdout.replaceAll('\r', '')).toBe(
    `${path}\nHOSTNAME=box\nTERM=xterm\nHOME=/root\n`,
  );
  expect(host.run('docker run -d --name id busybox sleep 1000').exitCode).toBe(0);
  expect(host.run('[ "$(docker exec id printenv HOSTNAME)" = "$(docker ps -qf name=id)" ]').exitCode).toBe(0);
});

test('a container that ignores SIGTERM has ten seconds', () => {
  const { stdout } = host.run('docker run -d --name deaf busybox sleep 1000; date +%s; docker stop deaf; date +%s');
  const [, began, , ended] = stdout.split('\n');

  expect(Number(ended) - Number(began)).toBe(10);
  expect(host.run('journalctl -u docker -o cat').stdout).toContain('failed to exit within 10s of signal 15');
});

test('/dev/shm that others may join is as that of one container: nothing in it is executed, and it has 64 MiB', () => {
  const options = (ipc: string): string =>
    host.run(`docker run --rm --ipc ${ipc} busybox grep -o ' /dev/shm .*' /proc/mounts`).stdout;

  expect(options('shareable')).toContain('rw,nosuid,nodev,noexec,relatime,size=65536k');
  expect(options('shareable')).toBe(options('private'));
});
