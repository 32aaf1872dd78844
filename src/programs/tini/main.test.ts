import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';

const host = bootHost();

test('with --init pid 1 is docker-init, which reaps what its namespace leaves behind', () => {
  const script = 'for i in 1 2 3; do (sleep 2 & exec true); done; exec sleep 1000';
  host.run(`docker run -d --name with --init busybox sh -c '${script}'`);
  host.run(`docker run -d --name without busybox sh -c '${script}'`);
  host.advance(5);
  const lines = (name: string) =>
    host.run(`docker exec ${name} ps -o stat,args | grep -v 'ps -o'`).stdout.trim().split('\n').slice(1);

  expect(lines('with')).toEqual([`S    /sbin/docker-init -- sh -c ${script}`, 'S    sleep 1000']);
  expect(lines('without')).toEqual(['S    sleep 1000', 'Z    [sleep]', 'Z    [sleep]', 'Z    [sleep]']);
});

test('docker-init passes the stop signal on to a command that would be immune to it as pid 1', () => {
  expect(host.run("docker stop with; docker inspect -f '{{.State.ExitCode}}' with").stdout).toBe('with\n143\n');
});

test.each([
  ["sh -c 'exit 7'", 7],
  ["sh -c 'kill -9 $$'", 137],
  ['nosuch', 127],
])('docker run --init busybox %s ends as the command does: %i', (command, exitCode) => {
  expect(host.run(`docker run --rm --init busybox ${command}`).exitCode).toBe(exitCode);
});

test('a container that shares another’s pids has no docker-init of its own', () => {
  host.run('docker run -d --name guest --init --pid host busybox sleep 1000');

  expect(host.run('docker top guest -o pid,args').stdout).toMatch(/^PID +COMMAND\n\d+ +sleep 1000\n$/);
});
