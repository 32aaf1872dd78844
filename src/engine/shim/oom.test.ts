import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

test('a container whose pid 1 is killed for want of memory ends with 137 and says why before it dies', () => {
  const host = bootHost();
  const run = host.run('docker run --name greedy -m 16m busybox tail /dev/zero');
  const actions = host.journal.flatMap((event) => (event.type === 'docker.event' ? [event.action] : []));

  expect(run.exitCode).toBe(137);
  expect(host.run("docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' greedy").stdout).toBe('true 137\n');
  expect(actions.indexOf('container oom')).toBeGreaterThan(-1);
  expect(actions.indexOf('container oom')).toBeLessThan(actions.indexOf('container die'));
});

test('memory that a container has enough of kills nobody', () => {
  const host = bootHost();
  host.run('docker run --name modest -m 16m busybox true');

  expect(host.run("docker inspect -f '{{.State.OOMKilled}}' modest").stdout).toBe('false\n');
});
