/** `--volumes-from`, `--runtime`, `--ip` and what the client refuses of `--device`: answers of Docker 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name c1 -v /data -v named:/n -v /tmp:/t:ro busybox sleep 100000');

const mountsOf = (flags: string): string =>
  host.run(`docker run --rm ${flags} busybox grep -E ' /(data|n|t) ' /proc/mounts | cut -d' ' -f2,4 | cut -d, -f1`)
    .stdout;

test('a container takes the mounts of another one, each as writable as it is there', () => {
  expect(mountsOf('--volumes-from c1').split('\n').toSorted()).toEqual(['', '/data rw', '/n rw', '/t ro']);
  expect(mountsOf('--volumes-from c1:ro').split('\n').toSorted()).toEqual(['', '/data ro', '/n ro', '/t ro']);
});

test("a container's own mounts come before those of others, and an anonymous volume stays with its owner", () => {
  host.run('docker create --name c2 --volumes-from c1 -v /srv:/data busybox');
  const sources = "docker inspect -f '{{range .Mounts}}{{.Destination}} {{.Type}} {{end}}' c2";
  expect(host.run(sources).stdout).toBe('/n volume /t bind /data bind \n');
  host.run('docker create --name c3 --volumes-from c1 busybox');
  expect(host.run('docker rm -v c3').stdout).toBe('c3\n');
  expect(host.run('docker volume ls -q | wc -l').stdout).toBe('2\n');
});

test.each([
  ['--volumes-from c1:foo', 'Error response from daemon: invalid mode: foo'],
  ['--volumes-from nosuch', 'Error response from daemon: No such container: nosuch'],
  ['--volumes-from ""', 'Error response from daemon: volumes-from specification cannot be an empty string'],
  ['--runtime nosuch', 'Error response from daemon: unknown or invalid runtime name: nosuch'],
  [
    '--ip nope',
    'Error response from daemon: invalid config for network bridge: invalid endpoint settings:\n' +
      '* user specified IP address is supported on user defined networks only\n* invalid IPv4 address: nope\n' +
      '* user specified IP address is supported only when connecting to networks with user configured subnets',
  ],
  ['--device a:b:c:d', 'bad format for path: a:b:c:d'],
  ['--device /dev/fuse:/dev/foo:x', 'bad mode specified: x'],
  ['--device /dev/fuse:x', 'x is not an absolute path'],
])('docker run %s', (flags, words) => {
  const told = host.run(`docker run --rm ${flags} busybox true`);
  expect([told.exitCode, told.stderr]).toEqual([125, `docker: ${words}.\nSee 'docker run --help'.\n`]);
});

test('the runtimes that docker info lists can be asked for', () => {
  host.run('docker run -d --name c4 --runtime io.containerd.runc.v2 busybox sleep 100');
  expect(host.run("docker inspect -f '{{.HostConfig.Runtime}} {{.State.Status}}' c4 c1").stdout).toBe(
    'io.containerd.runc.v2 running\nrunc running\n',
  );
});
