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
