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

// moby: ShutdownTimeout() and its five seconds more than the longest grace period.
test.each([
  ['', 15],
  ['--stop-timeout 4', 15],
  ['--stop-timeout 11', 16],
  ['--stop-timeout 30', 35],
])('a daemon that ends waits for containers %s until %i s have passed', (option, seconds) => {
  const other = bootHost();
  other.run(`echo '{"debug": true}' > /etc/docker/daemon.json; systemctl restart docker`);
  other.run(`docker run -d ${option} busybox sleep 1000; systemctl stop docker`);
  expect(other.run('journalctl -u docker -o cat').stdout).toContain(
    `start clean shutdown of all containers with a ${seconds} seconds timeout...`,
  );
});

test.each([
  ['', 10],
  ['--stop-timeout 3', 3],
])('an end that nobody tells is taken for granted a grace period after a signal: docker run %s', (option, seconds) => {
  const other = bootHost();
  other.run(`docker run -d --name c1 ${option} busybox sleep 1000; systemctl stop containerd`);
  other.run("kill -9 $(docker inspect -f '{{.State.Pid}}' c1); systemctl start containerd");
  const state = "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' c1";
  const wait = `sleep ${seconds - 0.5}; ${state}; sleep 1; ${state}`;

  expect(other.run(`sleep 9; ${state}; docker kill -s TERM c1; ${wait}`).stdout).toBe(
    'running 0\nc1\nrunning 0\nexited 0\n',
  );
});

test('/dev/shm that others may join is as that of one container: nothing in it is executed, and it has 64 MiB', () => {
  const options = (ipc: string): string =>
    host.run(`docker run --rm --ipc ${ipc} busybox grep -o ' /dev/shm .*' /proc/mounts`).stdout;

  expect(options('shareable')).toContain('rw,nosuid,nodev,noexec,relatime,size=65536k');
  expect(options('shareable')).toBe(options('private'));
});
