/** Programs of containers that may not have as many processes or threads as they want. */
import { expect, test } from 'vitest';
import { bootHost } from '../engine/docker/host.fixture.ts';

const host = bootHost(['busybox', 'nginx', 'redis']);

test.each([
  ['--pids-limit 1 --init busybox true', 1, '[FATAL tini (1)] fork failed: Resource temporarily unavailable\n'],
  ['--pids-limit 1 busybox timeout 1 true', 1, 'timeout: vfork: Resource temporarily unavailable\n'],
  ['--pids-limit 2 busybox timeout 1 sleep 2', 0, 'timeout: fork: Resource temporarily unavailable\n'],
  ['--pids-limit 1 busybox httpd', 1, 'httpd: fork: Resource temporarily unavailable\n'],
  ['--pids-limit 1 nginx timeout 1 true', 125, 'timeout: fork system call failed: Resource temporarily unavailable\n'],
])('docker run %s', (words, exitCode, stderr) => {
  expect(host.run(`docker run --rm --entrypoint '' ${words}`)).toEqual({ exitCode, stdout: '', stderr });
});

test('an nginx that cannot go into the background ends; one in the foreground stays, without workers', () => {
  const { exitCode, stderr } = host.run('docker run --rm --pids-limit 1 --entrypoint nginx nginx');
  host.run("docker run -d --name alone --pids-limit 1 --entrypoint nginx nginx -g 'daemon off;'");
  host.advance(1);

  expect([exitCode, stderr.split('\n').at(-2)]).toEqual([
    1,
    'nginx: [emerg] fork() failed (11: Resource temporarily unavailable)',
  ]);
  expect(host.run('docker logs alone').stderr).toContain(
    '[alert] 1#1: fork() failed while spawning "worker process" (11: Resource temporarily unavailable)\n',
  );
  expect(host.run("docker inspect -f '{{.State.Status}}' alone").stdout).toBe('running\n');
});

test('a redis-server without its threads ends in words', () => {
  const { exitCode, stdout } = host.run('docker run --rm --pids-limit 1 --entrypoint redis-server redis');
  const last = stdout.trimEnd().split('\n').at(-1);

  expect(exitCode).toBe(1);
  expect(last).toMatch(/ # Fatal: Can't initialize Background Jobs\. Error message: Resource temporarily unavailable$/);
});

test.each([
  ['docker', 'docker ps'],
  ['runc', 'runc list'],
  ['dockerd', 'dockerd'],
])('%s is a program of Go’s: without its threads it aborts', (_, command) => {
  const few =
    'mkdir -p /sys/fs/cgroup/few; echo 1 >/sys/fs/cgroup/few/pids.max; echo 0 >/sys/fs/cgroup/few/cgroup.procs';

  expect(host.run(`${few}; exec ${command}`)).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\n',
  });
});
