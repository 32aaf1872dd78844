import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

test('a shell whose terminal goes away with the shim cannot give it to a job, and says so to nobody', () => {
  const host = bootHost();
  host.type(0, 'docker run -it --name box busybox sh\n');
  host.type(0, 'sleep 300\n');

  host.run('pkill -INT -x containerd-shim; sleep 1');

  expect(host.journal.filter((event) => event.type === 'note' && event.topic === 'fault')).toEqual([]);
  expect(host.run("docker inspect -f '{{.State.Status}}' box").stdout).toBe('exited\n');
});
