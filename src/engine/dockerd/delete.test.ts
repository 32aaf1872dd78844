import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';

/** A host with a running container `web`. */
function running(options = ''): Host {
  const host = bootHost();
  host.run(`docker run -d --name web --network none ${options} busybox sleep 1000`);
  return host;
}

// Over the whole of a removal, which takes less than three tenths of a second.
const moments = Array.from({ length: 12 }, (_, index) => index / 40);

test.for(['', '--restart always', '--rm'])('a container (%s) that rm -f has answered for is gone', (options) => {
  for (const seconds of moments) {
    const host = running(options);
    const { stdout } = host.run(`docker rm -f web & sleep ${seconds}; docker start web >/dev/null 2>&1; wait`);
    expect({ seconds, stdout, left: host.run('docker ps -aq').stdout }).toEqual({ seconds, stdout: 'web\n', left: '' });
  }
});

test('a container that is being removed cannot be started', () => {
  const told = moments.map((seconds) => {
    const other = running();
    return other.run(`docker rm -f web >/dev/null & sleep ${seconds}; docker start web; wait`).stderr;
  });
  expect(told).toContain(
    'Error response from daemon: container is marked for removal and cannot be started\n' +
      'Error: failed to start containers: web\n',
  );
});

test('of two that remove a container one is told that the other does', () => {
  const host = running();
  const id = host.run('docker ps -q').stdout.trim();
  const { stdout, stderr } = host.run(`docker rm -f web & sleep 0.02; docker rm -f ${id}; echo $?; wait`);
  expect(stderr).toBe(`Error response from daemon: removal of container ${id} is already in progress\n`);
  expect(stdout).toBe('1\nweb\n');
});

test('a container whose removal was refused can be removed later', () => {
  const host = running();
  expect(host.run('docker rm web').exitCode).toBe(1);
  host.run('docker stop -t 0 web');
  expect(host.run('docker rm web').stdout).toBe('web\n');
});

test('whoever asks about a container with --rm while it ends is answered before it is removed', () => {
  const seen = moments.map((seconds) => {
    const { stdout } = running('--rm').run(`docker kill web >/dev/null & sleep ${seconds}; docker inspect web; wait`);
    return /"Status": "(\w+)"/.exec(stdout)?.[1];
  });
  expect(seen).toContain('exited');
});

test('rm -f of a container with --rm leaves its volumes, and whose the removal is is logged', () => {
  const host = running('--rm -v /data');
  const id = host.run('docker ps -q --no-trunc').stdout.trim();
  host.run('docker rm -f web');
  expect(host.run('docker volume ls -q').stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(host.run('journalctl -u docker').stdout).toContain(
    `level=error msg="error removing container" container=${id} error="removal of container ${id} is already in progress"`,
  );
});

test('a container with --rm that could not be started goes, and its volumes too', () => {
  const host = bootHost();
  expect(host.run('docker run --rm -v /data --network none busybox nosuch').exitCode).toBe(127);
  expect(host.run('docker ps -aq; docker volume ls -q').stdout).toBe('');
});

test('restart of a container with --rm is not its end', () => {
  const host = running('--rm');
  expect(host.run('docker restart -t 0 web').stdout).toBe('web\n');
  expect(host.run("docker ps --format '{{.Names}}'").stdout).toBe('web\n');
  host.run('docker stop -t 0 web; sleep 1');
  expect(host.run('docker ps -aq').stdout).toBe('');
});

test('when dockerd starts, what removes itself and does not run goes, even if it never ran', () => {
  const host = running('--rm');
  host.run('docker create --rm --name made busybox; docker create --name kept busybox');
  host.run('kill -9 $(pidof dockerd); sleep 30');
  expect(host.run("docker ps -a --format '{{.Names}}'").stdout).toBe('kept\n');
});

test('rm -f that cannot kill says so', () => {
  const host = running();
  host.run('systemctl stop containerd');
  expect(host.run('docker rm -f web').stderr).toBe(
    'Error response from daemon: cannot remove container "/web": could not kill: ' +
      'tried to kill container, but did not receive an exit event\n',
  );
  expect(host.run("docker ps --format '{{.Names}}'").stdout).toBe('web\n');
});
