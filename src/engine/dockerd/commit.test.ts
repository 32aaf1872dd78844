import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost(['busybox']);

test('a commit with a change that cannot be has frozen the container, and lets it go', () => {
  host.run('docker run -d --name web busybox sleep 1000');

  expect(host.run("docker commit -c 'NOPE x' web").exitCode).toBe(1);
  const events = "docker events --since 1h --until $(date +%s.%N) --filter container=web --format '{{.Action}}'";
  expect(host.run(`${events} | tail -n 2`).stdout).toBe('pause\nunpause\n');
});
